package delivery_test

import data.assent.delivery as decided
import data.assent.lib
import data.delivery

today := 20000 * lib.seconds_a_day

# Limits of these tests: those in force move without them.
limits := {"late_probability": 0.3, "shift_days": 2}

# What the policy says under them.
says := policy if {
	policy := decided with data.limits.delivery as limits
}

# A delivery that is left alone.
ordinary := {
	"kind": "delivery",
	"company": "main",
	"now": today,
	"subject": {
		"model": "stock.picking",
		"id": "12",
		"state": "assigned",
		"scheduled_date": today + lib.seconds_a_day,
		"promised_date": today + (5 * lib.seconds_a_day),
		"currency": "EUR",
	},
	"assessment": {"probability": 0.05, "confidence": 0.8},
	"action": {"name": "none", "class": "protective", "params": {}},
	"missing": {},
	"context": {},
}

# The same with another date asked for.
moved(days) := {
	"name": "reschedule",
	"class": "effective",
	"params": {"scheduled_date": ordinary.subject.scheduled_date + (days * lib.seconds_a_day)},
}

test_ordinary_delivery_is_left_alone if {
	says.outcome == "execute" with input as ordinary
}

test_late_delivery_is_looked_at if {
	verdict := says.verdict with input as ordinary
		with input.assessment.probability as limits.late_probability
	verdict.outcome == "approve"
	verdict.reasons == {"LATE_RISK"}
	verdict.routes.LATE_RISK.roles == {"warehouse_lead"}
	verdict.protect.DELIVERY_AT_RISK.role == "warehouse_lead"
}

test_delivery_without_an_assessment_is_looked_at if {
	verdict := says.verdict with input as json.remove(ordinary, ["assessment/probability"])
	verdict.outcome == "approve"
	verdict.reasons == {"INCOMPLETE", "LATE_RISK"}
	verdict.protect == {}
}

test_small_shift_within_the_promise if {
	says.outcome == "execute" with input as ordinary with input.action as moved(limits.shift_days)
}

test_larger_shift_within_the_promise if {
	verdict := says.verdict with input as ordinary with input.action as moved(limits.shift_days + 1)
	verdict.reasons == {"RESCHEDULE_SHIFT"}
	verdict.routes.RESCHEDULE_SHIFT.roles == {"warehouse_lead"}
}

test_shift_past_the_promise if {
	verdict := says.verdict with input as ordinary with input.action as moved(6)
	verdict.reasons == {"RESCHEDULE_SHIFT"}
	verdict.routes.RESCHEDULE_SHIFT.roles == {"support_lead"}
}

test_shift_into_the_past if {
	says.unmet == {"RESCHEDULE_SHIFT"} with input as ordinary with input.action as moved(-2)
}

test_shift_without_a_promise_goes_to_the_fallback if {
	verdict := says.verdict with input as json.remove(ordinary, ["subject/promised_date"])
		with input.action as moved(1)
	verdict.reasons == {"RESCHEDULE_SHIFT"}
	verdict.routes == {}
}

test_closed_delivery_gets_no_new_date if {
	verdict := says.verdict with input as ordinary
		with input.subject.state as "done"
		with input.action as moved(1)
	verdict.outcome == "reject"
	verdict.reasons == {"DELIVERY_CLOSED"}
}

test_warehouse_is_below_support if {
	late := delivery.route.LATE_RISK.tier
	support := delivery.route.RESCHEDULE_SHIFT.tier with input as ordinary with input.action as moved(6)
	late < support
}
