package decision_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
	"assent/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// shop is the service over a real store, with a clock, a policy, a model and
// an Odoo that the test holds in its hands.
type shop struct {
	*Service
	store  *sqlite.Store
	path   string
	clock  *clock
	rules  *rules
	odoo   *odoo
	exec   *Executor
	logged *bytes.Buffer
}

// setup gives a live company "main" under the policy p1, in EUR; USD and
// JPY are accepted.
func setup(t testing.TB) *shop {
	t.Helper()
	path := filepath.Join(t.TempDir(), "assent.db")
	template, err := migrated()
	noError(t, err)
	noError(t, os.WriteFile(path, template, 0o600))
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	noError(t, err)
	t.Cleanup(func() { _ = store.Close() }) // some tests close it themselves
	s := newShop(store, path)
	noError(t, store.PutCompany(t.Context(), Company{ID: "main", OdooID: 1, Currency: "EUR", Rates: map[string]decimal.Decimal{
		"USD": decimal.RequireFromString("0.5"), "JPY": decimal.RequireFromString("0.01"),
	}}))
	_, err = s.Activate(t.Context(), "main", p1, "tests")
	noError(t, err)
	s.setModes(t, Live)
	return s
}

// migrated is a database with the policies and nothing else; making one is most of what a small test
// would do.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "assent")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the temp folder
	path := filepath.Join(dir, "template.db")
	store, err := sqlite.Open(context.Background(), path, sqlite.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	for revision, content := range policies {
		err = errors.Join(err, store.PutArtefact(context.Background(), PolicyArtefact, revision, []byte(content)))
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func newShop(store *sqlite.Store, path string) *shop {
	ids := &atomic.Int64{}
	newID := func() string { return fmt.Sprintf("01900000-0000-7000-8000-%012x", ids.Add(1)) }
	s := &shop{store: store, path: path, clock: &clock{now: noon}, rules: newRules(), odoo: newOdoo(), logged: &bytes.Buffer{}}
	keyring := Keyring{
		Audit: AuditKey("audit key of the tests"), Masters: map[string][]byte{"1": bytes.Repeat([]byte{7}, 32)}, Current: "1",
		Identity: []byte("identity"), Random: rand.Reader,
	}
	ledger := &Ledger{Store: store, Key: keyring.Audit}
	s.Service = &Service{
		Store: store, Ledger: ledger, Keyring: keyring, Models: Assessors{"order": model{}, "delivery": model{}},
		Policies: s.rules, Now: s.clock.Now, NewID: newID, Code: "test", Log: slog.New(slog.NewTextHandler(s.logged, nil)),
	}
	s.exec = &Executor{
		Ledger: ledger, Actuator: s.odoo, Now: s.clock.Now, NewID: newID, Jitter: func() float64 { return 0 },
		Worker: "w1", Batch: 10, Lease: time.Minute, Attempts: 3,
	}
	return s
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *shop) setModes(t testing.TB, m Mode) {
	t.Helper()
	modes := map[string]Mode{}
	for _, k := range Kinds() {
		modes[k.Name] = m
	}
	_, err := s.Switch(t.Context(), "main", AnyEpoch, Switches{Modes: modes}, "tests", "go_live")
	noError(t, err)
}

// decide asks, and fails the test on an error.
func (s *shop) decide(t testing.TB, req Request) Answer {
	t.Helper()
	a, err := s.Decide(t.Context(), req)
	noError(t, err)
	return a
}

// step lets the executor work until nothing is due.
func (s *shop) step(t testing.TB) {
	t.Helper()
	for {
		n, err := s.exec.Step(t.Context(), mainCompany, s.clock.Now())
		noError(t, err)
		if n == 0 {
			return
		}
	}
}

var mainCompany = Company{ID: "main", OdooID: 1, Currency: "EUR"}

func (s *shop) seq(t testing.TB) int64 {
	t.Helper()
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	return head.Seq
}

// row reads one row of a projection.
func row[T any](t testing.TB, s *shop, table Table, id string) T {
	t.Helper()
	var out T
	body, found, err := s.store.Row(t.Context(), "main", table, id)
	noError(t, err)
	if !found {
		t.Fatalf("no row %s in %s", id, table)
	}
	noError(t, json.Unmarshal(body, &out))
	return out
}

// rows reads a whole projection.
func rows[T any](t testing.TB, s *shop, table Table) []T {
	t.Helper()
	var all []T
	noError(t, s.store.AllRows(t.Context(), "main", table, func(_ string, body json.RawMessage) error {
		var one T
		err := json.Unmarshal(body, &one)
		all = append(all, one)
		return err
	}))
	return all
}

// audited verifies the whole memory of the company.
func (s *shop) audited(t testing.TB, checkpoints ...Checkpoint) Audit {
	t.Helper()
	var audit Audit
	noError(t, s.store.View(t.Context(), func(r Reader) (err error) {
		audit, err = Verify(t.Context(), r, s.Keyring, "main", checkpoints)
		return err
	}))
	return audit
}

func (s *shop) wantClean(t testing.TB) {
	t.Helper()
	if audit := s.audited(t); len(audit.Problems) > 0 {
		t.Errorf("the audit finds %v", audit.Problems)
	}
}

// sign assents to an approval by the rules of approve.go.
func (s *shop) sign(t testing.TB, approval, user string) {
	t.Helper()
	a := row[Approval](t, s, Approvals, approval)
	step, err := a.Sign(User{ID: user, Company: "main", Roles: Roles}, s.clock.Now())
	noError(t, err)
	noError(t, s.Ledger.Do(t.Context(), "main", Foreground, nil, func(ctx context.Context, w *Writer) error {
		_, err := w.Append(ctx, s.NewID(), EntryApproval, s.clock.Now(), step)
		return err
	}))
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// order asks about a sales order; its amount decides, see rules.
func order(id int64, amount string) Request {
	return Request{
		Company: "main", Kind: "order", Channel: "web", Subject: Subject{Model: "sale.order", ID: id}, RequestedBy: "odoo:7",
		Fields: json.RawMessage(`{"state":"draft","date_order":"2026-11-24T11:00:00Z","currency":"EUR","partner_id":14,"amount_total":` + amount +
			`,"customer":{"email":"ada@example.com"}}`),
	}
}

// refund asks about a refund of an invoice of 100,000.
func refund(id int64, amount, currency string) Request {
	return Request{
		Company: "main", Kind: "refund", Subject: Subject{Model: "account.move", ID: id}, RequestedBy: "odoo:7",
		Fields: json.RawMessage(`{"state":"posted","currency":"` + currency + `","amount_total":100000,"amount_credited":0,"partner_id":14,"amount":` + amount + `}`),
	}
}

// delivery asks about a transfer; the model says it is late with this many
// percent.
func delivery(id int64, late string) Request {
	return Request{
		Company: "main", Kind: "delivery", Subject: Subject{Model: "stock.picking", ID: id},
		Fields: json.RawMessage(`{"state":"assigned","scheduled_date":"2026-11-26T09:00:00Z","currency":"EUR","order_amount":50,"distance_km":` + late + `}`),
	}
}
