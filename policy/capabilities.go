package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// builtins is the allow-list: what a policy needs to compare, count and look
// up. There is no clock, network, randomness or environment, so that a replay
// gives the same verdict; no time zone data, which differs between hosts; no
// object.get, whose default answers for what is missing; and nothing that
// makes long texts or arrays out of short ones (concat, sprintf, replace,
// array.concat, numbers.range): doubling a text thirty times takes gigabytes
// within any deadline.
var builtins = []string{
	// comparison and assignment
	"assign", "eq", "equal", "neq", "lt", "lte", "gt", "gte",
	// arithmetic
	"abs", "ceil", "div", "floor", "minus", "mul", "plus", "rem", "round",
	// collections
	"and", "or", "count", "max", "min", "sum", "intersection", "union",
	"internal.member_2", "internal.member_3",
	// types
	"is_array", "is_boolean", "is_number", "is_object", "is_set", "is_string", "to_number", "format_int",
	// text
	"contains", "startswith", "endswith", "lower", "upper", "trim_space", "split", "substring",
	"glob.match", "regex.match",
	// for tests: taking fields away, and the test runner's own
	"json.remove", "internal.test_case",
}

// capabilities is OPA's description of the language, cut to the allow-list.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return !slices.Contains(builtins, b.Name) })
	c.AllowNet = []string{}
	return c
}
