package decision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Steps of an exception.
const (
	ExceptionOpen    = "open"    // the cause appeared, or appeared again
	ExceptionClaim   = "claim"   // a person takes it
	ExceptionResolve = "resolve" // a person says it is done
	ExceptionSnooze  = "snooze"  // out of sight until a time
	ExceptionClose   = "close"   // the cause vanished by itself
)

// States of an exception.
const (
	StateOpen     = "open"
	StateClaimed  = "claimed"
	StateSnoozed  = "snoozed"
	StateResolved = "resolved"
	StateClosed   = "closed"
)

// OpenStates are those in which somebody still has to look; States lists all.
var (
	OpenStates = []string{StateOpen, StateClaimed, StateSnoozed}
	States     = append(slices.Clone(OpenStates), StateResolved, StateClosed)
)

// ExceptionID derives the id from type and cause: the same cause is the same
// exception, so that it cannot be open twice.
func ExceptionID(t ExceptionType, cause string) string {
	sum := sha256.Sum256([]byte(string(t) + "\x00" + cause))
	return "exc-" + hex.EncodeToString(sum[:12])
}

// exception folds one step. The first step of any exception is open.
func (f folder) exception(ctx context.Context, s ExceptionStep) error {
	x, found, err := Find[Exception](ctx, f.rows, Exceptions, s.Exception)
	if err != nil {
		return err
	}
	if !found && s.Step != ExceptionOpen {
		return Errorf(CodeNotFound, "There is no such exception.")
	}
	if s.Step == ExceptionOpen && s.Opened == nil {
		return fmt.Errorf("decision: exception opened without saying what")
	}
	if s.Comment != "" {
		x.Comment = s.Comment
	}
	switch s.Step {
	case ExceptionOpen:
		x = f.reopened(x, found, s)
	case ExceptionClaim:
		x.State, x.Owner = StateClaimed, s.By
	case ExceptionSnooze:
		x.State, x.SnoozedUntil = StateSnoozed, s.Until
	case ExceptionResolve:
		x.State, x.ClosedAt, x.ClosedBy = StateResolved, f.entry.At, s.By
	case ExceptionClose:
		x.State, x.ClosedAt, x.ClosedBy = StateClosed, f.entry.At, s.By
	default:
		return fmt.Errorf("decision: unknown exception step %q", s.Step)
	}
	return f.put(ctx, Exceptions, x.ID, x)
}

// openOnce is OpenException unless it is open already: a backlog must not
// repeat the same cause an entry each.
func (w *Writer) openOnce(ctx context.Context, entryID string, at time.Time, x NewException) error {
	known, found, err := Find[Exception](ctx, w, Exceptions, ExceptionID(x.Type, x.Cause))
	if err != nil || found && known.open() {
		return err
	}
	return w.OpenException(ctx, entryID, at, x)
}

// reopened counts the cause once more; an ended exception starts anew.
func (f folder) reopened(x Exception, found bool, s ExceptionStep) Exception {
	ended := x.State == StateResolved || x.State == StateClosed
	if !found || ended {
		x = Exception{ID: s.Exception, State: StateOpen, OpenedAt: f.entry.At, Times: x.Times}
	}
	x.NewException = *s.Opened
	x.Times++
	return x
}

// open says that somebody still has to look.
func (x Exception) open() bool {
	return slices.Contains(OpenStates, x.State)
}

// OpenException journals that the cause of an exception was seen.
func (w *Writer) OpenException(ctx context.Context, id string, at time.Time, x NewException) error {
	_, err := w.Append(ctx, id, EntryException, at, ExceptionStep{
		Exception: ExceptionID(x.Type, x.Cause), Step: ExceptionOpen, By: System, Opened: &x,
	})
	return err
}

// CloseException journals that the cause vanished; nothing happens when no
// such exception is open.
func (w *Writer) CloseException(ctx context.Context, entryID string, at time.Time, id string) error {
	x, found, err := Find[Exception](ctx, w, Exceptions, id)
	if err != nil || !found || !x.open() {
		return err
	}
	_, err = w.Append(ctx, entryID, EntryException, at, ExceptionStep{Exception: id, Step: ExceptionClose, By: System})
	return err
}

// MayAct says whether a person may claim, snooze or resolve: who has the
// owner role or operations, while it is open, unless another person owns it.
func (x Exception) MayAct(u User) error {
	_, ok := u.HasRole([]string{x.Role, RoleOperations})
	switch {
	case u.Disabled || !ok:
		return Errorf(CodeForbidden, "This exception belongs to another role.")
	case !x.open():
		return Conflict(x.State, "The exception has ended.")
	case x.Owner != "" && x.Owner != u.ID:
		return Conflict(x.Owner, "Another person owns the exception.")
	}
	return nil
}

// MaxSnooze bounds how long an exception may be put out of sight.
const MaxSnooze = 30 * 24 * time.Hour

// MaySnooze says whether the exception may be out of sight until a time: soon,
// and back before its deadline, which nobody must miss for it.
func (x Exception) MaySnooze(until, now time.Time) error {
	switch {
	case !until.After(now) || until.After(now.Add(MaxSnooze)):
		return Invalid("/until", "range", "must lie in the next 30 days")
	case !x.Deadline.IsZero() && !until.Before(x.Deadline):
		return Invalid("/until", "range", "must lie before the deadline of the exception, "+x.Deadline.UTC().Format(time.RFC3339))
	}
	return nil
}
