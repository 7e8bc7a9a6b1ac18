package tabular_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNumbersThatAreNone: a text where a number belongs is told with its
// place, and never taken for missing; the spec's words are missing.
func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, column, fault string }{
		{"decimal comma", `"12,50"`, "orders.csv: line 3, column value: must be a number with a point"},
		{"thousands", `"1,200.50"`, "orders.csv: line 3, column value: must be a number with a point"},
		{"currency", "12.50 EUR", "orders.csv: line 3, column value: must be a number with a point"},
		{"not finite", "inf", "orders.csv: line 3, column value: must be a number with a point"},
		{"NaN", "NaN", "orders.csv: line 3, column value: must be a number with a point"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := folder("orders.csv", lines("id,value,late", "a,5,0", "b,"+c.column+",1"))
			contains(t, fault(t, spec(t, "features: [{name: value}]"), file, nil), c.fault)
			derived := spec(t, "derive: [{name: value_log, by: log, of: [value]}]", "features: [{name: value_log}]")
			contains(t, fault(t, derived, file, nil), "orders.csv: line 3, column value_log: must be a number")
			averaged := spec(t, "history: [{name: x, fold: mean, of: value, key: [id]}]", "features: [{name: x}]")
			contains(t, fault(t, averaged, file, nil), "history x", "orders.csv: line 3, column value: must be a number")
		})
	}
}

func TestMissingWords(t *testing.T) {
	t.Parallel()
	s := spec(t, "missing: [N/A, not weighed]", "derive: [{name: value_log, by: log, of: [value]}]", "features: [{name: value}, {name: value_log}]")
	train, _ := features(t, s,
		folder("orders.csv", lines("id,value,late", "a,0,0", "b,N/A,1", "c,not weighed,0", "d,,1")),
		folder("later.csv", lines("id,value,late")))
	want := map[string]string{"a": "0", "b": "", "c": "", "d": ""}
	for _, column := range []string{"value", "value_log"} {
		if diff := cmp.Diff(want, train.column(column)); diff != "" {
			t.Errorf("%s: %s", column, diff)
		}
	}
}
