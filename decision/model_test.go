package decision_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "assent/decision"
)

// stored are models whose content says what they are: "name|kind|gates|failed
// gate|probability".
type stored struct {
	*shop
	err error // of every look
}

func (m stored) content(revision string) ([]string, error) {
	if m.err != nil {
		return nil, m.err
	}
	content, err := m.store.Artefact(context.Background(), ModelArtefact, revision)
	if err != nil {
		return nil, err
	}
	return strings.Split(string(content), "|"), nil
}

func (m stored) Card(_ context.Context, revision string) (ModelCard, error) {
	parts, err := m.content(revision)
	if err != nil {
		return ModelCard{}, err
	}
	card := ModelCard{Name: parts[0], Kind: parts[1], Eval: "eval of " + parts[0], Gates: len(parts[2])}
	if parts[3] != "" {
		card.Failed = []string{parts[3]}
	}
	return card, nil
}

func (m stored) Model(ctx context.Context, kind, revision string) (Assessor, error) {
	if revision == "" || revision == (model{}).Revision() {
		return Assessors{"order": model{}}.Model(ctx, kind, revision)
	}
	parts, err := m.content(revision)
	if err != nil {
		return nil, err
	}
	if parts[0] == "broken" {
		return nil, Errorf(CodeInvalid, "The model cannot be read.")
	}
	return constant{revision, parts[4]}, nil
}

// constant gives every snapshot the same probability.
type constant struct{ revision, probability string }

func (c constant) Revision() string { return c.revision }

func (c constant) Assess(Snapshot) (Assessment, error) {
	switch c.probability {
	case "":
		return Assessment{}, errors.New("no probability")
	case "panic":
		panic("no probability")
	}
	p := 0.0
	_, err := fmt.Sscan(c.probability, &p)
	return Assessment{Model: "constant", Revision: c.revision, Probability: &p, Reasons: []Reason{{"CONSTANT", 1}}}, err
}

// modelled is a shop with people and some models.
func modelled(t *testing.T) (s *shop, revisions map[string]string) {
	t.Helper()
	s = setup(t)
	s.Models = stored{shop: s}
	revisions = map[string]string{}
	for name, content := range map[string]string{
		"good": "good|order|xx||0.01", "risky": "risky|order|xx||0.99", "ungated": "ungated|order|||0.01", "short": "short|order|xx|auc|0.01",
		"other kind": "late|delivery|xx||0.01", "broken": "broken|order|xx||0.01", "failing": "failing|order|xx||",
		"panicking": "panicking|order|xx||panic", "no number": "no number|order|xx||NaN", "above one": "above one|order|xx||1.5",
	} {
		sum := sha256.Sum256([]byte(content))
		revisions[name] = hex.EncodeToString(sum[:])
		noError(t, s.store.PutArtefact(t.Context(), ModelArtefact, revisions[name], []byte(content)))
	}
	for id, u := range map[string]User{
		"ann": {Roles: []string{RoleAnalyst}}, "fin": {Roles: []string{RoleFinance}}, "gone": {Roles: []string{RoleAnalyst}, Disabled: true},
	} {
		u.ID, u.Company, u.Email = id, "main", id+"@example.com"
		noError(t, s.store.PutUser(t.Context(), u))
	}
	noError(t, s.store.PutCompany(t.Context(), Company{ID: "other", OdooID: 2, Currency: "EUR"}))
	noError(t, s.store.PutUser(t.Context(), User{ID: "far", Company: "other", Email: "far@example.com", Roles: []string{RoleAnalyst}}))
	noError(t, s.store.PutAPIKey(t.Context(), APIKey{ID: "key", Company: "main", Hash: "hash", Rights: Rights}))
	return s, revisions
}

func (s *shop) promote(t *testing.T, step, revision string) {
	t.Helper()
	_, err := s.Promote(t.Context(), "main", AnyEpoch, Promotion{Step: step, Kind: "order", Model: revision, By: "ann", Reason: "better_eval"})
	noError(t, err)
}

func TestPromotionsThatAreRefused(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	good := Promotion{Step: StepPromote, Kind: "order", Model: revisions["good"], By: "ann", Reason: "better_eval"}
	cases := map[string]struct {
		change func(*Promotion)
		code   Code
		says   string
	}{
		"nobody":            {func(p *Promotion) { p.By = "" }, CodeInvalid, "/by"},
		"the system":        {func(p *Promotion) { p.By = System }, CodeInvalid, "/by"},
		"a stranger":        {func(p *Promotion) { p.By = "eve" }, CodeInvalid, "/by"},
		"no analyst":        {func(p *Promotion) { p.By = "fin" }, CodeForbidden, "analyst"},
		"who left":          {func(p *Promotion) { p.By = "gone" }, CodeForbidden, "disabled"},
		"an API key":        {func(p *Promotion) { p.By = "key" }, CodeInvalid, "/by"},
		"of elsewhere":      {func(p *Promotion) { p.By = "far" }, CodeInvalid, "/by"},
		"no such step":      {func(p *Promotion) { p.Step = "sneak" }, CodeInvalid, "/step"},
		"no such kind":      {func(p *Promotion) { p.Kind = "horoscope" }, CodeInvalid, "/kind"},
		"no reason":         {func(p *Promotion) { p.Reason = "" }, CodeInvalid, "/reason"},
		"a text":            {func(p *Promotion) { p.Reason = "because I say so" }, CodeInvalid, "/reason"},
		"no model":          {func(p *Promotion) { p.Model = "" }, CodeInvalid, "/model"},
		"unknown model":     {func(p *Promotion) { p.Model = strings.Repeat("0", 64) }, CodeInvalid, "/model"},
		"another kind's":    {func(p *Promotion) { p.Model = revisions["other kind"] }, CodeInvalid, "of the kind order"},
		"without gates":     {func(p *Promotion) { p.Model = revisions["ungated"] }, CodeInvalid, "at least one gate"},
		"short of a gate":   {func(p *Promotion) { p.Model = revisions["short"] }, CodeInvalid, "short in auc"},
		"unusable":          {func(p *Promotion) { p.Model = revisions["broken"] }, CodeInvalid, "cannot be used"},
		"never in force":    {func(p *Promotion) { p.Step = StepRollback }, CodeInvalid, "in force before"},
		"back to the start": {func(p *Promotion) { p.Step, p.Model = StepRollback, "" }, CodeInvalid, "in force before"},
	}
	before := s.seq(t)
	for name, c := range cases {
		p := good
		c.change(&p)
		_, err := s.Promote(t.Context(), "main", AnyEpoch, p)
		if CodeOf(err) != c.code || !strings.Contains(said(err), c.says) {
			t.Errorf("%s: %v (%s), want %s about %q", name, err, said(err), c.code, c.says)
		}
	}
	if s.seq(t) != before {
		t.Error("a refused promotion is in the journal")
	}
}

// said is an error's message with its fields.
func said(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	text := e.Message
	for _, f := range e.Fields {
		text += " " + f.Pointer + " " + f.Message
	}
	return text
}

// TestReplayAcrossPromotions: each decision is replayed with the model that it
// names, whatever is in force by then.
func TestReplayAcrossPromotions(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	steps := []struct{ step, revision, inForce string }{
		{"", "", (model{}).Revision()},
		{StepPromote, revisions["good"], revisions["good"]},
		{StepPromote, revisions["risky"], revisions["risky"]},
		{StepRollback, revisions["good"], revisions["good"]},
		{StepRollback, "", (model{}).Revision()},
	}
	var ids []string
	for i, step := range steps {
		if step.step != "" {
			s.promote(t, step.step, step.revision)
		}
		d := s.decide(t, order(int64(i+1), "5")).Decision
		if ids = append(ids, d.ID); d.Revisions.Model != step.inForce || d.Assessment.Revision != step.inForce {
			t.Errorf("step %d: assessed by %s, want %s", i, d.Revisions.Model, step.inForce)
		}
	}
	for i, id := range ids {
		if r, err := s.Replay(t.Context(), "main", id); err != nil || !r.Same {
			t.Errorf("decision %d: %+v, %v", i, r, err)
		}
	}
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	if m := head.Models["order"]; m.Champion != "" || len(m.Former) != 2 || m.Former[0] != revisions["risky"] {
		t.Errorf("models in force: %+v", m)
	}
	s.wantClean(t)
}

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

// TestModelThatMisbehaves is no reason to drop a request: a person is asked,
// and what happened can be replayed.
func TestModelThatMisbehaves(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"failing", "panicking", "no number", "above one"} {
		s, revisions := modelled(t)
		s.rules.verdict = func(_ Snapshot, a Assessment, _ Recommendation) Verdict {
			if a.Probability == nil {
				return Verdict{Roles: []string{RoleFinance}}
			}
			return Verdict{Outcome: Execute}
		}
		s.promote(t, StepPromote, revisions[name])
		d := s.decide(t, order(1, "5")).Decision
		if d.Outcome != Approve || d.Assessment.Probability != nil || d.Revisions.Model != revisions[name] {
			t.Errorf("%s: %s after %+v", name, d.Outcome, d.Assessment)
		}
		story, err := s.Story(t.Context(), "main", d.ID)
		noError(t, err)
		if !slices.Equal(story.Snapshot.Failures, []Failure{{Step: "assess", Code: ModelError}}) {
			t.Errorf("%s: failures %v", name, story.Snapshot.Failures)
		}
		if !strings.Contains(s.logged.String(), "model failed") {
			t.Errorf("%s: nobody is told why", name)
		}
		if r, err := s.Replay(t.Context(), "main", d.ID); err != nil || !r.Same {
			t.Errorf("%s: replay %+v, %v", name, r, err)
		}
	}
}

// TestModelThatCannotBeHad asks a person, and can be replayed.
func TestModelThatCannotBeHad(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.promote(t, StepPromote, revisions["good"])
	s.Models = stored{s, Errorf(CodeInvalid, "The content was changed.")}
	d := s.decide(t, order(1, "5")).Decision
	if d.Assessment.Probability != nil || d.Revisions.Model != revisions["good"] {
		t.Errorf("assessment %+v by %s", d.Assessment, d.Revisions.Model)
	}
	if r, err := s.Replay(t.Context(), "main", d.ID); err != nil || !r.Same {
		t.Errorf("replay: %+v, %v", r, err)
	}
	s.Models = stored{s, Errorf(CodeUnavailable, "The store is away.")}
	if _, err := s.Decide(t.Context(), order(2, "5")); CodeOf(err) != CodeUnavailable {
		t.Errorf("while the store is away: %v", err)
	}
}

func TestAuditFindsAnotherModel(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.promote(t, StepPromote, revisions["good"])
	s.wantClean(t)
	s.attack(t, `UPDATE artefacts SET content = CAST(replace(CAST(content AS TEXT), '0.01', '0.00') AS BLOB) WHERE kind = 'model'`)
	if audit := s.audited(t); !mentions(audit, "model "+revisions["good"]) {
		t.Errorf("have %v", audit.Problems)
	}
}

func mentions(a Audit, where string) bool {
	for _, p := range a.Problems {
		if p.Where == where {
			return true
		}
	}
	return false
}

// TestPromotionUnderLoad: decisions go on while models change, each made
// wholly by one of them, and none is lost.
func TestPromotionUnderLoad(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	const workers, each = 4, 15
	var all sync.WaitGroup
	for w := range int64(workers) {
		all.Go(func() {
			for i := range int64(each) {
				a, err := s.Decide(t.Context(), order(1+w*each+i, "5"))
				if err != nil || a.Decision.Assessment.Revision != a.Decision.Revisions.Model {
					t.Errorf("order %d: %v, assessed by %s and not %s", 1+w*each+i, err, a.Decision.Assessment.Revision, a.Decision.Revisions.Model)
				}
			}
		})
	}
	for range 5 {
		s.promote(t, StepPromote, revisions["good"])
		s.promote(t, StepPromote, revisions["risky"])
	}
	all.Wait()
	decided := rows[DecisionRow](t, s, Decisions)
	if len(decided) != workers*each {
		t.Errorf("%d decisions, want %d", len(decided), workers*each)
	}
	for _, d := range decided {
		if r, err := s.Replay(t.Context(), "main", d.ID); err != nil || !r.Same {
			t.Errorf("%s: %+v, %v", d.ID, r, err)
		}
	}
	s.wantClean(t)
}

// TestPromotionOfAnOldThought: who decided by an older state hears of it.
func TestPromotionOfAnOldThought(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	s.promote(t, StepPromote, revisions["good"])
	_, err = s.Promote(t.Context(), "main", head.Epoch, Promotion{Step: StepPromote, Kind: "order", Model: revisions["risky"], By: "ann", Reason: "drift"})
	if CodeOf(err) != CodeConflict {
		t.Errorf("have %v", err)
	}
}

// TestPromotionsAtOnce: of those who decided by the same state, one is first
// and the others hear of it.
func TestPromotionsAtOnce(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	const many = 8
	errs := make([]error, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			p := Promotion{Step: StepPromote, Kind: "order", Model: revisions[[]string{"good", "risky"}[i%2]], By: "ann", Reason: "drift"}
			_, errs[i] = s.Promote(t.Context(), "main", head.Epoch, p)
		})
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if CodeOf(err) != CodeConflict {
			t.Errorf("have %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d promotions of one state", won)
	}
	s.wantClean(t)
}

// TestPromotionIsJournalled: who, by which right, why, and on what evidence.
func TestPromotionIsJournalled(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	before := s.seq(t)
	s.promote(t, StepPromote, revisions["good"])
	s.promote(t, StepChallenge, revisions["risky"])
	s.promote(t, StepRollback, "")
	entries, err := s.store.Entries(t.Context(), "main", before, 9)
	noError(t, err)
	want := []string{
		`{"step":"promote","kind":"order","model":"` + revisions["good"] + `","by":"ann","role":"analyst","reason":"better_eval","eval":"eval of good"}`,
		`{"step":"challenge","kind":"order","model":"` + revisions["risky"] + `","by":"ann","role":"analyst","reason":"better_eval"}`,
		`{"step":"rollback","kind":"order","by":"ann","role":"analyst","reason":"better_eval"}`,
	}
	if len(entries) != len(want) {
		t.Fatalf("%d entries", len(entries))
	}
	for i, e := range entries {
		if e.Type != EntryPromotion || string(e.Body) != want[i] {
			t.Errorf("%s %s, want %s", e.Type, e.Body, want[i])
		}
	}
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	if m := head.Models["order"]; m.Champion != "" || m.Challenger != revisions["risky"] {
		t.Errorf("in force: %+v", m)
	}
}

// TestAuditFindsLostModels: a challenger's content counts as a champion's does.
func TestAuditFindsLostModels(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.promote(t, StepPromote, revisions["good"])
	s.promote(t, StepChallenge, revisions["risky"])
	s.promote(t, StepRollback, "")
	s.wantClean(t)
	s.attack(t, "DELETE FROM artefacts WHERE kind = 'model'")
	if audit := s.audited(t); !mentions(audit, "model "+revisions["good"]) || !mentions(audit, "model "+revisions["risky"]) || len(audit.Problems) != 2 {
		t.Errorf("have %v", audit.Problems)
	}
}

// TestPromotionForged: an entry that was changed to name another model is found.
func TestPromotionForged(t *testing.T) {
	t.Parallel()
	s, revisions := modelled(t)
	s.promote(t, StepPromote, revisions["good"])
	seq := s.seq(t)
	s.attack(t, "UPDATE journal SET body = replace(body, '"+revisions["good"]+"', '"+revisions["risky"]+"') WHERE type = 'promotion'",
		"UPDATE company_head SET body = replace(body, '"+revisions["good"]+"', '"+revisions["risky"]+"')")
	if audit := s.audited(t); !mentions(audit, fmt.Sprint("entry ", seq)) {
		t.Errorf("have %v", audit.Problems)
	}
}

// TestGoneWhilePromoting: wherever the store breaks, a promotion happens whole
// or not at all.
func TestGoneWhilePromoting(t *testing.T) {
	t.Parallel()
	for calls := 0; ; calls++ {
		s, revisions := modelled(t)
		gone := &flaky{Store: s.store, left: calls}
		s.Store, s.Ledger.Store = gone, gone
		_, err := s.Promote(t.Context(), "main", AnyEpoch, Promotion{Step: StepPromote, Kind: "order", Model: revisions["good"], By: "ann", Reason: "drift"})
		head, failed := s.store.Head(t.Context(), "main")
		noError(t, failed)
		if in := head.Models["order"].Champion; (in != "") != (err == nil) || err != nil && CodeOf(err) != CodeUnavailable {
			t.Fatalf("call %d: %v, and %q is in force", calls+1, err, in)
		}
		s.wantClean(t)
		if err == nil {
			return
		}
	}
}
