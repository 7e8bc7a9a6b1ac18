package console

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"assent/approvals"
	"assent/decision"
	"assent/internal/store/sqlite"
	"assent/scoring"
)

// house is a company with people, a store and the real services behind the
// console, on a clock that a test turns.
type house struct {
	t         *testing.T
	store     *sqlite.Store
	decisions *decision.Service
	approvals *approvals.Service
	executor  *decision.Executor
	server    *httptest.Server
	policy    *housePolicy
	users     map[string]decision.User

	mu  sync.Mutex
	now time.Time
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var company = decision.Company{ID: "main", OdooID: 1, Currency: "EUR"}

func setup(t *testing.T) *house {
	t.Helper()
	h := unpeopled(t)
	for _, u := range []decision.User{
		{Name: "Ada Finance", Email: "ada@example.com", Roles: []string{decision.RoleFinance}, Aliases: []string{"odoo:7"}},
		{Name: "Ben Finance", Email: "ben@example.com", Roles: []string{decision.RoleFinance}},
		{Name: "Cleo Compliance", Email: "cleo@example.com", Roles: []string{decision.RoleCompliance, decision.RoleFinance}},
		{Name: "Omar Operations", Email: "omar@example.com", Roles: []string{decision.RoleOperations}},
		{Name: "Sam Support", Email: "sam@example.com", Roles: []string{decision.RoleSupportLead}},
		{Name: "Nora Norole", Email: "nora@example.com"},
	} {
		h.addUser(u)
	}
	return h
}

// unpeopled is a house without people.
func unpeopled(t *testing.T) *house {
	t.Helper()
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "assent.db"), sqlite.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { store.Close() })
	must(t, store.PutCompany(ctx, company))
	h := &house{t: t, store: store, now: noon, policy: &housePolicy{}, users: map[string]decision.User{}}
	keys := decision.Keyring{
		Audit: []byte("audit"), Masters: map[string][]byte{"1": make([]byte, 32)}, Current: "1", Identity: []byte("identity"), Random: rand.Reader,
	}
	ledger := &decision.Ledger{Store: store, Key: keys.Audit}
	h.decisions = &decision.Service{
		Store: store, Ledger: ledger, Keyring: keys, Policies: h, Now: h.clock, NewID: newID, Code: "test", Log: quiet(),
		Models: decision.Assessors{"order": scoring.Order(), "delivery": scoring.Delivery(), "refund": scoring.Refund()},
	}
	h.approvals = &approvals.Service{Ledger: ledger, Store: store, Keyring: keys, Now: h.clock, NewID: newID}
	h.executor = &decision.Executor{
		Ledger: ledger, Actuator: willingOdoo{}, Now: h.clock, NewID: newID, Jitter: func() float64 { return 0 },
		Worker: "test", Batch: 100, Lease: time.Minute, Attempts: 3,
	}
	_, err = h.decisions.Activate(ctx, company.ID, h.policy.Revision(), decision.System)
	must(t, err)
	h.switches(decision.Switches{Modes: map[string]decision.Mode{"order": decision.Live, "refund": decision.Live, "change": decision.Live, "delivery": decision.Live}})
	h.through(h.handler(""))
	return h
}

// through lets browsers reach the house through these pages from now on.
func (h *house) through(pages http.Handler) {
	h.server = httptest.NewServer(pages)
	h.t.Cleanup(h.server.Close)
}

func (h *house) handler(baseURL string) http.Handler { return New(h.config(baseURL)) }

func (h *house) config(baseURL string) Config {
	return Config{
		Reader: h.store, Directory: h.store, Decisions: h.decisions, Approvals: h.approvals, Exceptions: h.approvals,
		Log: quiet(), Now: h.clock, Reason: reasonSentence, Rule: ruleTitle, BaseURL: baseURL,
	}
}

func reasonSentence(_, code string) string {
	if s, known := houseReasons[code]; known {
		return s
	}
	if s, known := decision.Sentence(code); known {
		return s
	}
	s, _, _ := scoring.Reason(code)
	return s
}

func ruleTitle(_, label string) string { return houseRules[label] }

// Policy implements decision.Policies: there is one.
func (h *house) Policy(context.Context, string) (decision.Policy, error) { return h.policy, nil }

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) addUser(u decision.User) decision.User {
	h.t.Helper()
	u.ID, u.Company = newID(), company.ID
	must(h.t, h.store.PutUser(context.Background(), u))
	first, _, _ := strings.Cut(u.Email, "@")
	h.users[first] = u
	return u
}

func (h *house) switches(s decision.Switches) {
	h.t.Helper()
	_, err := h.decisions.Switch(context.Background(), company.ID, decision.AnyEpoch, s, decision.System, "drill")
	must(h.t, err)
}

// order asks about an order of an amount, with fields over the usual ones.
func (h *house) order(id int64, amount string, more map[string]any) decision.Answer {
	h.t.Helper()
	fields := map[string]any{
		"state": "draft", "date_order": "2026-11-24T09:30:00Z", "currency": "EUR", "amount_total": json.Number(amount), "partner_id": 14,
		"reference": fmt.Sprintf("S%05d", id),
		"customer":  map[string]any{"email": "ada.buyer@example.com", "phone": "+9995550100", "orders": 3},
		"billing":   map[string]any{"country": "DE", "zip": "10115"},
		"shipping":  map[string]any{"country": "DE", "zip": "10115"},
		"lines":     []any{map[string]any{"product_id": 49, "quantity": 2, "price_unit": json.Number("60.25")}},
	}
	for path, v := range more {
		fields[path] = v
	}
	return h.decide(decision.Request{
		Kind: "order", Channel: "web", Subject: decision.Subject{Model: "sale.order", ID: id}, RequestedBy: "odoo:7", Fields: encode(h.t, fields),
	})
}

// change asks for a change, which here always needs two people.
func (h *house) change(id int64, amount string) decision.Answer {
	h.t.Helper()
	return h.decide(decision.Request{
		Kind: "change", Subject: decision.Subject{Model: "res.partner.bank", ID: id}, RequestedBy: "odoo:9",
		Fields: encode(h.t, map[string]any{"type": "bank_details", "currency": "EUR", "amount": json.Number(amount), "change_hash": "sha256:9f2c", "evidence": "callback:2026-11-24"}),
	})
}

func (h *house) refund(id int64, amount string) decision.Answer {
	h.t.Helper()
	return h.decide(decision.Request{
		Kind: "refund", Subject: decision.Subject{Model: "account.move", ID: id}, RequestedBy: "odoo:11",
		Fields: encode(h.t, map[string]any{
			"state": "posted", "currency": "EUR", "amount": json.Number(amount), "amount_total": json.Number("900"), "amount_credited": 0,
			"partner_id": 14, "reason": "damaged", "reference": "INV/2026/00012", "paid": true,
		}),
	})
}

func (h *house) decide(req decision.Request) decision.Answer {
	h.t.Helper()
	req.Company = company.ID
	a, err := h.decisions.Decide(context.Background(), req)
	must(h.t, err)
	return a
}

func (h *house) exception(x decision.NewException) decision.Exception {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.decisions.Ledger.Do(ctx, company.ID, decision.Background, nil, func(ctx context.Context, w *decision.Writer) error {
		return w.OpenException(ctx, newID(), h.clock(), x)
	}))
	opened, err := decision.RowOf[decision.Exception](ctx, h.store, company.ID, decision.Exceptions, decision.ExceptionID(x.Type, x.Cause))
	must(h.t, err)
	return opened
}

func (h *house) execute() {
	h.t.Helper()
	_, err := h.executor.Step(context.Background(), company, h.clock())
	must(h.t, err)
}

func (h *house) approval(a decision.Answer) decision.Approval {
	h.t.Helper()
	found, err := decision.RowOf[decision.Approval](context.Background(), h.store, company.ID, decision.Approvals, a.Row.Approval)
	must(h.t, err)
	return found
}

func encode(t *testing.T, v any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(v)
	must(t, err)
	return body
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// willingOdoo applies whatever it is asked to.
type willingOdoo struct{}

func (willingOdoo) Apply(_ context.Context, _ decision.Company, x decision.Execution) decision.Applied {
	return decision.Applied{Result: decision.ResultDone, Ref: "mail.activity:41"}
}

// housePolicy is a policy small enough to see what a page must show.
type housePolicy struct {
	mu      sync.Mutex
	lenient bool   // a later, careless version, for a replay that differs
	failure string // what goes wrong
}

func (p *housePolicy) beLenient() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lenient = true
}

func (p *housePolicy) failWith(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = code
}

var houseReasons = map[string]string{
	"FRAUD_RISK":    "The probability of fraud is at or above the limit.",
	"ORDER_AMOUNT":  "The order is larger than what may be confirmed without a person.",
	"REFUND_AMOUNT": "The refund is larger than what may be credited without a person.",
	"BANK_DETAILS":  "Bank details are changed by two people.",
	"MODE_SUGGEST":  "This kind is in suggest mode, where every effective action asks a person.",
	"KILL_SWITCH":   "The kill switch was on.",
}

var houseRules = map[string]string{
	"order/route/fraud-risk": "Fraud is looked at by finance",
	"order/route/amount":     "Large orders are looked at by finance",
	"refund/route/amount":    "Large refunds are looked at by the support lead",
	"change/route/bank":      "Bank details are changed by two people of finance",
}

func (p *housePolicy) Revision() string {
	return "7d1f6f0f9e2d4c7b8a5e3f1c0b9a8d7e6f5c4b3a29180706f5e4d3c2b1a09f8e"
}

func (p *housePolicy) Caps(string) decision.Caps {
	return decision.Caps{Count: 200, Amount: decimal.NewFromInt(50000)}
}

func (p *housePolicy) Govern(_ context.Context, s decision.Snapshot, a decision.Assessment, _ decision.Recommendation) decision.Verdict {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure != "" {
		return decision.FallbackVerdict(p.failure)
	}
	v := decision.Verdict{Outcome: decision.Execute, People: 1, Hours: 24}
	fail := func(code, rule, role string) {
		v.Outcome, v.Reasons, v.Rules, v.Roles = decision.Approve, append(v.Reasons, code), append(v.Rules, rule), []string{role}
	}
	total, _ := s.Fields.Money("amount_total")
	amount, _ := s.Fields.Money("amount")
	switch {
	case p.lenient:
	case s.Kind == "order":
		if a.Probability == nil || *a.Probability >= 0.35 {
			fail("FRAUD_RISK", "order/route/fraud-risk", decision.RoleFinance)
			v.Hours, v.Protect = 4, []decision.Action{{Name: "hold", Params: decision.Record{"code": "ORDER_REVIEW", "role": "finance"}}}
		}
		if total.GreaterThan(decimal.NewFromInt(1000)) {
			fail("ORDER_AMOUNT", "order/route/amount", decision.RoleFinance)
		}
	case s.Kind == "refund" && amount.GreaterThan(decimal.NewFromInt(50)):
		fail("REFUND_AMOUNT", "refund/route/amount", decision.RoleSupportLead)
	case s.Kind == "change":
		fail("BANK_DETAILS", "change/route/bank", decision.RoleFinance)
		v.People, v.Hours = 2, 48
		if of, _ := s.Fields.Text("type"); of == "emergency_purchase" {
			v.Roles, v.Each = []string{decision.RoleCompliance, decision.RoleFinance}, true
		}
	}
	return v
}

// browser is a person at a browser: it keeps cookies and follows nothing.
type browser struct {
	t      *testing.T
	house  *house
	client *http.Client
}

func (h *house) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &browser{h.t, h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a browser in which somebody has signed in by link.
func (h *house) as(name string) *browser {
	h.t.Helper()
	b := h.browser()
	path, err := NewSignIn(context.Background(), h.store, rand.Reader, h.users[name], h.clock(), time.Hour)
	must(h.t, err)
	if got := b.post(path, nil); got.status != http.StatusSeeOther {
		h.t.Fatalf("signing in as %s: status %d: %s", name, got.status, got.body)
	}
	return b
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, nil)
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form, nil)
}

// htmx posts as htmx does.
func (b *browser) htmx(path string, form url.Values) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form, http.Header{"Hx-Request": {"true"}})
}

func (b *browser) do(method, path string, form url.Values, header http.Header) answer {
	b.t.Helper()
	req, err := http.NewRequest(method, b.house.server.URL+path, strings.NewReader(form.Encode()))
	must(b.t, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.house.server.URL)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := b.client.Do(req)
	must(b.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// want checks the status and what the text of the page must and must not hold.
func (a answer) want(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d\n%s", a.status, status, text(a.body))
	}
	for _, part := range parts {
		if forbidden, not := strings.CutPrefix(part, "!"); not {
			if strings.Contains(text(a.body), forbidden) {
				t.Errorf("the page must not hold %q", forbidden)
			}
		} else if !strings.Contains(text(a.body), part) {
			t.Errorf("the page lacks %q:\n%s", part, text(a.body))
		}
	}
}
