# METADATA
# title: When a change may be made by itself
# description: |
#   Each type of change has its own checks, and all of them must pass. Several
#   rules for one check are alternatives. A check without a rule that can pass
#   always asks people.
package change

import data.assent.lib

required := checks[input.subject.type]

checks := {
	"bank_details": {"BANK_DETAILS"},
	"campaign_exception": {"CAMPAIGN_EXCEPTION"},
	"discount": {"CHANGE_FREQUENCY", "DISCOUNT", "GIVEN_AWAY", "MARGIN", "ORDER_OPEN"},
	"emergency_purchase": {"OVER_BUDGET", "PURCHASE_AMOUNT"},
	"payment_state": {"PAYMENT_STATE"},
	"price_override": {"CHANGE_FREQUENCY", "GIVEN_AWAY", "MARGIN", "ORDER_OPEN", "PRICE_OVERRIDE"},
	"stock_correction": {"CORRECTION_VALUE", "NO_EVIDENCE"},
	"write_off": {"NO_EVIDENCE", "WRITE_OFF_VALUE"},
}

# METADATA
# title: The discount is ordinary
# description: The discount is higher than what sales may give.
# labels:
#   id: change/discount
#   owner: category_manager
passed contains "DISCOUNT" if input.subject.discount <= data.limits.change.discount

# METADATA
# title: Enough margin is left
# description: The margin after the change is below the floor, or unknown.
# labels:
#   id: change/margin
#   owner: category_manager
passed contains "MARGIN" if input.subject.margin_percent >= data.limits.change.margin_percent

# METADATA
# title: A price override is decided by people
# description: A new price says nothing of the list price it replaces; a person decides, however little it gives away.
# labels:
#   id: change/price-override
#   owner: category_manager
passed contains "PRICE_OVERRIDE" if false

# METADATA
# title: Little is given away
# description: The money that may be given away is more than what sales may decide on.
# labels:
#   id: change/given-away
#   owner: category_manager
passed contains "GIVEN_AWAY" if lib.at_most(given_away, data.limits.change.given_away)

# What is given away at most. A discount counts as if the whole order had it:
# history does not tell what other lines of the order were given, and so line
# by line no more is given away than at once.
given_away := max({input.subject.amount, (input.subject.amount_total * input.subject.discount) / 100}) if {
	input.subject.type == "discount"
}

# An overridden price tells nothing about the one before: a person always
# decides, and how much the asker says is given away chooses who.
given_away := input.subject.amount if input.subject.type == "price_override"

# METADATA
# title: The order is still open
# description: Prices of an order that is confirmed, done, cancelled or in an unknown state are not changed without a person.
# labels:
#   id: change/order-open
#   owner: category_manager
passed contains "ORDER_OPEN" if input.subject.state in {"draft", "sent"}

# METADATA
# title: The customer seldom gets a special price
# description: Many changes were asked for the same customer in 30 days, or the customer is unknown.
# labels:
#   id: change/frequency
#   owner: category_manager
passed contains "CHANGE_FREQUENCY" if {
	input.context.history.partner_changes_30d < data.limits.change.changes_30d
}

# METADATA
# title: A campaign exception is decided by people
# description: Prices outside a campaign's rules concern every customer; a person decides.
# labels:
#   id: change/campaign-exception
#   owner: category_manager
passed contains "CAMPAIGN_EXCEPTION" if false

# METADATA
# title: The stock difference is small
# description: The difference in stock is worth more than what a count may correct.
# labels:
#   id: change/correction-value
#   owner: warehouse_lead
passed contains "CORRECTION_VALUE" if input.subject.amount <= data.limits.change.correction_value

# METADATA
# title: The goods written off are worth little
# description: The goods are worth more than what is written off without a person.
# labels:
#   id: change/write-off-value
#   owner: warehouse_lead
passed contains "WRITE_OFF_VALUE" if input.subject.amount <= data.limits.change.write_off_value

# METADATA
# title: There is evidence
# description: No count, photo or document is named.
# labels:
#   id: change/no-evidence
#   owner: warehouse_lead
passed contains "NO_EVIDENCE" if input.subject.evidence

# METADATA
# title: The purchase is small
# description: The emergency purchase is larger than what a buyer may decide on.
# labels:
#   id: change/purchase-amount
#   owner: category_manager
passed contains "PURCHASE_AMOUNT" if input.subject.amount <= data.limits.change.purchase_amount

# METADATA
# title: The budget holds the purchase
# description: The purchase is more than what is left of the budget, or the budget is unknown.
# labels:
#   id: change/over-budget
#   owner: finance
passed contains "OVER_BUDGET" if input.subject.amount <= input.subject.budget_left

# METADATA
# title: Bank details are decided by people
# description: A vendor's bank details are what payment fraud changes first; two people decide.
# labels:
#   id: change/bank-details
#   owner: compliance
passed contains "BANK_DETAILS" if false

# METADATA
# title: A payment state is decided by people
# description: Overriding a payment state hides what was not paid; two people decide.
# labels:
#   id: change/payment-state
#   owner: finance
passed contains "PAYMENT_STATE" if false

# METADATA
# title: Nobody called the vendor back
# description: |
#   New bank details need a call back to a number known from before. Refused
#   rather than asked: the one who asks can make the call and ask again, and
#   nobody is tempted to sign without it.
# labels:
#   id: change/no-call-back
#   owner: compliance
rejected contains "NO_CALL_BACK" if {
	input.subject.type == "bank_details"
	input.missing.evidence
}

# METADATA
# title: The evidence is no call back
# description: A mail or a letter is no evidence of new bank details; only a call back is.
# labels:
#   id: change/no-call-back/other
#   owner: compliance
rejected contains "NO_CALL_BACK" if {
	input.subject.type == "bank_details"
	input.subject.evidence
	not startswith(input.subject.evidence, "callback:")
}
