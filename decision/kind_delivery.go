package decision

import (
	"strconv"
	"time"
)

// deliveryKind asks whether a delivery will keep its promise.
var deliveryKind = Kind{
	Name:   "delivery",
	Doc:    "Will this delivery arrive when promised? Assesses the probability that it is late or fails.",
	Models: []string{"stock.picking"},
	Amount: "order_amount",
	Fields: []Field{
		{Path: "reference", Type: TypeCode, Absent: "not_given", Example: `"WH/OUT/00012"`, Doc: "Transfer number as people know it."},
		{Path: "state", Type: TypeEnum, Enum: []string{"draft", "waiting", "confirmed", "assigned", "done", "cancel"}, Required: true, Example: `"assigned"`, Doc: "State of the transfer in Odoo."},
		{Path: "scheduled_date", Type: TypeTime, Required: true, Example: `"2026-11-26T09:00:00Z"`, Doc: "When the goods are to leave."},
		{Path: "currency", Type: TypeCurrency, Required: true, Example: `"EUR"`, Doc: "ISO 4217 currency of every amount in the request."},
		{Path: "promised_date", Type: TypeTime, Absent: "no_promise", Example: `"2026-11-28T00:00:00Z"`, Doc: "Delivery date promised to the customer, as Odoo has it: no date is moved once it says another."},
		{Path: "order_date", Type: TypeTime, NotAfter: true, Absent: "not_given", Example: `"2026-11-24T09:30:00Z"`, Doc: "When the customer ordered."},
		{Path: "order_amount", Type: TypeMoney, Min: zero, Absent: "not_given", Example: "120.50", Doc: "Value of the goods for the customer."},
		{Path: "partner_id", Type: TypeID, Absent: "not_given", Example: "14", Doc: "The customer, res.partner."},
		{Path: "warehouse_id", Type: TypeID, Absent: "not_given", Example: "1", Doc: "Warehouse it ships from."},
		{Path: "destination.country", Type: TypeCountry, Absent: "no_country", Example: `"DE"`, Doc: "ISO 3166-1 country the goods go to."},
		{Path: "destination.zip", Type: TypeText, Personal: true, Absent: "no_zip", Example: `"10115"`, Doc: "Postcode the goods go to; of it the area counts."},
		{Path: "carrier", Type: TypeCode, Absent: "no_carrier", Example: `"dhl"`, Doc: "Carrier code."},
		{Path: "handling_days", Type: TypeNumber, Min: zero, Unit: "days", Absent: "no_estimate", Example: "1", Doc: "Expected days until the goods leave."},
		{Path: "transit_days", Type: TypeNumber, Min: zero, Unit: "days", Absent: "no_estimate", Example: "2", Doc: "Expected days on the road."},
		{Path: "distance_km", Type: TypeNumber, Min: zero, Unit: "km", Absent: "no_estimate", Example: "340", Doc: "Distance from warehouse to customer."},
		{Path: "weight_kg", Type: TypeNumber, Min: zero, Unit: "kg", Absent: "not_given", Example: "4.2", Doc: "Shipping weight."},
		{Path: "units_missing", Type: TypeNumber, Min: zero, Absent: "not_given", Example: "0", Doc: "Units not yet reserved."},
		{Path: "international", Type: TypeBoolean, Absent: "not_given", Example: "false", Doc: "Customer and warehouse are in different countries."},
		{Path: "express", Type: TypeBoolean, Absent: "not_given", Example: "false", Doc: "The customer paid for the fastest delivery."},
	},
	Lasting:  true,
	Entities: deliveryEntities,
	Features: deliveryFeatures(),
	Actions:  []string{"reschedule", "hold", "activity", "note", NoAction},
	Outcomes: deliveryOutcomes,
	Propose:  proposeDelivery,
	Changes:  deliveryChanges,
	Ends:     deliveryEnds,
	Opens:    promiseAtRisk,
}

// proposeDelivery leaves the delivery alone unless the caller asks for a new
// date: warning a person is the policy's choice among protective actions.
func proposeDelivery(s Snapshot, _ Assessment) Recommendation {
	r := Recommendation{AtStake: atStake(s, "order_amount"), Action: Action{Name: NoAction}}
	if s.Proposed != nil {
		r.Action = *s.Proposed
	}
	return r
}

// promiseRisk is the probability from which somebody must look: more likely
// late than not.
const promiseRisk = 0.5

// promiseAtRisk opens an exception for a delivery that will probably be late,
// due before the promise.
func promiseAtRisk(s Snapshot, e Evaluation) []NewException {
	p := e.Assessment.Probability
	if p == nil || *p < promiseRisk {
		return nil
	}
	deadline := s.Now.Add(DefaultHours * time.Hour)
	if promised, ok := s.Fields["promised_date"].(time.Time); ok && promised.After(s.Now) && promised.Before(deadline) {
		deadline = promised
	}
	return []NewException{{
		Type: PromiseAtRisk, Cause: "delivery:" + s.Subject.Record(), Subject: &s.Subject, AtRisk: e.Recommendation.AtStake,
		Evidence: map[string]string{"probability": strconv.FormatFloat(*p, 'f', 3, 64)},
		Role:     RoleWarehouseLead, Deadline: deadline, Proposed: "expedite",
	}}
}
