package order_test

import data.assent.lib
import data.assent.order as decided
import data.order

# Limits and lists of these tests: those in force move without them.
limits := {
	"account_orders": 10,
	"amount": 1000,
	"confidence": 0.25,
	"email_partners_30d": 1,
	"fraud_probability": 0.15,
	"known_orders": 1,
	"new_customer_amount": 250,
	"orders_24h": 4,
	"signals_optional": false,
	"two_people_amount": 5000,
}

lists := {
	"blocked_countries": {"XX": "Sanctions."},
	"blocked_emails": {"1c83a1f7": "Fraud in 2025."},
	"blocked_partners": {"66": "Fraud in 2025."},
	"trusted_partners": {"7": "Framework contract."},
}

# What the policy says under them.
says := policy if {
	policy := decided with data.limits.order as limits with data.lists as lists
}

# An order that is confirmed by itself.
ordinary := {
	"kind": "order",
	"company": "main",
	"channel": "web",
	"now": 20000 * lib.seconds_a_day,
	"subject": {
		"model": "sale.order",
		"id": "36",
		"state": "draft",
		"date_order": 20000 * lib.seconds_a_day,
		"currency": "EUR",
		"amount_total": 120.5,
		"partner_id": "14",
		"customer": {"orders": 3, "email": "b5fc85e5"},
		"billing": {"country": "DE"},
		"shipping": {"country": "DE"},
		"payment": {"method": "card", "state": "authorized"},
		"signals": {"avs": "match", "cvc": "match", "ip_country": "DE", "psp_score": 0},
	},
	"assessment": {"probability": 0.02, "confidence": 0.8},
	"action": {"name": "confirm", "class": "effective"},
	"missing": {},
	"context": {"history": {"partner_orders_24h": 0, "email_partners_30d": 0}},
}

test_ordinary_order_is_confirmed if {
	says.outcome == "execute" with input as ordinary
}

test_fraud_risk[note] if {
	some note, case in {
		"risky": {"value": limits.fraud_probability, "unmet": {"FRAUD_RISK"}},
		"barely safe": {"value": limits.fraud_probability - 0.001, "unmet": set()},
	}
	unmet := says.unmet with input as ordinary with input.assessment.probability as case.value
	unmet == case.unmet
}

test_amount[note] if {
	some note, case in {
		"at the limit": {"value": limits.amount, "unmet": set()},
		"a cent above": {"value": limits.amount + 0.01, "unmet": {"ORDER_AMOUNT"}},
	}
	unmet := says.unmet with input as ordinary with input.subject.amount_total as case.value
	unmet == case.unmet
}

test_thin_evidence if {
	unmet := says.unmet with input as ordinary with input.assessment.confidence as limits.confidence - 0.01
	unmet == {"EVIDENCE_THIN"}
}

test_withheld_signal[path] if {
	some path in ["subject/signals/avs", "subject/signals/cvc", "subject/signals/ip_country", "subject/signals/psp_score"]
	unmet := says.unmet with input as json.remove(ordinary, [path])
	unmet == {"SIGNALS_MISSING"}
}

test_signals_that_nobody_has[note] if {
	without := json.remove(ordinary, ["subject/signals"])
	some note, case in {
		"in the store": {"channel": "pos", "method": "card", "unmet": set()},
		"at a marketplace": {"channel": "marketplace", "method": "card", "unmet": set()},
		"of a business that transfers": {"channel": "b2b", "method": "bank_transfer", "unmet": set()},
		"of a business with a card": {"channel": "b2b", "method": "card", "unmet": {"SIGNALS_MISSING"}},
		"on the web by transfer": {"channel": "web", "method": "bank_transfer", "unmet": {"SIGNALS_MISSING"}},
	}
	unmet := says.unmet with input as without
		with input.channel as case.channel
		with input.subject.payment.method as case.method
	unmet == case.unmet
}

test_unknown_payment_method_may_be_a_card if {
	paths := ["subject/payment/method", "subject/signals/avs"]
	unmet := says.unmet with input as json.remove(ordinary, paths)
	unmet == {"SIGNALS_MISSING"}
}

# A house whose shops send nothing.
test_signals_that_nobody_sends if {
	unmet := decided.unmet with input as json.remove(ordinary, ["subject/signals"])
		with data.limits.order as limits
		with data.limits.order.signals_optional as true
		with data.lists as lists
	unmet == set()
}

test_first_order_is_small if {
	unmet := says.unmet with input as ordinary
		with input.subject.customer.orders as 0
		with input.subject.amount_total as limits.new_customer_amount
	unmet == set()
}

test_first_order_is_large if {
	unmet := says.unmet with input as ordinary
		with input.subject.customer.orders as 0
		with input.subject.amount_total as limits.new_customer_amount + 1
	unmet == {"NEW_CUSTOMER_AMOUNT"}
}

test_unknown_customer_is_new if {
	unmet := says.unmet with input as json.remove(ordinary, ["subject/customer/orders"])
		with input.subject.amount_total as limits.new_customer_amount + 1
	unmet == {"NEW_CUSTOMER_AMOUNT"}
}

test_other_country if {
	unmet := says.unmet with input as ordinary with input.subject.shipping.country as "FR"
	unmet == {"COUNTRY_MISMATCH"}
}

test_other_country_of_a_trusted_partner if {
	unmet := says.unmet with input as ordinary
		with input.subject.shipping.country as "FR"
		with input.subject.partner_id as "7"
	unmet == set()
}

test_burst_of_orders if {
	unmet := says.unmet with input as ordinary
		with input.context.history.partner_orders_24h as limits.orders_24h
	unmet == {"ORDER_VELOCITY"}
}

test_shared_email if {
	unmet := says.unmet with input as ordinary
		with input.context.history.email_partners_30d as limits.email_partners_30d + 1
	unmet == {"SHARED_EMAIL"}
}

test_no_email if {
	unmet := says.unmet with input as json.remove(ordinary, ["subject/customer/email"])
	unmet == {"SHARED_EMAIL"}
}

test_unpaid if {
	unmet := says.unmet with input as ordinary with input.subject.payment.state as "pending"
	unmet == {"PAYMENT_UNSECURED"}
}

test_unpaid_by_an_established_customer if {
	unmet := says.unmet with input as ordinary
		with input.subject.payment.state as "pending"
		with input.subject.customer.orders as limits.account_orders
	unmet == set()
}

test_unpaid_by_a_trusted_partner if {
	unmet := says.unmet with input as ordinary
		with input.subject.payment.state as "pending"
		with input.subject.partner_id as "7"
	unmet == set()
}

test_cancelling_is_decided_by_a_person if {
	unmet := says.unmet with input as ordinary with input.action.name as "cancel"
	unmet == {"ORDER_ACTION"}
}

test_leaving_alone_needs_nobody if {
	says.outcome == "execute" with input as ordinary
		with input.subject.state as "sale"
		with input.action as {"name": "none", "class": "protective"}
}

test_blocked_partner if {
	verdict := says.verdict with input as ordinary with input.subject.partner_id as "66"
	verdict.outcome == "reject"
	verdict.reasons == {"BLOCKED_PARTNER"}
}

test_blocked_email if {
	verdict := says.verdict with input as ordinary
		with input.subject.customer.email as "1c83a1f7"
	verdict.outcome == "reject"
	verdict.reasons == {"BLOCKED_EMAIL"}
}

test_blocked_country if {
	verdict := says.verdict with input as ordinary with input.subject.shipping.country as "XX"
	verdict.outcome == "reject"
	verdict.reasons == {"BLOCKED_COUNTRY"}
}

test_closed_order if {
	verdict := says.verdict with input as ordinary with input.subject.state as "cancel"
	verdict.outcome == "reject"
	verdict.reasons == {"ORDER_CLOSED"}
}

test_unknown_amount_is_decided_by_a_person if {
	verdict := says.verdict with input as json.remove(ordinary, ["subject/amount_total"])
	verdict.outcome == "approve"
	verdict.reasons == {"INCOMPLETE", "ORDER_AMOUNT"}
}

test_large_order_needs_one_person if {
	route := says.verdict.routes.ORDER_AMOUNT with input as ordinary
		with input.subject.amount_total as limits.two_people_amount
	route.people == 1
}

test_very_large_order_needs_two_people if {
	route := says.verdict.routes.ORDER_AMOUNT with input as ordinary
		with input.subject.amount_total as limits.two_people_amount + 1
	route.people == 2
}

test_every_reason_has_a_route if {
	every code in order.required {
		order.route[code] with input as ordinary
	}
}

test_support_is_below_finance if {
	order.route.COUNTRY_MISMATCH.tier < order.route.FRAUD_RISK.tier
	order.route.EVIDENCE_THIN.tier < order.route.SHARED_EMAIL.tier
	order.route.NEW_CUSTOMER_AMOUNT.tier < order.route.ORDER_VELOCITY.tier
	order.route.ORDER_ACTION.tier < order.route.PAYMENT_UNSECURED.tier
}

test_risky_order_is_held if {
	protect := says.verdict.protect with input as ordinary with input.assessment.probability as 0.9
	protect.ORDER_REVIEW.action == "hold"
}
