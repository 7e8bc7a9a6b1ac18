# METADATA
# title: How requirements become a verdict
# description: |
#   Protected. The same few rules for every kind: nothing executes unless every
#   required check passed, and whatever is unknown asks a person.
package assent.lib

# A day in the unit of every time in the input, which is whole seconds
# since 1970 in UTC.
day := 86400

# METADATA
# description: |
#   What the checks of a kind add up to. Anything missing, undefined or not
#   passed leaves the default, approve. An incomplete input cannot even be
#   rejected, because the rejection may rest on what is missing.
default outcome(_) := "approve"

outcome(facts) := "reject" if {
	facts.complete == true
	count(facts.rejected) > 0
}

outcome(facts) := "execute" if {
	facts.complete == true
	count(facts.rejected) == 0
	count(facts.required) > 0
	count(facts.required - facts.passed) == 0
}

# METADATA
# description: |
#   The codes behind an outcome that is not execute: the rejections if it is a
#   reject, else every required check that did not pass.
reasons(facts) := facts.rejected if outcome(facts) == "reject"

reasons(facts) := ((facts.required - facts.passed) | incomplete(facts)) | no_checks(facts) if outcome(facts) == "approve"

reasons(facts) := set() if outcome(facts) == "execute"

default incomplete(_) := {"INCOMPLETE"}

incomplete(facts) := set() if facts.complete == true

default no_checks(_) := {"NO_CHECKS"}

no_checks(facts) := set() if count(facts.required) > 0

# METADATA
# description: |
#   One approval out of the routes of all reasons. The highest tier says who
#   may approve, so that a small reason never lets somebody junior sign a big
#   one; the largest number of people and the nearest deadline hold.
approval(routes) := {
	"roles": {role | some route in routes; route.tier == top; some role in route.roles},
	"people": max({route.people | some route in routes}),
	"hours": min({route.hours | some route in routes}),
} if {
	top := max({route.tier | some route in routes})
}

# METADATA
# description: |
#   The route of a reason that nobody routed, and of an incomplete input: the
#   fallback role, above every ordinary tier.
fallback_route := {"tier": 9, "roles": {"operations"}, "people": 1, "hours": 24}

# METADATA
# description: Whole and part days from a time until now; undefined if either is unknown.
days_since(time) := (input.now - time) / day

# METADATA
# description: |
#   Whether an amount is at most another one. Amounts have at most three
#   decimals, so that half of the smallest unit absorbs binary rounding after
#   arithmetic.
at_most(amount, limit) if amount - limit < 0.0005

# METADATA
# description: Whether a list holds a value. Lists are objects keyed by the value as a string.
listed(list, value) if list[key(value)]

# METADATA
# description: |
#   Whether a list is known not to hold a value. Undefined, so not passed, if
#   the list or the value is unknown.
unlisted(list, value) if {
	is_object(list)
	not list[key(value)]
}

key(value) := value if is_string(value)

key(value) := format_int(value, 10) if is_number(value)
