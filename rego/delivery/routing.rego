# First routes.
package delivery

# METADATA
# title: Finance decides
# description: Finance decides within a day.
# labels:
#   id: delivery/route/late_risk
#   owner: finance
route.LATE_RISK := {"tier": 1, "roles": {"finance"}, "people": 1, "hours": 24}
