# First protective action.
package change

# METADATA
# title: Tell somebody
# description: An activity for who decides.
# labels:
#   id: change/protect/activity
#   owner: finance
protect.CHANGE_REVIEW := {"action": "activity", "role": "finance", "days": 0}
