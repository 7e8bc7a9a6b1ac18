# Who looks at a delivery that did not pass.
#
# Tier 1 is the warehouse, 2 is support, which talks to the customer.
package delivery

# METADATA
# title: The warehouse looks at late deliveries
# description: The warehouse lead decides within four hours, while the goods can still be picked first.
# labels:
#   id: delivery/route/late-risk
#   owner: warehouse_lead
route["LATE_RISK"] := {"tier": 1, "roles": {"warehouse_lead"}, "people": 1, "hours": 4}

# METADATA
# title: The warehouse moves dates within the promise
# description: The customer need not be told; the warehouse lead decides within eight hours.
# labels:
#   id: delivery/route/reschedule-shift
#   owner: warehouse_lead
route["RESCHEDULE_SHIFT"] := {"tier": 1, "roles": {"warehouse_lead"}, "people": 1, "hours": 8} if {
	input.action.params.scheduled_date <= input.subject.promised_date
}

# METADATA
# title: Support moves promises
# description: Support tells the customer, and decides within eight hours.
# labels:
#   id: delivery/route/reschedule-shift/promise
#   owner: support_lead
route["RESCHEDULE_SHIFT"] := {"tier": 2, "roles": {"support_lead"}, "people": 1, "hours": 8} if {
	input.action.params.scheduled_date > input.subject.promised_date
}
