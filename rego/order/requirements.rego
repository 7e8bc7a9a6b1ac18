# METADATA
# title: What an order must fulfil to be confirmed by itself
package order

import data.assent.lib

# Every order needs all of these.
required := {
	"FRAUD_RISK",
	"ORDER_AMOUNT",
}

# METADATA
# title: Fraud probability below the limit
# description: The probability of fraud is at or above the limit, or unknown.
# labels:
#   id: order/fraud-risk
#   owner: finance
check.FRAUD_RISK if input.assessment.probability < data.limits.order.fraud_probability

# METADATA
# title: Amount within the automatic limit
# description: The order is larger than what may be confirmed without a person.
# labels:
#   id: order/amount
#   owner: finance
check.ORDER_AMOUNT if input.subject.amount_total <= data.limits.order.amount

# METADATA
# title: Customer on the block list
# description: The customer is on the list of blocked partners.
# labels:
#   id: order/blocked-partner
#   owner: compliance
reject.BLOCKED_PARTNER if lib.listed(data.lists.blocked_partners, input.subject.partner_id)
