package simulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"assent/decision"
	"assent/internal/simulator"
)

var day = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// dump is everything a retailer holds, as bytes.
func dump(t *testing.T, r *simulator.Retailer) string {
	t.Helper()
	data, err := json.Marshal([]any{r.Company(), r.Events(), r.Records(), r.Approvers()})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	one, two := dump(t, simulator.New(7, day, 120)), dump(t, simulator.New(7, day, 120))
	if one != two {
		t.Error("the same seed gave two different days")
	}
	if one == dump(t, simulator.New(8, day, 120)) {
		t.Error("another seed gave the same day")
	}
}

func TestRequestsDecode(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		for _, e := range simulator.New(seed, day, 200).Events() {
			if faults := faultsOf(e); len(faults) > 0 {
				t.Fatalf("seed %d, %s of %s at %s: %v", seed, e.Request.Kind, e.Request.Subject.Record(), e.At, faults)
			}
		}
	}
}

// faultsOf checks a request as the service does: declared fields, rules
// across them, and the proposed action.
func faultsOf(e simulator.Event) []decision.FieldError {
	kind, ok := decision.KindNamed(e.Request.Kind)
	if !ok || !slices.Contains(kind.Models, e.Request.Subject.Model) {
		return []decision.FieldError{{Pointer: "/kind", Code: "enum", Message: e.Request.Kind + " of " + e.Request.Subject.Model}}
	}
	record, faults := decision.DecodeFields(e.Request.Fields, kind.Fields, "/fields", e.At, true)
	if len(faults) == 0 && kind.Check != nil {
		faults = kind.Check(decision.Snapshot{Subject: e.Request.Subject, Fields: record})
	}
	if p := e.Request.Proposed; p != nil {
		spec, _ := decision.ActionNamed(p.Name)
		_, more := decision.DecodeFields(p.Params, spec.Params, "/action/params", e.At, true)
		faults = append(faults, more...)
	}
	return faults
}

func TestDayIsInOrder(t *testing.T) {
	t.Parallel()
	events := simulator.New(1, day, 150).Events()
	if !slices.IsSortedFunc(events, func(a, b simulator.Event) int { return a.At.Compare(b.At) }) {
		t.Error("events are not in order of time")
	}
	for _, e := range events {
		if e.At.Before(day) || !e.At.Before(day.Add(24*time.Hour)) {
			t.Fatalf("event at %s is not on the day", e.At)
		}
	}
}

func TestProportions(t *testing.T) {
	t.Parallel()
	count, yes := map[string]int{}, map[string]int{}
	for seed := range uint64(10) {
		for _, e := range simulator.New(seed, day, 300).Events() {
			count[e.Request.Kind]++
			count[e.Request.Channel]++
			count[string(e.Request.Apply)]++
			count["all"]++
			if e.Truth.Fraudulent || e.Truth.Late || e.Truth.OutOfPolicy {
				yes[e.Request.Kind]++
			}
		}
	}
	share := func(name string, part, whole, low, high int) {
		if percent := part * 100 / whole; percent < low || percent > high {
			t.Errorf("%s: %d of %d, %d %%, want %d to %d", name, part, whole, percent, low, high)
		}
	}
	share("fraudulent orders", yes["order"], count["order"], 2, 4)
	share("late deliveries", yes["delivery"], count["delivery"], 6, 20)
	share("refunds out of policy", yes["refund"], count["refund"], 12, 30)
	share("changes out of policy", yes["change"], count["change"], 15, 60)
	share("orders", count["order"], count["all"], 50, 70)
	share("web", count["web"], count["all"], 50, 80)
	share("applied by the service", count["service"], count["all"], 90, 99)
}

func ExampleNew() {
	r := simulator.New(1, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), 100)
	kinds := map[string]int{}
	for _, e := range r.Events() {
		kinds[e.Request.Kind]++
	}
	fmt.Println(r.Company().ID, kinds)
	// Output: main map[change:10 delivery:40 order:100 refund:16]
}

// TestPatterns: every day has a burst, and over some days every pattern and
// every type of change comes up.
func TestPatterns(t *testing.T) {
	t.Parallel()
	patterns, types := map[string]int{}, map[string]int{}
	for seed := range uint64(8) {
		burst := map[string][]simulator.Event{}
		for _, e := range simulator.New(seed, day, 180).Events() {
			patterns[e.Truth.Pattern]++
			kind, _ := decision.KindNamed(e.Request.Kind)
			record, _ := decision.DecodeFields(e.Request.Fields, kind.Fields, "", e.At, true)
			if change, ok := record.Text("type"); ok {
				types[change]++
			}
			if email, ok := record.Text("customer.email"); ok && e.Truth.Pattern == "burst" {
				burst[email] = append(burst[email], e)
			}
		}
		for email, events := range burst {
			if took := events[len(events)-1].At.Sub(events[0].At); took > time.Hour {
				t.Errorf("seed %d: the burst of %s took %s", seed, email, took)
			}
		}
		if len(burst) != 1 {
			t.Errorf("seed %d: %d bursts, want 1", seed, len(burst))
		}
	}
	for _, pattern := range []string{"burst", "reshipping", "takeover", "reselling", "friendly", "serial"} {
		if patterns[pattern] == 0 {
			t.Errorf("no day has the pattern %s", pattern)
		}
	}
	change, _ := decision.KindNamed("change")
	field, _ := change.Field("type")
	for _, name := range field.Enum {
		if types[name] == 0 {
			t.Errorf("nobody asks for the change %s", name)
		}
	}
}
