package decision_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	. "assent/decision"
)

// Whatever is asked, and whatever fails while it is decided: the replay gives
// the same bytes.
func TestReplayAny(t *testing.T) {
	t.Parallel()
	s := setup(t)
	failures := []string{"", "", "", PolicyError, PolicyTimeout, PolicyConflict, PolicyEmpty}
	rapid.Check(t, func(r *rapid.T) {
		kind := DrawKind(r)
		s.clock.pass(time.Duration(rapid.Int64Range(1, 1e10).Draw(r, "ns")))
		req := Request{
			Company: "main", Kind: kind.Name, Channel: rapid.SampledFrom([]string{"", "web", "pos"}).Draw(r, "channel"),
			Subject: Subject{Model: rapid.SampledFrom(kind.Models).Draw(r, "model"), ID: rapid.Int64Range(1, 1e6).Draw(r, "id")},
			Fields:  DrawFields(r, kind, s.clock.Now()), RequestedBy: "odoo:7",
		}
		failure := rapid.SampledFrom(failures).Draw(r, "failure")
		s.rules.verdict = func(snap Snapshot, a Assessment, rec Recommendation) Verdict {
			if failure != "" {
				return FallbackVerdict(failure)
			}
			return byAmount(snap, a, rec)
		}
		answer, err := s.Decide(t.Context(), req)
		if err != nil {
			r.Fatalf("%s: %v", req.Fields, err)
		}
		// By now the policy would decide something else where it failed then.
		s.rules.verdict = byAmount
		replayed, err := s.Replay(t.Context(), "main", answer.Decision.ID)
		if err != nil || !replayed.Same || replayed.Erased {
			r.Fatalf("%v\nwant %s\nhave %s", err, replayed.Want, replayed.Have)
		}
		if failure != "" && !answer.Replayed && !strings.Contains(string(replayed.Have), failure) {
			r.Fatalf("%s is not reproduced: %s", failure, replayed.Have)
		}
	})
	s.wantClean(t)
}

// History that comes later does not reach back into a decision.
func TestReplayAfterMoreHistory(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.rules.verdict = func(snap Snapshot, _ Assessment, _ Recommendation) Verdict {
		orders, _ := snap.Context.Integer("history.partner_orders_24h")
		return Verdict{Outcome: Execute, Reasons: []string{fmt.Sprint("SEEN_", orders)}}
	}
	var ids []string
	for i := range 4 {
		a := s.decide(t, order(int64(i+1), "5"))
		if want := fmt.Sprint("SEEN_", i); !slices.Equal(a.Decision.Verdict.Reasons, []string{want}) {
			t.Errorf("have %v, want %s", a.Decision.Verdict.Reasons, want)
		}
		ids = append(ids, a.Decision.ID)
		s.clock.pass(time.Minute)
	}
	for _, id := range ids {
		if r, err := s.Replay(t.Context(), "main", id); err != nil || !r.Same {
			t.Errorf("%v: want %s, have %s", err, r.Want, r.Have)
		}
	}
}

// A replay that does not give the same says both.
func TestReplayDiffers(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.decide(t, order(1, "5")).Decision.ID
	s.rules.verdict = func(Snapshot, Assessment, Recommendation) Verdict { return Verdict{Outcome: Reject} }
	r, err := s.Replay(t.Context(), "main", id)
	if err != nil || r.Same || !strings.Contains(string(r.Want), "execute") || !strings.Contains(string(r.Have), "reject") {
		t.Errorf("have %+v, %v", r, err)
	}
	// A policy that is too slow is asked again before that counts.
	tries := 0
	s.rules.verdict = func(snap Snapshot, a Assessment, r Recommendation) Verdict {
		if tries++; tries < 3 {
			return FallbackVerdict(PolicyTimeout)
		}
		return byAmount(snap, a, r)
	}
	if r, err := s.Replay(t.Context(), "main", id); err != nil || !r.Same || tries != 3 {
		t.Errorf("after %d tries: %+v, %v", tries, r, err)
	}
}

func TestReplayFails(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.decide(t, order(1, "5")).Decision.ID
	missing := func() string {
		s.rules.err = Errorf(CodeNotFound, "There is no such policy.")
		defer func() { s.rules.err = nil }()
		return s.decide(t, order(2, "5")).Decision.ID
	}()
	activation, err := s.store.Entries(t.Context(), "main", 0, 1)
	noError(t, err)
	for name, test := range map[string]struct {
		id   string
		code Code
	}{"no such entry": {"none", CodeNotFound}, "no decision": {activation[0].ID, CodeNotFound}} {
		if _, err := s.Replay(t.Context(), "main", test.id); CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.rules.err = Errorf(CodeNotFound, "There is no such policy.")
	if _, err := s.Replay(t.Context(), "main", id); CodeOf(err) != CodeConflict {
		t.Errorf("without its policy: %v", err)
	}
	if r, err := s.Replay(t.Context(), "main", missing); err != nil || !r.Same {
		t.Errorf("there was no policy then either: %+v, %v", r, err)
	}
	s.rules.err = errGone
	if _, err := s.Replay(t.Context(), "main", id); CodeOf(err) != CodeUnavailable {
		t.Errorf("while its policy cannot be read: %v", err)
	}
	s.rules.err = nil
	s.Models = Assessors{}
	if _, err := s.Replay(t.Context(), "main", id); CodeOf(err) != CodeConflict {
		t.Errorf("without its model: %v", err)
	}
}

// Another code may give other bytes, so it is named, whatever comes out.
func TestReplayByOtherCode(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.decide(t, order(1, "5")).Decision.ID
	if r, err := s.Replay(t.Context(), "main", id); err != nil || !r.Same || r.Code != "" {
		t.Errorf("by the same code: %+v, %v", r, err)
	}
	s.Code = "newer"
	if r, err := s.Replay(t.Context(), "main", id); err != nil || !r.Same || r.Code != "test" {
		t.Errorf("by other code: %+v, %v", r, err)
	}
}

// A sum of history larger than any amount that is accepted still replays.
func TestReplayLargeSums(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.rules.caps.Amount = decimal.New(1, 30)
	for i := range 3 {
		a := s.decide(t, order(int64(i+1), "999999999999999.99"))
		s.clock.pass(time.Minute)
		if r, err := s.Replay(t.Context(), "main", a.Decision.ID); err != nil || !r.Same {
			t.Fatalf("order %d: %v", i, err)
		}
	}
}
