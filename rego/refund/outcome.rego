# METADATA
# title: How a refund is decided
# description: |
#   Protected, and the same for every kind. Nothing executes unless every
#   required check passed; whatever is missing, undefined or fails leaves the
#   default, approve.
package assent.refund

import data.refund

# METADATA
# description: |
#   Whether everything is known that no refund is decided without. An
#   incomplete input cannot even be rejected: the rejection may rest on what
#   is missing.
default complete := false

complete if {
	input.kind == "refund"
	input.now
	input.action.name
	input.subject.model
	input.subject.id
	input.subject.state
	input.subject.currency
	input.subject.amount
	input.subject.amount_total
	input.subject.amount_credited
	input.subject.partner_id
}

# METADATA
# description: |
#   The required checks that did not pass. Without any required check there is
#   one that cannot pass, so that an emptied policy executes nothing.
default unmet := {"NO_CHECKS"}

unmet := refund.required - refund.passed if refund.required != set()

default outcome := "approve"

outcome := "execute" if {
	complete
	unmet == set()
	refund.rejected == set()
}

outcome := "reject" if {
	complete
	refund.rejected != set()
}

# METADATA
# description: The codes that say why the outcome is not execute.
reasons := unmet if {
	complete
	refund.rejected == set()
}

reasons := refund.rejected if {
	complete
	refund.rejected != set()
}

reasons := (unmet | refund.rejected) | {"INCOMPLETE"} if not complete

# METADATA
# description: |
#   What the engine asks for. Of the routes, the highest tier says who may
#   approve; a reason without a route goes to the fallback role. What protects
#   the record meanwhile is the policy's choice too.
# entrypoint: true
verdict := {"outcome": outcome} if outcome == "execute"

verdict := {
	"outcome": outcome,
	"reasons": reasons,
	"routes": {code: refund.route[code] | some code in reasons},
	"protect": refund.protect,
} if {
	outcome != "execute"
}
