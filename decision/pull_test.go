package decision_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	. "assent/decision"
)

// endings is how records ended, as the test says.
type endings struct {
	of    map[int64]Ending
	lacks []string
	err   error
	asked *[][]int64
}

func (e endings) ReadEndings(_ context.Context, _ Company, _ Kind, ids []int64) (map[int64]Ending, []string, error) {
	if e.asked != nil {
		*e.asked = append(*e.asked, slices.Clone(ids))
	}
	if e.err != nil {
		return nil, nil, e.err
	}
	visible := map[int64]Ending{}
	for _, id := range ids {
		if ending, ok := e.of[id]; ok {
			visible[id] = ending
		}
	}
	return visible, e.lacks, nil
}

// pull goes through all batches and adds them up.
func (s *shop) pull(t *testing.T, p Pull) Pulled {
	t.Helper()
	total := Pulled{Told: map[string]int{}}
	for {
		batch, err := s.PullOutcomes(t.Context(), "main", p)
		noError(t, err)
		total = total.With(batch)
		if p.Cursor = batch.Next; p.Cursor == "" {
			return total
		}
	}
}

func (s *shop) outcomes(t *testing.T) (all []string) {
	t.Helper()
	for _, o := range rows[OutcomeRow](t, s, Outcomes) {
		all = append(all, fmt.Sprintf("%s %s at %s known %s by %s", o.Type, o.Value, o.At.Format(time.DateTime), o.KnownAt.Format(time.DateTime), o.Source))
	}
	slices.Sort(all)
	return all
}

// What Odoo knows is told once, as learnt when it was read; what others told,
// and what was erased, stays; every record of a batch is asked for at once.
func TestPullOutcomes(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := map[int64]string{}
	for id := range int64(6) {
		ids[id+1] = s.decide(t, delivery(id+1, "10")).Decision.ID
	}
	s.clock.pass(3 * day)
	again := delivery(1, "11") // the same record, asked about once more
	s.decide(t, again)
	left := noon.Add(2*day + time.Hour) // on the day that was planned
	var asked [][]int64
	s.Endings = endings{asked: &asked, of: map[int64]Ending{
		1: {Departed: left}, 2: {Departed: left.Add(day - 2*time.Hour)}, 3: {Departed: left.Add(9 * day)}, 4: {Departed: left}, 5: {Departed: left},
	}}
	_, err := s.EraseDecision(t.Context(), "main", ids[4], "tests")
	noError(t, err)
	s.tell(t, ids[5], "shipped", "late")
	first := s.pull(t, Pull{Kind: "delivery"})
	want := Pulled{Decisions: 7, Told: map[string]int{"shipped on_time": 2, "shipped late": 1}, Known: 1, Open: 1, Hidden: 1, Erased: 1}
	if fmt.Sprint(first) != fmt.Sprint(want) {
		t.Errorf("have %+v, want %+v", first, want)
	}
	if fmt.Sprint(asked) != "[[1 2 3 4 5 6]]" {
		t.Errorf("asked for %v", asked)
	}
	now := s.clock.Now().Format(time.DateTime)
	wantOutcomes := []string{
		"shipped late at " + now + " known " + now + " by tests",
		"shipped late at 2026-11-27 11:00:00 known " + now + " by odoo",
		"shipped on_time at 2026-11-26 13:00:00 known " + now + " by odoo", "shipped on_time at 2026-11-26 13:00:00 known " + now + " by odoo",
	}
	slices.Sort(wantOutcomes)
	if have := s.outcomes(t); !slices.Equal(have, wantOutcomes) {
		t.Errorf("have %s", strings.Join(have, "\n"))
	}
	s.clock.pass(day)
	before := s.seq(t)
	if second := s.pull(t, Pull{Kind: "delivery"}); len(second.Told) != 0 || second.Known != 4 || s.seq(t) != before {
		t.Errorf("the second time: %+v", second)
	}
	s.wantClean(t)
}

// What Odoo said before and says otherwise now is told anew.
func TestPullCorrects(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := refund(1, "5", "EUR")
	req.Fields = replaced(req.Fields, `"state"`, `"claim":"return","paid":true,"state"`)
	s.odoo.says(Applied{Result: ResultDone, Ref: "account.move:901"})
	s.decide(t, req)
	s.step(t)
	s.clock.pass(31 * day)
	terms := Terms{Return: 30 * day}
	s.Endings = endings{of: map[int64]Ending{1: {Looked: true, PaidBack: []string{"account.move:900"}}}} // another refund's
	if have := s.pull(t, Pull{Kind: "refund", Terms: terms}).Told; !maps.Equal(have, map[string]int{"goods not_returned": 1}) {
		t.Errorf("have %v", have)
	}
	s.Endings = endings{of: map[int64]Ending{1: {Looked: true, Returned: []Returned{{Product: 1, At: s.clock.Now()}}, PaidBack: []string{"account.move:901"}}}}
	for _, want := range []map[string]int{{"goods returned": 1, "refunded paid": 1}, {}} {
		s.clock.pass(day)
		if have := s.pull(t, Pull{Kind: "refund", Terms: terms}).Told; !maps.Equal(have, want) {
			t.Errorf("have %v, want %v", have, want)
		}
	}
	s.wantClean(t)
}

// When Odoo cannot be asked nothing of the batch is told, and the cursor that
// comes back asks for the same batch; what earlier batches told stays.
func TestPullGoesOn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	all := map[int64]Ending{}
	for id := range int64(120) {
		s.decide(t, delivery(id+1, "10"))
		all[id+1] = Ending{Departed: noon.Add(day)}
	}
	s.clock.pass(3 * day)
	up := endings{of: all, lacks: []string{"moons"}}
	s.Endings = up
	first, err := s.PullOutcomes(t.Context(), "main", Pull{Kind: "delivery"})
	if err != nil || first.Decisions != 100 || first.Told["shipped on_time"] != 100 || first.Next == "" || !slices.Equal(first.Lacks, up.lacks) {
		t.Fatalf("%+v, %v", first, err)
	}
	before := s.seq(t)
	s.Endings = endings{err: Errorf(CodeForbidden, "The integration may not read stock.picking.")}
	failed, err := s.PullOutcomes(t.Context(), "main", Pull{Kind: "delivery", Cursor: first.Next})
	if CodeOf(err) != CodeForbidden || failed.Next != first.Next || s.seq(t) != before {
		t.Errorf("%+v, %v", failed, err)
	}
	s.Endings = up
	rest, err := s.PullOutcomes(t.Context(), "main", Pull{Kind: "delivery", Cursor: failed.Next})
	if err != nil || rest.Told["shipped on_time"] != 20 || rest.Next != "" {
		t.Errorf("%+v, %v", rest, err)
	}
	some := s.pull(t, Pull{Kind: "delivery", From: noon.Add(day)})
	if some.Decisions != 0 {
		t.Errorf("decided later: %+v", some)
	}
	s.Endings = nil
	if _, err := s.PullOutcomes(t.Context(), "main", Pull{Kind: "delivery"}); CodeOf(err) != CodeUnavailable {
		t.Errorf("without Odoo: %v", err)
	}
}

// An id means another record in another database: then the number differs, and
// nothing is told.
func TestPullOfAnotherDatabase(t *testing.T) {
	t.Parallel()
	for reference, want := range map[string]int{"WH/OUT/00001": 1, "": 1, "WH/OUT/00002": 0} {
		s := setup(t)
		req := delivery(1, "10")
		req.Fields = replaced(req.Fields, `"state"`, `"reference":"WH/OUT/00001","state"`)
		s.decide(t, req)
		s.clock.pass(3 * day)
		s.Endings = endings{of: map[int64]Ending{1: {Reference: reference, Departed: noon}}}
		if have := s.pull(t, Pull{Kind: "delivery"}); len(have.Told) != want || have.Hidden != 1-want {
			t.Errorf("%q: %+v", reference, have)
		}
	}
}
