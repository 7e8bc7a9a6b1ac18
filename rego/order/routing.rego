# Who approves an order that did not pass.
#
# Tier 1 is support, 2 is finance, 3 is two people of finance. Of several
# reasons the highest tier decides who may approve.
package order

# METADATA
# title: Support looks at odd addresses
# description: Support calls the customer and decides within a working day.
# labels:
#   id: order/route/country-mismatch
#   owner: support_lead
route["COUNTRY_MISMATCH"] := support

# METADATA
# title: Support looks at what the model cannot judge
# description: Support completes the order's data and decides within a working day.
# labels:
#   id: order/route/evidence-thin
#   owner: support_lead
route["EVIDENCE_THIN"] := support

# METADATA
# title: Support looks at orders without signals
# description: Support completes the order's data and decides within a working day.
# labels:
#   id: order/route/signals-missing
#   owner: support_lead
route["SIGNALS_MISSING"] := support

# METADATA
# title: Support looks at large first orders
# description: Support calls the customer and decides within a working day.
# labels:
#   id: order/route/new-customer-amount
#   owner: support_lead
route["NEW_CUSTOMER_AMOUNT"] := support

# METADATA
# title: Support looks at other actions
# description: Cancelling and the like is decided by support.
# labels:
#   id: order/route/action
#   owner: support_lead
route["ORDER_ACTION"] := support

# METADATA
# title: Finance looks at risk of fraud
# description: Finance decides within four hours, while the carrier can still be stopped.
# labels:
#   id: order/route/fraud-risk
#   owner: finance
route["FRAUD_RISK"] := finance

# METADATA
# title: Finance looks at bursts of orders
# description: Finance decides within four hours, while the carrier can still be stopped.
# labels:
#   id: order/route/velocity
#   owner: finance
route["ORDER_VELOCITY"] := finance

# METADATA
# title: Finance looks at shared addresses
# description: Finance decides within four hours, while the carrier can still be stopped.
# labels:
#   id: order/route/shared-email
#   owner: finance
route["SHARED_EMAIL"] := finance

# METADATA
# title: Finance looks at unsecured payments
# description: Finance waits for the money or grants credit.
# labels:
#   id: order/route/payment-unsecured
#   owner: finance
route["PAYMENT_UNSECURED"] := {"tier": 2, "roles": {"finance"}, "people": 1, "hours": 48}

# METADATA
# title: Finance looks at large orders
# description: Finance decides within four hours.
# labels:
#   id: order/route/amount
#   owner: finance
route["ORDER_AMOUNT"] := finance if input.subject.amount_total <= data.limits.order.two_people_amount

# METADATA
# title: Two people look at very large orders
# description: Two people of finance decide within a day.
# labels:
#   id: order/route/amount/two-people
#   owner: finance
route["ORDER_AMOUNT"] := two_people if input.subject.amount_total > data.limits.order.two_people_amount

support := {"tier": 1, "roles": {"support_lead"}, "people": 1, "hours": 8}

finance := {"tier": 2, "roles": {"finance"}, "people": 1, "hours": 4}

two_people := {"tier": 3, "roles": {"finance"}, "people": 2, "hours": 24}
