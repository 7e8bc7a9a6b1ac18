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
		if !ok || !slices.Contains([]Type{TypeID, TypeText, TypeCode, TypeCountry}, f.Type) || e.Cap < 1 || e.Cap > 1000 || seen[e.Type] {
			t.Errorf("entity %+v of %+v", e, f)
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

func checkFeatures(t *testing.T, kind Kind) {
	t.Helper()
	for _, f := range kind.Features {
		_, known := KindNamed(f.Kind)
		entity := slices.ContainsFunc(kind.Entities, func(e Entity) bool { return e.Type == f.Entity })
		want := TypeInteger
		if f.Fold == Sum {
			want = TypeMoney
		}
		if !known || !entity || f.Type != want || !sentence(f.Doc) || !strings.HasPrefix(f.Path, "history.") || forbidden.MatchString(f.Path) {
			t.Errorf("feature %+v", f)
		}
	}
	for i, f := range kind.ContextFields() {
		if f.Path != kind.Features[i].Path || f.Type != kind.Features[i].Type || f.Absent == "" {
			t.Errorf("context field %+v", f)
		}
		checkExample(t, f)
	}
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
		known[o.Name] = true
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
