package decision

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
)

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
	q.unread = unread(raw, q.kind.Fields)
	if errs := q.fieldFaults(); len(errs) > 0 {
		return &Error{Code: CodeInvalid, Message: "The record in Odoo cannot be decided on.", Fields: errs}
	}
	return nil
}

// unread lists the fields that a record as read from Odoo does not speak of.
// Where it says null, it has been looked at, and there is nothing.
func unread(record json.RawMessage, fields []Field) map[string]bool {
	var tree map[string]any
	_ = json.Unmarshal(record, &tree) // it has been decoded already
	out := map[string]bool{}
	for _, f := range fields {
		if value, spoken := AtPath(tree, f.Path); !spoken || value != nil {
			out[f.Path] = true
		}
	}
	return out
}

// prepared is everything a commit needs that was made before the lock.
type prepared struct {
	head     Head
	caps     Caps
	snapshot Snapshot
	sealed   Sealed
	Evaluation
	challenger *Challenge
	past       past
	hash       string
	id         string // of the decision
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
	models := p.head.Models[q.Kind]
	model, err := s.model(ctx, q.Kind, models.Champion)
	if err != nil {
		return p, err
	}
	p.snapshot.Revisions.Model = revisionOf(model)
	challenger := s.challenge(ctx, p.snapshot, models.Challenger)
	p.Evaluation, p.snapshot.Failures = Evaluate(ctx, p.snapshot, model, policy)
	p.challenger = challenger()
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
	snap := q.snapshot()
	snap.Revisions = Revisions{Policy: head.Policy, Code: s.Code}
	p, err := gather(ctx, s.Store, s.Keyring.HashIdentifier, &snap)
	return snap, p, err
}

// snapshot is what the question itself says.
func (q *question) snapshot() Snapshot {
	currency, _ := q.fields.Text("currency")
	rate, _ := q.company.Rate(cmp.Or(currency, q.company.Currency))
	seed := sha256.Sum256([]byte(q.Company + "\x00" + q.Subject.Record()))
	return Snapshot{
		Company: q.Company, CompanyCurrency: q.company.Currency, Kind: q.Kind, Channel: q.Channel, Subject: q.Subject,
		Now: q.now, Seed: binary.BigEndian.Uint64(seed[:8]) >> 1, Bucket: int(seed[8]) * 100 / 256, Rate: rate,
		Fields: q.fields, Missing: q.missing(), Proposed: q.proposed, RequestedBy: q.RequestedBy,
	}
}

// missing says why each declared field is not there: for the reason of its
// kind when the caller or Odoo said so by leaving it empty, and as not_in_odoo
// when nobody looked, or what is there is not allowed.
func (q *question) missing() map[string]string {
	out := map[string]string{}
	for _, f := range q.kind.Fields {
		switch _, known := q.fields[f.Path]; {
		case known:
		case f.Absent == "" || q.unread[f.Path]:
			out[f.Path] = "not_in_odoo"
		default:
			out[f.Path] = f.Absent
		}
	}
	return out
}
