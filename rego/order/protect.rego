# What happens to an order while it waits.
package order

# METADATA
# title: Hold the order
# description: The order waits for an approval.
# labels:
#   id: order/protect/hold
#   owner: finance
protect.ORDER_REVIEW := {"action": "hold", "role": "finance", "days": 0}
