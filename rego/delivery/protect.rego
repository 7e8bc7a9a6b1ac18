# What happens to a delivery that a person looks at. Only protective actions:
# they can be undone, and move no goods, money or promise.
package delivery

# METADATA
# title: Ask the warehouse to act today
# description: The delivery is likely to be late.
# labels:
#   id: delivery/protect/at-risk
#   owner: warehouse_lead
protect["DELIVERY_AT_RISK"] := {"action": "activity", "role": "warehouse_lead", "days": 0} if {
	input.assessment.probability >= data.limits.delivery.late_probability
}
