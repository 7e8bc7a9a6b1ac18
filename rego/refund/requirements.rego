# METADATA
# title: When a refund may be credited by itself
# description: |
#   Every check below must pass. Several rules for one check are alternatives.
#   A check passes on what is known, never on what is missing.
package refund

import data.assent.lib

required := {
	"ABUSE_RISK",
	"INVOICE_UNPAID",
	"REFUND_AMOUNT",
	"REFUND_COUNT",
	"REFUND_OVER_INVOICE",
	"REFUND_SIGNALS_MISSING",
	"REFUND_SUM",
	"REFUND_WINDOW",
}

# What the invoice returns in all, with this refund. Limits are compared with
# it and not with the amount alone: history knows a customer's other invoices,
# so a refund in six parts of one invoice would look like six small ones.
returned := input.subject.amount_credited + input.subject.amount

# METADATA
# title: Abuse is unlikely
# description: The probability of abuse is at or above the limit, or unknown.
# labels:
#   id: refund/abuse-risk
#   owner: finance
passed contains "ABUSE_RISK" if input.assessment.probability < data.limits.refund.abuse_probability

# METADATA
# title: Whoever asks says what the refund is
# description: |
#   What the customer says, whether the goods are back, a receipt, the store or
#   the own limit of whoever asks is missing, so that nobody knows whether it was bad.
# labels:
#   id: refund/signals-missing
#   owner: finance
passed contains "REFUND_SIGNALS_MISSING" if {
	input.subject.claim
	is_boolean(input.subject.goods_returned)
	input.subject.approval_limit
	bought_here
}

# METADATA
# title: Nobody says what refunds are
# description: Where no shop says it, it cannot be withheld either; the limit says so.
# labels:
#   id: refund/signals-missing/none
#   owner: finance
passed contains "REFUND_SIGNALS_MISSING" if {
	data.limits.refund.signals_optional
	input.subject.state
}

# To the model what is unknown is no risk, so a bad sign that is left out would
# make a refund easier. Each must be known where the model asks for it.
bought_here if {
	is_boolean(input.subject.receipt)
	input.subject.store
}

bought_here if input.channel in {"web", "marketplace", "b2b"}

# METADATA
# title: The invoice returns little
# description: With this refund the invoice returns more than what is credited without a person.
# labels:
#   id: refund/amount
#   owner: finance
passed contains "REFUND_AMOUNT" if lib.at_most(returned, data.limits.refund.amount)

# METADATA
# title: The invoice still holds the amount
# description: The refund and earlier credit notes together are more than the invoice.
# labels:
#   id: refund/over-invoice
#   owner: finance
passed contains "REFUND_OVER_INVOICE" if lib.at_most(returned, input.subject.amount_total)

# METADATA
# title: The invoice is paid
# description: The invoice is not paid, or nobody says that it is; there is nothing to give back yet.
# labels:
#   id: refund/invoice-unpaid
#   owner: finance
passed contains "INVOICE_UNPAID" if input.subject.paid == true

# METADATA
# title: The goods are back
# description: The goods have not come back, and the time for returns is over or unknown.
# labels:
#   id: refund/window
#   owner: support_lead
passed contains "REFUND_WINDOW" if input.subject.goods_returned == true

# METADATA
# title: The goods arrived not long ago
# description: Within the time for returns the refund is credited before the goods are back.
# labels:
#   id: refund/window/days
#   owner: support_lead
passed contains "REFUND_WINDOW" if lib.days_since(input.subject.delivered_date) <= data.limits.refund.window_days

# METADATA
# title: The customer seldom asks for refunds
# description: The customer has asked for many refunds in 90 days.
# labels:
#   id: refund/count
#   owner: finance
passed contains "REFUND_COUNT" if input.context.history.partner_refunds_90d < data.limits.refund.count_90d

# METADATA
# title: The customer's refunds add up to little
# description: With this one the customer's refunds of 90 days, and all of this invoice, are above the limit.
# labels:
#   id: refund/sum
#   owner: finance
passed contains "REFUND_SUM" if {
	lib.at_most(input.context.history.partner_refunded_90d + returned, data.limits.refund.sum_90d)
}

# METADATA
# title: The invoice is not posted
# description: Only a posted invoice can be credited.
# labels:
#   id: refund/invoice-not-posted
#   owner: finance
rejected contains "INVOICE_NOT_POSTED" if input.subject.state in {"draft", "cancel"}

# METADATA
# title: Nothing is left to credit
# description: Earlier credit notes returned the whole invoice.
# labels:
#   id: refund/nothing-left
#   owner: finance
rejected contains "NOTHING_LEFT" if {
	input.subject.amount > 0
	input.subject.amount_credited >= input.subject.amount_total
}
