package odootest

import (
	"testing"
	"time"
)

// clockAt stands still at a time in Odoo's format.
func clockAt(t *testing.T, at string) func() time.Time {
	t.Helper()
	now, err := time.Parse(timeLayout, at)
	if err != nil {
		t.Fatal(err)
	}
	return func() time.Time { return now }
}

// simpleShop is the demo with ten orders at a fixed time; user 2 has the key
// "key".
func simpleShop(version int) *Server {
	now := time.Date(2026, 11, 24, 6, 0, 0, 250_000_000, time.UTC)
	s := New(Options{Version: version, Now: func() time.Time { return now }})
	s.Demo(10)
	s.users[0].Key = "key"
	return s
}
