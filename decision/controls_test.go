package decision_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

func TestSwitch(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	sw := Switches{Kill: true, Modes: map[string]Mode{"order": Live, "refund": Shadow}, Paused: map[string]string{"order": "model_review"}}
	head, err := s.Switch(t.Context(), "main", AnyEpoch, sw, "ops", "incident")
	if err != nil || !head.Switches.Kill || head.Epoch != before.Epoch+1 || head.Seq != before.Seq+1 {
		t.Errorf("have %+v, %v", head, err)
	}
	if stored, _ := s.store.Head(t.Context(), "main"); same(t, stored) != same(t, head) {
		t.Errorf("stored %s", same(t, stored))
	}
	entries, err := s.store.Entries(t.Context(), "main", head.Seq-1, 1)
	noError(t, err)
	if !strings.Contains(string(entries[0].Body), `"by":"ops","reason":"incident"`) {
		t.Errorf("journalled %s", entries[0].Body)
	}
}

// Of two operators who looked at the same switches, one changes them and the
// other is told; nobody's change is lost.
func TestSwitchOnAnEpochThatHasPassed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	seen, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	first, err := s.Switch(t.Context(), "main", seen.Epoch, Switches{Kill: true}, "ada", "incident")
	noError(t, err)
	_, err = s.Switch(t.Context(), "main", seen.Epoch, Switches{Modes: map[string]Mode{"order": Live}}, "ben", "go_live")
	var refused *Error
	if !errors.As(err, &refused) || refused.Code != CodeConflict || refused.Winner != fmt.Sprint(first.Epoch) {
		t.Errorf("have %v, want a conflict with epoch %d", err, first.Epoch)
	}
	if head, _ := s.store.Head(t.Context(), "main"); same(t, head) != same(t, first) {
		t.Errorf("the refused change left %s", same(t, head))
	}
}

// What a change does not name stays as it is, whatever that has become.
func TestAmend(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if _, err := s.Switch(t.Context(), "main", AnyEpoch, Switches{}, "ops", "drill"); err != nil { // whatever kinds there are
		t.Fatal(err)
	}
	on, off := true, false
	steps := []struct {
		patch  SwitchPatch
		reason string
		want   string
	}{
		{SwitchPatch{Modes: map[string]Mode{"order": Live, "refund": Shadow, "change": Suggest, "delivery": Suggest}}, "go_live",
			`{"modes":{"change":"suggest","delivery":"suggest","order":"live","refund":"shadow"}}`},
		{SwitchPatch{Kill: &on}, "incident",
			`{"kill":true,"modes":{"change":"suggest","delivery":"suggest","order":"live","refund":"shadow"}}`},
		{SwitchPatch{Kill: &off, Paused: map[string]bool{"order": true}}, "model_review",
			`{"modes":{"change":"suggest","delivery":"suggest","order":"live","refund":"shadow"},"paused":{"order":"model_review"}}`},
		{SwitchPatch{Modes: map[string]Mode{"refund": Live}, Paused: map[string]bool{"order": true, "change": false}}, "drill",
			`{"modes":{"change":"suggest","delivery":"suggest","order":"live","refund":"live"},"paused":{"order":"model_review"}}`},
		{SwitchPatch{Paused: map[string]bool{"order": false}}, "resolved",
			`{"modes":{"change":"suggest","delivery":"suggest","order":"live","refund":"live"}}`},
	}
	for _, step := range steps {
		head, err := s.Amend(t.Context(), "main", AnyEpoch, step.patch, "ops", step.reason)
		if err != nil || same(t, head.Switches) != step.want {
			t.Fatalf("%s: have %s, %v, want %s", step.reason, same(t, head.Switches), err, step.want)
		}
	}
	for reason, p := range map[string]SwitchPatch{"": {Kill: &on}, "drill": {Modes: map[string]Mode{"order": "on"}}, "incident": {Paused: map[string]bool{"orders": true}}} {
		if _, err := s.Amend(t.Context(), "main", AnyEpoch, p, "ops", reason); CodeOf(err) != CodeInvalid {
			t.Errorf("%q: %v", reason, err)
		}
	}
	if _, err := s.Amend(t.Context(), "main", 1, SwitchPatch{Kill: &on}, "ops", "incident"); CodeOf(err) != CodeConflict {
		t.Errorf("on an epoch that has passed: %v", err)
	}
}

// A typing error must not silently become the careful default.
func TestSwitchRefuses(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before := s.seq(t)
	tests := map[string]struct {
		company string
		sw      Switches
		reason  string
		says    string
	}{
		"company":        {"other", Switches{}, "drill", "/company"},
		"kind":           {"main", Switches{Modes: map[string]Mode{"orders": Live}}, "drill", "/modes"},
		"mode":           {"main", Switches{Modes: map[string]Mode{"order": "LIVE"}}, "drill", "/modes/order"},
		"paused kind":    {"main", Switches{Paused: map[string]string{"orders": "drill"}}, "drill", "/paused"},
		"pause by text":  {"main", Switches{Paused: map[string]string{"order": "too many errors"}}, "drill", "/paused/order must be one of incident, "},
		"pause, no why":  {"main", Switches{Paused: map[string]string{"order": ""}}, "drill", "/paused/order"},
		"reason as text": {"main", Switches{}, "because of Ada", "/reason must be one of incident, "},
		"no reason":      {"main", Switches{Kill: true}, "", "/reason"},
	}
	for name, test := range tests {
		_, err := s.Switch(t.Context(), test.company, AnyEpoch, test.sw, "ops", test.reason)
		if CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Activate(t.Context(), "other", p1, "x"); CodeOf(err) != CodeInvalid {
		t.Errorf("activated for a company that does not exist: %v", err)
	}
	if s.seq(t) != before {
		t.Error("something is journalled")
	}
}

func TestRecordOutcome(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, order(1, "5")).Decision
	s.clock.pass(time.Hour)
	told := OutcomeRecord{Decision: d.ID, Type: "chargeback", Value: "fraud", Amount: &Money{Currency: "EUR"}, Source: "key1"}
	first, err := s.RecordOutcome(t.Context(), "main", told)
	if err != nil || first.At != s.clock.Now() || first.KnownAt != s.clock.Now() || !strings.HasPrefix(first.ID, "out-") {
		t.Fatalf("have %+v, %v", first, err)
	}
	s.clock.pass(time.Hour)
	again, err := s.RecordOutcome(t.Context(), "main", told)
	if err != nil || same(t, again) != same(t, first) {
		t.Errorf("told twice: %s, %v, want %s", same(t, again), err, same(t, first))
	}
	dated := told
	dated.At = noon.In(time.FixedZone("", 3600))
	other, err := s.RecordOutcome(t.Context(), "main", dated)
	if err != nil || other.ID == first.ID || !other.At.Equal(noon) {
		t.Errorf("another time: %+v, %v", other, err)
	}
	more := told
	more.Amount = &Money{decimal.NewFromInt(7), "EUR"}
	if _, err := s.RecordOutcome(t.Context(), "main", more); CodeOf(err) != CodeConflict {
		t.Errorf("told with another amount: %v", err)
	}
	if all := rows[OutcomeRow](t, s, Outcomes); len(all) != 2 {
		t.Errorf("%d outcomes", len(all))
	}
	s.wantClean(t)
}

// An outcome's money is in the currency of the company or of the decision, to
// that currency's last digit.
func TestRecordOutcomeCurrency(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, refund(1, "5", "JPY")).Decision
	for currency, want := range map[string]string{"EUR": "7.46", "JPY": "7"} {
		value := map[string]string{"EUR": "fraud", "JPY": "other"}[currency]
		told := OutcomeRecord{Decision: d.ID, Type: "chargeback", Value: value, Amount: &Money{decimal.RequireFromString("7.456"), currency}}
		have, err := s.RecordOutcome(t.Context(), "main", told)
		if err != nil || have.Amount.Amount.String() != want {
			t.Errorf("%s: have %+v, %v", currency, have.Amount, err)
		}
		noError(t, second(s.RecordOutcome(t.Context(), "main", told)))
	}
	err := second(s.RecordOutcome(t.Context(), "main", OutcomeRecord{Decision: d.ID, Type: "refunded", Value: "paid", Amount: &Money{decimal.NewFromInt(7), "USD"}}))
	if CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), "EUR, JPY") {
		t.Errorf("another accepted currency: %v", err)
	}
	s.wantClean(t)
}

func TestRecordOutcomeRefuses(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.decide(t, order(1, "5")).Decision.ID
	before := s.seq(t)
	tests := map[string]struct {
		o    OutcomeRecord
		code Code
		says string
	}{
		"decision": {OutcomeRecord{Decision: "none", Type: "a", Value: "b"}, CodeNotFound, ""},
		"no type":  {OutcomeRecord{Decision: id, Value: "fraud"}, CodeInvalid, "/type must be one of dispute, dispute_won, chargeback, fraud, override for decisions of the kind order"},
		"type":     {OutcomeRecord{Decision: id, Type: "charge_back", Value: "fraud"}, CodeInvalid, "/type"},
		"of other": {OutcomeRecord{Decision: id, Type: "refunded", Value: "paid"}, CodeInvalid, "/type"},
		"value":    {OutcomeRecord{Decision: id, Type: "chargeback", Value: "x"}, CodeInvalid, "/value must be one of fraud, not_received, "},
		"no value": {OutcomeRecord{Decision: id, Type: "chargeback"}, CodeInvalid, "/value"},
		"currency": {OutcomeRecord{Decision: id, Type: "override", Value: "done", Amount: &Money{decimal.NewFromInt(7), "USD"}}, CodeInvalid, "/currency"},
		"no code":  {OutcomeRecord{Decision: id, Type: "override", Value: "done", Amount: &Money{Amount: decimal.NewFromInt(7)}}, CodeInvalid, "must be one of EUR"},
		"future":   {OutcomeRecord{Decision: id, Type: "override", Value: "done", At: noon.Add(ClockSkew + 1)}, CodeInvalid, "/at"},
	}
	for name, test := range tests {
		if err := second(s.RecordOutcome(t.Context(), "main", test.o)); CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.seq(t) != before {
		t.Error("something is journalled")
	}
}

// Erasure takes what was decided on, never the decision; the chain verifies,
// and replay says erased.
func TestErase(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, order(1, "5")).Decision
	noError(t, s.Erase(t.Context(), "main", d.Snapshot, "dpo"))
	replayed, err := s.Replay(t.Context(), "main", d.ID)
	if err != nil || !replayed.Erased || replayed.Same || replayed.Have != nil {
		t.Errorf("replay %+v, %v", replayed, err)
	}
	story, err := s.Story(t.Context(), "main", d.ID)
	if err != nil || story.Snapshot != nil || story.Decision.SnapshotHash != d.SnapshotHash {
		t.Errorf("story %+v, %v", story, err)
	}
	if audit := s.audited(t); audit.Erased != 1 || len(audit.Problems) != 0 {
		t.Errorf("audit %+v", audit)
	}
	before := s.seq(t)
	if err := s.Erase(t.Context(), "main", "none", "dpo"); CodeOf(err) != CodeNotFound || s.seq(t) != before {
		t.Errorf("erased what is not there: %v", err)
	}
	s.step(t)
	if x, _ := s.one(t); x.Status != ExecutionDone {
		t.Errorf("an erased decision is no longer executed: %s", x.Status)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		GuardKill, GuardPaused, GuardShadow, GuardSuggest, GuardCount, GuardAmount, GuardUnknown, EpochMoved,
		PolicyError, PolicyTimeout, PolicyConflict, PolicyEmpty, PolicyMissing, ModelError, ChallengerError, ChallengerLate, ChallengerMissing, "NOT_REVERSIBLE",
	} {
		if s, ok := Sentence(code); !ok || !strings.HasSuffix(s, ".") {
			t.Errorf("%s: %q", code, s)
		}
	}
	if s, ok := Sentence("X"); ok || s != "" {
		t.Errorf("an unknown code means %q", s)
	}
}
