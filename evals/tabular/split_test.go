package tabular_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ids of a table, sorted.
func (c cells) ids() []string { return slices.Sorted(maps.Keys(c)) }

func same(t *testing.T, what string, have, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

const days = `id,at,known_at,order,value,late
01,2026-01-01,2026-01-02,A,1,0
02,2026-01-02,2026-01-03,B,1,1
03,2026-01-03,2026-02-20,C,1,0
04,2026-01-04,,D,1,
05,2026-01-05,2026-01-06,E,1,0
06,2026-01-06,2026-01-07,F,1,1
07,2026-01-07,2026-01-08,G,1,0
08,2026-01-08,2026-01-09,A,1,0
09,2026-01-09,2026-01-10,H,1,1
10,2026-01-10,2026-01-11,I,1,0
`

// TestOwnData: without a held-out file the last fifth by time judges.
func TestOwnData(t *testing.T) {
	t.Parallel()
	s := spec(t, "time: {column: at}", "features: [{name: value}]")
	train, test := features(t, s, folder("orders.csv", days), nil)
	same(t, "training", train.ids(), []string{"01", "02", "03", "05", "06", "07", "08"})
	same(t, "test", test.ids(), []string{"09", "10"})
}

// TestOrderOfFile: it does not matter.
func TestOrderOfFile(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.TrimSpace(days), "\n")
	slices.Reverse(rows[1:])
	s := spec(t, "time: {column: at}", "history: [{name: x, fold: count, key: []}]", "features: [{name: x}]")
	train, test := features(t, s, folder("orders.csv", days), nil)
	reversed, judged := features(t, s, folder("orders.csv", lines(rows...)), nil)
	if diff := cmp.Diff([]cells{train, test}, []cells{reversed, judged}); diff != "" {
		t.Error(diff)
	}
}

// TestGroupsOfOwnData: rows that share a fate are never on both sides.
func TestGroupsOfOwnData(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,order,value,late\n")
	for i := range 300 {
		fmt.Fprintf(&b, "%d,%d,%d,%d\n", i, i/3, i%7, i%2)
	}
	for name, time := range map[string][]string{"without time": nil, "with time": {"time: {column: id, unit: hours}"}} {
		s := spec(t, append(time, "group: order", "features: [{name: value}]")...)
		train, test := features(t, s, folder("orders.csv", b.String()), nil)
		groups := func(c cells) map[string]bool {
			out := map[string]bool{}
			for id := range c {
				var n int
				fmt.Sscan(id, &n)
				out[fmt.Sprint(n/3)] = true
			}
			return out
		}
		learnt := groups(train)
		for g := range groups(test) {
			if learnt[g] {
				t.Errorf("%s: group %s is on both sides", name, g)
			}
		}
		if len(train)+len(test) != 300 || len(test) < 30 || len(test) > 90 {
			t.Errorf("%s: %d rows to learn from and %d to judge by", name, len(train), len(test))
		}
	}
}

// TestCustomersOfOwnData: where the same customers come again and again, the
// last part judges all the same, and the others' earlier rows are left to learn
// from; those of the judged only make history.
func TestCustomersOfOwnData(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,customer,value,late\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "%d,%d,%d,%d\n", i, (i*7919)%300, i%7, i%2)
	}
	s := spec(t, "time: {column: id, unit: hours}", "group: customer", "history: [{name: x, fold: count, key: [customer]}]", "features: [{name: x}]")
	train, test := features(t, s, folder("orders.csv", b.String()), nil)
	if len(test) != 200 || len(train) < 200 {
		t.Errorf("%d rows to learn from and %d to judge by", len(train), len(test))
	}
	if have := test["999"]["x"]; have != "3" {
		t.Errorf("the last order of a customer has seen %s before it, want 3", have)
	}
}

// TestEmbargo: training labels that were not known before the first test row
// are left out where the spec says so, and rows without a label always.
func TestEmbargo(t *testing.T) {
	t.Parallel()
	heldOut := folder("later.csv", "id,at,known_at,order,value,late\n11,2026-02-01,2026-02-02,J,1,1\n12,2026-02-02,,K,1,\n")
	common := []string{"time: {column: at}", "known: {column: known_at}", "features: [{name: value}]"}
	train, test := features(t, spec(t, append(common, "embargo: true")...), folder("orders.csv", days), heldOut)
	same(t, "training with an embargo", train.ids(), []string{"01", "02", "05", "06", "07", "08", "09", "10"})
	same(t, "test", test.ids(), []string{"11"})
	train, _ = features(t, spec(t, common...), folder("orders.csv", days), heldOut)
	same(t, "training without", train.ids(), []string{"01", "02", "03", "05", "06", "07", "08", "09", "10"})
}

// TestWarmup: the first rows make history and are not learnt from.
func TestWarmup(t *testing.T) {
	t.Parallel()
	s := spec(t, "time: {column: at}", "warmup: 3", "history: [{name: x, fold: count, key: []}]", "features: [{name: x}]")
	train, _ := features(t, s, folder("orders.csv", days), nil)
	same(t, "training", train.ids(), []string{"05", "06", "07", "08"})
	if have := train["05"]["x"]; have != "4" {
		t.Errorf("the first row has seen %s rows, want 4", have)
	}
}
