# METADATA
# title: How a change is decided
# description: |
#   Protected, and the same for every kind. Nothing executes unless every
#   required check passed; whatever is missing, undefined or fails leaves the
#   default, approve.
package assent.change

import data.change

# METADATA
# description: |
#   Whether everything is known that no change is decided without. An
#   incomplete input cannot even be rejected: the rejection may rest on what
#   is missing.
default complete := false

complete if {
	input.kind == "change"
	input.subject.type
	input.subject.currency
	input.subject.amount
}

# METADATA
# description: |
#   The required checks that did not pass. Without any required check there is
#   one that cannot pass, so that an emptied policy executes nothing.
default unmet := {"NO_CHECKS"}

unmet := change.required - change.passed if change.required != set()

default outcome := "approve"

outcome := "execute" if {
	complete
	unmet == set()
	change.rejected == set()
} else := "reject" if {
	complete
	change.rejected != set()
}

# METADATA
# description: The codes that say why somebody must approve.
reasons := unmet if complete

reasons := (unmet | change.rejected) | {"INCOMPLETE"} if not complete

# METADATA
# description: |
#   What the engine asks for. Of the routes, the highest tier says who may
#   approve; a reason without a route goes to the fallback role. What protects
#   the record meanwhile is the policy's choice too.
# entrypoint: true
verdict := {"outcome": "execute"} if outcome == "execute"

verdict := {
	"outcome": "reject",
	"reasons": change.rejected,
	"protect": change.protect,
} if {
	outcome == "reject"
}

verdict := {
	"outcome": "approve",
	"reasons": reasons,
	"protect": change.protect,
	"routes": {code: change.route[code] | some code in reasons},
} if {
	outcome == "approve"
}
