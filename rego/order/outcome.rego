# METADATA
# title: How an order is decided
# description: |
#   Protected, and the same for every kind. Nothing executes unless every
#   required check passed; whatever is missing, undefined or fails leaves the
#   default, approve.
package assent.order

import data.order

# METADATA
# description: |
#   Whether everything is known that no order is decided without. An
#   incomplete input cannot even be rejected: the rejection may rest on what
#   is missing.
default complete := false

complete if {
	input.kind == "order"
	input.subject.state
	input.subject.date_order
	input.subject.currency
	input.subject.amount_total
	input.subject.partner_id
	input.assessment.probability
}

# METADATA
# description: |
#   The required checks that did not pass. Without any required check there is
#   one that cannot pass, so that an emptied policy executes nothing.
default unmet := {"NO_CHECKS"}

unmet := order.required - order.passed if order.required != set()

default outcome := "approve"

outcome := "execute" if {
	complete
	unmet == set()
	order.rejected == set()
} else := "reject" if {
	complete
	order.rejected != set()
}

# METADATA
# description: The codes that say why somebody must approve.
reasons := unmet if complete

reasons := (unmet | order.rejected) | {"INCOMPLETE"} if not complete

# METADATA
# description: |
#   What the engine asks for. Of the routes, the highest tier says who may
#   approve; a reason without a route goes to the fallback role. What protects
#   the record meanwhile is the policy's choice too.
# entrypoint: true
verdict := {"outcome": "execute"} if outcome == "execute"

verdict := {
	"outcome": "reject",
	"reasons": order.rejected,
	"protect": order.protect,
} if {
	outcome == "reject"
}

verdict := {
	"outcome": "approve",
	"reasons": reasons,
	"protect": order.protect,
	"routes": {code: order.route[code] | some code in reasons},
} if {
	outcome == "approve"
}
