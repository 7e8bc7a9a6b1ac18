package change_test

import data.assent.change as decided
import data.assent.lib
import data.change

# Limits of these tests: those in force move without them.
limits := {
	"changes_30d": 5,
	"correction_value": 100,
	"discount": 10,
	"finance_value": 1000,
	"given_away": 250,
	"margin_percent": 15,
	"purchase_amount": 1000,
	"two_people_amount": 1000,
	"write_off_value": 50,
}

# What the policy says under them.
says := policy if {
	policy := decided with data.limits.change as limits
}

# A discount that is written by itself.
discount := {
	"kind": "change",
	"company": "main",
	"now": 20000 * lib.seconds_a_day,
	"subject": {
		"model": "sale.order",
		"id": "36",
		"type": "discount",
		"currency": "EUR",
		"amount": 35,
		"amount_total": 700,
		"state": "draft",
		"partner_id": "14",
		"discount": 5,
		"margin_percent": 22.5,
	},
	"assessment": {},
	"action": {"name": "discount_write", "class": "effective"},
	"missing": {},
	"context": {"history": {"partner_changes_30d": 0}},
}

# A change of another type about little money.
of_type(type) := {
	"kind": "change",
	"company": "main",
	"now": 20000 * lib.seconds_a_day,
	"subject": {"model": "account.move", "id": "36", "type": type, "currency": "EUR", "amount": 35},
	"assessment": {},
	"action": {"name": "manual", "class": "effective"},
	"missing": {},
	"context": {},
}

test_ordinary_discount_is_written if {
	says.outcome == "execute" with input as discount
}

test_high_discount if {
	verdict := says.verdict with input as discount
		with input.subject.discount as limits.discount + 1
	verdict.reasons == {"DISCOUNT"}
	verdict.routes.DISCOUNT.roles == {"category_manager"}
}

test_thin_margin_goes_to_finance if {
	verdict := says.verdict with input as discount
		with input.subject.margin_percent as limits.margin_percent - 1
	verdict.reasons == {"MARGIN"}
	verdict.routes.MARGIN.roles == {"finance"}
}

test_unknown_margin if {
	says.unmet == {"MARGIN"} with input as json.remove(discount, ["subject/margin_percent"])
}

test_much_given_away if {
	verdict := says.verdict with input as discount
		with input.subject.amount as limits.given_away + 1
	verdict.reasons == {"GIVEN_AWAY"}
	verdict.routes.GIVEN_AWAY.people == 1
}

test_very_much_given_away_needs_one_of_each_role if {
	verdict := says.verdict with input as discount
		with input.subject.amount as limits.two_people_amount + 1
	verdict.routes.GIVEN_AWAY.people == 2
	verdict.routes.GIVEN_AWAY.roles == {"category_manager", "finance"}
	verdict.routes.GIVEN_AWAY.each
}

# Two discounts of one order are judged by the discount after both, and by what
# the order would lose if all of it had it.
test_a_second_discount_counts_with_the_first if {
	says.unmet == {"DISCOUNT"} with input as discount
		with input.subject.discount as ((limits.discount / 2) + (limits.discount / 2)) + 1
	says.unmet == {"GIVEN_AWAY"} with input as discount
		with input.subject.amount_total as ((limits.given_away * 100) / discount.subject.discount) + 1
}

test_line_by_line_much_needs_two_people if {
	verdict := says.verdict with input as discount
		with input.subject.amount_total as ((limits.two_people_amount * 100) / discount.subject.discount) + 1
	verdict.routes.GIVEN_AWAY.people == 2
}

test_discount_of_an_order_of_unknown_total if {
	says.unmet == {"GIVEN_AWAY"} with input as json.remove(discount, ["subject/amount_total"])
}

# A price override always asks a person, and margin and amount still choose
# whom: each is a check of its own.
override(amount, margin) := {
	"kind": "change",
	"company": "main",
	"now": 20000 * lib.seconds_a_day,
	"subject": {
		"model": "sale.order",
		"id": "36",
		"type": "price_override",
		"currency": "EUR",
		"amount": amount,
		"amount_total": 700,
		"state": "draft",
		"partner_id": "14",
		"price_unit": 66.5,
		"margin_percent": margin,
	},
	"assessment": {},
	"action": {"name": "price_write", "class": "effective"},
	"missing": {},
	"context": {"history": {"partner_changes_30d": 0}},
}

test_price_override_is_decided_by_people if {
	verdict := says.verdict with input as override(35, 22.5)
	verdict.outcome == "approve"
	verdict.reasons == {"PRICE_OVERRIDE"}
	verdict.routes.PRICE_OVERRIDE.roles == {"category_manager"}
	verdict.routes.PRICE_OVERRIDE.people == 1
}

test_the_smallest_price_override_is_decided_by_people if {
	every amount in [0, 0.01, 1] {
		says.outcome == "approve" with input as override(amount, 100)
	}
}

test_price_override_below_the_margin if {
	says.unmet == {"MARGIN", "PRICE_OVERRIDE"} with input as override(35, limits.margin_percent - 0.1)
}

test_price_override_that_gives_away_very_much if {
	verdict := says.verdict with input as override(limits.two_people_amount + 1, 22.5)
	verdict.reasons == {"GIVEN_AWAY", "PRICE_OVERRIDE"}
	verdict.routes.GIVEN_AWAY.people == 2
}

test_confirmed_order if {
	says.unmet == {"ORDER_OPEN"} with input as discount with input.subject.state as "sale"
}

test_frequent_changes if {
	says.unmet == {"CHANGE_FREQUENCY"} with input as discount
		with input.context.history.partner_changes_30d as limits.changes_30d
}

test_campaign_exception_is_decided_by_people if {
	verdict := says.verdict with input as of_type("campaign_exception")
	verdict.reasons == {"CAMPAIGN_EXCEPTION"}
	verdict.routes.CAMPAIGN_EXCEPTION.people == 1
}

test_costly_campaign_exception_needs_two_people if {
	verdict := says.verdict with input as of_type("campaign_exception")
		with input.subject.amount as limits.two_people_amount + 1
	verdict.routes.CAMPAIGN_EXCEPTION.people == 2
	verdict.routes.CAMPAIGN_EXCEPTION.each
}

test_counted_difference_is_corrected if {
	says.outcome == "execute" with input as of_type("stock_correction")
		with input.subject.evidence as "count:36"
}

test_uncounted_difference if {
	says.unmet == {"NO_EVIDENCE"} with input as of_type("stock_correction")
}

test_large_difference if {
	verdict := says.verdict with input as of_type("stock_correction")
		with input.subject.evidence as "count:36"
		with input.subject.amount as limits.correction_value + 1
	verdict.reasons == {"CORRECTION_VALUE"}
	verdict.routes.CORRECTION_VALUE.roles == {"warehouse_lead"}
}

test_very_large_difference_goes_to_finance if {
	verdict := says.verdict with input as of_type("stock_correction")
		with input.subject.amount as limits.finance_value + 1
	verdict.routes.CORRECTION_VALUE.roles == {"finance"}
	verdict.routes.CORRECTION_VALUE.tier > verdict.routes.NO_EVIDENCE.tier
}

test_photographed_write_off if {
	says.outcome == "execute" with input as of_type("write_off")
		with input.subject.evidence as "photo:36"
}

test_large_write_off if {
	verdict := says.verdict with input as of_type("write_off")
		with input.subject.evidence as "photo:36"
		with input.subject.amount as limits.write_off_value + 1
	verdict.routes.WRITE_OFF_VALUE.roles == {"warehouse_lead"}
}

test_very_large_write_off_goes_to_finance if {
	verdict := says.verdict with input as of_type("write_off")
		with input.subject.amount as limits.finance_value + 1
	verdict.routes.WRITE_OFF_VALUE.roles == {"finance"}
}

test_purchase_within_budget if {
	says.outcome == "execute" with input as of_type("emergency_purchase")
		with input.subject.budget_left as 35
}

test_large_purchase_within_budget if {
	verdict := says.verdict with input as of_type("emergency_purchase")
		with input.subject.amount as limits.purchase_amount + 1
		with input.subject.budget_left as 100000
	verdict.reasons == {"PURCHASE_AMOUNT"}
	verdict.routes.PURCHASE_AMOUNT.roles == {"category_manager"}
}

test_purchase_over_budget_needs_two_people if {
	verdict := says.verdict with input as of_type("emergency_purchase")
		with input.subject.budget_left as 34.99
	verdict.reasons == {"OVER_BUDGET"}
	verdict.routes.OVER_BUDGET.people == 2
	verdict.routes.OVER_BUDGET.each
	verdict.routes.OVER_BUDGET.roles == {"category_manager", "finance"}
}

test_purchase_without_a_budget_is_over_it if {
	says.unmet == {"OVER_BUDGET"} with input as of_type("emergency_purchase")
}

test_bank_details_after_a_call_back_need_two_people if {
	verdict := says.verdict with input as of_type("bank_details")
		with input.subject.evidence as "callback:2026-11-24"
	verdict.outcome == "approve"
	verdict.reasons == {"BANK_DETAILS"}
	verdict.routes.BANK_DETAILS.people == 2
	verdict.routes.BANK_DETAILS.each
	verdict.routes.BANK_DETAILS.roles == {"compliance", "finance"}
}

test_bank_details_without_evidence_are_refused if {
	verdict := says.verdict with input as of_type("bank_details")
		with input.missing as {"evidence": "no_evidence"}
	verdict.outcome == "reject"
	verdict.reasons == {"NO_CALL_BACK"}
}

test_bank_details_from_a_mail_are_refused if {
	verdict := says.verdict with input as of_type("bank_details")
		with input.subject.evidence as "mail:2026-11-24"
	verdict.outcome == "reject"
	verdict.reasons == {"NO_CALL_BACK"}
}

test_payment_state_needs_two_people if {
	verdict := says.verdict with input as of_type("payment_state")
	verdict.reasons == {"PAYMENT_STATE"}
	verdict.routes.PAYMENT_STATE.people == 2
}

test_unknown_type_executes_nothing if {
	verdict := says.verdict with input as json.remove(discount, ["subject/type"])
	verdict.outcome == "approve"
	verdict.reasons == {"INCOMPLETE", "NO_CHECKS"}
}

test_every_check_of_every_type_has_a_route if {
	every codes in change.checks {
		every code in codes {
			change.route[code] with input as discount
		}
	}
}

test_activity_where_odoo_has_them if {
	change.protect.CHANGE_REVIEW.action == "activity" with input as discount
	change.protect == {} with input as discount with input.subject.model as "stock.quant"
}
