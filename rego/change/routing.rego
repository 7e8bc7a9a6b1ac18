# First routes.
package change

# METADATA
# title: Finance decides
# description: Finance decides within a day.
# labels:
#   id: change/route/change_amount
#   owner: finance
route.CHANGE_AMOUNT := {"tier": 1, "roles": {"finance"}, "people": 1, "hours": 24}
