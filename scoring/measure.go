package scoring

import (
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// reading is the answer to one characteristic. The zero value is unknown.
type reading struct {
	state  state
	text   string
	number int64
}

type state uint8

const (
	unknown  state = iota // a field is missing: contributes nothing, lowers confidence
	absent                // missing for the reason the kind declares, which says something itself
	answered              // known
	notAsked              // makes no sense for this subject, which is known: nothing is missing
)

// measure answers one characteristic from the snapshot. It is pure and uses
// whole numbers only.
type measure func(*decision.Snapshot, *Card) reading

func words(text string) reading  { return reading{state: answered, text: text} }
func count(number int64) reading { return reading{state: answered, number: number} }

// measures finds the measure of a characteristic by its name.
var measures = map[string]measure{
	"channel":             channel,
	"customer_orders":     customerOrders,
	"account_age":         accountAge,
	"amount":              amount,
	"new_customer_amount": newCustomerAmount,
	"countries":           countries,
	"postcodes":           postcodes,
	"ip_country":          ipCountry,
	"express":             express,
	"avs":                 avs,
	"cvc":                 cvc,
	"psp_score":           pspScore,
	"payment":             payment,
	"email_velocity":      consumer(feature("history.email_orders_24h")),
	"partner_velocity":    consumer(feature("history.partner_orders_24h")),
	"amount_velocity":     consumer(amountVelocity),
	"email_sharing":       consumer(feature("history.email_partners_30d")),
	"phone_sharing":       consumer(feature("history.phone_partners_30d")),
	"email_domain":        online(emailDomain),
	"phone":               online(phone),
	"quantity":            consumer(quantity),

	"promise_slack":  promiseSlack,
	"carrier":        carrier,
	"units_missing":  number("units_missing"),
	"readiness":      readiness,
	"overdue":        overdue,
	"international":  international,
	"distance":       number("distance_km"),
	"weight":         number("weight_kg"),
	"warehouse_load": feature("history.warehouse_deliveries_24h"),

	"never_arrived":           above("not_received", "partner", []string{"store", "product"}, counted("history.partner_refunds_90d"), person, saysNeverArrived),
	"never_arrived_delivered": carrierSaysDelivered,
	"no_receipt":              above("no_receipt", "partner", []string{"store", "product"}, counted("history.partner_refunds_90d"), person, withoutReceipt),
	"before_goods":            above("before_goods", "partner", []string{"store", "product"}, counted("history.partner_refunds_90d"), person, goodsStillOut),
	"under_limit":             above("under_limit", "employee", []string{"store"}, counted("history.employee_refunds_90d"), person, justUnderLimit),
	"employee_no_receipt":     above("no_receipt", "employee", []string{"store"}, counted("history.employee_refunds_90d"), person, withoutReceipt),
	"employee_before_goods":   above("before_goods", "employee", []string{"store"}, counted("history.employee_refunds_90d"), person, goodsStillOut),
	"employee_card":           feature("history.employee_card_refunds_30d"),
	"store_no_receipt":        above("no_receipt", "store", nil, perMonth("store", storeRows), place, withoutReceipt),
	"product_no_receipt":      above("no_receipt", "product", []string{"store"}, perMonth("product", productRows), place, withoutReceipt),
	"product_never_arrived":   above("not_received", "product", []string{"store"}, perMonth("product", productRows), place, saysNeverArrived),
	"card_shared":             feature("history.card_partners_30d"),
	"identity_shared":         most(0, "history.email_partners_30d", "history.phone_partners_30d"),
	"address_shared":          feature("history.address_partners_30d"),
	"refund_frequency":        most(0, "history.partner_refunds_30d", "history.email_refunds_30d", "history.phone_refunds_30d", "history.card_refunds_30d"),
	"refund_burst":            feature("history.partner_refunds_24h"),
	"refunds_per_order":       most(2, "history.partner_refunds_per_order_365d"),
	"known_abuse":             most(0, "history.partner_abuses", "history.email_abuses", "history.phone_abuses", "history.address_abuses"),
	"goods_missing":           most(0, "history.partner_goods_missing_365d", "history.email_goods_missing_365d", "history.phone_goods_missing_365d", "history.address_goods_missing_365d"),
}

// feature reads a count that gather computed from history.
func feature(path string) measure {
	return func(s *decision.Snapshot, _ *Card) reading {
		n, ok := s.Context.Integer(path)
		if !ok {
			return reading{}
		}
		return count(n)
	}
}

// number reads a quantity, rounded up to a whole unit: half a unit short is
// short.
func number(path string) measure {
	return func(s *decision.Snapshot, _ *Card) reading {
		d, ok := s.Fields.Money(path)
		if !ok {
			return reading{}
		}
		return count(whole(d.Ceil()))
	}
}

// whole is the integer part, clamped well inside int64.
func whole(d decimal.Decimal) int64 {
	const most = 1_000_000_000
	switch {
	case d.GreaterThan(decimal.NewFromInt(most)):
		return most
	case d.LessThan(decimal.NewFromInt(-most)):
		return -most
	}
	return d.IntPart()
}

// missing is the answer of a field that is not there: absent where the
// snapshot says so with the kind's own reason, unknown otherwise.
func missing(s *decision.Snapshot, path, reason string) reading {
	if s.Missing[path] == reason {
		return reading{state: absent}
	}
	return reading{}
}

// field reads a value of a record with its type, and whether it is known.
func field[T any](s *decision.Snapshot, path string) (T, bool) {
	v, ok := s.Fields[path].(T)
	return v, ok
}

func isMoney(v any) bool {
	_, ok := v.(decimal.Decimal)
	return ok
}

func hours(d time.Duration) int64 { return int64(d / time.Hour) }
