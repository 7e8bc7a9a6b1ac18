# What happens to an order that is not confirmed at once. Only protective
# actions: they can be undone, and move no goods, money or promise.
package order

# METADATA
# title: Hold the order
# description: The order waits for a person's decision.
# labels:
#   id: order/protect/hold
#   owner: support_lead
protect["ORDER_REVIEW"] := {"action": "hold"} if {
	input.action.class == "effective"
	input.subject.state in {"draft", "sent"}
}
