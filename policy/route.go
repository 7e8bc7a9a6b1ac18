package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// route says who approves one reason. Tiers order routes by weight.
type route struct {
	tier, people, hours int
	roles               []string
	each                bool // every role must sign, not any of them
}

// Bounds of a route: more is a typing error, and a fallback is safer.
const (
	maxTier   = 8
	maxPeople = 5
	maxHours  = 24 * 31
)

// fallbackRoute is for a reason that nobody routed and for an incomplete
// input: the fallback role, above every tier.
var fallbackRoute = route{tier: maxTier + 1, people: 1, hours: decision.DefaultHours, roles: []string{decision.FallbackRole}}

// readRoutes makes one approval of the routes of all reasons. The highest
// tier says who may approve, so that a small reason never lets somebody
// junior sign a big one; the largest number of people and the nearest
// deadline hold. Within the highest tier, if one route wants each of its
// roles, each role of all of them must sign.
func readRoutes(v *decision.Verdict, value ast.Value) bool {
	routes, isObject := value.(ast.Object)
	if !isObject {
		return false
	}
	top := 0
	for _, code := range v.Reasons {
		r, ok := fallbackRoute, true
		if term := routes.Get(ast.StringTerm(code)); term != nil {
			r, ok = readRoute(term.Value)
		}
		if !ok {
			return false
		}
		if r.tier > top {
			top, v.Roles, v.Each = r.tier, nil, false
		}
		if r.tier == top {
			v.Roles, v.Each = append(v.Roles, r.roles...), v.Each || r.each
		}
		v.People = max(v.People, r.people)
		if v.Hours == 0 || r.hours < v.Hours {
			v.Hours = r.hours
		}
	}
	slices.Sort(v.Roles)
	v.Roles = slices.Compact(v.Roles)
	if v.Each {
		v.People = max(v.People, len(v.Roles))
	}
	return len(v.Roles) > 0
}

// readRoute reads {"tier": 1, "roles": {"finance"}, "people": 1, "hours": 4},
// and in it "each": true, with at least as many people as roles.
func readRoute(value ast.Value) (route, bool) {
	object, ok := value.(ast.Object)
	if !ok {
		return route{}, false
	}
	keys, each := 4, field(object, eachKey) != nil
	if each {
		keys++
	}
	if object.Len() != keys || each && field(object, eachKey).Compare(ast.Boolean(true)) != 0 {
		return route{}, false
	}
	roles, okRoles := readStrings(field(object, rolesKey))
	tier, okTier := readInt(field(object, tierKey), maxTier)
	people, okPeople := readInt(field(object, peopleKey), maxPeople)
	hours, okHours := readInt(field(object, hoursKey), maxHours)
	known := func(role string) bool { return slices.Contains(decision.Roles, role) }
	ok = okRoles && okTier && okPeople && okHours && len(roles) > 0
	for _, role := range roles {
		ok = ok && known(role)
	}
	return route{tier, people, hours, roles, each}, ok && (!each || people >= len(roles))
}

// readInt reads a whole number from 1 to most.
func readInt(value ast.Value, most int) (int, bool) {
	number, ok := value.(ast.Number)
	if !ok {
		return 0, false
	}
	n, ok := number.Int()
	return n, ok && n >= 1 && n <= most
}
