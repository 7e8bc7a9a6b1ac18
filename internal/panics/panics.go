// Package panics says of a recovered panic what a log may hold.
package panics

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
)

// Attrs describe a recovered panic; call it in the function that recovered,
// while the stack is still there. The panic's own words may hold a value, a
// customer's name among them, so that only those of the runtime are kept; of
// any other the type is named.
func Attrs(panicked any) []slog.Attr {
	what := fmt.Sprintf("%T", panicked)
	if e, ok := panicked.(runtime.Error); ok {
		what = e.Error()
	}
	return []slog.Attr{slog.String("what", what), slog.String("stack", string(debug.Stack()))}
}
