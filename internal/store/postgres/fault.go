package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"assent/decision"
)

// fault gives an error of the database its code; nil and errors that have a
// code stay as they are.
func fault(err error) error {
	var known *decision.Error
	var state *pgconn.PgError
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case unreachable(err):
		return coded(decision.CodeUnavailable, "The database cannot be used now; try again later.", err)
	case errors.As(err, &state) && state.Code == "23505": // unique_violation
		return coded(decision.CodeConflict, "The store already holds something else under this key.", err)
	}
	return fmt.Errorf("postgres: %w", err)
}

func coded(code decision.Code, message string, cause error) error {
	return &decision.Error{Code: code, Message: message, Err: cause}
}

// unreachable says that the server, not the request, is at fault: the
// connection is lost or refused, or the server is starting, stopping, full
// or only a standby.
func unreachable(err error) bool {
	var state *pgconn.PgError
	if errors.As(err, &state) {
		return slices.Contains([]string{"08", "53", "57", "58"}, state.Code[:min(2, len(state.Code))]) ||
			slices.Contains([]string{"25006", "25P03", "55P03", "40001", "40P01"}, state.Code)
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) || strings.Contains(err.Error(), "closed pool") // the pool's own error has no exported name
}

func hasState(err error, states ...string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && slices.Contains(states, e.Code)
}
