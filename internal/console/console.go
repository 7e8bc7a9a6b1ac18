package console

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"assent/decision"
	"assent/internal/ids"
)

// Decisions is what the pages need of decision.Service.
type Decisions interface {
	Story(ctx context.Context, company, id string) (decision.Story, error)
	WouldExecute(ctx context.Context, story decision.Story) []decision.Change
	Snapshot(ctx context.Context, company, id string) (*decision.Snapshot, error)
	Replay(ctx context.Context, company, id string) (decision.Replayed, error)
	Switch(ctx context.Context, company string, epoch int64, sw decision.Switches, by, reason string) (decision.Head, error)
}

// Approvals is what the pages need of approvals.Service for approvals.
// Errors: CodeForbidden (role, own request, signed twice), CodeConflict (the
// winner is named), CodeInvalid (comment), CodeNotFound.
type Approvals interface {
	Approve(ctx context.Context, company, approval string, by decision.User, comment string) (decision.Approval, error)
	Decline(ctx context.Context, company, approval string, by decision.User, comment string) (decision.Approval, error)
	Withdraw(ctx context.Context, company, approval string, by decision.User) (decision.Approval, error)
	Comment(ctx context.Context, company, sealed string) (string, error)
}

// Exceptions is what the pages need of approvals.Service for exceptions.
type Exceptions interface {
	Claim(ctx context.Context, company, id string, by decision.User) (decision.Exception, error)
	Resolve(ctx context.Context, company, id string, by decision.User, comment string) (decision.Exception, error)
	Snooze(ctx context.Context, company, id string, by decision.User, until time.Time) (decision.Exception, error)
}

// Config holds what the pages are made of; every field is needed.
type Config struct {
	Reader     decision.Reader
	Directory  decision.Directory
	Decisions  Decisions
	Approvals  Approvals
	Exceptions Exceptions
	Log        *slog.Logger
	Now        func() time.Time
	Reason     func(policy, code string) string  // a plain sentence for a code, as the policy of that revision has it; "" when there is none
	Rule       func(policy, label string) string // a rule's title, likewise
	BaseURL    string                            // where people reach the console; https makes the cookie Secure
}

// console is the handler behind every page.
type console struct {
	Config
	sessions *scs.SessionManager
}

// New makes the console's handler, to be mounted at the root.
func New(config Config) http.Handler {
	c := &console{Config: config}
	c.sessions = c.newSessions()
	r := chi.NewRouter()
	r.Use(c.recovered, secured)
	r.Get("/static/{name}", serveAsset)
	r.Group(func(r chi.Router) {
		r.Use(c.sameOrigin, c.sessions.LoadAndSave, ids.Checked(c.lost(errNoPage)))
		c.routes(r)
	})
	return r
}

func (c *console) routes(r chi.Router) {
	r.NotFound(c.lost(errNoPage))
	r.MethodNotAllowed(c.lost(errMethod))

	r.Get("/signin", c.open(c.showHowToSignIn))
	r.Get("/signin/{token}", c.open(c.showSignIn))
	r.Post("/signin/{token}", c.open(c.signIn))
	r.Post("/signout", c.open(c.signOut))

	r.Get("/", c.signedIn(c.showInbox))
	r.Get("/approvals/{id}", c.signedIn(c.showApproval))
	r.Post("/approvals/{id}", c.signedIn(c.decideApproval))
	r.Get("/exceptions", c.signedIn(c.showExceptions))
	r.Post("/exceptions/{id}", c.signedIn(c.handleException))
	r.Get("/decisions", c.signedIn(c.showDecisions))
	r.Get("/decisions/{id}", c.signedIn(c.showStory))
	r.Post("/decisions/{id}/replay", c.signedIn(c.replay, replayRoles...))
	r.Get("/switches", c.signedIn(c.showSwitches, decision.RoleOperations))
	r.Post("/switches", c.signedIn(c.changeSwitches, decision.RoleOperations))
}

// replayRoles may replay a decision: it costs a full evaluation.
var replayRoles = []string{decision.RoleCompliance, decision.RoleAnalyst, decision.RoleOperations}

// secure says whether people reach us by https.
func (c *console) secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }
