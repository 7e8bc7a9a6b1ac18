package odoo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

// half is half of the executor's lease: as long as an attempt may take, and as
// long as Odoo is given to finish what an attempt in doubt handed over.
const half = time.Minute

// mishap is what goes wrong during one attempt.
type mishap struct {
	faults   []odootest.Fault
	finished bool // before it, a person finishes the activities they were given
}

// ways are the faults that leave Odoo consistent. What is answered after the
// effect says nothing true about it.
var ways = []odootest.Fault{
	{Kind: odootest.Refuse},
	{Kind: odootest.Reset},
	{Kind: odootest.Reset, After: true},
	{Kind: odootest.Delay, Wait: time.Second},
	{Kind: odootest.Delay, Wait: half * 3 / 2}, // carried out after we have left
	{Kind: odootest.Delay, Wait: half * 3 / 2, After: true},
	{Kind: odootest.Status, Code: 502},
	{Kind: odootest.Status, Code: 500, After: true},
	{Kind: odootest.Raise, Name: "builtins.OSError", After: true}, // a mail server, after the commit
	{Kind: odootest.Raise, Name: "psycopg2.errors.SerializationFailure"},
	{Kind: odootest.Raise, Name: "odoo.exceptions.LockError"},
	{Kind: odootest.Garbage},
	{Kind: odootest.Garbage, After: true},
	{Kind: odootest.Login},
	{Kind: odootest.Duplicate},
}

func drawMishaps(t *rapid.T) []mishap {
	fault := rapid.Custom(func(t *rapid.T) odootest.Fault {
		f := rapid.SampledFrom(ways).Draw(t, "way")
		f.Times, f.Writes, f.Skip = 1, rapid.Bool().Draw(t, "writes"), rapid.IntRange(0, 9).Draw(t, "skip")
		return f
	})
	one := rapid.Custom(func(t *rapid.T) mishap {
		return mishap{rapid.SliceOfN(fault, 0, 3).Draw(t, "faults"), rapid.Bool().Draw(t, "finished")}
	})
	return rapid.SliceOfN(one, 1, 6).Draw(t, "mishaps")
}

// TestExactlyOnce: whatever goes wrong and however often, an action ends in
// done, with its effect there exactly once.
//
// A request that a proxy sends twice is carried out twice: then an order is
// still confirmed or cancelled once and a field has its value, one credit note
// is posted and its twin cancelled, and only notes and activities may be there
// twice.
func TestExactlyOnce(t *testing.T) {
	t.Parallel()
	for _, c := range trials {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				i, mishaps := rapid.SampledFrom(instances).Draw(rt, "instance"), drawMishaps(rt)
				var wrong string
				synctest.Test(t, func(t *testing.T) { wrong = once(t, setStage(t, i), c, mishaps) })
				if wrong != "" {
					rt.Fatal(wrong)
				}
			})
		})
	}
}

// once drives an execution the way the executor does until it ends, and says
// what is wrong with how it ended.
func once(t *testing.T, s *stage, c trial, mishaps []mishap) string {
	x, w := s.execution(t, c), &witness{Caller: s.client, fake: s.fake}
	s.odoo.Caller = w
	for n := 0; n < 50; n++ {
		s.fake.ClearFaults()
		if n < len(mishaps) {
			if mishaps[n].finished {
				s.finishActivities(t)
			}
			for _, f := range mishaps[n].faults {
				s.fake.Inject(f)
			}
		}
		*w = witness{Caller: s.client, fake: s.fake}
		ctx, cancel := context.WithTimeout(s, half)
		applied := s.apply(ctx, x)
		cancel()
		if applied.Result == decision.ResultRetry {
			if applied.InDoubt != w.unseen() {
				return fmt.Sprintf("attempt %d: %+v, but unseen is %v", n, applied, w.unseen())
			}
			time.Sleep(pause(n, applied))
			continue
		}
		return s.ended(t, c, x, applied, mishaps)
	}
	return "no end"
}

// pause is how long the executor waits at least.
func pause(n int, a decision.Applied) time.Duration {
	if a.InDoubt {
		return half
	}
	return time.Second << min(n, 8)
}

// finishActivities is what a person does with them.
func (s *stage) finishActivities(t *testing.T) {
	t.Helper()
	admin := s.as(t, "admin")
	rows, err := odoo.SearchRead[struct{ ID int64 }](s, admin, "mail.activity", odoo.Query{Fields: []string{"id"}}, nil)
	for _, r := range rows {
		err = admin.Call(s, odoo.Call{Model: "mail.activity", Method: "action_feedback", IDs: []int64{r.ID}, Args: odoo.Args{"feedback": "Looked at."}}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ended checks the receipt, the record and the write log, and that nothing
// more happens when the receipt is lost.
func (s *stage) ended(t *testing.T, c trial, x decision.Execution, last decision.Applied, mishaps []mishap) string {
	time.Sleep(2 * half) // what is still under way
	s.fake.ClearFaults()
	if wrong := c.reached(s, x.Subject); wrong != "" {
		return wrong
	}
	s.finishActivities(t)
	again := s.apply(s, x)
	switch {
	case last.Result != decision.ResultDone || last.InDoubt || !strings.HasPrefix(last.Ref, c.ref) && !strings.HasPrefix(last.Ref, "mail.message:"):
		return fmt.Sprintf("ended with %+v", last)
	case again.Result != decision.ResultDone || again.Code != "already_applied":
		return fmt.Sprintf("once more: %+v", again)
	}
	return s.counted(c, mishaps)
}

// counted compares the write log with what the action may leave in it.
func (s *stage) counted(c trial, mishaps []mishap) string {
	first, second, all := map[string]int{}, 0, s.happened("activity_done")
	for _, e := range s.fake.Log() {
		if e.Delivery == 1 {
			first[effectOf(e)]++
		} else {
			second++
		}
	}
	duplicates := 0
	for _, m := range mishaps {
		for _, f := range m.faults {
			if f.Kind == odootest.Duplicate {
				duplicates++
			}
		}
	}
	for _, e := range c.effects {
		if first[e] != 1 {
			return fmt.Sprintf("%q happened %d times", e, first[e])
		}
		delete(all, e)
	}
	for e := range all {
		withdrawn := e == "cancel account.move,1" && duplicates > 0
		if !withdrawn && (c.free == "" || !strings.HasPrefix(e, c.free)) {
			return fmt.Sprintf("%q happened", e)
		}
	}
	if second > duplicates {
		return fmt.Sprintf("%d effects of %d requests that were sent twice", second, duplicates)
	}
	return ""
}

// witness knows from the fake whether the last request that may change
// something had its effect seen by a later read.
type witness struct {
	odoo.Caller
	fake   *odootest.Server
	handed bool // with an outcome that is not certain to be none
	before int  // effects until then
	seen   bool
}

func (w *witness) Call(ctx context.Context, q odoo.Call, into any) error {
	effects := len(w.fake.Log())
	err := w.Caller.Call(ctx, q, into)
	if slices.Contains([]string{"search_read", "search_count", "fields_get"}, q.Method) {
		w.seen = w.seen || err == nil && effects > w.before
		return err
	}
	w.handed, w.before, w.seen = err == nil || odoo.OutcomeOf(err) == odoo.Unknown, effects, false
	return err
}

func (w *witness) unseen() bool { return w.handed && !w.seen }
