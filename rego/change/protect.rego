# What happens to a record whose change waits or is refused. Only protective
# actions: they can be undone, and change nothing else.
package change

# METADATA
# title: Ask somebody to look at the record
# description: A change of this record waits for a decision, or was refused.
# labels:
#   id: change/protect/activity
#   owner: compliance
protect["CHANGE_REVIEW"] := {"action": "activity", "days": 0} if {
	# Odoo keeps activities and notes on these models only.
	input.subject.model in {"sale.order", "account.move", "purchase.order", "res.partner"}
}
