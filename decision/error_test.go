package decision

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	e := Invalid("/fields/amount", "minimum", "must be an amount of at least 0")
	if want := "invalid: The request has fields that are not allowed.; /fields/amount must be an amount of at least 0"; e.Error() != want {
		t.Errorf("have %q", e.Error())
	}
	down := &Error{Code: CodeUnavailable, Message: "The database cannot be reached.", Err: io.ErrUnexpectedEOF}
	wrapped := fmt.Errorf("commit: %w", down)
	if !errors.Is(wrapped, io.ErrUnexpectedEOF) || CodeOf(wrapped) != CodeUnavailable {
		t.Errorf("the cause or the code is lost: %v", wrapped)
	}
	for err, want := range map[error]Code{nil: "", io.EOF: CodeInternal, Errorf(CodeConflict, "%s was first", "bob"): CodeConflict} {
		if have := CodeOf(err); have != want {
			t.Errorf("%v has code %q, want %q", err, have, want)
		}
	}
}
