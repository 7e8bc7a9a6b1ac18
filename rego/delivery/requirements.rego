# METADATA
# title: When a delivery may go its way by itself
# description: |
#   Every check below must pass. Several rules for one check are alternatives.
#   A check passes on what is known, never on what is missing.
package delivery

import data.assent.lib

required := {
	"LATE_RISK",
	"RESCHEDULE_SHIFT",
}

# METADATA
# title: The promise will be kept
# description: The probability that the delivery is late or fails is at or above the limit, or unknown.
# labels:
#   id: delivery/late-risk
#   owner: warehouse_lead
passed contains "LATE_RISK" if input.assessment.probability < data.limits.delivery.late_probability

# METADATA
# title: The date stays
# description: Leaving a delivery alone, or protecting it, moves no promise.
# labels:
#   id: delivery/reschedule-shift/none
#   owner: warehouse_lead
passed contains "RESCHEDULE_SHIFT" if input.action.class == "protective"

# METADATA
# title: The date moves little and within the promise
# description: The new date lies in the past, too far from the scheduled one, or after the promised day.
# labels:
#   id: delivery/reschedule-shift
#   owner: warehouse_lead
passed contains "RESCHEDULE_SHIFT" if {
	input.action.name == "reschedule"
	input.action.params.scheduled_date >= input.now
	input.action.params.scheduled_date <= input.subject.promised_date
	shift <= data.limits.delivery.shift_days
}

# Days by which the delivery would leave later.
shift := (input.action.params.scheduled_date - input.subject.scheduled_date) / lib.seconds_a_day

# METADATA
# title: The delivery is closed
# description: A delivery that is done or cancelled cannot get a new date.
# labels:
#   id: delivery/closed
#   owner: warehouse_lead
rejected contains "DELIVERY_CLOSED" if {
	input.action.name == "reschedule"
	input.subject.state in {"done", "cancel"}
}
