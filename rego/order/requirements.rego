# METADATA
# title: When an order may be confirmed by itself
# description: |
#   Every check below must pass. Several rules for one check are alternatives.
#   A check passes on what is known, never on what is missing.
package order

required := {
	"COUNTRY_MISMATCH",
	"EVIDENCE_THIN",
	"FRAUD_RISK",
	"NEW_CUSTOMER_AMOUNT",
	"ORDER_ACTION",
	"ORDER_AMOUNT",
	"ORDER_VELOCITY",
	"PAYMENT_UNSECURED",
	"SHARED_EMAIL",
	"SIGNALS_MISSING",
}

# METADATA
# title: Fraud is unlikely
# description: The probability of fraud is at or above the limit, or unknown.
# labels:
#   id: order/fraud-risk
#   owner: finance
passed contains "FRAUD_RISK" if input.assessment.probability < data.limits.order.fraud_probability

# METADATA
# title: The model knows enough
# description: Too little is known about the order for the model's probability to mean much.
# labels:
#   id: order/evidence-thin
#   owner: finance
passed contains "EVIDENCE_THIN" if input.assessment.confidence >= data.limits.order.confidence

# METADATA
# title: Shop and payment provider sent what they know
# description: |
#   A check of the card, the payment provider's score or the country of the
#   buyer's internet address is missing, so that nobody knows whether it was bad.
# labels:
#   id: order/signals-missing
#   owner: finance
passed contains "SIGNALS_MISSING" if {
	address_known
	score_known
	card_checked
}

# METADATA
# title: Nobody sends signals
# description: Where no shop sends any, they cannot be withheld either; the limit says so.
# labels:
#   id: order/signals-missing/none
#   owner: finance
passed contains "SIGNALS_MISSING" if {
	data.limits.order.signals_optional
	input.subject.payment.state
}

# To the model an unknown signal is no risk, so a bad one that is left out
# would make an order easier. Each must be known where the model asks for it.
address_known if input.subject.signals.ip_country

address_known if input.channel in {"pos", "marketplace", "b2b"}

score_known if input.subject.signals.psp_score

score_known if input.channel in {"pos", "marketplace"}

score_known if input.subject.payment.method in {"bank_transfer", "wire_transfer", "cash", "invoice"}

card_checked if {
	input.subject.signals.avs
	input.subject.signals.cvc
}

card_checked if input.channel in {"pos", "marketplace"}

card_checked if input.subject.payment.method != "card"

# METADATA
# title: The amount is ordinary
# description: The order is larger than what is confirmed without a person.
# labels:
#   id: order/amount
#   owner: finance
passed contains "ORDER_AMOUNT" if input.subject.amount_total <= data.limits.order.amount

# METADATA
# title: A first order is small
# description: A first order above the limit for new customers, or nothing is known about earlier orders.
# labels:
#   id: order/new-customer-amount
#   owner: support_lead
passed contains "NEW_CUSTOMER_AMOUNT" if input.subject.amount_total <= data.limits.order.new_customer_amount

# METADATA
# title: The customer has ordered before
# description: Customers with confirmed orders are not new.
# labels:
#   id: order/new-customer-amount/known
#   owner: support_lead
passed contains "NEW_CUSTOMER_AMOUNT" if input.subject.customer.orders >= data.limits.order.known_orders

# METADATA
# title: Both addresses are in one country
# description: Invoice and delivery address are in different countries, or one of them is unknown.
# labels:
#   id: order/country-mismatch
#   owner: support_lead
passed contains "COUNTRY_MISMATCH" if input.subject.billing.country == input.subject.shipping.country

# METADATA
# title: A trusted partner ships where it likes
# description: Partners on the list of trusted partners ship to many countries.
# labels:
#   id: order/country-mismatch/trusted
#   owner: support_lead
passed contains "COUNTRY_MISMATCH" if {
	input.subject.shipping.country
	data.lists.trusted_partners[input.subject.partner_id]
}

# METADATA
# title: The customer does not order in bursts
# description: Unusually many orders of the same customer within 24 hours.
# labels:
#   id: order/velocity
#   owner: finance
passed contains "ORDER_VELOCITY" if input.context.history.partner_orders_24h < data.limits.order.orders_24h

# METADATA
# title: The e-mail address belongs to one customer
# description: The same e-mail address was used by other customers in 30 days, or there is none.
# labels:
#   id: order/shared-email
#   owner: finance
passed contains "SHARED_EMAIL" if {
	input.subject.customer.email
	input.context.history.email_partners_30d <= data.limits.order.email_partners_30d
}

# METADATA
# title: The payment is secured
# description: Nothing is paid or authorised, and the customer is not one who orders on account.
# labels:
#   id: order/payment-unsecured
#   owner: finance
passed contains "PAYMENT_UNSECURED" if input.subject.payment.state in {"authorized", "done"}

# METADATA
# title: An established customer orders on account
# description: Customers with many confirmed orders may pay by invoice.
# labels:
#   id: order/payment-unsecured/established
#   owner: finance
passed contains "PAYMENT_UNSECURED" if input.subject.customer.orders >= data.limits.order.account_orders

# METADATA
# title: A trusted partner orders on account
# description: Partners on the list of trusted partners have a credit line.
# labels:
#   id: order/payment-unsecured/trusted
#   owner: finance
passed contains "PAYMENT_UNSECURED" if data.lists.trusted_partners[input.subject.partner_id]

# METADATA
# title: A quotation is confirmed
# description: Something else than confirming a quotation is asked for, such as cancelling an order.
# labels:
#   id: order/action
#   owner: support_lead
passed contains "ORDER_ACTION" if {
	input.action.name == "confirm"
	input.subject.state in {"draft", "sent"}
}

# METADATA
# title: Nothing effective is asked for
# description: Leaving an order alone, or protecting it, needs no assent.
# labels:
#   id: order/action/protective
#   owner: support_lead
passed contains "ORDER_ACTION" if input.action.class == "protective"

# METADATA
# title: The customer is blocked
# description: The customer is on the list of blocked partners.
# labels:
#   id: order/blocked-partner
#   owner: compliance
rejected contains "BLOCKED_PARTNER" if data.lists.blocked_partners[input.subject.partner_id]

# METADATA
# title: The e-mail address is blocked
# description: |
#   The customer's e-mail address is on the list of blocked addresses. Personal
#   texts reach a policy, and stand in lists, as their SHA-256 only.
# labels:
#   id: order/blocked-email
#   owner: compliance
rejected contains "BLOCKED_EMAIL" if data.lists.blocked_emails[input.subject.customer.email]

# METADATA
# title: The country is blocked
# description: The delivery address is in a country we may not ship to.
# labels:
#   id: order/blocked-country
#   owner: compliance
rejected contains "BLOCKED_COUNTRY" if data.lists.blocked_countries[input.subject.shipping.country]

# METADATA
# title: The order is closed
# description: An order that is confirmed, done or cancelled cannot be confirmed.
# labels:
#   id: order/closed
#   owner: support_lead
rejected contains "ORDER_CLOSED" if {
	input.action.name == "confirm"
	input.subject.state in {"sale", "done", "cancel"}
}
