package main

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assent/decision"
	"assent/internal/store/sqlite"
)

// A store that only reads is not ready, and is again as soon as it writes,
// though nobody has asked for a decision.
func TestNotReadyWithoutWriting(t *testing.T) {
	t.Parallel()
	s := installed(t)
	service := s.serve()
	db := openRaw(t, s.dir)
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil { // nobody else can write now
		t.Fatal(err)
	}
	if status, body := ready(t, service.url); status != http.StatusServiceUnavailable || !strings.Contains(body, `"detail":"cannot_write"`) {
		t.Errorf("%d %s", status, body)
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	until(t, "readiness", func() bool {
		status, body := ready(t, service.url)
		return status == http.StatusOK && strings.Contains(body, `"status":"ready"`)
	})
}

func ready(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || !json.Valid(text) {
		t.Fatalf("%s: %v", text, err)
	}
	return r.StatusCode, string(text)
}

// A commit of just now is believed; one that failed, or none for a while, is
// looked into.
func TestPulse(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "assent.db"), sqlite.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	p := &pulse{store: store, now: func() time.Time { return now }}
	check := func(what string, want bool) {
		t.Helper()
		if err := p.check(t.Context()); (err == nil) != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	check("a new store", true)
	if _, found, err := store.Session(t.Context(), "pulse", now); found || err != nil {
		t.Errorf("the pulse is a session: %t, %v", found, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(pulseFor - 1)
	check("just now it wrote", true)
	p.note(decision.Errorf(decision.CodeConflict, "Somebody was faster."))
	check("a refusal is no fault", true)
	now = now.Add(1)
	check("that was a while ago", false)
	p.note(nil)
	check("a commit since", true)
	p.note(decision.Errorf(decision.CodeUnavailable, "The database did not commit."))
	check("a commit that failed", false)
}
