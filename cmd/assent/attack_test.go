package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assent/decision"
)

// victim is one small day, signed for by a checkpoint, that every attack gets
// a copy of.
var victim = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "assent-victim-")
	if err != nil {
		return "", err
	}
	leftovers = append(leftovers, dir)
	var told strings.Builder
	c := &cli{Config: Config{Dir: dir}}
	p := &process{ctx: context.Background(), config: &c.Config, now: time.Now, stdout: &told, stderr: &told}
	if err := (&demoCmd{Seed: 1, Orders: 20, Once: true, Into: dir}).Run(p); err != nil {
		return dir, fmt.Errorf("%w: %s", err, told.String())
	}
	app, err := p.open(readWrite)
	if err != nil {
		return dir, err
	}
	defer app.store.Close()
	// Whether the day opens exceptions depends on the hour; one is there in any case.
	trouble := decision.NewException{Type: decision.DeadLetter, Cause: "test", Role: decision.RoleOperations, Deadline: time.Now()}
	if err := app.ledger.Do(p.ctx, "main", decision.Background, nil, func(ctx context.Context, w *decision.Writer) error {
		return w.OpenException(ctx, newID(), app.now(), trouble)
	}); err != nil {
		return dir, err
	}
	runner{app, c.checkpointsFile()}.last()
	return dir, nil
})

// attack is somebody with the database's password, who knows how everything
// is kept and has no key: he may run any SQL.
type attack struct {
	name     string
	do       func(*attacker) (where string) // returns what the audit must name
	quiet    bool                           // there is nothing to find
	database bool                           // it is found in no company, but in the database itself
}

// attacker is connected to a copy.
type attacker struct {
	shell
	db      *sql.DB
	dropped []string // triggers, as SQL that makes them again
}

// noTriggers is how all of them begin: the database's own refusals go.
func (a *attacker) noTriggers() {
	a.t.Helper()
	rows, err := a.db.Query(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'approvals_roles%'`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			a.t.Fatal(err)
		}
		names, a.dropped = append(names, name), append(a.dropped, text)
	}
	if len(names) < 10 {
		a.t.Fatalf("triggers %v", names)
	}
	for _, name := range names {
		a.exec("DROP TRIGGER " + name)
	}
}

// triggersBack covers that up.
func (a *attacker) triggersBack() {
	a.t.Helper()
	for _, text := range a.dropped {
		a.mayExec(text)
	}
}

// exec must change something, or the test shows nothing.
func (a *attacker) exec(text string, args ...any) {
	a.t.Helper()
	r, err := a.db.Exec(text, args...)
	if err != nil {
		a.t.Fatalf("%s: %v", text, err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 && !strings.HasPrefix(text, "DROP") {
		a.t.Fatalf("%s: %d rows, %v", text, n, err)
	}
}

func (a *attacker) text(query string, args ...any) (v string) {
	a.t.Helper()
	if err := a.db.QueryRow(query, args...).Scan(&v); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	return v
}

// edit changes a row's body, and names the row as the audit does.
func (a *attacker) edit(table, where, assignment string) string {
	a.t.Helper()
	a.noTriggers()
	id := a.text(fmt.Sprintf("SELECT id FROM %s WHERE %s LIMIT 1", table, where))
	a.exec(fmt.Sprintf("UPDATE %s SET body = %s WHERE id = ?", table, assignment), id)
	return table + " " + id
}

var attacks = []attack{
	{name: "nothing", quiet: true, do: func(*attacker) string { return "" }},
	{name: "triggers dropped and made again", quiet: true, do: func(a *attacker) string { a.noTriggers(); a.triggersBack(); return "" }},
	{name: "triggers dropped", database: true, do: func(a *attacker) string { a.noTriggers(); return "trigger journal_delete is missing" }},
	{name: "trigger that does nothing", database: true, do: func(a *attacker) string {
		a.mayExec(`DROP TRIGGER journal_update; CREATE TRIGGER journal_update BEFORE UPDATE ON journal WHEN 0 BEGIN SELECT 1; END`)
		return "trigger journal_update is not as the migrations made it"
	}},
	{name: "trigger of his own", database: true, do: func(a *attacker) string {
		a.mayExec(`CREATE TRIGGER mine AFTER INSERT ON executions BEGIN DELETE FROM exceptions; END`)
		return "trigger mine is in no migration"
	}},
	{name: "one byte of an entry", do: func(a *attacker) string {
		a.noTriggers()
		seq := a.text(`SELECT seq FROM journal WHERE type = 'decision' AND body LIKE '%"outcome":"approve"%' ORDER BY seq LIMIT 1`)
		a.exec(`UPDATE journal SET body = replace(body, '"people":1', '"people":0') WHERE seq = ?`, seq)
		return "entry " + seq
	}},
	{name: "one byte of the last entry's id", do: func(a *attacker) string {
		a.noTriggers()
		a.exec(`UPDATE journal SET id = substr(id, 1, length(id) - 1) || 'z' WHERE seq = (SELECT max(seq) FROM journal)`)
		return "entry " + a.text(`SELECT max(seq) FROM journal`)
	}},
	{name: "time of an entry", do: func(a *attacker) string {
		a.noTriggers()
		a.exec(`UPDATE journal SET at = at + 1 WHERE seq = 20`)
		return "entry 20"
	}},
	{name: "entry missing", do: func(a *attacker) string {
		a.noTriggers()
		a.exec(`DELETE FROM journal WHERE seq = 30`)
		return "entry 31 follows entry 29"
	}},
	{name: "entries swapped", do: func(a *attacker) string {
		a.noTriggers()
		a.exec(`UPDATE journal SET seq = 1000000 WHERE seq = 30`)
		a.exec(`UPDATE journal SET seq = 30 WHERE seq = 31`)
		a.exec(`UPDATE journal SET seq = 31 WHERE seq = 1000000`)
		return "entry 30"
	}},
	{name: "entry replaced", do: func(a *attacker) string {
		replace := `INSERT OR REPLACE INTO journal SELECT company, seq, id, type, at, prev, hash, replace(body, '"people":1', '"people":0') FROM journal
			WHERE seq = (SELECT min(seq) FROM journal WHERE body LIKE '%"people":1%')`
		if _, err := a.db.Exec(replace); err == nil || !strings.Contains(err.Error(), "append-only") {
			a.t.Errorf("the database does not refuse: %v", err)
		}
		seq := a.text(`SELECT min(seq) FROM journal WHERE body LIKE '%"people":1%'`)
		a.noTriggers()
		a.exec(replace)
		return "entry " + seq
	}},
	{name: "entry forged at the end", do: func(a *attacker) string {
		a.noTriggers()
		a.exec(`INSERT INTO journal SELECT company, seq + 1, 'forged', 'switch', at, hash, replace(hash, 'a', 'b'), '{"switches":{"kill":false},"by":"me"}' FROM journal ORDER BY seq DESC LIMIT 1`)
		a.exec(`UPDATE company_head SET body = json_set(body, '$.seq', (SELECT max(seq) FROM journal), '$.hash', (SELECT hash FROM journal ORDER BY seq DESC LIMIT 1))`)
		return "entry " + a.text(`SELECT max(seq) FROM journal`)
	}},
	{name: "tail cut with everything that followed from it", do: cutTail},
	{name: "head set back", do: func(a *attacker) string {
		a.exec(`UPDATE company_head SET body = json_set(body, '$.seq', json_extract(body, '$.seq') - 1)`)
		return "head"
	}},
	{name: "budget given back", do: func(a *attacker) string {
		a.exec(`UPDATE company_head SET body = json_set(body, '$.spent.order.count', 0)`)
		return "head"
	}},
	{name: "kill switch off", do: func(a *attacker) string {
		a.exec(`UPDATE company_head SET body = json_set(body, '$.switches.modes.change', 'shadow')`)
		return "head"
	}},
	{name: "approval signed", do: func(a *attacker) string {
		return a.edit("approvals", "status = 'awaiting_approval'", `json_set(body, '$.status', 'executing')`)
	}},
	{name: "approval for somebody else", do: func(a *attacker) string {
		return a.edit("approvals", "status = 'awaiting_approval'", `json_set(body, '$.roles', json('["analyst"]'))`)
	}},
	{name: "approval by fewer people", do: func(a *attacker) string {
		return a.edit("approvals", "body ->> '$.people' = 2", `json_set(body, '$.people', 1)`)
	}},
	{name: "approval hidden from its role", do: func(a *attacker) string {
		id := a.text(`SELECT min(id) FROM approvals WHERE status = 'awaiting_approval'`)
		a.exec(`UPDATE approval_roles SET role = 'nobody' WHERE approval = ? AND role = (SELECT min(role) FROM approval_roles WHERE approval = ?)`, id, id)
		return "approvals " + id + " is not found by what its body says"
	}},
	{name: "execution under no name", do: func(a *attacker) string {
		a.exec(`INSERT INTO executions (company, id, body) SELECT company, '', json_set(body, '$.id', '') FROM executions LIMIT 1`)
		return "executions  is in no journal entry"
	}},
	{name: "company struck off", do: func(a *attacker) string {
		a.exec(`DELETE FROM companies`)
		return "company is not in the table of companies"
	}},
	{name: "company under another name", do: func(a *attacker) string {
		a.exec(`UPDATE companies SET company = 'other', body = json_set(body, '$.id', 'other')`)
		return "company is not in the table of companies"
	}},
	{name: "company that calls itself something else", do: func(a *attacker) string {
		a.exec(`UPDATE companies SET body = json_set(body, '$.id', 'other')`)
		return "company is not in the table of companies"
	}},
	{name: "company and head gone", do: func(a *attacker) string {
		a.exec(`DELETE FROM companies`)
		a.exec(`DELETE FROM company_head`)
		return "head is not what the journal says"
	}},
	{name: "everything gone", do: func(a *attacker) string {
		last := a.text(`SELECT max(seq) FROM journal`)
		a.noTriggers()
		for _, table := range append([]decision.Table{"journal", "company_head", "companies", "sealed", "idempotency", "approval_roles", "history"}, decision.Tables...) {
			a.mayExec("DELETE FROM " + string(table))
		}
		a.triggersBack()
		return "checkpoint " + last + " lies past the end of the journal"
	}},
	{name: "approval made up", do: func(a *attacker) string {
		a.exec(`INSERT INTO approvals (company, id, body) SELECT company, 'made-up', json_set(body, '$.id', 'made-up') FROM approvals LIMIT 1`)
		return "approvals made-up is in no journal entry"
	}},
	{name: "exception deleted", do: func(a *attacker) string {
		id := a.text(`SELECT id FROM exceptions LIMIT 1`)
		a.exec(`DELETE FROM exceptions WHERE id = ?`, id)
		return "exceptions " + id + " is missing"
	}},
	{name: "execution undone", do: func(a *attacker) string {
		return a.edit("executions", "status = 'done'", `json_set(body, '$.status', 'waiting')`)
	}},
	{name: "amount of an execution", do: func(a *attacker) string {
		return a.edit("executions", "body ->> '$.action.name' = 'credit_note'", `json_set(body, '$.action.params.amount', 99999.99)`)
	}},
	{name: "decision row", do: func(a *attacker) string {
		return a.edit("decisions", "outcome = 'approve'", `json_set(body, '$.outcome', 'execute')`)
	}},
	{name: "key rebound", do: func(a *attacker) string {
		a.noTriggers()
		a.exec(`UPDATE idempotency SET decision = (SELECT max(decision) FROM idempotency) WHERE decision = (SELECT min(decision) FROM idempotency)`)
		return "idempotency key of " + a.text(`SELECT min(id) FROM decisions`)
	}},
	{name: "key forgotten", do: func(a *attacker) string {
		a.noTriggers()
		id := a.text(`SELECT min(decision) FROM idempotency`)
		a.exec(`DELETE FROM idempotency WHERE decision = ?`, id)
		return "idempotency key of " + id
	}},
	{name: "snapshots swapped", do: func(a *attacker) string {
		a.noTriggers()
		first, last := a.text(`SELECT min(id) FROM decisions`), a.text(`SELECT max(id) FROM decisions`)
		a.exec(`UPDATE sealed SET id = 'between' WHERE id = ?`, first)
		a.exec(`UPDATE sealed SET id = ? WHERE id = ?`, first, last)
		a.exec(`UPDATE sealed SET id = ? WHERE id = 'between'`, last)
		return "snapshot " + first
	}},
	{name: "snapshot erased in silence", do: func(a *attacker) string {
		id := a.text(`SELECT min(id) FROM decisions`)
		a.exec(`UPDATE sealed SET data_key = x'', box = x'' WHERE id = ?`, id)
		return "snapshot " + id + " is erased, and no entry says so"
	}},
	{name: "snapshot deleted", do: func(a *attacker) string {
		a.noTriggers()
		id := a.text(`SELECT min(id) FROM decisions`)
		a.exec(`DELETE FROM sealed WHERE id = ?`, id)
		return "snapshot " + id
	}},
}

// cutTail removes the newest entries and rebuilds everything else from what is
// left, which needs no key: only a checkpoint can tell.
func cutTail(a *attacker) string {
	a.noTriggers()
	const cut = 40
	a.exec(`DELETE FROM journal WHERE seq > (SELECT max(seq) - ? FROM journal)`, cut)
	rows, head := decision.MemoryRows{}, decision.Head{Company: "main"}
	for _, e := range a.entries() {
		if err := decision.Fold(a.t.Context(), rows, &head, e); err != nil {
			a.t.Fatal(err)
		}
	}
	a.mayExec("DELETE FROM approval_roles")
	for _, table := range decision.Tables {
		a.mayExec("DELETE FROM " + string(table))
		for id, body := range rows[table] {
			a.exec(fmt.Sprintf("INSERT INTO %s (company, id, body) VALUES ('main', ?, ?)", table), id, string(body))
		}
	}
	body, err := json.Marshal(head)
	if err != nil {
		a.t.Fatal(err)
	}
	a.exec(`UPDATE company_head SET body = ?`, string(body))
	a.mayExec(`DELETE FROM idempotency WHERE decision NOT IN (SELECT id FROM decisions)`)
	a.mayExec(`DELETE FROM sealed WHERE id IN (SELECT decision FROM idempotency) AND id NOT IN (SELECT id FROM decisions)`)
	return fmt.Sprintf("checkpoint %d lies past the end of the journal", head.Seq+cut)
}

func (a *attacker) mayExec(text string) {
	a.t.Helper()
	if _, err := a.db.Exec(text); err != nil {
		a.t.Fatal(err)
	}
}

func (a *attacker) entries() []decision.Entry {
	a.t.Helper()
	rows, err := a.db.Query(`SELECT company, seq, id, type, at, prev, hash, body FROM journal ORDER BY seq`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	var all []decision.Entry
	for rows.Next() {
		var e decision.Entry
		var at int64
		if err := rows.Scan(&e.Company, &e.Seq, &e.ID, &e.Type, &at, &e.Prev, &e.Hash, (*[]byte)(&e.Body)); err != nil {
			a.t.Fatal(err)
		}
		e.At = time.UnixMicro(at).UTC()
		all = append(all, e)
	}
	return all
}

// copied is a shell about a copy of the victim.
func copied(t *testing.T) shell {
	t.Helper()
	original, err := victim()
	if err != nil {
		t.Fatal(err)
	}
	s := setup(t)
	if err := os.CopyFS(s.dir, os.DirFS(original)); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAuditFindsAttacks(t *testing.T) {
	t.Parallel()
	for _, test := range attacks {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := copied(t)
			a := &attacker{shell: s, db: openRaw(t, s.dir)}
			where := test.do(a)
			if err := a.db.Close(); err != nil {
				t.Fatal(err)
			}
			r := s.run("audit", "verify")
			switch {
			case test.quiet && (r.status != exitOK || !strings.HasSuffix(r.out, "1 checkpoints, 0 erased: verified\n")):
				t.Errorf("status %d\n%s%s", r.status, r.out, r.err)
			case test.database && (r.status != exitBroken || !strings.Contains("\n"+r.out, "\n"+where)),
				!test.quiet && !test.database && (r.status != exitBroken || !strings.Contains(r.out, "main: "+where)):
				t.Errorf("status %d, want %q named in\n%.2000s%s", r.status, where, r.out, r.err)
			}
		})
	}
}

// Without the checkpoint a tail that was cut well cannot be found: that is
// why it is to be kept elsewhere, and the audit says how many it compared.
func TestAuditNeedsCheckpoints(t *testing.T) {
	t.Parallel()
	s := copied(t)
	elsewhere := s.file("kept.ndjson", "")
	if err := os.Rename(filepath.Join(s.dir, "checkpoints.ndjson"), elsewhere); err != nil {
		t.Fatal(err)
	}
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	where := cutTail(a)
	a.triggersBack()
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	if out := s.ok("audit", "verify"); !strings.Contains(out, "0 checkpoints") {
		t.Errorf("have %s", out)
	}
	s.fails(exitBroken, where, "audit", "verify", "--checkpoints", elsewhere)

	forged := strings.Replace(read(t, elsewhere), `"seq":`, `"seq":1`, 1)
	s.fails(exitBroken, "was not signed with this audit key", "audit", "verify", "--checkpoints", s.file("forged.ndjson", forged))
	s.fails(exitError, "no such file", "audit", "verify", "--checkpoints", filepath.Join(s.dir, "none.ndjson"))
	s.fails(exitError, "no such company", "audit", "verify", "--company=other")
}

// Each company's audit counts its own checkpoints; a company that is gone with
// all it had is missed by those it left.
func TestAuditOfCompanies(t *testing.T) {
	t.Parallel()
	s := installed(t)
	s.ok("company", "add", "gone", "--currency=EUR")
	c := &Config{Dir: s.dir}
	app, err := (&process{ctx: t.Context(), config: c, now: time.Now, stderr: t.Output()}).open(readWrite)
	if err != nil {
		t.Fatal(err)
	}
	runner{app, c.checkpointsFile()}.last() // signs one for each
	if err := app.store.Close(); err != nil {
		t.Fatal(err)
	}
	out := s.ok("audit", "verify")
	if strings.Count(out, " 1 checkpoints, 0 erased: verified\n") != 2 {
		t.Errorf("have %s", out)
	}
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	a.noTriggers()
	for _, table := range []string{"companies", "company_head", "journal"} {
		a.exec("DELETE FROM " + table + " WHERE company = 'gone'")
	}
	a.triggersBack()
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.fails(exitBroken, "gone: company is not in the table of companies", "audit", "verify")
	s.fails(exitBroken, "gone: checkpoint 1 lies past the end of the journal", "audit", "verify")
	s.ok("audit", "verify", "--company=main")
}

// A database from which the companies were taken is not a new installation.
func TestCompaniesGone(t *testing.T) {
	t.Parallel()
	s := copied(t)
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	a.exec("DELETE FROM companies")
	a.exec("DELETE FROM company_head")
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "there is a journal, but no company is listed any more", "serve", "--listen=127.0.0.1:0")
	if err := os.Remove(filepath.Join(s.dir, "keys.json")); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "restore the secrets it was written with", "company", "add", "main", "--currency=EUR")

	fresh := setup(t)
	fresh.ok("migrate")
	fresh.fails(exitError, "read the secrets", "audit", "verify")
	fresh.fails(exitUsage, "ISO 4217", "company", "add", "main", "--currency=x")
	fresh.ok("company", "add", "main", "--currency=EUR")
	b := &attacker{shell: fresh, db: openRaw(t, fresh.dir)}
	b.noTriggers()
	for _, table := range []string{"companies", "company_head", "journal"} {
		b.exec("DELETE FROM " + table)
	}
	b.triggersBack()
	if out := fresh.ok("audit", "verify"); out != "There is no company: nothing was verified.\n" {
		t.Errorf("without checkpoints: %s", out)
	}
}

func TestAuditAsJSON(t *testing.T) {
	t.Parallel()
	s := copied(t)
	var audit decision.Audit
	if err := json.Unmarshal([]byte(s.ok("audit", "verify", "--json")), &audit); err != nil {
		t.Fatal(err)
	}
	if c := readJournal(t, s.dir); audit.Company != "main" || audit.Entries != int64(c.entries) || len(audit.Head) != 64 || len(audit.Problems) > 0 {
		t.Errorf("have %+v", audit)
	}
}
