package approvals_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/approvals"
	"assent/decision"
	"assent/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// desk is the human side over a real store, with a clock and an Odoo that
// the test holds in its hands.
type desk struct {
	*approvals.Service
	decisions *decision.Service
	exec      *decision.Executor
	store     *sqlite.Store
	odoo      *odoo
	mu        sync.Mutex
	now       time.Time
}

func setup(t *testing.T) *desk {
	t.Helper()
	d, err := open(t.Context(), t.TempDir())
	noError(t, err)
	t.Cleanup(func() { _ = d.store.Close() }) // some tests close it themselves
	return d
}

// open makes a desk over a new store, for a company with the policy p1.
func open(ctx context.Context, dir string) (*desk, error) {
	store, err := sqlite.Open(ctx, filepath.Join(dir, "assent.db"), sqlite.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	ids := &atomic.Int64{}
	newID := func() string { return fmt.Sprintf("01900000-0000-7000-8000-%012x", ids.Add(1)) }
	d := &desk{store: store, odoo: &odoo{}, now: noon}
	keyring := decision.Keyring{
		Audit: decision.AuditKey("k"), Masters: map[string][]byte{"1": bytes.Repeat([]byte{7}, 32)}, Current: "1",
		Identity: []byte("i"), Random: rand.Reader,
	}
	ledger := &decision.Ledger{Store: store, Key: keyring.Audit}
	d.Service = &approvals.Service{Ledger: ledger, Store: store, Keyring: keyring, Records: d.odoo, Now: d.clock, NewID: newID}
	d.decisions = &decision.Service{
		Store: store, Ledger: ledger, Keyring: keyring, Models: decision.Assessors{}, Policies: rules{}, Now: d.clock, NewID: newID, Code: "test",
		Log: slog.New(slog.DiscardHandler),
	}
	d.exec = &decision.Executor{
		Ledger: ledger, Actuator: d.odoo, Now: d.clock, NewID: newID, Jitter: func() float64 { return 0 },
		Worker: "w", Batch: 10, Lease: time.Minute, Attempts: 3,
	}
	if err := store.PutCompany(ctx, mainCompany); err != nil {
		return nil, err
	}
	if err := store.PutArtefact(ctx, decision.PolicyArtefact, p1, []byte("p1")); err != nil {
		return nil, err
	}
	for _, id := range []string{"ada", "bob", "eve"} {
		if err := d.enrol(ctx, finance(id)); err != nil {
			return nil, err
		}
	}
	_, err = d.decisions.Activate(ctx, "main", p1, "tests")
	return d, err
}

// enrol makes the directory know a person as given.
func (d *desk) enrol(ctx context.Context, u decision.User) error {
	u.Email = u.ID + "@example.com"
	return d.store.PutUser(ctx, u)
}

// Approve is Service.Approve by somebody who is among the people as given.
func (d *desk) Approve(ctx context.Context, company, id string, by decision.User, comment string) (decision.Approval, error) {
	if by.Company == company {
		if err := d.enrol(ctx, by); err != nil {
			return decision.Approval{}, err
		}
	}
	return d.Service.Approve(ctx, company, id, by, comment)
}

// Open says that the cause of an exception was seen, as the service does when
// it finds one.
func (d *desk) Open(ctx context.Context, company string, x decision.NewException) (decision.Exception, error) {
	var after decision.Exception
	err := d.Ledger.Do(ctx, company, decision.Background, nil, func(ctx context.Context, w *decision.Writer) error {
		if err := w.OpenException(ctx, d.NewID(), d.clock(), x); err != nil {
			return err
		}
		var err error
		after, err = decision.Load[decision.Exception](ctx, w, decision.Exceptions, decision.ExceptionID(x.Type, x.Cause))
		return err
	})
	return after, err
}

// CloseCause says that the cause vanished, likewise.
func (d *desk) CloseCause(ctx context.Context, company string, t decision.ExceptionType, cause string) error {
	return d.Ledger.Do(ctx, company, decision.Background, nil, func(ctx context.Context, w *decision.Writer) error {
		return w.CloseException(ctx, d.NewID(), d.clock(), decision.ExceptionID(t, cause))
	})
}

// example gives do an approval that needs two people.
func example(do func(ctx context.Context, people *approvals.Service, task string)) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "assent")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the temp folder
	d, err := open(ctx, dir)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = d.store.Close() }()
	answer, err := d.decisions.Decide(ctx, d.request("1000", decision.ByService))
	if err != nil {
		log.Print(err)
		return
	}
	do(ctx, d.Service, answer.Decision.Approval)
}

var mainCompany = decision.Company{ID: "main", OdooID: 1, Currency: "EUR"}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

var p1 = fmt.Sprintf("%x", sha256.Sum256([]byte("p1")))

// rules ask finance: two people from an amount of 1,000, within eight hours;
// from 5,000 somebody of compliance must be one of them.
type rules struct{}

func (rules) Policy(context.Context, string) (decision.Policy, error) { return rules{}, nil }
func (rules) Revision() string                                        { return p1 }
func (rules) Caps(string) decision.Caps                               { return decision.Caps{} }
func (rules) Govern(_ context.Context, _ decision.Snapshot, _ decision.Assessment, r decision.Recommendation) decision.Verdict {
	v := decision.Verdict{Roles: []string{decision.RoleFinance}, People: 1, Hours: 8, Reasons: []string{"LARGE"}}
	if r.AtStake.Amount.GreaterThanOrEqual(decimal.NewFromInt(1000)) {
		v.People = 2
	}
	if r.AtStake.Amount.GreaterThanOrEqual(decimal.NewFromInt(5000)) {
		v.Roles, v.Each = []string{decision.RoleCompliance, decision.RoleFinance}, true
	}
	return v
}

// odoo holds one order, and counts what is applied to it.
type odoo struct {
	mu      sync.Mutex
	order   string
	err     error
	applied []string
	looked  func() // happens while the record is read; nil: nothing
}

func (o *odoo) ReadRecord(context.Context, decision.Company, decision.Kind, decision.Subject) (json.RawMessage, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.looked != nil {
		o.looked()
	}
	return json.RawMessage(o.order), o.err
}

func (o *odoo) Apply(_ context.Context, _ decision.Company, x decision.Execution) decision.Applied {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.applied = append(o.applied, x.ID)
	return decision.Applied{Result: decision.ResultDone}
}

// request is about an order of odoo:7's, which then is in Odoo.
func (d *desk) request(amount string, by decision.Applier) decision.Request {
	d.odoo.order = `{"state":"draft","date_order":"2026-11-24T11:00:00Z","currency":"EUR","partner_id":14,"amount_total":` + amount + `}`
	return decision.Request{
		Company: "main", Kind: "order", Subject: decision.Subject{Model: "sale.order", ID: 1}, Apply: by,
		RequestedBy: "odoo:7", Fields: json.RawMessage(d.odoo.order),
	}
}

// ask decides on a request, which then waits for people.
func (d *desk) ask(t *testing.T, amount string, by decision.Applier) decision.Decision {
	t.Helper()
	a, err := d.decisions.Decide(t.Context(), d.request(amount, by))
	noError(t, err)
	if a.Row.Status != decision.AwaitingApproval {
		t.Fatalf("the decision is %s", a.Row.Status)
	}
	return a.Decision
}

// finance is a person who may decide.
func finance(id string, aliases ...string) decision.User {
	return decision.User{ID: id, Company: "main", Roles: []string{decision.RoleFinance}, Aliases: aliases}
}

func (d *desk) status(t *testing.T, id string) decision.Status {
	t.Helper()
	return row[decision.DecisionRow](t, d, decision.Decisions, id).Status
}

func row[T any](t *testing.T, d *desk, table decision.Table, id string) T {
	t.Helper()
	var out T
	body, found, err := d.store.Row(t.Context(), "main", table, id)
	noError(t, err)
	if !found {
		t.Fatalf("no row %s in %s", id, table)
	}
	noError(t, json.Unmarshal(body, &out))
	return out
}

// settle lets the executor work, audits, and gives what was applied.
func (d *desk) settle(t *testing.T) []string {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = d.exec.Step(t.Context(), mainCompany, d.clock())
		noError(t, err)
	}
	noError(t, d.store.View(t.Context(), func(r decision.Reader) error {
		audit, err := decision.Verify(t.Context(), r, d.Keyring, "main", nil)
		if len(audit.Problems) > 0 {
			t.Errorf("the audit finds %v", audit.Problems)
		}
		return err
	}))
	return d.odoo.applied
}

// seq says how long the journal is.
func (d *desk) seq(t *testing.T) int64 {
	t.Helper()
	head, err := d.store.Head(t.Context(), "main")
	noError(t, err)
	return head.Seq
}

// wantCode wants a coded error that names the winner of a conflict.
func wantCode(t *testing.T, err error, code decision.Code, winner string) {
	t.Helper()
	e, ok := err.(*decision.Error)
	if !ok || e.Code != code || e.Winner != winner {
		t.Errorf("have %v, want %s by %q", err, code, winner)
	}
}
