package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"assent/decision"
	"assent/internal/ids"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Decisions asks for decisions and reads them; *decision.Service.
type Decisions interface {
	Decide(ctx context.Context, req decision.Request) (decision.Answer, error)
	Assess(ctx context.Context, req decision.Request) (decision.Answer, error)
	Decision(ctx context.Context, company, id string) (decision.Answer, error)
	Story(ctx context.Context, company, id string) (decision.Story, error)
	WouldExecute(ctx context.Context, story decision.Story) []decision.Change
	Snapshot(ctx context.Context, company, id string) (*decision.Snapshot, error)
	Receive(ctx context.Context, company, execution string, r decision.Receipt) (decision.DecisionRow, error)
	RecordOutcome(ctx context.Context, company string, o decision.OutcomeRecord) (decision.OutcomeRow, error)
	RecordEvent(ctx context.Context, company string, e decision.Event) (told []decision.OutcomeRow, fresh bool, err error)
	Amend(ctx context.Context, company string, epoch int64, p decision.SwitchPatch, by, reason string) (decision.Head, error)
}

// Tasks are the queues of people; *approvals.Service.
type Tasks interface {
	Approve(ctx context.Context, company, id string, by decision.User, comment string) (decision.Approval, error)
	Decline(ctx context.Context, company, id string, by decision.User, comment string) (decision.Approval, error)
	Withdraw(ctx context.Context, company, id string, by decision.User) (decision.Approval, error)
	Comment(ctx context.Context, company, sealed string) (string, error)
	Claim(ctx context.Context, company, id string, by decision.User) (decision.Exception, error)
	Resolve(ctx context.Context, company, id string, by decision.User, comment string) (decision.Exception, error)
	Snooze(ctx context.Context, company, id string, by decision.User, until time.Time) (decision.Exception, error)
}

// Store is what the API reads by itself: lists, users and keys.
type Store interface {
	decision.Reader
	User(ctx context.Context, company, id string) (decision.User, error)
	KeyByHash(ctx context.Context, hash string) (decision.APIKey, error)
}

// Check is the state of one part, for /readyz.
type Check struct {
	Name     string `json:"name"`             // "store", "odoo"
	OK       bool   `json:"ok"`               //
	Required bool   `json:"required"`         // without it no decision can be made
	Detail   string `json:"detail,omitempty"` // a code, e.g. "unreachable"
}

// Config is everything the API needs. All fields are required unless they
// say otherwise.
type Config struct {
	Decisions    Decisions
	Tasks        Tasks
	Store        Store
	Sentence     func(policy, code string) string // the sentence of a code, as the policy of that revision has it
	Ready        func(ctx context.Context) []Check
	Metrics      *Metrics
	Log          *slog.Logger
	Now          func() time.Time
	NewID        func() string          // UUIDv7, for correlation ids
	Version      string                 // of this release, for the OpenAPI document
	DecisionPage func(id string) string // path of a decision in the console; nil: no link
	Console      http.Handler           // gets every path that is not the API's; nil: they are not found
}

// api is the running interface.
type api struct {
	Config
	huma       huma.API
	keys       *keys
	spec       []byte              // the OpenAPI document
	parameters map[string][]string // of queries, by method and path
}

// New builds the handler of everything the server answers.
func New(c Config) http.Handler {
	a := &api{Config: c, keys: &keys{find: c.Store.KeyByHash, now: c.Now}}
	router := chi.NewRouter()
	router.Use(a.traced, middleware.GetHead)
	router.NotFound(a.notFound)
	router.MethodNotAllowed(a.methodNotAllowed(router))
	router.Group(func(r chi.Router) {
		r.Use(a.guarded, a.strict)
		a.huma = newHuma(r, c.Version)
		a.operations()
	})
	router.Group(func(r chi.Router) {
		r.Use(a.guarded) // a batch is read line by line
		r.Post(batchPath, a.batch)
	})
	a.spec, a.parameters = document(a.huma.OpenAPI()), queryParameters(a.huma.OpenAPI())
	a.open(router)
	return router
}

// guarded is what comes before every operation, in the order in which a
// request is refused.
func (a *api) guarded(next http.Handler) http.Handler {
	return chi.Chain(noStore, a.plainHeaders, a.authenticated, ids.Checked(noSuchID), a.plainQuery).Handler(next)
}

func noSuchID(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, r, newProblem(decision.CodeNotFound, "There is nothing with this id."))
}

// operations registers everything under /v1. The order is the document's.
func (a *api) operations() {
	a.registerDecisions()
	a.describeBatch()
	a.registerEffects()
	a.registerEvents()
	a.registerApprovals()
	a.registerExceptions()
	a.registerSwitches()
}

// open adds what needs no key: nothing here tells anything about a company.
func (a *api) open(r chi.Router) {
	r.Get("/healthz", healthz)
	r.Get("/readyz", a.readyz)
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(a.Metrics.Registry, promhttp.HandlerOpts{}))
	r.Get("/problems", problemIndex)
	r.Get("/problems/{code}", problemPage)
	r.Get("/openapi.json", a.openAPI)
	a.docs(r)
}

// ours says which unknown paths are answered with a problem even though a
// console is there for the rest.
func ours(path string) bool {
	return strings.HasPrefix(path, "/v1/") || path == "/v1" || strings.HasPrefix(path, "/docs/")
}

func (a *api) notFound(w http.ResponseWriter, r *http.Request) {
	if a.Console != nil && !ours(r.URL.Path) {
		a.Console.ServeHTTP(w, r)
		return
	}
	writeProblem(w, r, newProblem(decision.CodeNotFound, "There is nothing at this path."))
}

// methodNotAllowed names the methods that the path has.
func (a *api) methodNotAllowed(router chi.Router) http.HandlerFunc {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, m := range methods {
			if router.Match(chi.NewRouteContext(), m, r.URL.Path) {
				allowed = append(allowed, m)
			}
		}
		p := newProblem(codeMethod, "This path does not take this method.")
		p.headers.Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, r, p)
	}
}

// noStore keeps answers about a company out of every cache.
func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// document encodes the OpenAPI document once.
func document(o *huma.OpenAPI) []byte {
	b, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		panic("api: the OpenAPI document does not encode: " + err.Error())
	}
	return append(b, '\n')
}

func (a *api) openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(a.spec) // the client may be gone
}
