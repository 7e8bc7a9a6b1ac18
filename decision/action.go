package decision

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Class says whether an action may follow any journalled decision or needs a
// verdict of execute or a granted approval.
type Class string

// The classes. Anything not known to be protective is effective.
const (
	Effective  Class = "effective"  // moves goods, money or a promise to a customer; releasing a hold too
	Protective Class = "protective" // reversible: hold, activity, note
)

// Classes lists both classes.
var Classes = []Class{Effective, Protective}

// ActionSpec declares an action once: what it may be called with, which
// fields of the subject must not have changed since the decision, and what
// its class is.
type ActionSpec struct {
	Name        string   // e.g. "confirm"
	Class       Class    //
	Models      []string // Odoo models it applies to
	Params      []Field  // parameters, never personal text
	Fingerprint []string // subject fields bound by the decision; compared before acting
	Doc         string   // one sentence: what changes in Odoo
}

// NoAction is the name of the recommendation to leave the record alone, and
// ManualAction of the one that a person carries out in Odoo, who is asked to.
const (
	NoAction     = "none"
	ManualAction = "manual"
)

var (
	orderModels    = []string{"sale.order"}
	chatterModels  = []string{"sale.order", "stock.picking", "account.move", "purchase.order", "res.partner"}
	orderPrint     = []string{"state", "amount_total", "currency", "partner_id"}
	releasePrint   = append(slices.Clone(orderPrint), "partner_shipping_id", "lines") // which goods leave, and where to
	activityParams = []Field{
		{Path: "code", Type: TypeCode, Required: true, Example: `"ORDER_REVIEW"`, Doc: "Why a person is asked, a documented code."},
		{Path: "role", Type: TypeCode, Absent: "default_role", Example: `"finance"`, Doc: "Role that should act."},
		{Path: "days", Type: TypeInteger, Absent: "today", Min: zero, Unit: "days", Example: "1", Doc: "Days until it is due."},
	}
)

// actionSpecs is the one table of actions; a kind names those it uses.
var actionSpecs = []ActionSpec{
	{Name: "confirm", Class: Effective, Models: orderModels, Fingerprint: releasePrint,
		Doc: "Confirms a quotation, so that it becomes a sales order and delivery starts."},
	{Name: "cancel", Class: Effective, Models: orderModels, Fingerprint: orderPrint,
		Doc: "Cancels an order."},
	{Name: "hold", Class: Protective, Models: chatterModels, Params: activityParams,
		Doc: "Leaves the record as it is, with an activity for the responsible role and a note that says why."},
	{Name: "activity", Class: Protective, Models: chatterModels, Params: activityParams,
		Doc: "Schedules an activity on the record."},
	{Name: "note", Class: Protective, Models: chatterModels,
		Params: []Field{{Path: "code", Type: TypeCode, Required: true, Example: `"DECIDED"`, Doc: "What the note says, a documented code."}},
		Doc:    "Posts an internal note on the record."},
	{Name: "reschedule", Class: Effective, Models: []string{"stock.picking"},
		Params:      []Field{{Path: "scheduled_date", Type: TypeTime, Required: true, Example: `"2026-11-30T09:00:00Z"`, Doc: "The new scheduled date."}},
		Fingerprint: []string{"state", "scheduled_date", "promised_date"},
		Doc:         "Moves the scheduled date of a delivery, and with it the promise to the customer."},
	{Name: "credit_note", Class: Effective, Models: []string{"account.move"},
		Params: []Field{
			{Path: "amount", Type: TypeMoney, Required: true, Min: zero, Example: "25.00", Doc: "Amount to credit, tax included."},
			{Path: "code", Type: TypeCode, Absent: "unspecified", Example: `"damaged"`, Doc: "Reason code of the refund."},
		},
		Fingerprint: []string{"state", "amount_total", "amount_credited", "currency", "partner_id", "paid"},
		Doc:         "Creates and posts a credit note against a posted invoice, capped by what is not yet credited."},
	{Name: "price_write", Class: Effective, Models: orderModels,
		Params: []Field{
			{Path: "line_id", Type: TypeID, Required: true, Example: "64", Doc: "The order line."},
			{Path: "price_unit", Type: TypeMoney, Exact: true, Required: true, Min: zero, Example: "70.00", Doc: "The new unit price."},
		},
		Fingerprint: orderPrint,
		Doc:         "Writes the unit price of one order line."},
	{Name: "discount_write", Class: Effective, Models: orderModels,
		Params: []Field{
			{Path: "line_id", Type: TypeID, Required: true, Example: "64", Doc: "The order line."},
			{Path: "discount", Type: TypeNumber, Required: true, Min: zero, Max: bound("100"), Unit: "percent", Example: "10", Doc: "The new discount."},
		},
		Fingerprint: orderPrint,
		Doc:         "Writes the discount of one order line."},
	{Name: ManualAction, Class: Effective,
		Doc: "Asks a person to make the change: by an activity on the record in Odoo or, where it can have none, by an exception here. Assent does not make it."},
	{Name: NoAction, Class: Protective,
		Doc: "Nothing changes in Odoo."},
}

// ActionNamed finds the declaration of an action.
func ActionNamed(name string) (ActionSpec, bool) {
	i := slices.IndexFunc(actionSpecs, func(s ActionSpec) bool { return s.Name == name })
	if i < 0 {
		return ActionSpec{}, false
	}
	return actionSpecs[i], true
}

// Action is a proposed change in Odoo.
type Action struct {
	Name   string `json:"name"`
	Params Record `json:"params,omitempty"`
}

// UnmarshalJSON gives every parameter the Go type its action declares, so that
// an action read from the journal encodes to the bytes it was read from.
func (a *Action) UnmarshalJSON(data []byte) error {
	var raw struct {
		Name   string          `json:"name"`
		Params json.RawMessage `json:"params"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	spec, _ := ActionNamed(raw.Name)
	params, err := decodeStored(raw.Params, spec.Params)
	if err != nil {
		return fmt.Errorf("action: %w", err)
	}
	a.Name, a.Params = raw.Name, params
	return nil
}

// Class is the class declared for the action; an undeclared one is effective.
func (a Action) Class() Class {
	if spec, ok := ActionNamed(a.Name); ok {
		return spec.Class
	}
	return Effective
}

// Hash identifies the action with its parameters: an approval binds it.
func (a Action) Hash() string {
	sum := sha256.Sum256(mustCanonical(a))
	return hex.EncodeToString(sum[:])
}

// Recommendation is what the service would do, with the money at stake, and
// the alternates that lost, best first.
type Recommendation struct {
	Action     Action      `json:"action"`
	AtStake    *Money      `json:"at_stake,omitempty"` // in the company's currency; nil is unknown
	Alternates []Alternate `json:"alternates,omitempty"`
}

// Alternate is an action that was considered and why it lost.
type Alternate struct {
	Action Action `json:"action"`
	Lost   string `json:"lost"` // a documented code
}
