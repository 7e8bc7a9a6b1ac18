package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"assent/decision"
)

var alteredCases = []testCase{
	{"altered: each protection that is taken away is missed", func(t *testing.T, db Database) {
		fill(t, db)
		if found := altered(t, db); len(found) > 0 {
			t.Fatalf("of a fresh database: %v", found)
		}
		if len(db.Loosen) < 5 {
			t.Fatal("too few to show anything")
		}
		var want []string
		for _, l := range db.Loosen {
			noError(t, db.Exec(l.SQL))
			want = append(want, l.Where)
			slices.Sort(want)
			equal(t, "after "+l.SQL, altered(t, db), slices.Compact(slices.Clone(want)))
		}
	}},
	{"altered: rows under an empty id are read with all the others", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Decisions, decisionRow(1))
		noError(t, db.Exec(`INSERT INTO decisions (company, id, body) SELECT company, '', body FROM decisions`))
		noError(t, db.Exec(`INSERT INTO idempotency (company, key, request, decision) VALUES ('main', '', 'r', 'd'), ('main', 'k', 'r', 'd')`))
		var ids, keys []string
		noError(t, db.Store.AllRows(t.Context(), company, decision.Decisions, func(id string, _ json.RawMessage) error {
			ids = append(ids, id)
			return nil
		}))
		noError(t, db.Store.AllBindings(t.Context(), company, func(b decision.Binding) error {
			keys = append(keys, b.Key)
			return nil
		}))
		equal(t, "ids", ids, []string{"", "d001"})
		equal(t, "keys", keys, []string{"", "k"})
	}},
	{"altered: an approval that is found by other roles than its own strays", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Approvals, approval(1, decision.RoleFinance, decision.RoleOperations), approval(2), approval(3, decision.RoleFinance))
		put(t, db.Store, decision.Executions, execution("x"))
		strays := func() []decision.Problem {
			found, err := db.Store.Strays(t.Context(), company)
			noError(t, err)
			return found
		}
		if found := strays(); len(found) > 0 {
			t.Fatalf("of what was written by the store: %v", found)
		}
		noError(t, db.Exec(db.Misfile))
		equal(t, "strays", strays(), []decision.Problem{{Where: "approvals a001", What: "is not found by what its body says"}})
		others, err := db.Store.Strays(t.Context(), "other")
		noError(t, err)
		equal(t, "of another company", len(others), 0)
	}},
	{"named: every company that has rows, listed or not", func(t *testing.T, db Database) {
		named := func(want map[string]bool) {
			t.Helper()
			have, err := db.Store.Named(t.Context())
			noError(t, err)
			if !maps.Equal(have, want) {
				t.Fatalf("have %v, want %v", have, want)
			}
		}
		named(map[string]bool{})
		appendMany(t, db.Store, 2)
		named(map[string]bool{company: false})
		noError(t, db.Store.PutCompany(t.Context(), decision.Company{ID: company, Currency: "EUR"}))
		noError(t, db.Store.PutCompany(t.Context(), decision.Company{ID: "empty", Currency: "EUR"}))
		named(map[string]bool{company: true, "empty": true})
		for i, table := range []string{"decisions", "approvals", "executions", "exceptions", "outcomes"} {
			body := sampleRow(decision.Table(table))
			noError(t, db.Exec(fmt.Sprintf(`INSERT INTO %s (company, id, body) VALUES ('c%d', 'x', '%s')`, table, i, body)))
		}
		noError(t, db.Exec(`INSERT INTO idempotency (company, key, request, decision) VALUES ('c5', 'k', 'r', 'd')`))
		noError(t, db.Store.Do(t.Context(), decision.Work{Company: "c6", Do: func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) }}))
		noError(t, db.Exec(`INSERT INTO company_head (company, body) VALUES ('c7', '{}')`))
		all := map[string]bool{company: true, "empty": true}
		for i := range 8 {
			all[fmt.Sprint("c", i)] = false
		}
		named(all)
		noError(t, db.Exec(`UPDATE companies SET company = 'renamed' WHERE company = 'main'`))
		all[company], all["renamed"] = false, false // its body still has the other name
		named(all)
		noError(t, db.Exec(`DELETE FROM companies`))
		delete(all, "renamed")
		delete(all, "empty")
		named(all)
	}},
}

// altered lists where the store finds something altered.
func altered(t *testing.T, db Database) []string {
	t.Helper()
	var where []string
	problems, err := db.Store.Altered(t.Context())
	noError(t, err)
	for _, p := range problems {
		where = append(where, p.Where)
	}
	slices.Sort(where)
	return where
}
