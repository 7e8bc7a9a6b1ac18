package tabular_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// order is a row of a generated file; at and known are minutes.
type order struct {
	id              string
	at, known       int
	email, city     string
	value           int
	label           string // "" is not known
	heldOut, exists bool
}

func orders() *rapid.Generator[[]order] {
	one := rapid.Custom(func(t *rapid.T) order {
		at := rapid.IntRange(0, 60).Draw(t, "at") // so that many are simultaneous
		return order{
			at: at, known: at + rapid.IntRange(0, 30).Draw(t, "until known"), exists: true,
			email: rapid.SampledFrom([]string{"jo", "al", "", "bo"}).Draw(t, "email"), city: rapid.SampledFrom([]string{"Ulm", "Bonn"}).Draw(t, "city"),
			value: rapid.IntRange(0, 9).Draw(t, "value"), label: rapid.SampledFrom([]string{"0", "1", "1", ""}).Draw(t, "label"),
			heldOut: rapid.Bool().Draw(t, "held out"),
		}
	})
	return rapid.Custom(func(t *rapid.T) []order {
		// The first one makes sure that there is something to learn from.
		out := append([]order{{at: -1, known: -1, email: "jo", city: "Ulm", label: "1", exists: true}}, rapid.SliceOfN(one, 1, 25).Draw(t, "orders")...)
		for i := range out {
			out[i].id = fmt.Sprint(i)
		}
		return out
	})
}

// files writes the orders that exist, each in its file.
func files(all []order) (train, test string) {
	var out [2]strings.Builder
	for i := range out {
		out[i].WriteString("id,at,known_at,email,city,value,late\n")
	}
	start := time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)
	clock := func(minutes int) string { return start.Add(time.Duration(minutes) * time.Minute).Format(time.DateTime) }
	for _, o := range all {
		file := 0
		if o.heldOut {
			file = 1
		}
		if o.exists {
			fmt.Fprintf(&out[file], "%s,%s,%s,%s,%s,%d,%s\n", o.id, clock(o.at), clock(o.known), o.email, o.city, o.value, o.label)
		}
	}
	return out[0].String(), out[1].String()
}

// upset alters or removes rows at will, and keeps their times.
func upset(t *rapid.T, all []order, which func(order) bool) []order {
	out := slices.Clone(all)
	for i, o := range out {
		if !which(o) {
			continue
		}
		out[i].exists = rapid.Bool().Draw(t, "kept")
		out[i].label = rapid.SampledFrom([]string{"0", "1", ""}).Draw(t, "other label")
		out[i].email = rapid.SampledFrom([]string{"jo", "al", "new"}).Draw(t, "other email")
		out[i].city, out[i].value = "Ulm", rapid.IntRange(0, 99).Draw(t, "other value")
	}
	return out
}

const timed = `
  - {name: count, fold: count, key: [email]}
  - {name: count_10m, fold: count, key: [email, city], window: 10m}
  - {name: since, fold: since, key: [email]}
  - {name: rate, fold: rate, key: [city], prior: 3}
  - {name: rate_newest, fold: rate, key: [email], newest: 2, prior: 1, parent: rate}
  - {name: rate_20m, fold: rate, key: [city], window: 20m}
  - {name: rate_delayed, fold: rate, key: [email], after: 15m}
  - {name: lift, fold: lift, key: [email], prior: 1, parent: rate}
  - {name: mean, fold: mean, of: value, key: [email]}`

const fitted = `
  - {name: fitted, fold: lift, key: [email], prior: 1, after: 15m, fitted: true}
  - {name: frequency, fold: frequency, key: [email]}
  - {name: city_number, fold: frequency, key: [city]}`

// TestNoLookIntoTheFuture: whatever happens to rows that are not before a row,
// and to labels that are not known before it, its features stay.
func TestNoLookIntoTheFuture(t *testing.T) {
	t.Parallel()
	s := spec(t, "time: {column: at}", "known: {column: known_at}", "history:"+timed,
		"features: [{name: count}, {name: count_10m}, {name: since}, {name: rate}, {name: rate_newest}, {name: rate_20m}, {name: rate_delayed}, {name: lift}, {name: mean}]")
	rapid.Check(t, func(r *rapid.T) {
		all := orders().Draw(r, "orders")
		now := rapid.IntRange(0, 60).Draw(r, "now")
		later := upset(r, all, func(o order) bool { return o.at >= now })
		for i, o := range later { // earlier rows stay, a label that is not known yet does not
			if o.at < now && o.known >= now && o.at+15 >= now {
				later[i].label = rapid.SampledFrom([]string{"0", "1", ""}).Draw(r, "label of later")
			}
		}
		// The row itself is the same in both; it stands for all of its moment.
		row := order{id: "row", at: now, known: now, email: "jo", city: "Ulm", label: "1", heldOut: true, exists: true}
		have := [2]map[string]string{}
		for i, rows := range [][]order{all, later} {
			train, test := files(append(slices.Clone(rows), row))
			_, judged := features(t, s, folder("orders.csv", train), folder("later.csv", test))
			have[i] = judged["row"]
		}
		if diff := cmp.Diff(have[0], have[1]); diff != "" {
			r.Fatal(diff)
		}
	})
}

// TestNoLookIntoTheTest: what is learnt once of all training rows is of those
// alone, and of a training row's own past where it is a label.
func TestNoLookIntoTheTest(t *testing.T) {
	t.Parallel()
	s := spec(t, "time: {column: at}", "history:"+fitted, "features: [{name: fitted}, {name: frequency}, {name: city_number}]")
	rapid.Check(t, func(r *rapid.T) {
		all := orders().Draw(r, "orders")
		judged := order{id: "row", at: 61, known: 61, email: "jo", city: "Ulm", label: "1", heldOut: true, exists: true}
		tables := func(rows []order) (cells, cells) {
			train, test := files(append(slices.Clone(rows), judged))
			return features(t, s, folder("orders.csv", train), folder("later.csv", test))
		}
		train, test := tables(all)
		otherTrain, otherTest := tables(upset(r, all, func(o order) bool { return o.heldOut }))
		if diff := cmp.Diff(train, otherTrain); diff != "" {
			r.Fatal("training: ", diff)
		}
		if diff := cmp.Diff(test["row"], otherTest["row"]); diff != "" {
			r.Fatal("test: ", diff)
		}
		now := rapid.IntRange(0, 60).Draw(r, "now")
		later, _ := tables(upset(r, all, func(o order) bool { return o.at >= now }))
		for _, o := range all {
			if o.at < now && !o.heldOut && train[o.id]["fitted"] != later[o.id]["fitted"] {
				r.Fatalf("row %s has %s, and %s with other rows after it", o.id, train[o.id]["fitted"], later[o.id]["fitted"])
			}
		}
	})
}

// TestTrap: a late order makes its customer order again, so that a count over
// the whole file tells the label, and one over the past does not. The band
// that an honest pipeline stays in catches who looks ahead.
func TestTrap(t *testing.T) {
	t.Parallel()
	train, test := hindsight(1, 1500), hindsight(2, 500)
	for _, c := range []struct {
		feature string
		pass    bool
	}{{"before", true}, {"in_whole_file", false}} {
		t.Run(c.feature, func(t *testing.T) {
			t.Parallel()
			s := spec(t, "time: {column: at}", "history: [{name: before, fold: count, key: [email]}]", "features: [{name: "+c.feature+"}]",
				"learn: {only: [boosted_trees], boost: {rounds: 20}}", `bars: {auc: "in [0.35, 0.65]"}`)
			r, err := s.Run(t.Context(), options(folder("orders.csv", train), folder("later.csv", test)))
			if err != nil {
				t.Fatal(err)
			}
			if r.Passes() != c.pass {
				t.Errorf("auc %.3f: passes is %v", r.Metrics["auc"].Value, r.Passes())
			}
		})
	}
}

// hindsight is a file of first orders with labels, and second ones of those
// that were late.
func hindsight(seed uint64, customers int) string {
	random := rand.New(rand.NewPCG(seed, 7))
	start := time.Date(2026, time.Month(3*seed), 1, 0, 0, 0, 0, time.UTC)
	type row struct {
		at   time.Time
		text string
	}
	var rows []row
	for i := range customers {
		at, late, count := start.Add(time.Duration(random.IntN(60*24*60))*time.Minute), 0, 1
		if random.IntN(5) == 0 {
			late, count = 1, 2
			again := at.Add(time.Duration(random.IntN(7*24*60)) * time.Minute)
			rows = append(rows, row{again, fmt.Sprintf("%d-%d-again,%s,%d-%d,%d,", seed, i, again.Format(time.DateTime), seed, i, count)})
		}
		rows = append(rows, row{at, fmt.Sprintf("%d-%d,%s,%d-%d,%d,%d", seed, i, at.Format(time.DateTime), seed, i, count, late)})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.at.Compare(b.at) })
	var b strings.Builder
	b.WriteString("id,at,email,in_whole_file,late\n")
	for _, r := range rows {
		b.WriteString(r.text + "\n")
	}
	return b.String()
}
