# METADATA
# title: How a delivery is decided
# description: Protected. Collects the facts of this kind for the rules in lib.
package assent.delivery

import data.assent.lib
import data.delivery

# METADATA
# description: Every field this kind requires, and the model's probability, is known.
default complete := false

complete if {
	input.kind == "delivery"
	is_number(input.now)
	is_string(input.action.name)
	is_number(input.subject.id)
	is_string(input.subject.state)
	is_number(input.subject.scheduled_date)
	is_string(input.subject.currency)
	is_number(input.assessment.probability)
}

default required := set()

required := delivery.required

facts := {
	"complete": complete,
	"required": required,
	"passed": {code | some code in required; delivery.check[code] == true},
	"rejected": {code | delivery.reject[code] == true},
}

outcome := lib.outcome(facts)

reasons := lib.reasons(facts)

routes contains delivery.route[code] if some code in reasons

routes contains lib.fallback_route if {
	some code in reasons
	not delivery.route[code]
}

default approval := {}

approval := lib.approval(routes) if outcome == "approve"

default protect := {}

protect := delivery.protect if outcome != "execute"

# METADATA
# entrypoint: true
# description: What the engine asks for.
verdict := {
	"outcome": outcome,
	"reasons": reasons,
	"approval": approval,
	"protect": protect,
}
