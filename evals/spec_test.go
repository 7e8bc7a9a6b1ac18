package evals_test

import (
	"strings"
	"testing"

	"assent/evals"
)

func TestSpecsThatAreRefused(t *testing.T) {
	t.Parallel()
	const features = "features: [{name: value}]"
	for _, c := range []struct {
		name string
		yaml string
		want []string
	}{
		{"unknown key", own(features, "colour: red"), []string{"own.yaml", "line 7", "colour"}},
		{"unknown key of a part", own("features:", "  - {name: value}", "  - {name: lines, monoton: 1}"), []string{"own.yaml", "line 8", "monoton"}},
		{"no yaml", own("features: [{name: value"), []string{"own.yaml", "line"}},
		{"no duration", own(features, "known: {after: soon}"), []string{"own.yaml", "line 7", "30d"}},
		{"no duration in days", own(features, "known: {after: xd}"), []string{"line 7", "30d"}},
		{"nothing to learn from", "name: own/late\n", []string{"own.yaml", "files.train", "features"}},
		{"unknown type", own("features: [{name: value, type: text}]"), []string{"value", "number or category"}},
		{"twice", own("features: [{name: value}, {name: value}]"), []string{"value", "twice"}},
		{"excluded", own(features, "excluded: {value: known only afterwards}"), []string{"value", "known only afterwards"}},
		{"leak", own(features, "leaks: {value: known only afterwards}"), []string{"feature value", "leaks", "known only afterwards"}},
		{"leak derived from", own("leaks: {at: known only afterwards}", "derive: [{name: x, by: log, of: [at]}]", "features: [{name: x}]"), []string{"derived x", "at leaks"}},
		{"leak counted by", own("leaks: {city: known only afterwards}", "time: {column: at}", "history: [{name: x, fold: count, key: [city]}]", "features: [{name: x}]"), []string{"history x", "city leaks"}},
		{"unknown derivation", own(features, "derive: [{name: x, by: cube, of: [value]}]"), []string{"derived x", "cross"}},
		{"unknown fold", own(features, "time: {column: at}", "history: [{name: x, fold: median, key: [email]}]"), []string{"history x", "rate", "count"}},
		{"parent that is none", own(features, "time: {column: at}", "history: [{name: x, fold: rate, key: [email], parent: y}]"), []string{"history x", "parent"}},
		{"earlier without time", own(features, "history: [{name: x, fold: count, key: [email]}]"), []string{"history x", "time"}},
		{"bar", own(features, `bars: {auc: "0.8"}`), []string{"bar of auc", ">= 0.86"}},
		{"every fault", own("features: [{name: value, type: text}, {name: sex}]"), []string{"number or category", "sex"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := evals.Parse("own.yaml", []byte(c.yaml))
			if err == nil {
				t.Fatal("no error")
			}
			contains(t, err.Error(), c.want...)
		})
	}
}

// TestProtectedAttributes: whatever they would be good for, no model looks.
func TestProtectedAttributes(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"sex", "age", "gender", "Customer Gender", "date_of_birth", "customer-age", "AGE", "DOB", "customerAge", "birthdate"} {
		for use, yaml := range map[string]string{
			"feature":  own("features: [{name: " + column + "}]"),
			"derived":  own("derive: [{name: x, by: log, of: ["+column+"]}]", "features: [{name: x}]"),
			"hidden":   own("derive: [{name: x, by: cross, of: [city, "+column+"]}]", "features: [{name: x}]"),
			"entity":   own("time: {column: at}", "history: [{name: x, fold: count, key: ["+column+"]}]", "features: [{name: x}]"),
			"averaged": own("time: {column: at}", "history: [{name: x, fold: mean, of: "+column+", key: [city]}]", "features: [{name: x}]"),
		} {
			if _, err := evals.Parse("own.yaml", []byte(yaml)); err == nil || !strings.Contains(err.Error(), "no model looks at this") {
				t.Errorf("%s as %s: error %v", column, use, err)
			}
		}
	}
	for _, column := range []string{"page", "usage_days", "package", "Essex", "message"} {
		if _, err := evals.Parse("own.yaml", []byte(own("features: [{name: "+column+"}]"))); err != nil {
			t.Errorf("%s is refused: %v", column, err)
		}
	}
}

// TestBuiltInSpecs holds the shipped specs to their contract: the same names,
// and its bars.
func TestBuiltInSpecs(t *testing.T) {
	t.Parallel()
	specs, err := evals.Specs()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"decisions/refund_abuse": "flags_change_bad_batch <= 0.02, flags_change_outlet <= 0.02, flags_change_peak <= 0.02, honest_flags <= 0.03, precision_at_20 >= 0.55, " +
			"recall_at_20 >= 0.55, recall_before_goods >= 0.55, recall_linked >= 0.60, recall_never_arrived >= 0.50, recall_own_card >= 0.80, " +
			"recall_under_limit >= 0.60, recall_without_receipt >= 0.50",
		"scoring/fraud30k_trap":       "auc in [0.48, 0.60]",
		"scoring/olist_late":          "ap_over_base >= 2.6, auc >= 0.75, ece <= 0.012, lift_top10 >= 2.8",
		"scoring/scms_late":           "ap >= 0.38, auc >= 0.84, ece <= 0.03",
		"scoring/ucsd_task1":          "ap >= 0.49, auc >= 0.925",
		"scoring/ucsd_task2":          "ap >= 0.46, auc >= 0.86, ece <= 0.005, recall_at_1fpr >= 0.47",
		"scoring/ucsd_task2_feedback": "ap >= 0.53, auc >= 0.875, ece <= 0.005, recall_at_1fpr >= 0.55",
	}
	for _, s := range specs {
		bars, known := want[s.Name]
		if !known {
			t.Errorf("%s is not in the contract", s.Name)
		}
		if s.BarList() != bars {
			t.Errorf("%s: have %s, want %s", s.Name, s.BarList(), bars)
		}
		delete(want, s.Name)
		for _, e := range s.Excluded {
			if e == "" {
				t.Errorf("%s: a column is excluded without a reason", s.Name)
			}
		}
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}
