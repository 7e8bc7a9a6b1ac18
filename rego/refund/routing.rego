# First routes.
package refund

# METADATA
# title: Finance decides
# description: Finance decides within a day.
# labels:
#   id: refund/route/refund_amount
#   owner: finance
route.REFUND_AMOUNT := {"tier": 1, "roles": {"finance"}, "people": 1, "hours": 24}
