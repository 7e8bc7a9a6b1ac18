# METADATA
# title: How an order is decided
# description: Protected. Collects the facts of this kind for the rules in lib.
package assent.order

import data.assent.lib
import data.order

# METADATA
# description: Every field this kind requires, and the model's probability, is known.
default complete := false

complete if {
	input.kind == "order"
	is_number(input.now)
	is_string(input.action.name)
	is_number(input.subject.id)
	is_string(input.subject.state)
	is_number(input.subject.date_order)
	is_string(input.subject.currency)
	is_number(input.subject.amount_total)
	is_number(input.subject.partner_id)
	is_number(input.assessment.probability)
}

default required := set()

required := order.required

facts := {
	"complete": complete,
	"required": required,
	"passed": {code | some code in required; order.check[code] == true},
	"rejected": {code | order.reject[code] == true},
}

outcome := lib.outcome(facts)

reasons := lib.reasons(facts)

routes contains order.route[code] if some code in reasons

routes contains lib.fallback_route if {
	some code in reasons
	not order.route[code]
}

default approval := {}

approval := lib.approval(routes) if outcome == "approve"

default protect := {}

protect := order.protect if outcome != "execute"

# METADATA
# entrypoint: true
# description: What the engine asks for.
verdict := {
	"outcome": outcome,
	"reasons": reasons,
	"approval": approval,
	"protect": protect,
}
