package decision_test

import (
	"strings"
	"testing"
	"time"

	. "assent/decision"
)

func TestStory(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, order(1, "500")).Decision
	s.sign(t, d.Approval, "ada")
	s.step(t)
	_, err := s.RecordOutcome(t.Context(), "main", OutcomeRecord{Decision: d.ID, Type: "chargeback", Value: "fraud"})
	noError(t, err)
	story, err := s.Story(t.Context(), "main", d.ID)
	noError(t, err)
	if story.Row.Status != Done || story.Entry.ID != d.ID || story.Entry.Type != EntryDecision || story.Snapshot.Subject.ID != 1 {
		t.Errorf("have %s, entry %d", story.Row.Status, story.Entry.Seq)
	}
	if story.Approval == nil || len(story.Approval.Signatures) != 1 || len(story.Executions) != 2 || len(story.Outcomes) != 1 {
		t.Errorf("approval %+v, executions %+v, outcomes %+v", story.Approval, story.Executions, story.Outcomes)
	}
	if email, known := story.Snapshot.Fields.Text("customer.email"); !known || email != "ada@example.com" {
		t.Error("the snapshot lost a field")
	}
	if _, err := s.Story(t.Context(), "main", "none"); CodeOf(err) != CodeNotFound {
		t.Errorf("no story: %v", err)
	}
}

// A delivery that will be late opens an exception, whatever the verdict; the
// same delivery asked about again does not open a second one.
func TestPromiseException(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, delivery(7, "49"))
	if all := rows[Exception](t, s, Exceptions); len(all) != 0 {
		t.Fatalf("opened %+v", all)
	}
	d := s.decide(t, delivery(7, "90")).Decision
	s.clock.pass(time.Minute)
	s.decide(t, delivery(7, "95"))
	all := rows[Exception](t, s, Exceptions)
	if len(all) != 1 || all[0].Type != PromiseAtRisk || all[0].Times != 2 || all[0].Evidence["probability"] != "0.950" || all[0].AtRisk.String() != "50.00 EUR" || all[0].Decision == d.ID {
		t.Errorf("have %s", same(t, all))
	}
	s.wantClean(t)
}

// No text about a person is in the journal, in any row, or in a log.
func TestNothingPersonalOutside(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.rules.err = Errorf(CodeNotFound, "There is no such policy.")
	s.decide(t, order(1, "5"))
	s.rules.err = nil
	s.decide(t, order(2, "500"))
	entries, err := s.store.Entries(t.Context(), "main", 0, 100)
	noError(t, err)
	said := same(t, entries) + s.logged.String()
	for _, e := range entries {
		said += string(e.Body)
	}
	for _, table := range Tables {
		said += same(t, rows[any](t, s, table))
	}
	for _, personal := range []string{"ada", "example.com"} {
		if i := strings.Index(strings.ToLower(said), personal); i >= 0 {
			t.Errorf("%q in …%s…", personal, said[max(0, i-60):min(len(said), i+60)])
		}
	}
}
