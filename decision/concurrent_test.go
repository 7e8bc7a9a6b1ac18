package decision_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

// three lets a customer have three refunds by itself.
type three struct{}

func (three) Revision() string { return "three" }

func (three) Caps(string) Caps { return Caps{Count: 1000, Amount: decimal.NewFromInt(1_000_000)} }

func (three) Govern(_ context.Context, s Snapshot, _ Assessment, _ Recommendation) Verdict {
	if n, known := s.Context.Integer("history.partner_refunds_90d"); known && n < 3 {
		return Verdict{Outcome: Execute}
	}
	return Verdict{Outcome: Approve, Reasons: []string{"REFUND_COUNT"}}
}

func (p three) Policy(context.Context, string) (Policy, error) { return p, nil }

// Many at once must not get what one after the other would not: each reads
// the past before the lock, and none of the others is in it yet.
func TestLimitsHoldTogether(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Policies = three{}
	const many = 20
	var wg sync.WaitGroup
	outcomes := make([]Outcome, many)
	for i := range many {
		wg.Go(func() {
			a, err := s.Decide(t.Context(), refund(int64(i+1), "5", "EUR"))
			if err != nil {
				t.Error(err)
			}
			outcomes[i] = a.Decision.Outcome
		})
	}
	wg.Wait()
	executed := 0
	for _, o := range outcomes {
		if o == Execute {
			executed++
		}
	}
	if executed == 0 || executed > 3 {
		t.Errorf("%d of %d refunds of one customer executed, want 1 to 3", executed, many)
	}
	s.wantClean(t)
}

// Asked about again with another amount, a record counts once, with the most
// it was ever asked about.
func TestAskedAgainCountsOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, amount := range []string{"5", "99", "0.01"} {
		s.decide(t, order(1, amount))
		s.clock.pass(time.Minute)
	}
	a := s.decide(t, order(2, "5"))
	story, err := s.Story(t.Context(), "main", a.Decision.ID)
	noError(t, err)
	count, _ := story.Snapshot.Context.Integer("history.partner_orders_24h")
	amount, _ := story.Snapshot.Context.Money("history.partner_amount_24h")
	if have := fmt.Sprint(count, " ", amount); have != "1 99" {
		t.Errorf("have %s, want one order of 99", have)
	}
}

// What a customer has had may not be forgotten because of what else is asked
// about them, or about the same record, or because a clock was set back.
func TestThePastCannotBeWashedOut(t *testing.T) {
	t.Parallel()
	const cutOff = 200 // the most rows that are looked at
	for name, wash := range map[string]func(*testing.T, *shop){
		"nothing": func(*testing.T, *shop) {},
		"orders": func(t *testing.T, s *shop) {
			for i := range cutOff {
				s.decide(t, order(int64(i+1), "1"))
			}
		},
		"one refund, again and again": func(t *testing.T, s *shop) {
			for i := range cutOff {
				again := refund(1, "0.01", "EUR")
				again.Key = fmt.Sprint(i)
				s.decide(t, again)
				s.clock.pass(time.Second)
			}
		},
		"an hour back": func(_ *testing.T, s *shop) { s.clock.pass(-time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			s.Policies = three{}
			for i := range 3 {
				if a := s.decide(t, refund(int64(i+1), "5", "EUR")); a.Decision.Outcome != Execute {
					t.Fatalf("refund %d: %s", i, a.Decision.Outcome)
				}
			}
			s.clock.pass(time.Minute)
			wash(t, s)
			if a := s.decide(t, refund(9, "5", "EUR")); a.Decision.Outcome != Approve {
				t.Errorf("a fourth refund: %s", a.Decision.Outcome)
			}
		})
	}
}

// A refund in parts counts with all that the invoice returns.
func TestPartsOfARefundAddUp(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for i, credited := range []string{"0", "30"} {
		part := refund(1, "30", "EUR")
		part.Fields = bytes.Replace(part.Fields, []byte(`"amount_credited":0`), []byte(`"amount_credited":`+credited), 1)
		part.Key = fmt.Sprint(i)
		s.decide(t, part)
		s.clock.pass(time.Minute)
	}
	a := s.decide(t, refund(2, "5", "EUR"))
	story, err := s.Story(t.Context(), "main", a.Decision.ID)
	noError(t, err)
	if sum, _ := story.Snapshot.Context.Money("history.partner_refunded_90d"); sum.String() != "60" {
		t.Errorf("the customer's other refunds are %s, want 60", sum)
	}
}

// What callers apply, we cannot put into an order: of two about one record a
// person decides, until the first has sent its receipt.
func TestCallersOfOneRecord(t *testing.T) {
	t.Parallel()
	ask := func(s *shop, key string, by Applier, id int64) Answer {
		r := refund(id, "5", "EUR")
		r.Key, r.Apply = key, by
		return s.decide(t, r)
	}
	for name, test := range map[string]struct {
		first, second Applier
		id            int64
		want          string
	}{
		"two callers":             {ByCaller, ByCaller, 1, RecordBusy},
		"a caller, then we":       {ByCaller, ByService, 1, RecordBusy},
		"we, then a caller":       {ByService, ByCaller, 1, RecordBusy},
		"we, one after the other": {ByService, ByService, 1, ""},
		"callers of two records":  {ByCaller, ByCaller, 2, ""},
	} {
		s := setup(t)
		s.Policies = three{}
		first := ask(s, "first", test.first, 1)
		second := ask(s, "second", test.second, test.id)
		if have := second.Decision.Guard.Code; have != test.want || (second.Decision.Outcome == Approve) != (test.want != "") {
			t.Errorf("%s: %s for %q, want %q", name, second.Decision.Outcome, have, test.want)
		}
		if test.first != ByCaller {
			continue
		}
		_, err := s.Receive(t.Context(), "main", first.Decision.Execution, Receipt{Result: ResultDone, By: "key"})
		noError(t, err)
		if third := ask(s, "third", ByCaller, 1); third.Decision.Outcome != Execute && test.second == ByCaller && test.id == 2 {
			t.Errorf("%s: after the receipt %s for %s", name, third.Decision.Outcome, third.Decision.Guard.Code)
		}
	}
}

// The kill switch reaches those who apply for themselves: what was assented to
// before is parked as long as it is on.
func TestKillSwitchHoldsCallers(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Policies = three{}
	r := refund(1, "5", "EUR")
	r.Key, r.Apply = "k", ByCaller
	for _, step := range []struct {
		kill bool
		want Status
	}{{false, AwaitingReceipt}, {true, Parked}, {false, AwaitingReceipt}} {
		_, err := s.Amend(t.Context(), "main", AnyEpoch, SwitchPatch{Kill: &step.kill}, "ops", "drill")
		noError(t, err)
		if a := s.decide(t, r); a.Row.Status != step.want {
			t.Errorf("kill switch %v: %s, want %s", step.kill, a.Row.Status, step.want)
		}
	}
}
