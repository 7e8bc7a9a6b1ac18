# METADATA
# title: How a delivery is decided
# description: |
#   Protected, and the same for every kind. Nothing executes unless every
#   required check passed; whatever is missing, undefined or fails leaves the
#   default, approve.
package assent.delivery

import data.delivery

# METADATA
# description: |
#   Whether everything is known that no delivery is decided without. An
#   incomplete input cannot even be rejected: the rejection may rest on what
#   is missing.
default complete := false

complete if {
	input.kind == "delivery"
	input.subject.state
	input.subject.scheduled_date
	input.subject.currency
	input.assessment.probability
}

# METADATA
# description: |
#   The required checks that did not pass. Without any required check there is
#   one that cannot pass, so that an emptied policy executes nothing.
default unmet := {"NO_CHECKS"}

unmet := delivery.required - delivery.passed if delivery.required != set()

default outcome := "approve"

outcome := "execute" if {
	complete
	unmet == set()
	delivery.rejected == set()
} else := "reject" if {
	complete
	delivery.rejected != set()
}

# METADATA
# description: The codes that say why somebody must approve.
reasons := unmet if complete

reasons := (unmet | delivery.rejected) | {"INCOMPLETE"} if not complete

# METADATA
# description: |
#   What the engine asks for. Of the routes, the highest tier says who may
#   approve; a reason without a route goes to the fallback role. What protects
#   the record meanwhile is the policy's choice too.
# entrypoint: true
verdict := {"outcome": "execute"} if outcome == "execute"

verdict := {
	"outcome": "reject",
	"reasons": delivery.rejected,
	"protect": delivery.protect,
} if {
	outcome == "reject"
}

verdict := {
	"outcome": "approve",
	"reasons": reasons,
	"protect": delivery.protect,
	"routes": {code: delivery.route[code] | some code in reasons},
} if {
	outcome == "approve"
}
