package storetest

import (
	"context"
	"testing"

	"assent/decision"
)

var appendOnlyCases = []testCase{
	{"append-only: the database refuses to change what must last", func(t *testing.T, db Database) {
		fill(t, db)
		for _, sql := range append([]string{
			`UPDATE journal SET body = '{"id":"forged"}'`,
			`UPDATE journal SET hash = 'forged' WHERE seq = 1`,
			`UPDATE journal SET seq = seq + 10`,
			`DELETE FROM journal`,
			`DELETE FROM journal WHERE seq = 2`,
			`INSERT INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 1, 'x', 'outcome', 0, '', 'x', '{}')`,
			`INSERT INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 4, 'e0', 'outcome', 0, '', 'x', '{}')`,
			`INSERT INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 1, 'e0', 'outcome', 0, '', 'x', '{}')
				ON CONFLICT (company, seq) DO UPDATE SET body = excluded.body`,
			`UPDATE history SET amount = 1`,
			`DELETE FROM history`,
			`UPDATE artefacts SET kind = 'forged'`,
			`DELETE FROM artefacts`,
			`UPDATE idempotency SET decision = 'forged'`,
			`DELETE FROM idempotency`,
			`UPDATE sealed SET id = 'forged'`,
			`UPDATE sealed SET master = 'forged'`,
			`UPDATE sealed SET box = data_key`,
			`DELETE FROM sealed`,
		}, db.Tamper...) {
			if err := db.Exec(sql); err == nil {
				t.Errorf("not refused: %s", sql)
			}
		}
		checkFill(t, db)
	}},
	{"append-only: raw SQL is otherwise possible, so the refusals are the triggers'", func(t *testing.T, db Database) {
		fill(t, db)
		noError(t, db.Exec(`UPDATE decisions SET body = '{"seq":1}'`)) // audit finds this one
		noError(t, db.Exec(`UPDATE sealed SET data_key = '', box = '' WHERE 1 = 0`))
	}},
}

// fill writes one of everything that must last, and three entries.
func fill(t *testing.T, db Database) {
	t.Helper()
	appendMany(t, db.Store, 3)
	put(t, db.Store, decision.Decisions, decisionRow(1))
	addHistory(t, stored{db.Store}, past(1))
	do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
		if err := tx.Bind(ctx, decision.Binding{Key: "k", Request: "r", Decision: "d"}); err != nil {
			return err
		}
		return tx.Seal(ctx, sealed("s"))
	})
	noError(t, db.Store.PutArtefact(t.Context(), "policy", "rev", []byte("content")))
}

func checkFill(t *testing.T, db Database) {
	t.Helper()
	entries := checkChain(t, db.Store, company)
	if len(entries) != 3 {
		t.Fatalf("%d entries, want 3", len(entries))
	}
	head := decision.Head{Company: company}
	for i, e := range entries {
		want := nextEntry(head, []string{"e0", "e1", "e2"}[i])
		equal(t, "entry", e, want)
		head.Seq, head.Hash = e.Seq, e.Hash
	}
	wantHistory(t, stored{db.Store}, ask(), past(1))
	b, _, err := db.Store.Binding(t.Context(), company, "k")
	noError(t, err)
	equal(t, "binding", b, decision.Binding{Key: "k", Request: "r", Decision: "d"})
	s, err := db.Store.Sealed(t.Context(), company, "s")
	noError(t, err)
	equal(t, "sealed", s, sealed("s"))
	content, err := db.Store.Artefact(t.Context(), "policy", "rev")
	noError(t, err)
	equal(t, "artefact", string(content), "content")
}
