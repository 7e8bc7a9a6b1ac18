# METADATA
# title: First requirements
package refund

required := {"REFUND_AMOUNT"}

# METADATA
# title: Within the limit
# description: Over the limit, or unknown.
# labels:
#   id: refund/refund_amount
#   owner: finance
check.REFUND_AMOUNT if input.subject.amount <= data.limits.refund.amount

# METADATA
# title: Refused
# description: Refused by rule.
# labels:
#   id: refund/invoice_not_posted
#   owner: finance
reject.INVOICE_NOT_POSTED if input.subject.state in {"draft", "cancel"}
