package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"assent/decision"
)

// fault gives an error of the database its code; nil and errors that have a
// code stay as they are.
func fault(err error) error {
	var known *decision.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	var e *driver.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sql.ErrConnDone), strings.Contains(err.Error(), "database is closed"): // database/sql has no name for it
		return coded(decision.CodeUnavailable, "The store did not answer in time, or is closed.", err)
	case !errors.As(err, &e):
		return fmt.Errorf("sqlite: %w", err)
	}
	switch e.Code() & 0xff { // the primary result code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM:
		return coded(decision.CodeUnavailable, "The database cannot be used now; try again later.", err)
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_TRIGGER:
		return coded(decision.CodeConflict, "The store already holds something else under this key.", err)
	}
	return fmt.Errorf("sqlite: %w", err)
}

func coded(code decision.Code, message string, cause error) error {
	return &decision.Error{Code: code, Message: message, Err: cause}
}

func isMissingTable(err error) bool {
	return strings.Contains(err.Error(), "no such table")
}
