# METADATA
# title: How a refund is decided
# description: Protected. Collects the facts of this kind for the rules in lib.
package assent.refund

import data.assent.lib
import data.refund

# METADATA
# description: Every field this kind requires is known.
default complete := false

complete if {
	input.kind == "refund"
	is_number(input.now)
	is_string(input.action.name)
	is_number(input.subject.id)
	is_string(input.subject.state)
	is_string(input.subject.currency)
	is_number(input.subject.amount)
	is_number(input.subject.amount_total)
	is_number(input.subject.amount_credited)
	is_number(input.subject.partner_id)
}

default required := set()

required := refund.required

facts := {
	"complete": complete,
	"required": required,
	"passed": {code | some code in required; refund.check[code] == true},
	"rejected": {code | refund.reject[code] == true},
}

outcome := lib.outcome(facts)

reasons := lib.reasons(facts)

routes contains refund.route[code] if some code in reasons

routes contains lib.fallback_route if {
	some code in reasons
	not refund.route[code]
}

default approval := {}

approval := lib.approval(routes) if outcome == "approve"

default protect := {}

protect := refund.protect if outcome != "execute"

# METADATA
# entrypoint: true
# description: What the engine asks for.
verdict := {
	"outcome": outcome,
	"reasons": reasons,
	"approval": approval,
	"protect": protect,
}
