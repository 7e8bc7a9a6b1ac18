package decision

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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
	fields      Record // nil until read
	proposed    *Action
	fingerprint string // of the canonical request
}

// check turns a request into a question, or says everything that is wrong
// with it. It reads nothing but the companies.
func (s *Service) check(ctx context.Context, req Request) (question, error) {
	q := question{Request: req, now: s.Now().UTC().Truncate(time.Microsecond)}
	if q.Apply == "" {
		q.Apply = ByService
	}
	if q.CorrelationID == "" {
		q.CorrelationID = s.NewID()
	}
	var err error
	if q.company, err = s.company(ctx, req.Company); err != nil {
		return q, err
	}
	kind, ok := KindNamed(req.Kind)
	if !ok {
		return q, Invalid("/kind", "enum", "must be one of "+strings.Join(KindNames(), ", "))
	}
	q.kind = kind
	errs := q.formFaults()
	if q.Subject.DB != "" && q.Subject.DB != s.DB {
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
		errs = append(errs, q.kind.Check(Snapshot{Subject: q.Subject, Fields: q.fields})...)
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

// requestFingerprint identifies what was asked, without correlation id and
// time: the same key with another fingerprint is refused.
func (q *question) requestFingerprint() string {
	fields := q.fields
	if fields != nil {
		fields = q.rounded(fields)
	}
	return hashOf(struct {
		Company, Kind, Channel string
		Subject                Subject
		Fields                 Record
		Proposed               *Action
		Apply                  Applier
		RequestedBy            string
	}{q.Company, q.Kind, q.Channel, q.Subject, fields, q.proposed, q.Apply, q.RequestedBy})
}

// derivedKey is the key of a request that brought none: the same question
// about the same record. It is asked after the record was read, so that
// fields that were sent and fields that were read make the same key.
func (q *question) derivedKey() string {
	return strings.Join([]string{q.Subject.DB, q.Subject.Model, fmt.Sprint(q.Subject.ID), q.Kind, q.requestFingerprint()}, ":")
}

func (q *question) rounded(r Record) Record {
	currency, _ := r.Text("currency")
	return roundMoney(r, q.kind.Fields, currency)
}

// roundMoney rounds the amounts of a record by its currency, as Odoo compares
// them. Unit prices stay, in lines too: 0.004 apart they are other questions.
func roundMoney(r Record, fields []Field, currency string) Record {
	out := make(Record, len(r))
	for path, v := range r {
		out[path] = v
	}
	for _, f := range fields {
		if amount, ok := r.Money(f.Path); ok && f.Type == TypeMoney && !f.Exact {
			out[f.Path] = amount.Round(CurrencyDigits(currency))
		}
	}
	return out
}

func hashOf(v any) string {
	sum := sha256.Sum256(mustCanonical(v))
	return hex.EncodeToString(sum[:])
}

// read fills in the fields from Odoo when the request brought none.
func (s *Service) read(ctx context.Context, q *question) error {
	if q.fields != nil {
		return nil
	}
	if s.Records == nil {
		return Invalid("/fields", "required", "required: this installation reads no records from Odoo")
	}
	raw, err := s.Records.ReadRecord(ctx, q.company, q.kind, q.Subject)
	if err != nil {
		return err
	}
	// What Odoo holds may break our bounds; such a field is unknown, and the
	// policy hears why.
	q.fields, _ = DecodeFields(raw, q.kind.Fields, "/fields", q.now, false)
	if q.fields == nil {
		return Errorf(CodeUnavailable, "Odoo's answer could not be read.")
	}
	if errs := q.fieldFaults(); len(errs) > 0 {
		return &Error{Code: CodeInvalid, Message: "The record in Odoo cannot be decided on.", Fields: errs}
	}
	return nil
}

// prepared is everything a commit needs that was made before the lock.
type prepared struct {
	head     Head
	caps     Caps
	snapshot Snapshot
	sealed   Sealed
	Evaluation
	past past
	hash string
	id   string // of the decision
}

// prepare gathers the snapshot, evaluates it and seals it.
func (s *Service) prepare(ctx context.Context, q question) (prepared, error) {
	p := prepared{id: s.NewID()}
	var err error
	if p.head, err = s.Store.Head(ctx, q.Company); err != nil {
		return p, err
	}
	policy, err := s.policy(ctx, p.head.Policy)
	if err != nil {
		return p, err
	}
	if policy != nil {
		p.caps = policy.Caps(q.Kind)
	}
	if p.snapshot, p.past, err = s.gather(ctx, q, p.head); err != nil {
		return p, err
	}
	p.Evaluation, p.snapshot.Failures = Evaluate(ctx, p.snapshot, s.Assessors[q.Kind], policy)
	encoded, err := p.snapshot.Encode()
	if err != nil {
		return p, err
	}
	p.hash = HashSnapshot(encoded)
	p.sealed, err = s.Keyring.Seal(p.id, encoded)
	return p, err
}

// policy finds the revision in force. One that cannot be had is no reason to
// fail the request: without a policy every verdict is the fallback.
func (s *Service) policy(ctx context.Context, revision string) (Policy, error) {
	policy, err := s.Policies.Policy(ctx, revision)
	switch {
	case err == nil:
		return policy, nil
	case errors.Is(err, context.Canceled), CodeOf(err) == CodeUnavailable:
		return nil, err
	}
	s.Log.ErrorContext(ctx, "policy not available", "revision", revision, "error", err)
	return nil, nil
}

// gather puts everything the evaluation will read into the snapshot, one
// query a source.
func (s *Service) gather(ctx context.Context, q question, head Head) (Snapshot, past, error) {
	currency, _ := q.fields.Text("currency")
	rate, _ := q.company.Rate(cmp.Or(currency, q.company.Currency))
	seed := sha256.Sum256([]byte(q.Company + "\x00" + q.Subject.Record()))
	snap := Snapshot{
		Company: q.Company, CompanyCurrency: q.company.Currency, Kind: q.Kind, Channel: q.Channel, Subject: q.Subject,
		Now: q.now, Seed: binary.BigEndian.Uint64(seed[:8]) >> 1, Bucket: int(seed[8]) * 100 / 256, Rate: rate,
		Fields: q.fields, Missing: missing(q.kind, q.fields), Proposed: q.proposed, RequestedBy: q.RequestedBy,
		Revisions: Revisions{Policy: head.Policy, Model: revisionOf(s.Assessors[q.Kind]), Code: s.Code},
	}
	p := past{queries: s.historyQueries(q)}
	var err error
	p.rows, err = s.Store.History(ctx, q.Company, p.queries)
	if err == nil {
		addHistory(q, &snap, p)
	}
	return snap, p, err
}

// missing says why each declared field is not there.
func missing(kind Kind, fields Record) map[string]string {
	out := map[string]string{}
	for _, f := range kind.Fields {
		if _, known := fields[f.Path]; !known {
			out[f.Path] = cmp.Or(f.Absent, "not_in_odoo")
		}
	}
	return out
}
