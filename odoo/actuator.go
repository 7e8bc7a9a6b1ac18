package odoo

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// attempt is one execution being applied.
type attempt struct {
	*Integration
	company decision.Company
	x       decision.Execution
	doubt   *bool // a request was handed over, and its effect is still to be seen
}

// acts maps an action to how it is applied. Each looks for its own effect
// first, whether or not an earlier attempt is known, so that nothing happens
// twice, and reads it back after.
var acts = map[string]func(attempt, context.Context) decision.Applied{
	"confirm":        attempt.confirm,
	"cancel":         attempt.cancel,
	"hold":           attempt.hold,
	"activity":       attempt.activity,
	"note":           attempt.note,
	"manual":         attempt.activity,
	"reschedule":     attempt.reschedule,
	"credit_note":    attempt.creditNote,
	"price_write":    attempt.priceWrite,
	"discount_write": attempt.discountWrite,
}

// Apply reads the precondition, acts, and reads back: Odoo's HTTP 200 is not
// success.
func (i *Integration) Apply(ctx context.Context, c decision.Company, x decision.Execution) decision.Applied {
	act, known := acts[x.Action.Name]
	if !known {
		return failed("unknown_action")
	}
	if !complete(x) {
		return failed(codeIncomplete)
	}
	a := attempt{i, c, x, new(bool)}
	applied := act(a, ctx)
	applied.InDoubt = applied.Result == decision.ResultRetry && *a.doubt
	return applied
}

// complete says whether the action has its required parameters, since a
// missing price is not zero, and is one for the subject's model, since ids of
// other models mean other records.
func complete(x decision.Execution) bool {
	spec, _ := decision.ActionNamed(x.Action.Name)
	for _, p := range spec.Params {
		if _, given := x.Action.Params[p.Path]; p.Required && !given {
			return false
		}
	}
	return spec.Class == decision.Protective || spec.Models == nil || slices.Contains(spec.Models, x.Subject.Model)
}

// Codes of receipts.
const (
	codeApplied    = "applied"
	codeAlready    = "already_applied"
	codeChanged    = "record_changed"
	codeNoEffect   = "no_effect"         // Odoo accepted the call and nothing changed
	codeOtherOrder = "line_of_another"   // the line is not one of the subject's
	codeAmount     = "amount_mismatch"   // the credit note would not have the amount assented to
	codeNegative   = "negative_line"     // with lines below zero a discount is no share of the order's total
	codeDecimals   = "too_many_decimals" // Odoo keeps fewer decimals of the number than were assented to
	codeIncomplete = "bad_action"        // a required parameter is missing, or the action is for another model
	codeNoInvoice  = "no_invoice"        // the subject of a credit note is no customer invoice
	codeNoChatter  = "no_chatter"        // the record's model has no place for an activity
	codeWithdrawn  = "note_cancelled"    // somebody cancelled the execution's credit note
)

func done(code, ref string) decision.Applied {
	return decision.Applied{Result: decision.ResultDone, Code: code, Ref: ref}
}

func failed(code string) decision.Applied {
	return decision.Applied{Result: decision.ResultFail, Code: code}
}

func retry(code string) decision.Applied {
	return decision.Applied{Result: decision.ResultRetry, Code: code}
}

// marker is what an execution leaves in Odoo, so that a later attempt knows.
func (a attempt) marker() string { return "assent:" + a.x.ID }

// context limits calls to the company, and names the execution to whoever
// reads Odoo's side of it; Odoo ignores the key.
func (a attempt) context() Context {
	return inCompany(a.company).With(Context{ExecutionKey: a.marker()})
}

// look reads the fields the fingerprint is made of. ok is false when the
// attempt has to end with what it says.
func (a attempt) look(ctx context.Context) (tree map[string]any, end decision.Applied, ok bool) {
	tree, err := a.core(ctx, a.company, a.x.Subject)
	if err != nil {
		return nil, a.classify(err), false
	}
	return tree, decision.Applied{}, true
}

// unchanged compares the record with what was decided on.
func (a attempt) unchanged(tree map[string]any) bool {
	kind, _ := decision.KindNamed(a.x.Kind)
	raw, err := json.Marshal(tree)
	if err != nil {
		return false
	}
	fields, _ := decision.DecodeFields(raw, kind.Fields, "/fields", time.Time{}, false)
	currency, _ := fields.Text("currency")
	return decision.SameFingerprint(a.x.Fingerprint, kind.Fields, fields, currency)
}

var stale = decision.Applied{Result: decision.ResultStale, Code: codeChanged}

// classify says what a failed call means for the execution when nothing more
// can be read: a refusal is final, everything else is tried again, reading
// first.
func (a attempt) classify(err error) decision.Applied {
	switch kind := KindOf(err); {
	case err == errNotVisible:
		return decision.Applied{Result: decision.ResultVoid, Code: decision.CodeNotSeen}
	case kind == KindTransport || kind == KindUnreachable || kind == KindOpen || kind == KindDenied:
		return retry(decision.CodeDown)
	case OutcomeOf(err) == Refused:
		return failed(string(kind))
	default:
		return retry(string(kind))
	}
}

// change makes a call that may change something, and remembers whether its
// effect is still to be seen. Reads are never in doubt.
func (a attempt) change(call func() error) error {
	err := call()
	*a.doubt = err == nil || OutcomeOf(err) == Unknown
	return err
}

// changed runs a call whose effect a later read shows. It reads back whatever
// the call said: an error may hide an effect, and success may have none.
func (a attempt) changed(ctx context.Context, call func() error, effect func(context.Context) (bool, error)) decision.Applied {
	callErr := a.change(call)
	applied, readErr := effect(ctx)
	switch {
	case readErr == nil && applied:
		*a.doubt = false
		return done(codeApplied, "")
	case readErr != nil:
		return a.unseen(callErr, readErr)
	case callErr == nil || KindOf(callErr) == KindNotDone:
		return failed(codeNoEffect)
	}
	return a.classify(callErr)
}

// unseen ends an attempt whose effect could not be read back. That is never
// final, even when the call was refused: what a proxy sends twice is refused
// the second time.
func (a attempt) unseen(callErr, readErr error) decision.Applied {
	if callErr == nil || OutcomeOf(callErr) == Refused {
		return retry(a.classify(readErr).Code)
	}
	return a.classify(callErr)
}

// text is a parameter of the action, "" when it has none.
func (a attempt) text(param string) string {
	v, _ := a.x.Action.Params.Text(param)
	return v
}

func (a attempt) number(param string) decimal.Decimal {
	v, _ := a.x.Action.Params.Money(param)
	return v
}

// say is a reason in words, for people who read the record in Odoo.
func (a attempt) say(codes []string) string {
	words := make([]string, len(codes))
	for n, code := range codes {
		words[n] = code
		if a.Sentence != nil {
			if s := a.Sentence(a.x.Policy, code); s != "" {
				words[n] = s
			}
		}
	}
	return strings.Join(words, " ")
}
