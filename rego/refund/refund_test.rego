package refund_test

import data.assent.lib
import data.assent.refund as decided
import data.refund

today := 20000 * lib.seconds_a_day

# Limits of these tests: those in force move without them.
limits := {
	"abuse_probability": 0.1,
	"amount": 50,
	"count_90d": 3,
	"signals_optional": false,
	"sum_90d": 5000,
	"two_people_amount": 1000,
	"window_days": 30,
}

# What the policy says under them.
says := policy if {
	policy := decided with data.limits.refund as limits
}

# A refund that is credited by itself.
ordinary := {
	"kind": "refund",
	"company": "main",
	"now": today,
	"subject": {
		"model": "account.move",
		"id": "12",
		"state": "posted",
		"currency": "EUR",
		"amount": 25,
		"amount_total": 120.5,
		"amount_credited": 0,
		"partner_id": "14",
		"paid": true,
		"goods_returned": true,
		"claim": "return",
		"receipt": true,
		"store": "store-3",
		"approval_limit": 100,
	},
	"assessment": {"probability": 0.02, "confidence": 0.9},
	"action": {"name": "credit_note", "class": "effective"},
	"missing": {},
	"context": {"history": {"partner_refunds_90d": 0, "partner_refunded_90d": 0}},
}

# An invoice that holds any amount of these tests.
large(amount) := verdict if {
	verdict := says.verdict with input as ordinary
		with input.subject.amount_total as 100000
		with input.subject.amount as amount
}

test_ordinary_refund_is_credited if {
	says.outcome == "execute" with input as ordinary
}

test_amount_at_the_limit if {
	large(limits.amount).outcome == "execute"
}

test_amount_above_the_limit if {
	verdict := large(limits.amount + 0.01)
	verdict.reasons == {"REFUND_AMOUNT"}
	verdict.routes.REFUND_AMOUNT.roles == {"finance"}
	verdict.routes.REFUND_AMOUNT.people == 1
}

test_large_amount_needs_two_people if {
	large(limits.two_people_amount).routes.REFUND_AMOUNT.people == 1
	large(limits.two_people_amount + 0.01).routes.REFUND_AMOUNT.people == 2
}

test_goods_not_returned_within_the_window if {
	says.outcome == "execute" with input as ordinary
		with input.subject.goods_returned as false
		with input.subject.delivered_date as today - (limits.window_days * lib.seconds_a_day)
}

test_goods_not_returned_after_the_window if {
	says.unmet == {"REFUND_WINDOW"} with input as ordinary
		with input.subject.goods_returned as false
		with input.subject.delivered_date as today - ((limits.window_days + 1) * lib.seconds_a_day)
}

test_nobody_knows_where_the_goods_are if {
	says.unmet == {"REFUND_WINDOW", "REFUND_SIGNALS_MISSING"} with input as json.remove(ordinary, ["subject/goods_returned"])
}

test_frequent_refunds if {
	says.unmet == {"REFUND_COUNT"} with input as ordinary
		with input.context.history.partner_refunds_90d as limits.count_90d
}

test_refunds_add_up if {
	says.unmet == {"REFUND_SUM"} with input as ordinary
		with input.context.history.partner_refunded_90d as (limits.sum_90d - 25) + 0.01
}

test_unpaid_invoice if {
	says.unmet == {"INVOICE_UNPAID"} with input as ordinary with input.subject.paid as false
}

test_rest_of_the_invoice if {
	says.outcome == "execute" with input as ordinary
		with input.subject.amount_total as 45
		with input.subject.amount_credited as 20
}

test_more_than_the_invoice_holds if {
	says.unmet == {"REFUND_OVER_INVOICE"} with input as ordinary
		with input.subject.amount_total as 45
		with input.subject.amount_credited as 20.01
}

# A refund in parts is what it would be in one.
test_parts_of_one_invoice_add_up if {
	part := limits.amount / 2
	says.outcome == "execute" with input as ordinary
		with input.subject.amount as part
		with input.subject.amount_credited as part
	says.unmet == {"REFUND_AMOUNT"} with input as ordinary
		with input.subject.amount as part
		with input.subject.amount_credited as part + 0.01
}

test_parts_count_against_what_the_customer_may_have if {
	says.unmet == {"REFUND_SUM"} with input as ordinary
		with input.subject.amount_credited as 10
		with input.context.history.partner_refunded_90d as (limits.sum_90d - 35) + 0.01
}

test_the_last_part_of_a_large_refund_needs_two_people if {
	verdict := says.verdict with input as ordinary
		with input.subject.amount_total as 100000
		with input.subject.amount_credited as limits.two_people_amount
	verdict.routes.REFUND_AMOUNT.people == 2
}

test_draft_invoice if {
	verdict := says.verdict with input as ordinary with input.subject.state as "draft"
	verdict.outcome == "reject"
	verdict.reasons == {"INVOICE_NOT_POSTED"}
	verdict.protect.REFUND_REVIEW.action == "note"
}

test_nothing_left if {
	verdict := says.verdict with input as ordinary with input.subject.amount_credited as 120.5
	verdict.outcome == "reject"
	verdict.reasons == {"NOTHING_LEFT"}
}

test_risk_of_abuse_at_the_limit if {
	verdict := says.verdict with input as ordinary with input.assessment.probability as limits.abuse_probability
	verdict.reasons == {"ABUSE_RISK"}
	verdict.routes.ABUSE_RISK.roles == {"finance"}
	verdict.routes.ABUSE_RISK.tier == 2
}

test_risk_of_abuse_below_the_limit if {
	says.outcome == "execute" with input as ordinary with input.assessment.probability as limits.abuse_probability - 0.001
}

test_no_assessment if {
	says.unmet == {"ABUSE_RISK"} with input as json.remove(ordinary, ["assessment/probability"])
	says.unmet == {"ABUSE_RISK"} with input as json.remove(ordinary, ["assessment"])
}

test_abuse_is_no_reason_to_reject if {
	says.outcome == "approve" with input as ordinary with input.assessment.probability as 1
}

test_withheld_signs if {
	every path in {"subject/claim", "subject/receipt", "subject/store", "subject/approval_limit"} {
		says.unmet == {"REFUND_SIGNALS_MISSING"} with input as json.remove(ordinary, [path])
	}
}

test_the_order_is_the_receipt_at_a_distance if {
	distant := json.remove(ordinary, ["subject/receipt", "subject/store"])
	every channel in {"web", "marketplace", "b2b"} {
		says.outcome == "execute" with input as distant with input.channel as channel
	}
	says.unmet == {"REFUND_SIGNALS_MISSING"} with input as distant with input.channel as "pos"
}

test_no_receipt_is_known_too if {
	says.outcome == "execute" with input as ordinary with input.subject.receipt as false
}

test_nobody_says_what_refunds_are if {
	unmet := decided.unmet with input as json.remove(ordinary, ["subject/claim", "subject/receipt"])
		with data.limits.refund as limits
		with data.limits.refund.signals_optional as true
	unmet == set()
}

test_every_reason_has_a_route if {
	every code in refund.required {
		refund.route[code] with input as ordinary
	}
}

test_support_is_below_finance if {
	every code in {"ABUSE_RISK", "INVOICE_UNPAID", "REFUND_COUNT", "REFUND_OVER_INVOICE", "REFUND_SUM"} {
		refund.route[code].tier > refund.route.REFUND_WINDOW.tier
	}
}
