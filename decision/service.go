package decision

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"
)

// Service takes a request all the way: gather, evaluate, commit. Its fields
// are its parts; cmd/assent wires them.
type Service struct {
	Store    Store
	Ledger   *Ledger
	Keyring  Keyring
	Models   Models
	Policies Policies
	Records  Records          // nil: requests must bring their fields
	Endings  Endings          // nil: Odoo is not asked how records ended
	Now      func() time.Time //
	NewID    func() string    // UUIDv7
	Code     string           // code revision
	DB       string           // name of the Odoo database, which subjects may name; "" when it has none to name
	Log      *slog.Logger
	Patience time.Duration // how long a decision waits for its challenger; 0 is challengerPatience

	keys    keyLocks
	overdue atomic.Int64 // challengers that were not waited for, and have not answered yet
}

// Answer is a decision with its live status.
type Answer struct {
	Decision Decision
	Row      DecisionRow
	Approval *Approval // as it stands; nil where nobody is asked
	Replayed bool      // an earlier request with the same key made it
}

// Decide makes a decision, or returns the one that the same idempotency key
// already made. Errors: CodeInvalid (fields named), CodeNotFound (no such
// record in Odoo), CodeKeyReuse, CodeUnavailable.
func (s *Service) Decide(ctx context.Context, req Request) (Answer, error) {
	q, err := s.check(ctx, req)
	if err != nil {
		return Answer{}, err
	}
	if req.Key == "" {
		if err := s.read(ctx, &q); err != nil {
			return Answer{}, err
		}
		q.Key, q.fingerprint = q.derivedKey(), q.requestFingerprint()
	}
	// The same key in this process waits for the first; between replicas the
	// commit decides.
	unlock, err := s.keys.lock(ctx, req.Company+"\x00"+q.Key)
	if err != nil {
		return Answer{}, err
	}
	defer unlock()
	if bound, found, err := s.Store.Binding(ctx, req.Company, q.Key); err != nil || found {
		return s.earlier(ctx, q, bound, err)
	}
	return s.make(ctx, &q)
}

// make evaluates and commits, once more if the policies in force changed in
// between.
func (s *Service) make(ctx context.Context, q *question) (Answer, error) {
	if err := s.read(ctx, q); err != nil {
		return Answer{}, err
	}
	for round := 1; ; round++ {
		p, err := s.prepare(ctx, *q)
		if err != nil {
			return Answer{}, err
		}
		answer, moved, err := s.commit(ctx, *q, p, round)
		if !moved {
			return answer, err
		}
		q.now = s.now() // it sees what has happened since
	}
}

// Assess evaluates without any effect: nothing is journalled, no id is given.
func (s *Service) Assess(ctx context.Context, req Request) (Answer, error) {
	q, err := s.check(ctx, req)
	if err != nil {
		return Answer{}, err
	}
	if err := s.read(ctx, &q); err != nil {
		return Answer{}, err
	}
	p, err := s.prepare(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	d := s.draft(q, p)
	d.Guard, d.Outcome = Guard(p.head, p.caps, d.Kind, d.Recommendation, d.Verdict.Outcome, p.snapshot.Now)
	d.ID, d.Snapshot, d.Status = "", "", ""
	return Answer{Decision: d}, nil
}

// earlier answers with the decision that a key is bound to.
func (s *Service) earlier(ctx context.Context, q question, bound Binding, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	if bound.Request != q.fingerprint {
		return Answer{}, Errorf(CodeKeyReuse, "The idempotency key belongs to another request; use a new key.")
	}
	answer, err := s.Decision(ctx, q.Company, bound.Decision)
	if err == nil && (answer.Decision.Key != bound.Key || answer.Decision.Request != bound.Request) {
		return Answer{}, Errorf(CodeInternal, "The idempotency key is bound to a decision that does not name it.")
	}
	answer.Replayed = true
	return answer, err
}

// Decision finds a decision with its live status; CodeNotFound if there is
// none.
func (s *Service) Decision(ctx context.Context, company, id string) (Answer, error) {
	entry, err := s.decisionEntry(ctx, s.Store, company, id)
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	if err := json.Unmarshal(entry.Body, &a.Decision); err != nil {
		return Answer{}, err
	}
	if a.Row, err = s.row(ctx, company, id); err != nil || a.Decision.Approval == "" {
		return a, err
	}
	approval, err := RowOf[Approval](ctx, s.Store, company, Approvals, a.Decision.Approval)
	if CodeOf(err) == CodeNotFound {
		return a, nil // a table that lost it; the audit says so, and the rest is still true
	}
	a.Approval = &approval
	return a, err
}

// row reads the live part of a decision.
func (s *Service) row(ctx context.Context, company, id string) (DecisionRow, error) {
	row, err := RowOf[DecisionRow](ctx, s.Store, company, Decisions, id)
	if err != nil || row.Status != AwaitingReceipt {
		return row, err
	}
	head, err := s.Store.Head(ctx, company)
	return row.Under(head.Switches), err
}

func (s *Service) decisionEntry(ctx context.Context, from Reader, company, id string) (Entry, error) {
	entry, err := from.Entry(ctx, company, id)
	if err == nil && entry.Type != EntryDecision {
		err = Decisions.missing()
	}
	return entry, err
}

// company finds a company by its code.
func (s *Service) company(ctx context.Context, id string) (Company, error) {
	c, err := s.Store.Company(ctx, id)
	if CodeOf(err) == CodeNotFound {
		return c, Invalid("/company", "unknown", "must be a company known here")
	}
	return c, err
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
