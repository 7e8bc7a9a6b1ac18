# METADATA
# title: First requirements
package delivery

required := {"LATE_RISK"}

# METADATA
# title: Within the limit
# description: Over the limit, or unknown.
# labels:
#   id: delivery/late_risk
#   owner: finance
check.LATE_RISK if input.assessment.probability < data.limits.delivery.late_probability

# METADATA
# title: Refused
# description: Refused by rule.
# labels:
#   id: delivery/delivery_closed
#   owner: finance
reject.DELIVERY_CLOSED if input.subject.state in {"done", "cancel"}
