package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"assent/decision"
)

// envelopeOf declares what surrounds the fields of a decision request. Two
// keys are not in it because they are passed on as they are: "fields", which
// the kind declares, and "params" of the action, which the action declares.
// named says that the kind must be given; /v1/score/{kind} knows it.
func envelopeOf(kind decision.Kind, named bool) []decision.Field {
	asked := "Who asked, as " + decision.ActorRule + "; may not approve."
	if kind.Asked {
		asked += " Only a person's own key may leave it out: it asks for that person."
	}
	return []decision.Field{
		{Path: "kind", Type: decision.TypeEnum, Enum: []string{kind.Name}, Required: named, Example: `"` + kind.Name + `"`, Doc: "Which decision is asked."},
		{Path: "key", Type: decision.TypeCode, Most: decision.MaxKey, Example: `"S00036-1"`, Doc: "Idempotency key, for a line of a batch and for callers that cannot set the header Idempotency-Key."},
		{Path: "company", Type: decision.TypeCode, Example: `"main"`, Doc: "Company code; the API key's company if absent, and never another."},
		{Path: "channel", Type: decision.TypeCode, Most: decision.MaxChannel, Example: `"web"`, Doc: "Sales channel: web, pos, marketplace, b2b, …"},
		{Path: "subject.db", Type: decision.TypeCode, Example: `"prod"`, Doc: "Odoo database; absent for the company's only one."},
		{Path: "subject.model", Type: decision.TypeEnum, Enum: kind.Models, Required: true, Example: `"` + kind.Models[0] + `"`, Doc: "Odoo model of the record."},
		{Path: "subject.id", Type: decision.TypeID, Required: true, Example: "36", Doc: "Database id of the record."},
		{Path: "apply", Type: decision.TypeEnum, Enum: texts(decision.Appliers), Example: `"service"`, Doc: "Who applies the action in Odoo: service (the default), or caller, who then posts a receipt."},
		{Path: "requested_by", Type: decision.TypeCode, Example: `"odoo:7"`, Doc: asked},
	}
}

// decodeRequest reads the body of a decision request. fixed is the kind of
// /v1/score/{kind}, or "". Every fault of the body is reported at once.
func decodeRequest(raw json.RawMessage, fixed string, now time.Time) (decision.Request, error) {
	parts, errs := split(raw)
	if errs != nil {
		return decision.Request{}, invalid(errs)
	}
	kind, fault := kindOf(parts.top, fixed)
	if fault != nil {
		return decision.Request{}, invalid([]decision.FieldError{*fault})
	}
	declared := envelopeOf(kind, fixed == "")
	if parts.hasAction {
		declared = append(declared, decision.Field{Path: "action.name", Type: decision.TypeEnum, Enum: kind.Actions, Required: true})
	}
	record, errs := decision.DecodeFields(parts.rest(), declared, "", now, true)
	if len(errs) > 0 {
		return decision.Request{}, invalid(append(nameAllowed(errs, declared), parts.fieldFaults(kind, now)...))
	}
	req := decision.Request{
		Company: text(record, "company"), Kind: kind.Name, Channel: text(record, "channel"),
		Subject: decision.Subject{DB: text(record, "subject.db"), Model: text(record, "subject.model")},
		Fields:  parts.fields, Apply: decision.Applier(text(record, "apply")),
		Key: text(record, "key"), RequestedBy: text(record, "requested_by"),
	}
	req.Subject.ID, _ = record.Integer("subject.id")
	if parts.hasAction {
		req.Proposed = &decision.ProposedAction{Name: text(record, "action.name"), Params: parts.params}
	}
	return req, nil
}

// body is a request taken apart.
type body struct {
	top       map[string]json.RawMessage // without fields, and the action without params
	fields    json.RawMessage
	params    json.RawMessage
	hasAction bool
}

func split(raw json.RawMessage) (body, []decision.FieldError) {
	var b body
	if err := json.Unmarshal(raw, &b.top); err != nil || b.top == nil {
		return b, []decision.FieldError{{Pointer: "", Code: "type", Message: "must be a JSON object"}}
	}
	b.fields = b.top["fields"]
	delete(b.top, "fields")
	action, given := b.top["action"]
	if !given {
		return b, nil
	}
	b.hasAction = true
	var inner map[string]json.RawMessage
	if json.Unmarshal(action, &inner) != nil || inner == nil {
		return b, nil // not an object: left for the decoder to say so
	}
	b.params = inner["params"]
	delete(inner, "params")
	b.top["action"], _ = json.Marshal(inner) // of valid JSON, which always encodes
	return b, nil
}

func (b body) rest() json.RawMessage {
	raw, _ := json.Marshal(b.top) // likewise
	return raw
}

// fieldFaults adds what is wrong with the kind's own fields to faults of the
// envelope, so that a caller need not correct one after the other.
func (b body) fieldFaults(kind decision.Kind, now time.Time) []decision.FieldError {
	if b.fields == nil {
		return nil
	}
	_, errs := decision.DecodeFields(b.fields, kind.Fields, "/fields", now, true)
	return errs
}

// kindOf finds the kind that a body names, or the fixed one.
func kindOf(top map[string]json.RawMessage, fixed string) (decision.Kind, *decision.FieldError) {
	name := fixed
	if raw, given := top["kind"]; given && fixed == "" {
		_ = json.Unmarshal(raw, &name) // not a string: no kind has the name ""
	}
	if kind, ok := decision.KindNamed(name); ok {
		return kind, nil
	}
	code := "enum"
	if _, given := top["kind"]; !given {
		code = "required"
	}
	return decision.Kind{}, &decision.FieldError{Pointer: "/kind", Code: code, Message: "must be one of " + strings.Join(decision.KindNames(), ", ")}
}

// nameAllowed tells which keys a body may have where one is unknown: the
// decoder knows the declared ones only.
func nameAllowed(errs []decision.FieldError, declared []decision.Field) []decision.FieldError {
	paths := []string{"fields", "action.name", "action.params"}
	for _, f := range declared {
		paths = append(paths, f.Path)
	}
	slices.Sort(paths)
	for i := range errs {
		if errs[i].Code == "unknown" {
			errs[i].Message = "not a key of this request; allowed are " + strings.Join(slices.Compact(paths), ", ")
		}
	}
	return errs
}

// decodeBody reads a small body that is declared completely.
func decodeBody(raw json.RawMessage, declared []decision.Field, now time.Time) (decision.Record, error) {
	if len(raw) == 0 {
		raw = json.RawMessage("{}") // no body is a body without keys
	}
	record, errs := decision.DecodeFields(raw, declared, "", now, true)
	for i := range errs {
		if errs[i].Code == "unknown" {
			errs[i].Message = strings.Replace(errs[i].Message, "not a field of this kind", "not a key of this request", 1)
		}
	}
	if len(errs) > 0 {
		return nil, invalid(errs)
	}
	return record, nil
}

func invalid(errs []decision.FieldError) error {
	return &decision.Error{Code: decision.CodeInvalid, Message: "The request has fields that are not allowed.", Fields: errs}
}

func text(r decision.Record, path string) string {
	s, _ := r.Text(path)
	return s
}
