package api_test

import (
	"bytes"
	"context"
	cryptorand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"assent/approvals"
	"assent/decision"
	"assent/internal/api"
	"assent/internal/store/sqlite"
	"assent/policy"
	"assent/scoring"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// noon is the time of every world that does not say otherwise.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// world is the real thing around the API: SQLite in a temporary folder, the
// embedded policy, the scorecards, and two people with keys.
type world struct {
	t       *testing.T
	path    string
	store   *sqlite.Store
	service *decision.Service
	tasks   *approvals.Service
	config  api.Config
	handler http.Handler
	log     *syncBuffer
	now     time.Time
	odoo    records
	keys    map[string]string // secret by name
	named   map[string]string // what {placeholders} stand for
}

// embedded finds the embedded policy, whatever revision is asked for. It is
// compiled once, and safe for concurrent use.
type embedded struct{ *policy.Engine }

func (e embedded) Policy(context.Context, string) (decision.Policy, error) { return e.Engine, nil }

var engine = sync.OnceValue(func() *policy.Engine {
	bundle, err := policy.Embedded()
	if err != nil {
		panic(err)
	}
	e, err := policy.Compile(bundle)
	if err != nil {
		panic(err)
	}
	e.Deadline = time.Minute // a busy machine makes no policy late
	return e
})

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "assent.db"), log: &syncBuffer{}, now: noon,
		keys: map[string]string{}, named: map[string]string{}, odoo: records{}}
	w.ok(os.CopyFS(filepath.Dir(w.path), template()))
	w.people()
	w.start()
	return w
}

// template is the files of a database with tables, people, keys and a policy
// in force, made once: most of a scenario's time would go into making it.
var template = sync.OnceValue(func() fstest.MapFS {
	dir, err := os.MkdirTemp("", "assent-api")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := fillTemplate(context.Background(), filepath.Join(dir, "assent.db")); err != nil {
		panic(err)
	}
	files := fstest.MapFS{}
	for _, name := range []string{"assent.db", "assent.db-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			files[name] = &fstest.MapFile{Data: content, Mode: 0o600}
		}
	}
	return files
})

func fillTemplate(ctx context.Context, path string) error {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Migrate: true})
	if err != nil {
		return err
	}
	for _, c := range companies {
		err = errors.Join(err, store.PutCompany(ctx, c))
	}
	for _, u := range users {
		err = errors.Join(err, store.PutUser(ctx, u))
	}
	for _, k := range apiKeys {
		_, stored := k.issue()
		err = errors.Join(err, store.PutAPIKey(ctx, stored))
	}
	service := serviceOn(store, slog.New(slog.DiscardHandler), func() time.Time { return noon }, nil)
	_, failed := service.Activate(ctx, "main", engine().Revision(), decision.System)
	live := decision.Switches{Modes: map[string]decision.Mode{"order": decision.Live, "refund": decision.Live, "delivery": decision.Live}}
	_, failedToo := service.Switch(ctx, "main", decision.AnyEpoch, live, "ada", "go_live")
	return errors.Join(err, failed, failedToo, store.Close())
}

// start opens the store and builds everything on it.
func (w *world) start() {
	w.t.Helper()
	store, err := sqlite.Open(w.t.Context(), w.path, sqlite.Options{})
	w.ok(err)
	w.store = store
	w.t.Cleanup(func() { _ = store.Close() }) // a scenario may have closed it
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	clock := func() time.Time { return w.now }
	w.service = serviceOn(store, log, clock, w.odoo)
	w.tasks = &approvals.Service{Ledger: w.service.Ledger, Store: store, Keyring: w.service.Keyring, Now: clock, NewID: w.service.NewID}
	w.config = api.Config{
		Decisions: w.service, Tasks: w.tasks, Store: store, Metrics: api.NewMetrics(), Log: log, Now: clock, NewID: w.service.NewID, Version: "test",
		Sentence:     func(_, code string) string { return "Sentence of " + code + "." },
		Ready:        w.ready,
		DecisionPage: func(id string) string { return "/decisions/" + id },
	}
	w.handler = api.New(w.config)
}

func serviceOn(store decision.Store, log *slog.Logger, clock func() time.Time, odoo records) *decision.Service {
	keyring := decision.Keyring{
		Audit: decision.AuditKey("audit"), Masters: map[string][]byte{"1": bytes.Repeat([]byte{7}, 32)}, Current: "1",
		Identity: []byte("identity"), Random: cryptorand.Reader,
	}
	return &decision.Service{
		Store: store, Ledger: &decision.Ledger{Store: store, Key: keyring.Audit}, Keyring: keyring, Policies: embedded{engine()}, Records: odoo,
		Now: clock, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Code: "test", Log: log,
		Models: decision.Assessors{"order": scoring.Order(), "delivery": scoring.Delivery(), "refund": scoring.Refund()},
	}
}

var companies = []decision.Company{
	{ID: "main", OdooID: 1, Currency: "EUR", Rates: map[string]decimal.Decimal{"USD": decimal.RequireFromString("0.9")}},
	{ID: "other", OdooID: 2, Currency: "EUR"},
}

// Ada may do everything, Eve has another role, and Bob has left.
var users = []decision.User{
	{ID: "ada", Company: "main", Email: "ada@assent.example", Roles: decision.Roles, Aliases: []string{"odoo:7"}},
	{ID: "eve", Company: "main", Email: "eve@assent.example", Roles: []string{decision.RoleAnalyst}},
	{ID: "bob", Company: "main", Email: "bob@assent.example", Roles: decision.Roles, Disabled: true},
}

// apiKey is a key as it is issued; Label is its name here.
type apiKey decision.APIKey

var apiKeys = []apiKey{
	{Label: "all", Company: "main", Rights: decision.Rights},
	{Label: "reader", Company: "main", Rights: []decision.Right{decision.RightRead}},
	{Label: "asker", Company: "main", Rights: []decision.Right{decision.RightDecide}},
	{Label: "teller", Company: "main", Rights: []decision.Right{decision.RightOutcome}},
	{Label: "refunds", Company: "main", Rights: decision.Rights, Kinds: []string{"refund"}},
	{Label: "ada", Company: "main", Rights: decision.Rights, User: "ada"},
	{Label: "eve", Company: "main", Rights: decision.Rights, User: "eve"},
	{Label: "bob", Company: "main", Rights: decision.Rights, User: "bob"},
	{Label: "disabled", Company: "main", Rights: decision.Rights, Disabled: true},
	{Label: "other", Company: "other", Rights: decision.Rights},
}

// issue makes the key's secret, the same every time.
func (k apiKey) issue() (secret string, stored decision.APIKey) {
	var seed [32]byte
	copy(seed[:], k.Label)
	secret, hash, err := api.NewKey(rand.NewChaCha8(seed))
	if err != nil {
		panic(err)
	}
	stored = decision.APIKey(k)
	stored.ID, stored.Hash, stored.Created = "key-"+k.Label, hash, noon
	return secret, stored
}

func (w *world) people() {
	for _, k := range apiKeys {
		w.keys[k.Label], _ = k.issue()
	}
}

func (w *world) ready(ctx context.Context) []api.Check {
	return []api.Check{
		{Name: "store", OK: w.store.Ping(ctx) == nil, Required: true},
		{Name: "odoo", OK: w.odoo["down"] == nil, Detail: "unreachable"},
	}
}

// call is one request to the API.
type call struct {
	method, path, key, body string
	headers                 map[string]string
}

func (w *world) do(c call) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), c.method, w.fill(c.path), strings.NewReader(w.fill(c.body)))
	if c.key != "" {
		secret, known := w.keys[c.key]
		if !known {
			secret = c.key
		}
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.headers {
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// fill replaces {placeholders} by what earlier calls gave.
func (w *world) fill(text string) string {
	for name, value := range w.named {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// decide asks for a decision and names it for later calls.
func (w *world) decide(body string) api.Answer {
	w.t.Helper()
	return w.askAs("all", body)
}

func (w *world) askAs(key, body string) api.Answer {
	w.t.Helper()
	answer := w.do(post("/v1/decisions", key, body))
	if answer.Code != http.StatusCreated {
		w.t.Fatalf("decide: have %d: %s", answer.Code, answer.Body)
	}
	var out api.Answer
	w.ok(json.Unmarshal(answer.Body.Bytes(), &out))
	w.named["decision"], w.named["execution"] = out.ID, out.Execution
	if out.Approval != nil {
		w.named["approval"] = out.Approval.ID
	}
	return out
}

// exceptional opens an exception and names it.
func (w *world) exceptional() {
	w.t.Helper()
	x := decision.NewException{Type: decision.DeadLetter, Cause: "execution:x-0", Role: decision.RoleOperations, Deadline: noon.Add(48 * time.Hour)}
	w.ok(w.service.Ledger.Do(w.t.Context(), "main", decision.Background, nil, func(ctx context.Context, writer *decision.Writer) error {
		return writer.OpenException(ctx, w.service.NewID(), w.now, x)
	}))
	w.named["exception"] = decision.ExceptionID(x.Type, x.Cause)
}

// journalled counts the entries of every company, by type. It reads the
// file anew, so that it works after the store was closed as well.
func (w *world) journalled() map[decision.EntryType]int {
	w.t.Helper()
	reader, err := sqlite.Open(context.Background(), w.path, sqlite.Options{ReadOnly: true})
	w.ok(err)
	defer reader.Close()
	counts := map[decision.EntryType]int{}
	for _, company := range []string{"main", "other"} {
		for seq := int64(0); ; {
			page, err := reader.Entries(context.Background(), company, seq, 1000)
			w.ok(err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				counts[e.Type]++
			}
			seq = page[len(page)-1].Seq
		}
	}
	return counts
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// records stand in for Odoo: what is not there is not found, and with the
// entry "down" nothing is reached.
type records map[string]json.RawMessage

func (r records) ReadRecord(_ context.Context, _ decision.Company, _ decision.Kind, s decision.Subject) (json.RawMessage, error) {
	if r["down"] != nil {
		return nil, decision.Errorf(decision.CodeUnavailable, "Odoo cannot be reached.")
	}
	if raw, ok := r[fmt.Sprintf("%s/%d", s.Model, s.ID)]; ok {
		return raw, nil
	}
	return nil, decision.Errorf(decision.CodeNotFound, "There is no such record in Odoo.")
}

// syncBuffer collects the log of handlers that run at once.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
