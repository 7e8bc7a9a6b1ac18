package decision_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	. "assent/decision"
)

// TestChallengerHasNoSay: whatever it says, or fails to say, the decision is the
// same, and the journal tells.
func TestChallengerHasNoSay(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.Patience = time.Minute // a busy machine makes none late
	want := s.decide(t, order(1, "5")).Decision
	for i, test := range []struct{ name, failure string }{
		{"risky", ""}, {"failing", ChallengerError}, {"panicking", ChallengerError}, {"no number", ChallengerError}, {"above one", ChallengerError}, {"", ""},
	} {
		s.promote(t, StepChallenge, revisions[test.name])
		d := s.decide(t, order(int64(i+2), "5")).Decision
		if d.Outcome != want.Outcome || d.Verdict.Failure != "" || d.Revisions.Model != want.Revisions.Model || same(t, d.Assessment.Reasons) == "null" {
			t.Errorf("%q changed the decision: %+v", test.name, d)
		}
		switch c := d.Challenger; {
		case test.name == "":
			if c != nil {
				t.Errorf("challenger after it was sent away: %+v", c)
			}
		case c == nil || c.Revision != revisions[test.name] || c.Failure != test.failure || (c.Probability == nil) != (test.failure != ""):
			t.Errorf("%q said %+v", test.name, c)
		}
		if r, err := s.Replay(t.Context(), "main", d.ID); err != nil || !r.Same {
			t.Errorf("%q: replay %+v, %v", test.name, r, err)
		}
	}
	s.wantClean(t)
}

// TestChallengerThatIsGone is told so.
func TestChallengerThatIsGone(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.Patience = time.Minute
	s.promote(t, StepChallenge, revisions["risky"])
	s.attack(t, "DELETE FROM artefacts WHERE revision = '"+revisions["risky"]+"'")
	if d := s.decide(t, order(1, "5")).Decision; d.Challenger == nil || d.Challenger.Failure != ChallengerMissing || d.Outcome != Execute {
		t.Errorf("%s with %+v", d.Outcome, d.Challenger)
	}
}

// slow are models of which one does not answer before it is let.
type slow struct {
	Models
	revision string
	asked    *atomic.Int64
	answer   chan struct{}
}

func (m slow) Model(ctx context.Context, kind, revision string) (Assessor, error) {
	if revision == m.revision {
		m.asked.Add(1)
		<-m.answer
	}
	return m.Models.Model(ctx, kind, revision)
}

// TestChallengerThatHangs delays the first decision and no other; once it
// answers it is asked again.
func TestChallengerThatHangs(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.promote(t, StepChallenge, revisions["risky"])
	s.Patience = time.Millisecond
	hung := slow{s.Models, revisions["risky"], &atomic.Int64{}, make(chan struct{})}
	s.Models = hung
	for i := range 3 {
		if d := s.decide(t, order(int64(i+1), "5")).Decision; d.Outcome != Execute || d.Challenger == nil || d.Challenger.Failure != ChallengerLate {
			t.Errorf("%s with %+v", d.Outcome, d.Challenger)
		}
	}
	if n := hung.asked.Load(); n != 1 {
		t.Errorf("a challenger that hangs was asked %d times", n)
	}
	close(hung.answer)
	s.Patience = time.Minute
	for i := int64(10); ; i++ { // until the one that was late has been heard
		if d := s.decide(t, order(i, "5")).Decision; d.Challenger.Failure == "" {
			break
		}
	}
	s.wantClean(t)
}
