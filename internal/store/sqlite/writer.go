package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"

	"assent/decision"
	"assent/internal/store/queue"
	"assent/internal/store/reading"
)

// unit is what the queue holds: a function to run in a savepoint.
type unit func(ctx context.Context, w *writer) error

// Do runs the work in the next batch; see decision.Store.
func (s *Store) Do(ctx context.Context, work decision.Work) error {
	return s.do(ctx, work.Lane, func(ctx context.Context, w *writer) error {
		return w.work(ctx, work)
	})
}

func (s *Store) do(ctx context.Context, lane decision.Lane, u unit) error {
	if s.queue == nil {
		return decision.Errorf(decision.CodeUnavailable, "The store is open for reading only.")
	}
	return s.queue.Do(ctx, lane, u)
}

// writer owns the write connection. Only the queue's goroutine uses it.
type writer struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	heads      map[string]headState // of this transaction, by company
	erased     bool                 // something was erased and may still be in the log

	checkpoints *checkpointer
	batches     int

	path string
	file os.FileInfo // of path when it was opened
}

type headState struct {
	head  decision.Head
	dirty bool
}

// batch runs what waits in one transaction and answers all of it. Unless the
// commit succeeds, nobody is told anything but CodeUnavailable: even a refusal
// may rest on what was not committed.
func (w *writer) batch(b *queue.Batch[unit]) {
	jobs, answers, err := w.transaction(b)
	for i, job := range jobs {
		if err != nil {
			job.Answer(coded(decision.CodeUnavailable, "The database did not commit; nothing was changed.", err))
			continue
		}
		job.Answer(answers[i])
	}
	if w.erased && err == nil {
		w.scrub()
	}
	w.batches++
	w.checkpoints.written(w.batches)
}

func (w *writer) transaction(b *queue.Batch[unit]) (jobs []*queue.Job[unit], answers []error, err error) {
	err = w.begin()
	for run, job := w.first, b.Next(); job != nil; run, job = w.savepoint, b.Next() {
		jobs = append(jobs, job)
		if err != nil {
			continue // answered with the others
		}
		var answer error
		answer, err = run(job)
		answers = append(answers, answer)
	}
	if err == nil {
		err = w.saveHeads()
	}
	if err == nil {
		err = w.inPlace()
	}
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		_ = w.exec("ROLLBACK") // fails when SQLite has already rolled back by itself
	}
	return jobs, answers, err
}

// inPlace refuses to commit into a file that was deleted or replaced: what is
// written there is gone with the process.
func (w *writer) inPlace() error {
	now, err := os.Stat(w.path)
	if err == nil && os.SameFile(now, w.file) {
		return nil
	}
	return coded(decision.CodeUnavailable, "The database file was removed or replaced.", err)
}

func (w *writer) begin() error {
	w.heads = map[string]headState{}
	return w.exec("BEGIN IMMEDIATE")
}

// first runs the first job of a transaction, mostly the only one. It needs no
// savepoint, which would copy every page it changes: the transaction begins
// again when the job fails.
func (w *writer) first(job *queue.Job[unit]) (answer, err error) {
	answer = job.Run(func(ctx context.Context) error { return job.Value(ctx, w) })
	if answer == nil {
		return nil, nil
	}
	_ = w.exec("ROLLBACK") // fails when SQLite has already rolled back by itself
	return answer, w.begin()
}

// savepoint runs a later job. answer is the job's own; err says that the whole
// transaction is lost, as SQLite does on a full disk.
func (w *writer) savepoint(job *queue.Job[unit]) (answer, err error) {
	if err := w.exec("SAVEPOINT work"); err != nil {
		return nil, err
	}
	before := make(map[string]headState, len(w.heads))
	for company, state := range w.heads {
		before[company] = state
	}
	answer = job.Run(func(ctx context.Context) error { return job.Value(ctx, w) })
	if answer != nil {
		w.heads = before
		if err := w.exec("ROLLBACK TO work"); err != nil {
			return nil, err
		}
	}
	return answer, w.exec("RELEASE work")
}

func (w *writer) saveHeads() error {
	for company, state := range w.heads {
		if !state.dirty {
			continue
		}
		body, err := json.Marshal(state.head)
		if err != nil {
			return err
		}
		if err := w.exec(`INSERT INTO company_head (company, body) VALUES (?, ?)
			ON CONFLICT (company) DO UPDATE SET body = excluded.body`, company, string(body)); err != nil {
			return err
		}
	}
	return nil
}

// scrub empties the write-ahead log, in which the erased bytes still are. A
// reader may be in the way; then the next batch tries again.
func (w *writer) scrub() {
	var busy, log, moved int
	err := w.conn.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
	w.erased = err != nil || busy != 0
}

// The writer's statements are not bound to a caller's context: interrupting
// one would roll the whole batch back.

func (w *writer) exec(text string, args ...any) error {
	s, err := w.statement(text)
	if err != nil {
		return err
	}
	_, err = s.Exec(args...)
	return fault(err)
}

// Query runs a shared statement.
func (w *writer) Query(_ context.Context, text string, args ...any) (reading.Rows, error) {
	s, err := w.statement(numbered(text))
	if err != nil {
		return nil, err
	}
	r, err := s.Query(args...)
	return rows{r}, err
}

// Fault gives an error its code.
func (w *writer) Fault(err error) error { return fault(err) }

// Again is for reads over a network.
func (w *writer) Again(context.Context, error) bool { return false }

func (w *writer) row(text string, args []any, dest ...any) error {
	s, err := w.statement(text)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(dest...)
}

// statement prepares each text once.
func (w *writer) statement(text string) (*sql.Stmt, error) {
	if s, ok := w.statements[text]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fault(err)
	}
	w.statements[text] = s
	return s, nil
}

// close gives the connection back. database/sql closes neither a connection
// that is held nor its statements, and SQLite keeps the file open, and the
// log unmoved, for as long as there is one of either.
func (w *writer) close() error {
	for _, s := range w.statements {
		_ = s.Close() // nothing was written by closing
	}
	return errors.Join(w.checkpoints.close(), w.conn.Close())
}
