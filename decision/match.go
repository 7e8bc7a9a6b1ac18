package decision

import (
	"strings"
	"time"
)

// differ says whether two texts say something else, however they are written.
func differ(a, b string) func(Snapshot) any {
	return func(s Snapshot) any {
		x, knownX := s.Fields.Text(a)
		y, knownY := s.Fields.Text(b)
		if !knownX || !knownY {
			return nil
		}
		return plainText(x) != plainText(y)
	}
}

// partOfName is how long a word of a name must be to say who somebody is.
const partOfName = 3

func nameNotInEmail(s Snapshot) any {
	name, knownName := s.Fields.Text("billing.name")
	address, knownAddress := s.Fields.Text("customer.email")
	if !knownName || !knownAddress {
		return nil
	}
	local, _, _ := strings.Cut(address, "@")
	local = plainText(local)
	for _, word := range strings.Fields(name) {
		if word = plainText(word); len(word) >= partOfName && strings.Contains(local, word) {
			return false
		}
	}
	return true
}

// daysFrom is how long a time lies back; 0 for what has just been made, by a
// clock that is ahead.
func daysFrom(path string) func(Snapshot) any {
	return func(s Snapshot) any {
		t, known := s.Fields[path].(time.Time)
		if !known {
			return nil
		}
		return span(max(0, s.Now.Sub(t)), 24*time.Hour)
	}
}

// daysUntil is how long a time lies ahead; below zero once it has passed.
func daysUntil(path string) func(Snapshot) any {
	return func(s Snapshot) any {
		t, known := s.Fields[path].(time.Time)
		if !known {
			return nil
		}
		return span(t.Sub(s.Now), 24*time.Hour)
	}
}

// daysBetween is below zero when the second is the earlier one.
func daysBetween(from, to string) func(Snapshot) any {
	return func(s Snapshot) any {
		a, knownA := s.Fields[from].(time.Time)
		b, knownB := s.Fields[to].(time.Time)
		if !knownA || !knownB {
			return nil
		}
		return span(b.Sub(a), 24*time.Hour)
	}
}
