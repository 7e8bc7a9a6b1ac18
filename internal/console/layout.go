package console

import (
	"fmt"
	"strings"

	"assent/decision"
)

// tabOf is the navigation's entry that a path belongs to.
func tabOf(path string) string {
	for _, tab := range []string{"/exceptions", "/decisions", "/switches"} {
		if path == tab || strings.HasPrefix(path, tab+"/") {
			return tab
		}
	}
	return "/"
}

// count is a number up to countMost.
func count(n int) string {
	if n >= countMost {
		return fmt.Sprintf("%d+", countMost-1)
	}
	return fmt.Sprint(n)
}

// rolesShort fits a person's roles into the frame.
func rolesShort(roles []string) string {
	switch {
	case len(roles) == 0:
		return "no role"
	case len(roles) == len(decision.Roles):
		return "all roles"
	case len(roles) > 3:
		return fmt.Sprintf("%s and %d more roles", humanise(roles[0]), len(roles)-1)
	}
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = lower(role)
	}
	words[0] = humanise(roles[0])
	return strings.Join(words, ", ")
}
