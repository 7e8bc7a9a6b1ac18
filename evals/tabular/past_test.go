package tabular_test

import (
	"math"
	"strconv"
	"testing"
)

// TestFolds: rows of the same minute are simultaneous, labels count once they
// are known, and the test sees what was known before each of its rows.
func TestFolds(t *testing.T) {
	t.Parallel()
	data := folder("orders.csv", lines("id,at,email,city,value,late,known_at",
		"a,2026-01-01 10:00,jo,Ulm,10,1,2026-01-01 12:00",
		"b,2026-01-01 10:00,jo,Ulm,20,0,2026-01-03 00:00",
		"c,2026-01-01 12:00,jo,Bonn,30,1,2026-01-01 13:00",
		"d,2026-01-02 10:00,jo,Ulm,,0,2026-01-02 11:00",
		"e,2026-01-02 10:00,al,Ulm,50,0,2026-01-02 12:00",
	))
	heldOut := folder("later.csv", lines("id,at,email,city,value,late,known_at",
		"f,2026-01-04 10:00,jo,Ulm,60,1,2026-01-04 11:00",
		"g,2026-01-05 10:00,jo,Ulm,70,0,2026-01-09 11:00",
		"h,2026-01-06 10:00,al,Bonn,80,0,2026-01-09 11:00",
	))
	const missing = ""
	// The rate of all begins as one in forty: (positives+1)/(labels+40).
	prior := func(positives, labels float64) float64 { return (positives + 1) / (labels + 40) }
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	text := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for _, c := range []struct {
		name, fold string
		want       map[string]string
	}{
		{"earlier rows of the entity", "fold: count, key: [email]",
			map[string]string{"a": "0", "b": "0", "c": "2", "d": "3", "e": "0", "f": "4", "g": "5", "h": "1"}},
		{"of two columns together", "fold: count, key: [email, city]",
			map[string]string{"a": "0", "b": "0", "c": "0", "d": "2", "e": "0", "f": "3", "g": "4", "h": "0"}},
		{"of all", "fold: count, key: []",
			map[string]string{"a": "0", "b": "0", "c": "2", "d": "3", "e": "3", "f": "5", "g": "6", "h": "7"}},
		{"within a window, its beginning included", "fold: count, key: [email], window: 24h",
			map[string]string{"a": "0", "b": "0", "c": "2", "d": "3", "e": "0", "f": "0", "g": "1", "h": "0"}},
		{"hours since the last", "fold: since, key: [email]",
			map[string]string{"a": missing, "b": missing, "c": "2", "d": "22", "e": missing, "f": "48", "g": "24", "h": "96"}},
		// a's label is known at 12:00, which is not before c.
		{"labels known before", "fold: rate, key: [email], prior: 0",
			map[string]string{"c": text(prior(0, 0)), "d": "1", "e": text(prior(2, 2)), "f": "0.5", "g": "0.6", "h": "0"}},
		{"drawn to the rate of all", "fold: rate, key: [email], prior: 2",
			map[string]string{"c": text(prior(0, 0)), "d": text((2 + 2*prior(2, 2)) / 4), "f": text((2 + 2*prior(2, 5)) / 6)}},
		{"in log-odds from the rate of all", "fold: lift, key: [email], prior: 2",
			map[string]string{"c": "0", "d": text(logit((2+2*prior(2, 2))/4) - logit(prior(2, 2)))}},
		{"of the newest two known", "fold: rate, key: [email], newest: 2",
			map[string]string{"d": "1", "f": "0", "g": "0.5"}}, // known last: d, b; then b, f
		{"labels known within a day", "fold: rate, key: [email], window: 24h",
			map[string]string{"d": "1", "g": "1"}},
		{"long after the row instead of when known", "fold: rate, key: [email], after: 12h",
			map[string]string{"c": text(prior(0, 0)), "d": text(2.0 / 3), "f": "0.5", "g": "0.6"}},
		{"means of a number", "fold: mean, of: value, key: [email]",
			map[string]string{"d": "20", "f": "20", "g": "30"}},
		{"what was fitted", "fold: rate, key: [email], after: 12h, fitted: true",
			map[string]string{"d": text(2.0 / 3), "f": "0.5", "g": "0.5", "h": "0"}},
		{"how usual in training", "fold: frequency, key: [email]",
			map[string]string{"a": text(math.Log1p(3)), "e": "0", "f": text(math.Log1p(4)), "h": text(math.Log1p(1))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := spec(t, `time: {column: at, format: "2006-01-02 15:04"}`, `known: {column: known_at, format: "2006-01-02 15:04"}`,
				"history: [{name: x, "+c.fold+"}]", "features: [{name: x}]")
			train, test := features(t, s, data, heldOut)
			for id, want := range c.want {
				row, ok := train[id]
				if !ok {
					row, ok = test[id]
				}
				if !ok || !near(row["x"], want) {
					t.Errorf("%s: have %q, want %q", id, row["x"], want)
				}
			}
		})
	}
}

// near compares numbers but for the last digits; what is no number must be
// equal.
func near(have, want string) bool {
	a, errA := strconv.ParseFloat(have, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA != nil || errB != nil {
		return have == want
	}
	return math.Abs(a-b) < 1e-12
}

// TestParents: a rate of few rows is drawn to its parent's.
func TestParents(t *testing.T) {
	t.Parallel()
	s := spec(t, "time: {column: at}", "history:",
		"  - {name: city_rate, fold: rate, key: [city]}",
		"  - {name: x, fold: rate, key: [city, email], prior: 1, parent: city_rate}", "features: [{name: city_rate}, {name: x}]")
	train, _ := features(t, s, folder("orders.csv", lines("id,at,city,email,late",
		"a,2026-01-01,Ulm,jo,1", "b,2026-01-02,Ulm,al,0", "c,2026-01-03,Ulm,jo,0")), folder("later.csv", lines("id,at,city,email,late")))
	if have := train["c"]; have["city_rate"] != "0.5" || have["x"] != "0.75" {
		t.Errorf("have %v, want city_rate 0.5 and x (1+0.5)/2", have)
	}
}

// TestRatesWithoutTime: a training row never learns from its own label, nor
// from one of its group.
func TestRatesWithoutTime(t *testing.T) {
	t.Parallel()
	s := spec(t, "group: order", "history: [{name: x, fold: rate, key: [city], prior: 1}]", "features: [{name: x}]")
	heldOut := folder("later.csv", lines("id,order,city,late", "t,9,Ulm,0"))
	rate := func(label string) (own, other, test string) {
		train, judged := features(t, s, folder("orders.csv", lines("id,order,city,late",
			"a,1,Ulm,"+label, "b,1,Ulm,"+label, "c,2,Ulm,0", "d,3,Bonn,1", "e,4,Ulm,1")), heldOut)
		return train["a"]["x"], train["c"]["x"], judged["t"]["x"]
	}
	own0, other0, test0 := rate("0")
	own1, other1, test1 := rate("1")
	if own0 != own1 {
		t.Errorf("a row's rate is %s with one label of its group and %s with another", own0, own1)
	}
	if other0 == other1 || test0 == test1 {
		t.Error("the labels of others move nothing")
	}
}
