package decision

import (
	"encoding/json"
	"fmt"
)

// Applier says who applies the action in Odoo.
type Applier string

// The appliers. One idempotency key never does both.
const (
	ByService Applier = "service" // our executor, after it has read the record with the decision's fingerprint
	ByCaller  Applier = "caller"  // the caller, in its own transaction; it posts a receipt
)

// Appliers lists both appliers; the first is the default.
var Appliers = []Applier{ByService, ByCaller}

// Subject is the Odoo record a decision is about.
type Subject struct {
	DB    string `json:"db,omitempty"` // Odoo database; empty for the company's only one
	Model string `json:"model"`
	ID    int64  `json:"id"`
}

// Record is the subject as one string, "db/model/id".
func (s Subject) Record() string { return fmt.Sprintf("%s/%s/%d", s.DB, s.Model, s.ID) }

// Request is the question as the API hands it on: strictly read, not yet
// checked against the kind.
type Request struct {
	Company       string
	Kind          string
	Channel       string // "web", "pos", "marketplace", "b2b", …; "" is unknown
	Subject       Subject
	Fields        json.RawMessage // a JSON object; nil means: read the record from Odoo
	Proposed      *ProposedAction // what the caller wants done, where the kind leaves it open
	Apply         Applier
	Key           string // Idempotency-Key; "" derives one from the canonical request
	CorrelationID string
	RequestedBy   string // who asked, e.g. "odoo:7" (a res.users id) or "user:<id>"; may not approve
	Via           string // id of the API key or user behind the call
}

// ProposedAction is an action in a request, its parameters not yet checked.
type ProposedAction struct {
	Name   string
	Params json.RawMessage
}

// Limits on request strings.
const (
	MaxKey         = 255 // bytes of an idempotency key
	MaxCorrelation = 128 // bytes of a correlation id
	MaxChannel     = 64  // bytes of a channel
)
