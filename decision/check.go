package decision

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// question is a request whose form is right: what the rest of the way needs.
type question struct {
	Request
	company     Company
	kind        Kind
	now         time.Time
	fields      Record          // nil until read
	unread      map[string]bool // fields that nobody looked at in Odoo
	proposed    *Action
	fingerprint string // of the canonical request
}

// check turns a request into a question, or says everything that is wrong
// with it. It reads nothing but the companies.
func (s *Service) check(ctx context.Context, req Request) (question, error) {
	if req.CorrelationID == "" {
		req.CorrelationID = s.NewID()
	}
	company, err := s.company(ctx, req.Company)
	if err != nil {
		return question{Request: req}, err
	}
	return ask(req, company, s.now(), s.DB)
}

// ask is check without the service: db is the database that subjects may name.
func ask(req Request, company Company, now time.Time, db string) (question, error) {
	q := question{Request: req, company: company, now: now}
	if q.Apply == "" {
		q.Apply = ByService
	}
	kind, ok := KindNamed(req.Kind)
	if !ok {
		return q, Invalid("/kind", "enum", "must be one of "+strings.Join(KindNames(), ", "))
	}
	q.kind = kind
	errs := q.formFaults()
	if q.Subject.DB != "" && q.Subject.DB != db {
		errs = append(errs, FieldError{"/subject/db", "enum", "must be absent, or the database that this installation works on"})
	}
	// One record has one name: two names would be two queues for it.
	q.Subject.DB = ""
	if req.Fields != nil {
		var faults []FieldError
		q.fields, faults = DecodeFields(req.Fields, kind.Fields, "/fields", q.now, true)
		errs = append(errs, faults...)
	}
	action, faults := q.decodeProposed()
	q.proposed = action
	errs = append(q.withoutGiven(errs), faults...)
	if len(errs) == 0 && q.fields != nil {
		errs = q.fieldFaults()
	}
	if len(errs) > 0 {
		return q, &Error{Code: CodeInvalid, Message: "The request has fields that are not allowed.", Fields: errs}
	}
	q.fingerprint = q.requestFingerprint()
	return q, nil
}

// formFaults checks everything but the kind's own fields.
func (q *question) formFaults() []FieldError {
	var errs []FieldError
	fault := func(ok bool, pointer, code, message string) {
		if !ok {
			errs = append(errs, FieldError{pointer, code, message})
		}
	}
	optional := func(v string, most int) bool { return v == "" || IsCode(v, most) }
	fault(slices.Contains(q.kind.Models, q.Subject.Model), "/subject/model", "enum", "must be one of "+strings.Join(q.kind.Models, ", "))
	fault(q.Subject.ID > 0, "/subject/id", "minimum", "must be a positive whole number")
	fault(q.Apply == ByService || q.Apply == ByCaller, "/apply", "enum", "must be one of "+listed(Appliers))
	fault(optional(q.Channel, MaxChannel), "/channel", "pattern", "must be "+CodeRule(MaxChannel))
	fault(q.RequestedBy == "" || IsActor(q.RequestedBy), "/requested_by", "pattern", "must be "+ActorRule)
	fault(q.RequestedBy != "" || !q.kind.Asked, "/requested_by", "required", "required for this kind: "+ActorRule)
	fault(optional(q.Key, MaxKey), "/Idempotency-Key", "pattern", "must be "+CodeRule(MaxKey))
	fault(IsCode(q.CorrelationID, MaxCorrelation), "/X-Correlation-ID", "pattern", "must be "+CodeRule(MaxCorrelation))
	return errs
}

// decodeProposed reads the action a caller asks for.
func (q *question) decodeProposed() (*Action, []FieldError) {
	if q.Proposed == nil {
		return nil, nil
	}
	spec, known := ActionNamed(q.Proposed.Name)
	if !known || !slices.Contains(q.kind.Actions, spec.Name) {
		return nil, []FieldError{{"/action/name", "enum", "must be one of " + strings.Join(q.kind.Actions, ", ")}}
	}
	raw := q.Proposed.Params
	if raw == nil {
		raw = json.RawMessage("{}")
	}
	params, errs := DecodeFields(raw, spec.Params, "/action/params", q.now, true)
	if len(params) == 0 {
		params = nil
	}
	return &Action{Name: spec.Name, Params: params}, errs
}

// withoutGiven drops the faults of required fields that come as parameters of
// the action instead.
func (q *question) withoutGiven(errs []FieldError) []FieldError {
	return slices.DeleteFunc(errs, func(e FieldError) bool {
		for path, param := range q.kind.FromAction {
			_, given := q.given(param)
			if given && e.Code == "required" && e.Pointer == (Field{Path: path}).Pointer() {
				return true
			}
		}
		return false
	})
}

// given is a parameter of the effective action that was asked for. Those of
// protective ones have other meanings: the code of a note is no reason.
func (q *question) given(param string) (any, bool) {
	if q.proposed == nil || q.proposed.Class() != Effective {
		return nil, false
	}
	value, ok := q.proposed.Params[param]
	return value, ok
}

// fieldFaults applies rules across fields, and the currency's.
func (q *question) fieldFaults() []FieldError {
	errs := q.completeFromAction()
	if currency, known := q.fields.Text("currency"); known {
		if _, ok := q.company.Rate(currency); !ok {
			allowed := append([]string{q.company.Currency}, sortedKeys(q.company.Rates)...)
			errs = append(errs, FieldError{"/fields/currency", "enum", "must be one of " + strings.Join(allowed, ", ")})
		}
	}
	if q.kind.Check != nil {
		errs = append(errs, q.kind.Check(Snapshot{Subject: q.Subject, Fields: q.fields, Proposed: q.proposed})...)
	}
	return errs
}

// completeFromAction takes fields that the caller gave as parameters of the
// action, where the kind says so. Given twice, they must agree: one of them
// would silently not count.
func (q *question) completeFromAction() []FieldError {
	var errs []FieldError
	for _, path := range sortedKeys(q.kind.FromAction) {
		param := q.kind.FromAction[path]
		value, ok := q.given(param)
		if !ok {
			continue
		}
		field, both := q.fields[path]
		if both && !bytes.Equal(mustCanonical(Record{path: field}), mustCanonical(Record{path: value})) {
			errs = append(errs, FieldError{"/action/params/" + param, "conflict", "must be what " + (Field{Path: path}).Pointer() + " says"})
			continue
		}
		q.fields[path] = value
	}
	return errs
}
