package decision

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The suite of declarations: every kind has its row here by being listed in
// kinds.
func TestKinds(t *testing.T) {
	t.Parallel()
	for i, kind := range Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			if !regexp.MustCompile(`^[a-z]{3,20}$`).MatchString(kind.Name) || !sentence(kind.Doc) || len(kind.Models) == 0 || kind.Propose == nil {
				t.Errorf("name %q, doc %q, models %v", kind.Name, kind.Doc, kind.Models)
			}
			if found, ok := KindNamed(kind.Name); !ok || found.Doc != kind.Doc {
				t.Error("is not found by its name")
			}
			for _, other := range Kinds()[:i] {
				if other.Name == kind.Name {
					t.Error("the name is taken")
				}
			}
			checkFields(t, kind.Fields)
			checkUses(t, kind)
			checkFeatures(t, kind)
			checkActions(t, kind)
			checkOutcomes(t, kind)
		})
	}
	if _, ok := KindNamed("Order"); ok {
		t.Error("names have variants")
	}
}

func sentence(doc string) bool {
	return len(doc) > 5 && (strings.HasSuffix(doc, ".") || strings.HasSuffix(doc, "?"))
}

var (
	fieldPath  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	absentCode = regexp.MustCompile(`^[a-z][a-z_]*$`)
	// Never features, whatever they might predict.
	forbidden = regexp.MustCompile(`(^|[._])(sex|gender|age|birth|birthday|birthdate|religion|nationality|title)([._]|$)`)
)

// checkFields holds declarations to what everything derived from them needs.
func checkFields(t *testing.T, fields []Field) {
	t.Helper()
	for i, f := range fields {
		fault := func(ok bool, what string) {
			if !ok {
				t.Errorf("field %s: %s", f.Path, what)
			}
		}
		fault(fieldPath.MatchString(f.Path), "path")
		fault(!forbidden.MatchString(f.Path), "is about who somebody is")
		fault(sentence(f.Doc), "doc is no sentence")
		fault(f.Required != (f.Absent != ""), "required, or a reason why it may be absent")
		fault(f.Required || absentCode.MatchString(f.Absent), "the reason is no code")
		fault((f.Type == TypeEnum) == (len(f.Enum) > 0), "enum values")
		fault((f.Type == TypeLines) == (len(f.Items) > 0), "items")
		fault(!f.NotAfter || f.Type == TypeTime, "not after what")
		numeric := slices.Contains([]Type{TypeMoney, TypeNumber, TypeInteger}, f.Type)
		fault(numeric || f.Min == nil && f.Max == nil, "bounds without a number")
		fault(f.Min == nil || f.Max == nil || f.Min.LessThan(*f.Max), "bounds leave nothing")
		fault(!f.Personal || f.Type == TypeText, "personal data that is no text")
		fault(!f.Personal || !f.Shown, "personal data that everybody sees who assents")
		fault(f.Pointer() == "/fields/"+strings.ReplaceAll(f.Path, ".", "/"), "pointer")
		for _, other := range fields[:i] {
			fault(other.Path != f.Path, "declared twice")
			fault(!strings.HasPrefix(f.Path, other.Path+".") && !strings.HasPrefix(other.Path, f.Path+"."), "value and object at once")
		}
		checkExample(t, f)
		checkFields(t, f.Items)
	}
}

// checkExample decodes the example as a request that holds only this field.
func checkExample(t *testing.T, f Field) {
	t.Helper()
	tree := map[string]any{}
	SetPath(tree, f.Path, json.RawMessage(f.Example))
	record, errs := DecodeFields(encode(t, tree), []Field{f}, "", noon, true)
	if len(errs) > 0 || len(record) != 1 {
		t.Errorf("field %s: the example %s gives %v", f.Path, f.Example, errs)
	}
}

// checkUses looks up every path that the kind itself names.
func checkUses(t *testing.T, kind Kind) {
	t.Helper()
	if f, ok := kind.Field(kind.Amount); !ok || f.Type != TypeMoney {
		t.Errorf("amount %q is no money field", kind.Amount)
	}
	if f, ok := kind.Field("currency"); !ok || f.Type != TypeCurrency || !f.Required {
		t.Error("amounts without a required currency")
	}
	seen := map[string]bool{}
	for _, e := range kind.Entities {
		f, ok := kind.Field(e.Path)
		plain := ok && slices.Contains([]Type{TypeID, TypeText, TypeCode, TypeCountry}, f.Type)
		if e.Of == nil && (!plain || len(e.With) > 0) || e.Name == "" || e.Cap < 1 || e.Cap > 1000 || seen[e.Type] || !absentCode.MatchString("no_"+e.Type) {
			t.Errorf("entity %s of %+v", e.Type, f)
		}
		for _, path := range e.reads() {
			if _, ok := kind.Field(path); !ok {
				t.Errorf("entity %s reads %s", e.Type, path)
			}
		}
		seen[e.Type] = true
	}
	for path, param := range kind.FromAction {
		field, known := kind.Field(path)
		if !known || !slices.ContainsFunc(kind.Actions, func(name string) bool { return takes(name, param, field.Type) }) {
			t.Errorf("%s from %s: no such field, or no parameter of its type", path, param)
		}
	}
}

func takes(action, param string, typ Type) bool {
	spec, _ := ActionNamed(action)
	return spec.Class == Effective && slices.ContainsFunc(spec.Params, func(p Field) bool { return p.Path == param && p.Type == typ })
}

// checkFeatures: every feature says all that its way of computing needs, and
// nothing that it does not.
func checkFeatures(t *testing.T, kind Kind) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range kind.Features {
		fault := func(ok bool, what string) {
			if !ok {
				t.Errorf("feature %s: %s", f.Path, what)
			}
		}
		fault(!seen[f.Path] && fieldPath.MatchString(f.Path) && !forbidden.MatchString(f.Path), "path")
		fault(sentence(f.Doc) && !strings.Contains(f.Doc, "%!"), "doc is no sentence: "+f.Doc)
		for _, path := range f.Reads {
			_, ok := kind.Field(path)
			fault(ok, "reads "+path)
		}
		seen[f.Path] = true
		if f.From != nil {
			fault(len(f.Reads) > 0 && f.Entity == "" && f.Fold == "" && !strings.HasPrefix(f.Path, "history."), "of fields")
			continue
		}
		checkFold(t, kind, f, fault)
	}
	for i, f := range kind.ContextFields() {
		if f.Path != kind.Features[i].Path || f.Type != kind.Features[i].Type || f.Absent == "" {
			t.Errorf("context field %+v", f)
		}
		checkExample(t, f)
	}
}

func checkFold(t *testing.T, kind Kind, f Feature, fault func(bool, string)) {
	t.Helper()
	rows := map[string]bool{}
	for _, k := range Kinds() {
		rows[k.Name], rows[k.TruthKind()] = true, true
	}
	_, entity := kind.entity(f.Entity)
	fault(entity && rows[f.Kind] && strings.HasPrefix(f.Path, "history."), "of history")
	want := TypeInteger
	switch {
	case f.Fold == Sum:
		want = TypeMoney
	case slices.Contains(numbers, f.Fold):
		want = TypeNumber
	}
	fault(f.Type == want, "type")
	valued := slices.Contains([]Aggregate{Total, Mean, Quantile, Rate, Share, Above, Spare}, f.Fold)
	fault(valued == (f.Value != "") || f.Fold == Ratio, "value")
	fault(f.Value == "" || slices.Contains(valuesHeld(f.Kind), f.Value), "no row of its kind holds "+f.Value)
	_, linked := kind.entity(f.Link)
	fault((f.Fold == Distinct) == linked, "link")
	fault((f.Fold == Share || f.Fold == Ratio) == (f.Per != "") && (f.Per == "" || rows[f.Per]), "whole")
	fault((f.Fold == Share) == (f.Mature > 0), "maturity")
	fault((f.Fold == Above || f.Fold == Spare) == (f.Bound != nil), "bound")
	fault((f.Fold == Quantile) == f.Level.IsPositive(), "level")
	shrunk := slices.Contains([]Aggregate{Rate, Share, Ratio, Above, Spare}, f.Fold)
	fault(shrunk == (f.Prior.Weight > 0), "prior")
	fault(f.Fold != PerDay || f.Window > 0, "window")
}

// valuesHeld lists the values of rows of a kind.
func valuesHeld(rows string) []string {
	var values []string
	for _, k := range Kinds() {
		for _, n := range k.Notes {
			if rows == k.Name {
				values = append(values, n.Value)
			}
		}
		for _, o := range k.Outcomes {
			for _, l := range o.Teaches {
				if rows == k.TruthKind() {
					values = append(values, l.Value)
				}
			}
		}
	}
	return values
}

// checkOutcomes: every truth has a name and values that callers can write, and
// says what they mean.
func checkOutcomes(t *testing.T, kind Kind) {
	t.Helper()
	known := map[string]bool{}
	for _, o := range kind.OutcomeTypes() {
		if known[o.Name] || !absentCode.MatchString(o.Name) || !sentence(o.Doc) || len(o.Values) < 2 {
			t.Errorf("outcome %q with %v: %q", o.Name, o.Values, o.Doc)
		}
		for _, value := range o.Values {
			if !absentCode.MatchString(value) {
				t.Errorf("outcome %s has the value %q", o.Name, value)
			}
		}
		checkLessons(t, kind, o)
		known[o.Name] = true
	}
}

// checkLessons: a lesson is told by values of its outcome, or counts from a
// time that there is.
func checkLessons(t *testing.T, kind Kind, o OutcomeType) {
	t.Helper()
	for _, l := range o.Teaches {
		f, ok := kind.Field(l.Since)
		since := ok && f.Type == TypeTime || slices.ContainsFunc(kind.Outcomes, func(x OutcomeType) bool { return x.Name == l.Since })
		if !absentCode.MatchString(l.Value) || (len(l.Says) > 0) == since {
			t.Errorf("outcome %s teaches %q since %q", o.Name, l.Value, l.Since)
		}
		for value := range l.Says {
			if !slices.Contains(o.Values, value) {
				t.Errorf("outcome %s teaches %s by the value %q", o.Name, l.Value, value)
			}
		}
	}
}

// checkActions: every action exists and fits the kind, and nothing personal
// can reach its parameters or its fingerprint, which are journalled.
func checkActions(t *testing.T, kind Kind) {
	t.Helper()
	if !slices.Contains(kind.Actions, NoAction) {
		t.Error("cannot leave a record alone")
	}
	for _, name := range kind.Actions {
		spec, ok := ActionNamed(name)
		fits := spec.Models == nil || slices.ContainsFunc(spec.Models, func(m string) bool { return slices.Contains(kind.Models, m) })
		if !ok || !fits {
			t.Errorf("action %s is for %v, and the kind's models are %v; actionSpecs in action.go says which actions there are", name, spec.Models, kind.Models)
		}
		known := 0
		for _, path := range spec.Fingerprint {
			f, ok := kind.Field(path)
			if f.Personal {
				t.Errorf("action %s binds the personal field %s", name, path)
			}
			if ok {
				known++
			}
		}
		if spec.Class == Effective && len(spec.Fingerprint) > 0 && known == 0 {
			t.Errorf("action %s binds nothing of a %s", name, kind.Name)
		}
	}
}

func TestActionSpecs(t *testing.T) {
	t.Parallel()
	for _, spec := range actionSpecs {
		if !regexp.MustCompile(`^[a-z_]{3,20}$`).MatchString(spec.Name) || !sentence(spec.Doc) || spec.Class != Effective && spec.Class != Protective {
			t.Errorf("action %+v", spec)
		}
		if spec.Class == Protective && len(spec.Fingerprint) > 0 {
			t.Errorf("protective action %s binds fields", spec.Name)
		}
		for _, p := range spec.Params {
			if p.Personal || p.Type == TypeText || p.Type == TypeLines {
				t.Errorf("action %s: parameter %s may hold personal text", spec.Name, p.Path)
			}
		}
		checkFields(t, spec.Params)
	}
	if (Action{Name: "unheard_of"}).Class() != Effective || (Action{}).Class() != Effective {
		t.Error("what nobody declared is not effective")
	}
}

// Who adds a kind chooses actions from the page's table.
func TestTheDocsListTheActions(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/adding-a-kind.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range actionSpecs {
		row := regexp.MustCompile("(?m)^\\| .*`" + spec.Name + "`.*\\|$").FindString(string(page))
		if !strings.Contains(row, string(spec.Class)) || spec.Models == nil && !strings.Contains(row, "| any |") {
			t.Errorf("action %s: the page says %q", spec.Name, row)
		}
		if models := "`" + strings.Join(spec.Models, "`, `") + "` |"; spec.Models != nil && !strings.HasSuffix(row, "| "+models) {
			t.Errorf("action %s: the page says %q, want %s", spec.Name, row, models)
		}
	}
}

// The caller's slice is its own.
func TestKindsIsACopy(t *testing.T) {
	t.Parallel()
	list := Kinds()
	list[0] = Kind{Name: "changed"}
	if Kinds()[0].Name == "changed" {
		t.Error("the registry can be changed from outside")
	}
}

func TestKindField(t *testing.T) {
	t.Parallel()
	if f, ok := orderKind.Field("customer.email"); !ok || !f.Personal {
		t.Errorf("have %+v", f)
	}
	if f, ok := orderKind.Field("customer"); ok || !strings.Contains(fmt.Sprint(orderKind.Fields), "customer.since") {
		t.Errorf("an object is no field: %+v", f)
	}
}
