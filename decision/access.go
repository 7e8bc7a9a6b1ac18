package decision

import (
	"context"
	"regexp"
	"slices"
	"time"
)

// Roles of people. A policy routes approvals to these.
const (
	RoleFinance         = "finance"
	RoleCategoryManager = "category_manager"
	RoleWarehouseLead   = "warehouse_lead"
	RoleSupportLead     = "support_lead"
	RoleCompliance      = "compliance"
	RoleAnalyst         = "analyst"
	RoleOperations      = "operations"
)

// Roles lists every role.
var Roles = []string{RoleFinance, RoleCategoryManager, RoleWarehouseLead, RoleSupportLead, RoleCompliance, RoleAnalyst, RoleOperations}

// User is a person who signs in. Names and addresses stay in this table; the
// journal knows only the id.
type User struct {
	ID       string   `json:"id"` // UUIDv7; the first user's is FirstUser
	Company  string   `json:"company"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Aliases  []string `json:"aliases,omitempty"` // how requests name the person: "odoo:7"
	Disabled bool     `json:"disabled,omitempty"`
	Resets   int      `json:"resets,omitempty"` // how often sign-in was reset; links and sessions of before are worth nothing
}

// FirstUser is the id of who became a company's first user by link: a UUIDv7 of
// the beginning of time. It is the same for all who try at once, so that
// AddUser lets one of them in, whichever replica each of them reached.
const FirstUser = "00000000-0000-7000-8000-000000000001"

var actorPattern = regexp.MustCompile(`^(odoo:[1-9][0-9]{0,18}|user:[0-9a-z-]{1,64})$`)

// System is the actor of what no person did.
const System = "system"

// ActorRule says in words what IsActor accepts.
const ActorRule = "odoo:ID with an id of res.users, or user:ID with one of ours"

// IsActor says whether a string names a person in the one spelling that
// requests and aliases may use: "odoo:7" or "user:<id>". Another spelling of
// the same person would let somebody approve what they asked for.
func IsActor(s string) bool { return actorPattern.MatchString(s) }

// Is says whether actor, as a request names who asked, is this person.
func (u User) Is(actor string) bool {
	return actor != "" && (actor == u.ID || actor == "user:"+u.ID || slices.Contains(u.Aliases, actor))
}

// HasRole says whether the person has one of roles, and which.
func (u User) HasRole(roles []string) (string, bool) {
	for _, role := range roles {
		if slices.Contains(u.Roles, role) {
			return role, true
		}
	}
	return "", false
}

// Right is one thing an API key may do.
type Right string

// The rights.
const (
	RightDecide  Right = "decide"  // ask for decisions, post receipts
	RightRead    Right = "read"    // read decisions, approvals, exceptions
	RightOutcome Right = "outcome" // record outcomes
	RightApprove Right = "approve" // approve, reject and withdraw; needs a key that belongs to a user
	RightOperate Right = "operate" // switches, exceptions
)

// Rights lists every right.
var Rights = []Right{RightDecide, RightRead, RightOutcome, RightApprove, RightOperate}

// APIKey is a caller's credential; only a hash of the secret is stored.
type APIKey struct {
	ID       string    `json:"id"` // UUIDv7
	Company  string    `json:"company"`
	Hash     string    `json:"hash"` // hex SHA-256 of the secret, which is 256 random bits
	Label    string    `json:"label"`
	Kinds    []string  `json:"kinds,omitempty"` // empty is all
	Rights   []Right   `json:"rights"`
	User     string    `json:"user,omitempty"` // a personal key acts as this user
	Created  time.Time `json:"created"`
	Disabled bool      `json:"disabled,omitempty"`
}

// May says whether the key has a right for a kind; kind "" asks for any.
func (k APIKey) May(right Right, kind string) bool {
	return !k.Disabled && slices.Contains(k.Rights, right) &&
		(kind == "" || len(k.Kinds) == 0 || slices.Contains(k.Kinds, kind))
}

// SignIn is a one-time link by which a person gets a session.
type SignIn struct {
	Hash    string    `json:"hash"` // hex SHA-256 of the token
	Company string    `json:"company"`
	User    string    `json:"user"`
	Resets  int       `json:"resets,omitempty"` // User.Resets when it was made
	Expires time.Time `json:"expires"`
}

// Directory stores who may do what. It is not a projection of the journal.
type Directory interface {
	Companies(ctx context.Context) ([]Company, error)
	// Company finds by id, CodeNotFound if there is none.
	Company(ctx context.Context, id string) (Company, error)
	PutCompany(ctx context.Context, c Company) error

	// User finds by id, CodeNotFound if there is none; UserByEmail likewise.
	User(ctx context.Context, company, id string) (User, error)
	UserByEmail(ctx context.Context, company, email string) (User, error)
	Users(ctx context.Context, company string) ([]User, error)
	PutUser(ctx context.Context, u User) error
	// AddUser is PutUser for a new one: an id that is there is CodeConflict.
	AddUser(ctx context.Context, u User) error

	// KeyByHash finds an API key by the hash of its secret, CodeNotFound if none.
	KeyByHash(ctx context.Context, hash string) (APIKey, error)
	APIKeys(ctx context.Context, company string) ([]APIKey, error)
	PutAPIKey(ctx context.Context, k APIKey) error

	PutSignIn(ctx context.Context, s SignIn) error
	// SignIn finds a link without using it up, CodeNotFound if there is none or
	// it was used; the caller checks Expires.
	SignIn(ctx context.Context, hash string) (SignIn, error)
	// TakeSignIn returns and deletes a link in one step, so that it works once.
	// CodeNotFound for unknown ones; the caller checks Expires.
	TakeSignIn(ctx context.Context, hash string) (SignIn, error)

	// Session data is opaque; a lapsed or unknown token is not found, without error.
	Session(ctx context.Context, token string, now time.Time) (data []byte, found bool, err error)
	PutSession(ctx context.Context, token string, data []byte, expires time.Time) error
	DeleteSession(ctx context.Context, token string) error
	// DeleteLapsed deletes the sessions and sign-in links that are worth nothing
	// any more at now.
	DeleteLapsed(ctx context.Context, now time.Time) error
}
