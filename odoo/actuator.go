package odoo

import (
	"context"
	"encoding/json"
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
	unknown bool // an earlier attempt may have taken effect
}

// acts maps an action to how it is applied. Each looks for its own effect
// first, so that nothing happens twice, and reads it back after.
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
func (i *Integration) Apply(ctx context.Context, c decision.Company, x decision.Execution, unknown bool) decision.Applied {
	act, known := acts[x.Action.Name]
	if !known {
		return failed("unknown_action")
	}
	return act(attempt{i, c, x, unknown}, ctx)
}

// Codes of receipts.
const (
	codeApplied    = "applied"
	codeAlready    = "already_applied"
	codeChanged    = "record_changed"
	codeNoEffect   = "no_effect"       // Odoo accepted the call and nothing changed
	codeOtherOrder = "line_of_another" // the line is not one of the subject's
	codeAmount     = "amount_mismatch" // the credit note would not have the amount assented to
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
	switch {
	case err == errNotVisible:
		return nil, decision.Applied{Result: decision.ResultVoid, Code: decision.CodeNotSeen}, false
	case err != nil:
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
	kind := KindOf(err)
	inDoubt := OutcomeOf(err) == Unknown
	switch {
	case kind == KindTransport:
		return decision.Applied{Result: decision.ResultRetry, Code: decision.CodeDown, InDoubt: true}
	case kind == KindUnreachable || kind == KindOpen || kind == KindDenied:
		return retry(decision.CodeDown)
	case OutcomeOf(err) == Refused:
		return failed(string(kind))
	}
	return decision.Applied{Result: decision.ResultRetry, Code: string(kind), InDoubt: inDoubt}
}

// changed runs a call whose effect a later read shows. It reads back whatever
// the call said: an error may hide an effect, and success may have none.
func (a attempt) changed(ctx context.Context, call func() error, effect func(context.Context) (bool, error)) decision.Applied {
	callErr := call()
	applied, readErr := effect(ctx)
	switch {
	case readErr == nil && applied:
		return done(codeApplied, "")
	case readErr != nil && callErr == nil:
		return a.classify(readErr)
	case callErr == nil || KindOf(callErr) == KindNotDone:
		return failed(codeNoEffect)
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
			if s := a.Sentence(code); s != "" {
				words[n] = s
			}
		}
	}
	return strings.Join(words, " ")
}
