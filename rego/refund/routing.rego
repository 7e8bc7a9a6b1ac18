# Who approves a refund that did not pass.
#
# Tier 1 is support, 2 is finance, 3 is two people of finance.
package refund

# METADATA
# title: Support looks at late returns
# description: Support decides on goodwill within a day.
# labels:
#   id: refund/route/window
#   owner: support_lead
route["REFUND_WINDOW"] := {"tier": 1, "roles": {"support_lead"}, "people": 1, "hours": 24}

# METADATA
# title: Support looks at refunds of which too little is said
# description: Support completes what is known of the refund and decides within a day.
# labels:
#   id: refund/route/signals-missing
#   owner: support_lead
route["REFUND_SIGNALS_MISSING"] := {"tier": 1, "roles": {"support_lead"}, "people": 1, "hours": 24}

# METADATA
# title: Finance looks at risk of abuse
# description: Finance looks for abuse within a day, before the money leaves.
# labels:
#   id: refund/route/abuse-risk
#   owner: finance
route["ABUSE_RISK"] := finance

# METADATA
# title: Finance looks at larger refunds
# description: Finance decides within a day.
# labels:
#   id: refund/route/amount
#   owner: finance
route["REFUND_AMOUNT"] := finance if returned <= data.limits.refund.two_people_amount

# METADATA
# title: Two people look at large refunds
# description: Two people of finance decide within two days.
# labels:
#   id: refund/route/amount/two-people
#   owner: finance
route["REFUND_AMOUNT"] := {"tier": 3, "roles": {"finance"}, "people": 2, "hours": 48} if {
	returned > data.limits.refund.two_people_amount
}

# METADATA
# title: Finance looks at doubtful sums
# description: Finance compares invoice and credit notes within a day.
# labels:
#   id: refund/route/over-invoice
#   owner: finance
route["REFUND_OVER_INVOICE"] := finance

# METADATA
# title: Finance looks at unpaid invoices
# description: Finance settles the invoice instead, within a day.
# labels:
#   id: refund/route/invoice-unpaid
#   owner: finance
route["INVOICE_UNPAID"] := finance

# METADATA
# title: Finance looks at frequent refunds
# description: Finance looks for abuse within a day.
# labels:
#   id: refund/route/count
#   owner: finance
route["REFUND_COUNT"] := finance

# METADATA
# title: Finance looks at refunds that add up
# description: Finance looks for abuse within a day.
# labels:
#   id: refund/route/sum
#   owner: finance
route["REFUND_SUM"] := finance

finance := {"tier": 2, "roles": {"finance"}, "people": 1, "hours": 24}
