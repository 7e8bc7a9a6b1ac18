package decision

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// Lane orders work that waits for the same store: decisions go first.
type Lane int

// The lanes.
const (
	Foreground Lane = iota // a caller is waiting
	Background             // executor, expiry, imports
)

// Work is one change to one company. The store may run several in one
// transaction; each one either happens whole or not at all, and one that
// fails does not take others with it.
type Work struct {
	Company string
	Lane    Lane
	Keys    []string // idempotency keys Do will ask for; the store reads them ahead
	Do      func(ctx context.Context, tx Tx) error
}

// Tx is one company's state, its head locked. Do may run more than once
// (a failed batch is retried entry by entry) and must not keep state from an
// earlier run. Once the database has refused a call, the work fails as a
// whole, whatever Do returns; an engine may find out only after Do.
type Tx interface {
	Rows
	// Head is the head as left by earlier work of the same transaction.
	Head() Head
	SetHead(Head)
	// AddEntry appends the entry that follows the newest one; SetHead must tell
	// of it before Do ends. An id is used once a company: CodeConflict.
	AddEntry(ctx context.Context, e Entry) error
	// Binding finds what an idempotency key of Work.Keys is bound to.
	Binding(ctx context.Context, key string) (Binding, bool, error)
	// Bind is a CodeConflict error for a key that is bound; Winner is its decision.
	Bind(ctx context.Context, b Binding) error
	// Seal stores a new object; an id that is there is a CodeConflict error.
	Seal(ctx context.Context, s Sealed) error
	// EraseSealed destroys the wrapped key and the content of a sealed object.
	// Erasing it again is no error; an unknown one is CodeNotFound.
	EraseSealed(ctx context.Context, id string) error
	// AddHistory inserts rows; one that is already there (same entity, kind,
	// subject and KnownAt) is left as it was.
	AddHistory(ctx context.Context, rows []HistoryRow) error
	// History is Reader.History as this transaction sees it.
	History(ctx context.Context, queries []HistoryQuery) ([][]HistoryRow, error)
	// Due lists at most n executions that may be leased at now: waiting and
	// due, running with a lapsed lease, or (with parked) parked. Only the first
	// unfinished one of its record, by Order, is listed; earliest Due first. A
	// lease has lapsed once now is past LeaseUntil.
	Due(ctx context.Context, now time.Time, n int, parked bool) ([]Execution, error)
	// Pending lists the decisions about a record that are assented to and whose
	// end is not known: awaiting a receipt, executing or parked; oldest first.
	Pending(ctx context.Context, model string, id int64) ([]DecisionRow, error)
}

// Binding ties an idempotency key to its decision for good.
type Binding struct {
	Key      string
	Request  string // fingerprint of the canonical request
	Decision string
}

// HistoryRow is one event of an entity's past.
type HistoryRow struct {
	EntityType string
	EntityHash string // keyed hash with key version
	Kind       string
	Subject    string           // "db/model/id"
	Partner    int64            // 0 is unknown
	Amount     *decimal.Decimal // company currency
	At         time.Time        // when it happened
	KnownAt    time.Time        // when we learnt of it
	// Links are keyed hashes of other identifiers of the same decision, by
	// entity type: what is counted behind this one. nil is none.
	Links map[string]string
	// Values are numbers about it, with at most six digits after the point,
	// among them what an outcome taught. nil is none.
	Values map[string]decimal.Decimal
}

// HistoryQuery asks for an entity's rows of one kind that were known before a
// time and are not of the subject itself, newest first by At, then by KnownAt;
// ties by Subject.
type HistoryQuery struct {
	EntityType string
	EntityHash string
	Kind       string
	Before     time.Time // KnownAt < Before
	Since      time.Time // At >= Since; zero is no bound
	Until      time.Time // At < Until; zero is no bound
	NotSubject string
	Cap        int // most rows; less than 1 gives none
}

// Filter selects rows of a projection. Where compares indexed columns:
// decisions: kind, status, outcome, model, record_id, channel;
// approvals: status, kind, decision, role (one of the approval's roles);
// executions: status, decision, record;
// exceptions: state, type, role;
// outcomes: decision, type.
// An unknown column, or a time the table has not, is a CodeInvalid error. A
// column with no values matches nothing.
type Filter struct {
	Where  map[string][]string // column: any of these values
	From   time.Time           // decisions: At >= From; approvals, exceptions: OpenedAt
	To     time.Time           // likewise, < To; zero is no bound
	Before time.Time           // approvals: Deadline < Before; zero is no bound
	Cursor string              // from an earlier page; "" is the first
	Limit  int                 // at most 500; less than 1 means 50
}

// Page is one page of rows, newest first (approvals: nearest deadline first).
type Page struct {
	Rows []json.RawMessage
	Next string // cursor of the next page; "" after the last
}

// Reader reads one company's state. Reads see whole transactions only.
type Reader interface {
	// Head of a company that has no entries yet is the zero Head with its name.
	Head(ctx context.Context, company string) (Head, error)
	Row(ctx context.Context, company string, table Table, id string) (json.RawMessage, bool, error)
	List(ctx context.Context, company string, table Table, f Filter) (Page, error)
	// Count says how many rows List pages through; Cursor and Limit do not matter.
	Count(ctx context.Context, company string, table Table, f Filter) (int, error)
	// AllRows calls yield for every row of a table in id order.
	AllRows(ctx context.Context, company string, table Table, yield func(id string, body json.RawMessage) error) error
	// Entry finds by id, Entries pages by seq; a missing entry is CodeNotFound.
	Entry(ctx context.Context, company, id string) (Entry, error)
	Entries(ctx context.Context, company string, afterSeq int64, limit int) ([]Entry, error)
	Binding(ctx context.Context, company, key string) (Binding, bool, error)
	// AllBindings calls yield for every idempotency key, in order of the keys.
	AllBindings(ctx context.Context, company string, yield func(Binding) error) error
	// Artefact finds content by its revision, CodeNotFound if there is none.
	Artefact(ctx context.Context, kind, revision string) ([]byte, error)
	// Sealed finds a sealed object: CodeErased once its key is destroyed.
	Sealed(ctx context.Context, company, id string) (Sealed, error)
	History(ctx context.Context, company string, queries []HistoryQuery) ([][]HistoryRow, error)

	// Named says of every company that a row is about whether the table of
	// companies holds it under that name.
	Named(ctx context.Context) (map[string]bool, error)
	// Strays lists what rows of a company are found by and is not what their
	// bodies say, in order.
	Strays(ctx context.Context, company string) ([]Problem, error)
	// Altered lists what of the database's own refusals, and of its tables, is
	// not as the migrations made it, in order.
	Altered(ctx context.Context) ([]Problem, error)
}

// Store is the memory of Assent, implemented by internal/store/sqlite and
// internal/store/postgres and held to one conformance suite. Any method may
// return CodeUnavailable when the database cannot be reached.
type Store interface {
	Reader
	Directory
	Artefacts
	Neighbours
	// Do runs the work with the company's head locked, and returns once it is
	// durable or has failed. When ctx ends first, that is a CodeUnavailable error
	// and the work may still become durable: try again with the same key.
	Do(ctx context.Context, w Work) error
	// View runs fn on one consistent state; for audits, not for pages. The
	// Reader is for the goroutine of fn.
	View(ctx context.Context, fn func(Reader) error) error
	// Ping says whether the store can be reached.
	Ping(ctx context.Context) error
	Close() error
}

// PolicyArtefact is the kind of a policy's content, whose hex SHA-256 is its
// revision.
const PolicyArtefact = "policy"

// Artefacts keeps what journal entries name. Nothing is ever deleted.
type Artefacts interface {
	// PutArtefact stores content under its revision; storing it again is no error.
	PutArtefact(ctx context.Context, kind, revision string, content []byte) error
	// Artefact is as in Reader.
	Artefact(ctx context.Context, kind, revision string) ([]byte, error)
	// ArtefactRevisions lists every revision of a kind, in order of the texts.
	ArtefactRevisions(ctx context.Context, kind string) ([]string, error)
}

// Neighbour is a stored vector near a query.
type Neighbour struct {
	ID       string
	Label    string
	Distance float64 // cosine distance, 0 to 2
}

// Neighbours searches dense vectors: HNSW on PostgreSQL, exact on SQLite.
type Neighbours interface {
	// PutVector stores or replaces a vector of a space; all vectors of a
	// space have the same length.
	PutVector(ctx context.Context, company, space, id, label string, vector []float32) error
	// Nearest lists at most k neighbours, nearest first, ties by id.
	Nearest(ctx context.Context, company, space string, vector []float32, k int) ([]Neighbour, error)
}
