package decision_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "assent/decision"
	"assent/internal/store/sqlite"
)

// busy fills the tables: decisions of each kind, a grant, an execution, an
// outcome, an exception, an erasure and a switch.
func busy(t *testing.T) (s *shop, executed, waiting, erased Decision) {
	t.Helper()
	s = setup(t)
	executed = s.decide(t, order(1, "5")).Decision
	s.step(t)
	granted := s.decide(t, order(2, "500")).Decision
	s.sign(t, granted.Approval, "ada")
	s.step(t)
	waiting = s.decide(t, refund(3, "1500", "EUR")).Decision
	s.sign(t, waiting.Approval, "ada")
	late := s.decide(t, delivery(4, "90")).Decision
	_, err := s.RecordOutcome(t.Context(), "main", OutcomeRecord{Decision: late.ID, Type: "delivered", Value: "late"})
	noError(t, err)
	erased = s.decide(t, change(5)).Decision
	noError(t, s.Erase(t.Context(), "main", erased.Snapshot, "dpo"))
	s.setModes(t, Suggest)
	return s, executed, waiting, erased
}

// checkpoint signs how long the chain is now.
func (s *shop) checkpoint(t *testing.T) Checkpoint {
	t.Helper()
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	return s.Keyring.Audit.Sign(Checkpoint{Company: "main", Seq: head.Seq, Hash: head.Hash, At: s.clock.Now()})
}

func TestVerifyClean(t *testing.T) {
	t.Parallel()
	s, _, _, _ := busy(t)
	first := s.checkpoint(t)
	s.decide(t, order(9, "7"))
	other := s.Keyring.Audit.Sign(Checkpoint{Company: "other", Seq: 99})
	empty := s.Keyring.Audit.Sign(Checkpoint{Company: "main"})
	audit := s.audited(t, empty, first, s.checkpoint(t), other)
	if len(audit.Problems) > 0 || audit.Entries != s.seq(t) || audit.Erased != 1 || audit.Head != s.checkpoint(t).Hash {
		t.Errorf("have %+v", audit)
	}
}

// Each is done by plain SQL on the file, with the triggers dropped, as by
// somebody who has the database but not the keys.
func TestVerifyFinds(t *testing.T) {
	t.Parallel()
	s, executed, waiting, erased := busy(t)
	checkpoints := []Checkpoint{s.checkpoint(t)}
	last := fmt.Sprint(s.seq(t))
	journal := func(set, where string) string { return "UPDATE journal SET " + set + " WHERE " + where }
	rewound := "UPDATE company_head SET body = (SELECT json_set(body, '$.seq', seq - 1, '$.hash', (SELECT hash FROM journal ORDER BY seq DESC LIMIT 1)))"
	tests := map[string]struct {
		sql   []string
		where string // of one of the problems
		what  string
	}{
		"changed body":          {[]string{journal(`body = replace(body, '"execute"', '"approve"')`, "seq = 3")}, "entry 3", "was changed"},
		"one more byte":         {[]string{journal("body = body || ' '", "seq = 5")}, "entry 5", "was changed"},
		"changed time":          {[]string{journal("at = at + 1", "seq = 5")}, "entry 5", "was changed"},
		"changed type":          {[]string{journal("type = 'import'", "seq = 5")}, "entry 5", "was changed"},
		"changed hash":          {[]string{journal("hash = prev", "seq = 5")}, "entry 6", "does not continue"},
		"unreadable body":       {[]string{journal("body = '{'", "type = 'decision' AND seq = 3")}, "entry 3", "cannot be folded"},
		"forged exception":      {[]string{journal(`body = '{"exception":"x","step":"open"}'`, "type = 'exception'")}, "entry", "cannot be folded"},
		"missing entry":         {[]string{"DELETE FROM journal WHERE seq = 4"}, "entry 5", "entries are missing"},
		"missing first":         {[]string{"DELETE FROM journal WHERE seq = 1"}, "entry 2", "entries are missing"},
		"reordered":             {[]string{journal("seq = 1000 + seq", "seq IN (3, 4)"), journal("seq = 1007 - seq", "seq > 1000")}, "entry 3", "does not continue"},
		"replaced":              {[]string{"INSERT OR REPLACE INTO journal SELECT company, seq, id, type, at, prev, hash, replace(body, '" + p1 + "', '" + p2 + "') FROM journal WHERE seq = 1"}, "entry 1", "was changed"},
		"another id":            {[]string{journal("id = 'moved'", "id = '"+executed.ID+"'")}, "decision " + executed.ID, "no entry of its id"},
		"cut tail":              {[]string{"DELETE FROM journal WHERE seq = " + last}, "head", "is not what the journal says"},
		"cut tail and head":     {[]string{"DELETE FROM journal WHERE seq = " + last, rewound}, "checkpoint " + last, "tail was cut"},
		"everything is gone":    {[]string{"DELETE FROM journal", "DELETE FROM company_head", "DELETE FROM decisions", "DELETE FROM approvals"}, "checkpoint " + last, "tail was cut"},
		"edited approval":       {[]string{edited(t, s, Approvals, waiting.Approval, func(a *Approval) { a.People = 1 })}, "approvals " + waiting.Approval, "is not what"},
		"edited decision":       {[]string{edited(t, s, Decisions, executed.ID, func(d *DecisionRow) { d.Status = Failed })}, "decisions " + executed.ID, "is not what"},
		"one byte of a row":     {[]string{"UPDATE outcomes SET body = body || ' '"}, "outcomes ", "is not what"},
		"extra row":             {[]string{"INSERT INTO executions SELECT company, 'extra', body FROM executions LIMIT 1"}, "executions extra", "in no journal entry"},
		"missing row":           {[]string{"DELETE FROM exceptions"}, "exceptions exc-", "is missing"},
		"erased, not journaled": {[]string{"UPDATE sealed SET data_key = x'', box = x'' WHERE id = '" + executed.Snapshot + "'"}, "snapshot " + executed.Snapshot, "no entry says so"},
		"swapped snapshots":     {[]string{"UPDATE sealed SET box = (SELECT box FROM sealed WHERE id = '" + waiting.Snapshot + "') WHERE id = '" + executed.Snapshot + "'"}, "snapshot " + executed.Snapshot, "missing or was changed"},
		"deleted snapshot":      {[]string{"DELETE FROM sealed WHERE id = '" + executed.Snapshot + "'"}, "snapshot " + executed.Snapshot, "missing or was changed"},
		"rebound key":           {[]string{"UPDATE idempotency SET decision = '" + waiting.ID + "' WHERE decision = '" + executed.ID + "'"}, "idempotency key of " + executed.ID, "not bound"},
		"another request":       {[]string{"UPDATE idempotency SET request = 'x' WHERE decision = '" + executed.ID + "'"}, "idempotency key of " + executed.ID, "not bound"},
		"freed key":             {[]string{"DELETE FROM idempotency WHERE decision = '" + erased.ID + "'"}, "idempotency key of " + erased.ID, "not bound"},
		"added key":             {[]string{"INSERT INTO idempotency (company, key, request, decision) VALUES ('main', 'forged', 'x', '" + executed.ID + "')"}, "idempotency key of " + executed.ID, "in no journal entry"},
		"moved key":             {[]string{"UPDATE idempotency SET key = 'moved' WHERE decision = '" + executed.ID + "'"}, "idempotency key of " + executed.ID, "not bound"},
		"changed policy":        {[]string{"UPDATE artefacts SET content = x'00' WHERE revision = '" + p1 + "'"}, "policy " + p1, "was changed"},
		"missing policy":        {[]string{"DELETE FROM artefacts WHERE revision = '" + p1 + "'"}, "policy " + p1, "is missing"},
		"changed switches":      {[]string{"UPDATE company_head SET body = json_set(body, '$.switches.modes.order', 'live')"}, "head", "is not what"},
		"nameless row":          {[]string{"INSERT INTO executions SELECT company, '', body FROM executions LIMIT 1"}, "executions ", "in no journal entry"},
		"nameless key":          {[]string{"INSERT INTO idempotency (company, key, request, decision) VALUES ('main', '', 'x', 'nobody')"}, "idempotency key of nobody", "in no journal entry"},
		"listed for others":     {[]string{"UPDATE approval_roles SET role = 'analyst' WHERE approval = '" + waiting.Approval + "'"}, "approvals " + waiting.Approval, "not found by what"},
		"listed for nobody":     {[]string{"DELETE FROM approval_roles WHERE approval = '" + waiting.Approval + "'"}, "approvals " + waiting.Approval, "not found by what"},
		"listed, not there":     {[]string{"INSERT INTO approval_roles VALUES ('main', 'finance', 'ghost')"}, "approvals ghost", "not found by what"},
		"before the first":      {[]string{"PRAGMA ignore_check_constraints = 1; INSERT INTO journal SELECT company, -5, 'early', type, at, '', hash, body FROM journal WHERE seq = 3"}, "entry -5", "was changed"},
		"budget given back":     {[]string{"UPDATE company_head SET body = json_set(body, '$.spent.order.count', 0)"}, "head", "is not what"},
	}
	noError(t, s.store.Close()) // all of it is in one file then
	template, err := os.ReadFile(s.path)
	noError(t, err)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			audit := reopened(t, template, test.sql).audited(t, checkpoints...)
			for _, p := range audit.Problems {
				if strings.HasPrefix(p.Where, test.where) && strings.Contains(p.What, test.what) {
					return
				}
			}
			t.Errorf("the audit finds %v", audit.Problems)
		})
	}
}

// comment signs an approval with a sealed comment.
func (s *shop) comment(t *testing.T, approval, id string) {
	t.Helper()
	box, err := s.Keyring.Seal(id, []byte("text"))
	noError(t, err)
	step, err := row[Approval](t, s, Approvals, approval).Sign(User{ID: "bob", Roles: Roles}, s.clock.Now())
	noError(t, err)
	step.Comment = id
	noError(t, s.Ledger.Do(t.Context(), "main", Foreground, nil, func(ctx context.Context, w *Writer) error {
		if err := w.Seal(ctx, box); err != nil {
			return err
		}
		_, err := w.Append(ctx, s.NewID(), EntryApproval, s.clock.Now(), step)
		return err
	}))
}

// Snapshots and comments are there, or erased by an entry, and never both.
func TestVerifySealed(t *testing.T) {
	t.Parallel()
	s, executed, waiting, erased := busy(t)
	s.comment(t, waiting.Approval, "said")
	s.wantClean(t)
	s.attack(t, "CREATE TABLE copy AS SELECT * FROM sealed")
	noError(t, s.Erase(t.Context(), "main", "said", "dpo"))
	noError(t, s.Erase(t.Context(), "main", executed.Snapshot, "dpo"))
	s.wantClean(t)
	restore := func(from string) string {
		return "UPDATE sealed SET data_key = c.data_key, box = c.box FROM " + from + " AS c WHERE c.id = sealed.id"
	}
	s.attack(t, "CREATE TABLE after AS SELECT * FROM sealed")
	steps := []struct {
		attack string
		want   []Problem
	}{
		{restore("copy"), []Problem{{"snapshot " + executed.Snapshot, "was erased, and is there again"}, {"comment said", "was erased, and is there again"}}},
		{restore("after"), nil},
		{"UPDATE sealed SET data_key = x'01' WHERE id = 'said'", []Problem{{"comment said", "is missing or was changed"}}},
		{"DELETE FROM sealed WHERE id = 'said'", []Problem{{"comment said", "is missing or was changed"}}},
		{"DELETE FROM sealed WHERE id = '" + erased.Snapshot + "'", []Problem{{"snapshot " + erased.Snapshot, "is missing or was changed"}, {"comment said", "is missing or was changed"}}},
	}
	for _, step := range steps {
		s.attack(t, step.attack)
		if have := s.audited(t).Problems; !slices.Equal(have, step.want) {
			t.Errorf("after %s: %v", step.attack, have)
		}
	}
}

// reopened opens a copy of a database after an attack on it.
func reopened(t *testing.T, template []byte, attack []string) *shop {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	noError(t, os.WriteFile(path, template, 0o600))
	(&shop{path: path}).attack(t, attack...)
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	noError(t, err)
	t.Cleanup(func() { noError(t, store.Close()) })
	return newShop(store, path)
}

// Without the audit key nothing verifies, and a checkpoint of another
// installation, or about another chain, is not believed.
func TestVerifyKeys(t *testing.T) {
	t.Parallel()
	s, _, _, _ := busy(t)
	good := s.checkpoint(t)
	forged := AuditKey("another").Sign(good)
	rebuilt := good
	rebuilt.Hash = strings.Repeat("0", 64)
	audit := s.audited(t, forged, s.Keyring.Audit.Sign(rebuilt))
	if len(audit.Problems) != 2 || !strings.Contains(audit.Problems[0].What, "not signed") || !strings.Contains(audit.Problems[1].What, "does not match") {
		t.Errorf("have %v", audit.Problems)
	}
	s.Keyring.Audit = AuditKey("another")
	if audit := s.audited(t); int64(len(audit.Problems)) != s.seq(t) {
		t.Errorf("%d problems of %d entries", len(audit.Problems), s.seq(t))
	}
}

// An audit of a ruin ends.
func TestVerifyManyProblems(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.setModes(t, Shadow)
	for i := range 340 {
		s.clock.pass(time.Second)
		s.decide(t, change(int64(i+1)))
	}
	s.Keyring.Audit = AuditKey("another")
	s.attack(t, "DELETE FROM idempotency", "DELETE FROM decisions")
	if n := len(s.audited(t).Problems); n != 1000 {
		t.Errorf("%d problems", n)
	}
}

// flipped shows one entry with one bit changed.
type flipped struct {
	Reader
	seq int64
	bit int
}

func (f flipped) Entries(ctx context.Context, company string, after int64, limit int) ([]Entry, error) {
	entries, err := f.Reader.Entries(ctx, company, after, limit)
	for i := range entries {
		if e := &entries[i]; e.Seq == f.seq {
			e.Body = slices.Clone(e.Body)
			e.Body[f.bit/8%len(e.Body)] ^= 1 << (f.bit % 8)
		}
	}
	return entries, err
}

// Any bit of any body counts.
func TestVerifyAnyBit(t *testing.T) {
	t.Parallel()
	s, _, _, _ := busy(t)
	last := s.seq(t)
	noError(t, s.store.View(t.Context(), func(r Reader) error {
		rapid.Check(t, func(t *rapid.T) {
			f := flipped{r, rapid.Int64Range(1, last).Draw(t, "seq"), rapid.IntRange(0, 1<<14).Draw(t, "bit")}
			audit, err := Verify(context.Background(), f, s.Keyring, "main", nil)
			found := slices.ContainsFunc(audit.Problems, func(p Problem) bool {
				return p.Where == fmt.Sprint("entry ", f.seq) && strings.Contains(p.What, "was changed")
			})
			if err != nil || !found {
				t.Fatalf("%v, %v", audit.Problems, err)
			}
		})
		return nil
	}))
}
