# First protective action.
package refund

# METADATA
# title: Tell somebody
# description: An activity for who decides.
# labels:
#   id: refund/protect/activity
#   owner: finance
protect.REFUND_REVIEW := {"action": "activity", "role": "finance", "days": 0}
