package frame

import (
	"fmt"
	"time"
)

// Row is one example.
type Row struct {
	ID       string    // unique in its source
	Group    string    // rows of one group share a fate and are never split; "" is a group of its own
	At       time.Time // when a model would have had to answer; zero when the source has no time
	KnownAt  time.Time // when the label became known; zero when the source has no time
	Positive bool      // the label
	Values   []Value   // by column
}

// Source hands its rows to yield, in order of At, and the same ones in the
// same order whenever it is called. Row and Values are the source's own: they
// are valid until yield returns. An error of yield ends it and is returned.
type Source func(yield func(*Row) error) error

// Error is a fault in a source's row. It never holds the row's values.
type Error struct {
	Row    int    // from 1
	Column string // "" when the row as a whole is at fault
	Want   string // what is allowed
}

// Error names the row and the column.
func (e *Error) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("row %d: %s", e.Row, e.Want)
	}
	return fmt.Sprintf("row %d, column %s: %s", e.Row, e.Column, e.Want)
}
