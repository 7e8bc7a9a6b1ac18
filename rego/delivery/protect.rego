# First protective action.
package delivery

# METADATA
# title: Tell somebody
# description: An activity for who decides.
# labels:
#   id: delivery/protect/activity
#   owner: finance
protect.DELIVERY_REVIEW := {"action": "activity", "role": "finance", "days": 0}
