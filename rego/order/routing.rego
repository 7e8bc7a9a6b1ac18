# Who approves an order that did not pass.
package order

# METADATA
# title: Fraud is looked at by finance
# description: Finance decides on risky orders within four hours.
# labels:
#   id: order/route/fraud-risk
#   owner: finance
route.FRAUD_RISK := {"tier": 2, "roles": {"finance"}, "people": 1, "hours": 4}

# METADATA
# title: Large orders are looked at by finance
# description: Finance decides on large orders within a day.
# labels:
#   id: order/route/amount
#   owner: finance
route.ORDER_AMOUNT := {"tier": 1, "roles": {"finance"}, "people": 1, "hours": 24}
