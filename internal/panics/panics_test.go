package panics_test

import (
	"errors"
	"strings"
	"testing"

	"assent/internal/panics"
)

// recoverFrom gives the attributes of what fail panics with, as text.
func recoverFrom(fail func()) (what, stack string) {
	defer func() {
		attrs := panics.Attrs(recover())
		what, stack = attrs[0].Value.String(), attrs[1].Value.String()
	}()
	fail()
	return "", ""
}

func TestAttrs(t *testing.T) {
	t.Parallel()
	var none map[string]int
	tests := map[string]struct {
		fail func()
		what string
	}{
		"text":    {func() { panic("cannot handle ada@example.com") }, "string"},
		"error":   {func() { panic(errors.New("no such customer: ada@example.com")) }, "*errors.errorString"},
		"runtime": {func() { none["ada@example.com"] = 1 }, "assignment to entry in nil map"},
	}
	for name, test := range tests {
		what, stack := recoverFrom(test.fail)
		if what != test.what {
			t.Errorf("%s: have %q, want %q", name, what, test.what)
		}
		if !strings.Contains(stack, "TestAttrs") || strings.Contains(stack, "example.com") {
			t.Errorf("%s: the stack does not say where, or says too much: %s", name, stack)
		}
	}
}
