package decision_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	. "assent/decision"
)

// requiring is a policy that executes what meets all its requirements.
type requiring struct{ met []func(Snapshot) bool }

func (requiring) Revision() string { return "requiring" }

func (requiring) Caps(string) Caps { return Caps{} }

func (w requiring) Govern(_ context.Context, s Snapshot, _ Assessment, _ Recommendation) Verdict {
	for _, met := range w.met {
		if !met(s) {
			return Verdict{Outcome: Approve, Roles: []string{RoleFinance}}
		}
	}
	return Verdict{Outcome: Execute}
}

func is(path string, value any) func(Snapshot) bool {
	return func(s Snapshot) bool { return s.Fields[path] == value }
}

func below(path string, limit int64) func(Snapshot) bool {
	return func(s Snapshot) bool {
		amount, known := s.Fields.Money(path)
		return known && amount.LessThanOrEqual(decimal.NewFromInt(limit))
	}
}

// requirements of which anyWants draws some; the last ones read what is
// computed from the fields, and what no change can reach.
var requirements = []func(Snapshot) bool{
	is("payment.state", "done"), is("signals.avs", "match"), is("signals.cvc", "match"), is("shipping.express", false),
	below("amount_total", 100), below("amount_total", 50),
	func(s Snapshot) bool { return s.Context["match.streets_differ"] == false },
	func(s Snapshot) bool { return s.Context["history.email_orders_24h"] == int64(0) },
}

func disputed() Snapshot {
	return Snapshot{
		Company: "main", CompanyCurrency: "EUR", Kind: "order", Now: noon, Rate: decimal.NewFromInt(1), Missing: map[string]string{},
		Fields: Record{
			"state": "draft", "currency": "EUR", "amount_total": decimal.NewFromInt(120), "payment.state": "pending", "shipping.express": true,
			"signals.avs": "mismatch", "billing.street": "1 Example Street", "shipping.street": "2 Other Street",
		},
		Context: Record{"match.streets_differ": true, "history.email_orders_24h": int64(0)},
	}
}

// otherwise applies changes by what they say, by hand.
func otherwise(s Snapshot, changes []Change) Snapshot {
	fields := Record{}
	for path, value := range s.Fields {
		fields[path] = value
	}
	context := Record{"history.email_orders_24h": s.Context["history.email_orders_24h"], "match.streets_differ": s.Context["match.streets_differ"]}
	for _, c := range changes {
		switch c.Path {
		case "payment.state":
			fields[c.Path] = "done"
		case "signals.avs", "signals.cvc":
			fields[c.Path] = "match"
		case "shipping.express":
			fields[c.Path] = false
		case "shipping.street":
			fields[c.Path], context["match.streets_differ"] = fields["billing.street"], false
		case "amount_total":
			share := map[string]int64{"the order were a quarter smaller": 90, "the order were half as large": 60, "the order were a quarter as large": 30}[c.Sentence]
			fields[c.Path] = decimal.NewFromInt(share)
		}
	}
	s.Fields, s.Context = fields, context
	return s
}

// What is named would really execute, nothing less of it would, and where
// nothing is named, no change and no two would.
func TestCounterfactual(t *testing.T) {
	t.Parallel()
	kind, _ := KindNamed("order")
	rapid.Check(t, func(t *rapid.T) {
		var w requiring
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(requirements)-1), 0, 4, rapid.ID[int]).Draw(t, "requirements") {
			w.met = append(w.met, requirements[i])
		}
		s := disputed()
		s.Context["history.email_orders_24h"] = rapid.Int64Range(0, 1).Draw(t, "orders")
		executes := func(changes ...Change) bool {
			return w.Govern(t.Context(), otherwise(s, changes), Assessment{}, Recommendation{}).Outcome == Execute
		}
		found := Counterfactual(t.Context(), s, nil, w)
		if executes() {
			if found != nil {
				t.Fatalf("it executes as it is, and still %v", paths(found))
			}
			return
		}
		if found != nil {
			if !executes(found...) {
				t.Errorf("%v would not execute", paths(found))
			}
			for i := range found {
				if rest := slices.Delete(slices.Clone(found), i, i+1); executes(rest...) {
					t.Errorf("of %v, %v is enough", paths(found), paths(rest))
				}
			}
			return
		}
		for i, a := range kind.Changes {
			for _, b := range kind.Changes[i:] {
				if executes(a) || a.Path != b.Path && executes(a, b) {
					t.Errorf("%s and %s would execute", a.Path, b.Path)
				}
			}
		}
	})
}

func paths(changes []Change) (out []string) {
	for _, c := range changes {
		out = append(out, c.Path+": "+c.Sentence)
	}
	return out
}

// Nothing is said where a step failed, where the time is up, and where no
// person was asked.
func TestNoCounterfactual(t *testing.T) {
	t.Parallel()
	w := requiring{requirements[:1]}
	failed := disputed()
	failed.Failures = []Failure{{Step: "assess", Code: ModelError}}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, found := range map[string][]Change{
		"failed": Counterfactual(t.Context(), failed, nil, w), "time": Counterfactual(over, disputed(), nil, w),
		"no policy": Counterfactual(t.Context(), disputed(), nil, nil), "executes": Counterfactual(t.Context(), disputed(), nil, requiring{}),
	} {
		if found != nil {
			t.Errorf("%s: %v", name, paths(found))
		}
	}
	if found := Counterfactual(t.Context(), disputed(), nil, w); fmt.Sprint(paths(found)) != "[payment.state: the payment were complete]" {
		t.Errorf("%v", paths(found))
	}
}

// The original is left as it was, and every change is of a declared field that
// is not personal but for the address, whose sentence names no part of it.
func TestChanges(t *testing.T) {
	t.Parallel()
	s := disputed()
	before, err := s.Encode()
	noError(t, err)
	Counterfactual(t.Context(), s, nil, requiring{requirements})
	if after, err := s.Encode(); err != nil || string(after) != string(before) {
		t.Errorf("the snapshot was changed: %v", err)
	}
	for _, k := range Kinds() {
		seen := map[string]bool{}
		for _, c := range k.Changes {
			if _, declared := k.Field(c.Path); !declared || c.Sentence == "" || seen[c.Sentence] {
				t.Errorf("%s: %s %q", k.Name, c.Path, c.Sentence)
			}
			seen[c.Sentence] = true
		}
	}
	promised := Snapshot{Kind: "delivery", Now: noon, Rate: decimal.NewFromInt(1), Missing: map[string]string{}, Context: Record{}, Fields: Record{"promised_date": noon}}
	enough := requiring{[]func(Snapshot) bool{func(s Snapshot) bool {
		at, _ := s.Fields["promised_date"].(time.Time)
		return !at.Before(noon.AddDate(0, 0, 3))
	}}}
	if found := Counterfactual(t.Context(), promised, nil, enough); fmt.Sprint(paths(found)) != "[promised_date: it were promised 3 days later]" {
		t.Errorf("%v", paths(found))
	}
}
