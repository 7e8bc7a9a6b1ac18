package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"assent/decision"
	"assent/internal/store/listing"
	"assent/internal/store/reading"
)

// tx is one unit of work: what it writes reaches the transaction only when it
// succeeds.
type tx struct {
	t         *transaction
	batch     context.Context // of the transaction; a caller's would cut the connection
	head      decision.Head
	changed   bool
	next      int64 // seq of the next entry
	rows      map[rowKey]json.RawMessage
	bound     map[string]decision.Binding
	unsent    pgx.Batch
	savepoint bool  // something was sent
	err       error // of a statement: the transaction is lost
}

var _ decision.Tx = (*tx)(nil)

func newTx(ctx context.Context, t *transaction) *tx {
	return &tx{
		t: t, batch: ctx, head: t.head, next: t.head.Seq + 1,
		rows: map[rowKey]json.RawMessage{}, bound: map[string]decision.Binding{},
	}
}

func (u *tx) do(ctx context.Context, work decision.Work) error {
	if err := work.Do(ctx, u); err != nil {
		return err
	}
	if u.next != u.head.Seq+1 {
		return fmt.Errorf("postgres: the head was left at seq %d, the journal at %d", u.head.Seq, u.next-1)
	}
	return nil
}

// keep hands on what a unit that succeeded has written.
func (u *tx) keep() {
	u.t.head, u.t.changed = u.head, u.t.changed || u.changed
	maps.Copy(u.t.rows, u.rows)
	maps.Copy(u.t.bound, u.bound)
	if u.savepoint {
		u.unsent.Queue("RELEASE unit")
	}
	u.t.unsent.QueuedQueries = append(u.t.unsent.QueuedQueries, u.unsent.QueuedQueries...)
}

// undo takes back what a unit that failed has sent.
func (u *tx) undo() error {
	if !u.savepoint {
		return nil
	}
	_, err := u.t.conn.Exec(u.batch, "ROLLBACK TO unit")
	return err
}

// send sends what earlier units and this one have written, so that a query
// sees it.
func (u *tx) send() error {
	b := u.t.unsent
	if !u.savepoint {
		b.Queue("SAVEPOINT unit")
		u.savepoint = true
	}
	b.QueuedQueries = append(b.QueuedQueries, u.unsent.QueuedQueries...)
	u.t.unsent, u.unsent = pgx.Batch{}, pgx.Batch{}
	return u.failed(u.t.conn.SendBatch(u.batch, &b).Close())
}

// failed keeps the first error of a statement.
func (u *tx) failed(err error) error {
	if err != nil && u.err == nil {
		u.err = err
	}
	return fault(err)
}

// Head is the head as left by earlier work of the same transaction.
func (u *tx) Head() decision.Head { return u.head }

// SetHead is written once a transaction, with its commit.
func (u *tx) SetHead(h decision.Head) {
	h.Company = u.t.company
	u.head, u.changed = h, true
}

// AddEntry appends; an entry that does not follow the newest one is refused.
func (u *tx) AddEntry(_ context.Context, e decision.Entry) error {
	if e.Company != u.t.company || e.Seq != u.next {
		return fmt.Errorf("postgres: entry %d does not follow entry %d of its company", e.Seq, u.next-1)
	}
	u.next++
	u.unsent.Queue("INSERT INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		e.Company, e.Seq, e.ID, string(e.Type), e.At.UnixMicro(), e.Prev, e.Hash, string(e.Body))
	return nil
}

// Get reads a row as earlier work of the same transaction left it.
func (u *tx) Get(ctx context.Context, table decision.Table, id string) (json.RawMessage, bool, error) {
	if !listing.Known(table) {
		return nil, false, listing.Unknown(table)
	}
	key := rowKey{table, id}
	for _, rows := range []map[rowKey]json.RawMessage{u.rows, u.t.rows} {
		if body, ok := rows[key]; ok {
			return body, true, nil
		}
	}
	body, found, err := readOne(ctx, u, reading.Bytes, reading.RowText(table), u.t.company, id)
	if found {
		u.t.rows[key] = body // only who holds the head's lock changes it
	}
	return body, found, err
}

// Put inserts or replaces a row.
func (u *tx) Put(_ context.Context, table decision.Table, id string, body json.RawMessage) error {
	if !listing.Known(table) {
		return listing.Unknown(table)
	}
	u.rows[rowKey{table, id}] = body
	u.unsent.Queue("INSERT INTO "+string(table)+" (company, id, body) VALUES ($1, $2, $3) ON CONFLICT (company, id) DO UPDATE SET body = excluded.body",
		u.t.company, id, string(body))
	return nil
}

// Binding finds what a key is bound to; keys of Work.Keys are known already.
func (u *tx) Binding(ctx context.Context, key string) (decision.Binding, bool, error) {
	for _, bound := range []map[string]decision.Binding{u.bound, u.t.bound} {
		if b, ok := bound[key]; ok {
			return b, b != decision.Binding{}, nil
		}
	}
	b, found, err := readOne(ctx, u, func(rows reading.Rows) (decision.Binding, error) {
		b := decision.Binding{Key: key}
		err := rows.Scan(&b.Request, &b.Decision)
		return b, err
	}, reading.BindingText, u.t.company, key)
	if err == nil {
		u.t.bound[key] = b
	}
	return b, found, err
}

// Bind binds a key; one that is bound is a CodeConflict error that names the
// decision it is bound to.
func (u *tx) Bind(ctx context.Context, b decision.Binding) error {
	bound, found, err := u.Binding(ctx, b.Key)
	if err != nil {
		return err
	}
	if found {
		return decision.Conflict(bound.Decision, "The idempotency key is bound to another decision.")
	}
	u.bound[b.Key] = b
	u.unsent.Queue("INSERT INTO idempotency (company, key, request, decision) VALUES ($1, $2, $3, $4)",
		u.t.company, b.Key, b.Request, b.Decision)
	return nil
}

// Seal stores a sealed object; its id must be new.
func (u *tx) Seal(_ context.Context, s decision.Sealed) error {
	u.unsent.Queue("INSERT INTO sealed (company, id, master, data_key, box) VALUES ($1, $2, $3, $4, $5)",
		u.t.company, s.ID, s.Master, s.Key, s.Box)
	return nil
}

// EraseSealed empties key and content; erasing twice is no error.
func (u *tx) EraseSealed(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return fault(err)
	}
	if err := u.send(); err != nil {
		return err
	}
	tag, err := u.t.conn.Exec(u.batch, "UPDATE sealed SET data_key = '', box = '' WHERE company = $1 AND id = $2", u.t.company, id)
	if err == nil && tag.RowsAffected() == 0 {
		return reading.NotFound("sealed object")
	}
	return u.failed(err)
}

// AddHistory inserts rows that are not there yet.
func (u *tx) AddHistory(_ context.Context, rows []decision.HistoryRow) error {
	if len(rows) == 0 {
		return nil
	}
	var types, hashes, kinds, subjects []string
	var partners, at, knownAt []int64
	var amounts, facts []*string
	for _, r := range rows {
		fact, err := reading.Facts(r)
		if err != nil {
			return u.failed(err)
		}
		facts = append(facts, fact)
		types, hashes = append(types, r.EntityType), append(hashes, r.EntityHash)
		kinds, subjects = append(kinds, r.Kind), append(subjects, r.Subject)
		partners, amounts = append(partners, r.Partner), append(amounts, amountText(r))
		at, knownAt = append(at, r.At.UnixMicro()), append(knownAt, r.KnownAt.UnixMicro())
	}
	u.unsent.Queue(insertHistory, u.t.company, types, hashes, kinds, subjects, partners, amounts, at, knownAt, facts)
	return nil
}

const insertHistory = `
	INSERT INTO history (company, entity_type, entity_hash, kind, subject, partner, amount, at, known_at, facts)
	SELECT $1, q.entity_type, q.entity_hash, q.kind, q.subject, q.partner, q.amount::numeric, q.at, q.known_at, q.facts::json
	FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[], $10::text[])
		AS q (entity_type, entity_hash, kind, subject, partner, amount, at, known_at, facts)
	ON CONFLICT DO NOTHING`

func amountText(r decision.HistoryRow) *string {
	if r.Amount == nil {
		return nil
	}
	text := r.Amount.String()
	return &text
}

// History answers as the transaction sees it.
func (u *tx) History(ctx context.Context, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	if err := u.send(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fault(err)
	}
	found, err := history(u.batch, database{u.t.conn}, u.t.company, queries)
	return found, u.failed(err)
}

// Due lists executions that may be leased; see decision.Tx.
func (u *tx) Due(ctx context.Context, now time.Time, n int, parked bool) ([]decision.Execution, error) {
	if err := u.send(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fault(err)
	}
	due, err := reading.Due(u.batch, database{u.t.conn}, u.t.company, now, n, parked)
	return due, u.failed(err)
}

// Pending lists a record's decisions whose end is not known; see decision.Tx.
func (u *tx) Pending(ctx context.Context, model string, id int64) ([]decision.DecisionRow, error) {
	if err := u.send(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fault(err)
	}
	rows, err := reading.Pending(u.batch, database{u.t.conn}, u.t.company, model, id)
	return rows, u.failed(err)
}

// readOne reads one row, unless the caller has left.
func readOne[T any](ctx context.Context, u *tx, scan func(reading.Rows) (T, error), text string, args ...any) (T, bool, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, false, fault(err)
	}
	row, found, err := reading.One(u.batch, database{u.t.conn}, scan, text, args...)
	return row, found, u.failed(err)
}
