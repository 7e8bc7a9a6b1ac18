package decision_test

import (
	"strings"
	"testing"
	"time"

	. "assent/decision"
)

// imported history is seen by decisions made after it, with the time at which
// each order happened, and by none made before.
func TestImportHistory(t *testing.T) {
	t.Parallel()
	s := setup(t)
	earlier := s.decide(t, order(1, "5")).Decision
	requests, at := make([]Request, 450), make([]time.Time, 450) // more than one transaction
	for i := range requests {
		requests[i], at[i] = order(int64(100+i), "2"), noon.Add(-time.Duration(i)*time.Hour)
	}
	before := s.seq(t)
	n, err := s.ImportHistory(t.Context(), requests, at, ImportRecord{File: "ab", Kind: "order", By: "cli"})
	if err != nil || n != 450 || s.seq(t) != before+1 {
		t.Fatalf("%d imported, %d entries, %v", n, s.seq(t)-before, err)
	}
	entries, err := s.store.Entries(t.Context(), "main", before, 1)
	noError(t, err)
	if want := `{"file":"ab","kind":"order","rows":450,"by":"cli"}`; string(entries[0].Body) != want {
		t.Errorf("journalled %s", entries[0].Body)
	}
	s.clock.pass(time.Minute)
	later := s.decide(t, order(2, "5")).Decision
	for id, want := range map[string]string{earlier.ID: `"history.partner_orders_24h":0`, later.ID: `"history.partner_orders_24h":25`} {
		story, err := s.Story(t.Context(), "main", id)
		noError(t, err)
		if have := same(t, story.Snapshot.Context); !strings.Contains(have, want) {
			t.Errorf("have %s, want %s", have, want)
		}
		if r, err := s.Replay(t.Context(), "main", id); err != nil || !r.Same {
			t.Errorf("replay: %+v, %v", r, err)
		}
	}
	if _, err := s.ImportHistory(t.Context(), requests, at, ImportRecord{}); err != nil {
		t.Errorf("a second time: %v", err)
	}
	s.wantClean(t)
}

// One line at fault, and nothing is imported; the number says which.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	other := order(2, "5")
	other.Company = "other"
	bare := delivery(2, "5")
	bare.Fields = nil
	wrong := order(2, "-5")
	tests := map[string]struct {
		second Request
		says   string
	}{"wrong": {wrong, "/fields/amount_total"}, "of two companies": {other, "/company"}, "without fields": {bare, "/fields"}}
	for name, test := range tests {
		s := setup(t)
		before := s.seq(t)
		n, err := s.ImportHistory(t.Context(), []Request{order(1, "5"), test.second}, []time.Time{noon, noon}, ImportRecord{})
		if n != 1 || CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), test.says) || s.seq(t) != before {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

// A file without any known entity is journalled all the same; no file is no
// entry.
func TestImportWithoutEntities(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before := s.seq(t)
	if n, err := s.ImportHistory(t.Context(), []Request{delivery(1, "5")}, []time.Time{noon}, ImportRecord{}); n != 1 || err != nil || s.seq(t) != before+1 {
		t.Errorf("%d, %v, %d entries", n, err, s.seq(t)-before)
	}
	if n, err := s.ImportHistory(t.Context(), nil, nil, ImportRecord{}); n != 0 || err != nil || s.seq(t) != before+1 {
		t.Errorf("%d, %v, %d entries", n, err, s.seq(t)-before)
	}
}
