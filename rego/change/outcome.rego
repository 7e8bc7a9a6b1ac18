# METADATA
# title: How a change is decided
# description: Protected. Collects the facts of this kind for the rules in lib.
package assent.change

import data.assent.lib
import data.change

# METADATA
# description: Every field this kind requires is known.
default complete := false

complete if {
	input.kind == "change"
	is_number(input.now)
	is_string(input.action.name)
	is_number(input.subject.id)
	is_string(input.subject.type)
	is_string(input.subject.currency)
	is_number(input.subject.amount)
}

default required := set()

required := change.required

facts := {
	"complete": complete,
	"required": required,
	"passed": {code | some code in required; change.check[code] == true},
	"rejected": {code | change.reject[code] == true},
}

outcome := lib.outcome(facts)

reasons := lib.reasons(facts)

routes contains change.route[code] if some code in reasons

routes contains lib.fallback_route if {
	some code in reasons
	not change.route[code]
}

default approval := {}

approval := lib.approval(routes) if outcome == "approve"

default protect := {}

protect := change.protect if outcome != "execute"

# METADATA
# entrypoint: true
# description: What the engine asks for.
verdict := {
	"outcome": outcome,
	"reasons": reasons,
	"approval": approval,
	"protect": protect,
}
