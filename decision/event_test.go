package decision_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

// dispute is an event about order 1.
func dispute(id, step string, change ...func(*Event)) Event {
	e := Event{ID: id, Type: "dispute." + step, Reason: "fraud", Source: "psp", About: About{Subject: &Subject{Model: "sale.order", ID: 1}}}
	for _, c := range change {
		c(&e)
	}
	return e
}

// hear records an event that must be taken.
func (s *shop) hear(t *testing.T, e Event) ([]OutcomeRow, bool) {
	t.Helper()
	told, fresh, err := s.RecordEvent(t.Context(), "main", e)
	noError(t, err)
	return told, fresh
}

// An open dispute is a suspicion: it teaches nothing. Lost, the order's
// entities are known for fraud; won, they are not any more.
func TestDisputesTeachWhenTheyEnd(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "50"))
	next := int64(2)
	frauds := func(want string) {
		t.Helper()
		s.clock.pass(time.Hour)
		wants(t, s.context(t, order(next, "50")), map[string]any{"history.email_frauds": want})
		next++
	}
	for _, c := range []struct{ id, step, reason, want string }{
		{"e1", "opened", "fraud", "0"}, {"e2", "lost", "fraud", "1"}, {"e3", "won", "not_received", "1"}, {"e4", "won", "fraud", "0"},
		{"e5", "opened", "not_received", "0"}, {"e6", "lost", "not_received", "0"},
	} {
		s.hear(t, dispute(c.id, c.step, func(e *Event) { e.Reason = c.reason }))
		frauds(c.want)
	}
	s.wantClean(t)
}

// Whoever decided about the order was right or wrong about it: each of the
// decisions is told, whichever of them was named, and by each event once.
func TestEventsTellEveryDecision(t *testing.T) {
	t.Parallel()
	for name, about := range map[string]func(first Decision) About{
		"record":   func(Decision) About { return About{Subject: &Subject{Model: "sale.order", ID: 1}} },
		"decision": func(d Decision) About { return About{Decision: d.ID} },
		"key":      func(d Decision) About { return About{Key: d.Key} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			first := s.decide(t, order(1, "50")).Decision
			second := s.decide(t, order(1, "60")).Decision
			s.decide(t, order(2, "50"))
			e := dispute("e1", "opened", func(e *Event) { e.About = about(first) })
			told, fresh := s.hear(t, e)
			var of []string
			for _, o := range told {
				of = append(of, o.Decision)
				if o.Event != "e1" || o.Type != "dispute" || o.Value != "fraud" || o.Source != "psp" || !o.KnownAt.Equal(s.clock.Now()) {
					t.Errorf("%+v", o)
				}
			}
			slices.Sort(of)
			if !fresh || !slices.Equal(of, []string{first.ID, second.ID}) {
				t.Errorf("told %v", of)
			}
			s.clock.pass(time.Hour)
			before := s.seq(t)
			if again, fresh := s.hear(t, e); fresh || same(t, again) != same(t, told) || s.seq(t) != before {
				t.Errorf("the second time: %v %+v", fresh, again)
			}
			s.wantClean(t)
		})
	}
}

// An id is one event's: what comes under it later and says something else is
// refused, and nothing of it is kept.
func TestEventsRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, order(1, "50")).Decision
	other := s.decide(t, refund(1, "5", "EUR")).Decision
	s.hear(t, dispute("e1", "opened", func(e *Event) { e.At = noon }))
	seven, before := Money{decimal.NewFromInt(7), "EUR"}, s.seq(t)
	for name, c := range map[string]struct {
		e    Event
		code Code
		says string
	}{
		"another type":        {dispute("e1", "lost"), CodeKeyReuse, "This id was used for an event that told something else."},
		"another reason":      {dispute("e1", "opened", func(e *Event) { e.Reason = "other" }), CodeKeyReuse, ""},
		"another time":        {dispute("e1", "opened", func(e *Event) { e.At = noon.Add(-day) }), CodeKeyReuse, ""},
		"another amount":      {dispute("e1", "opened", func(e *Event) { e.Amount = &seven }), CodeConflict, ""},
		"an unknown type":     {dispute("e2", "reopened"), CodeInvalid, "/type must be one of dispute.opened, dispute.won, dispute.lost"},
		"no id":               {dispute("", "lost"), CodeInvalid, "/id"},
		"an unknown reason":   {dispute("e2", "lost", func(e *Event) { e.Reason = "moon" }), CodeInvalid, "/reason must be one of fraud, "},
		"the future":          {dispute("e2", "lost", func(e *Event) { e.At = noon.Add(day) }), CodeInvalid, "/at"},
		"another currency":    {dispute("e2", "lost", func(e *Event) { e.Amount = &Money{seven.Amount, "USD"} }), CodeInvalid, "/currency"},
		"an unknown record":   {dispute("e2", "lost", func(e *Event) { e.About.Subject.ID = 99 }), CodeNotFound, "There is no decision about this record."},
		"an unknown key":      {dispute("e2", "lost", func(e *Event) { e.About = About{Key: "none"} }), CodeNotFound, ""},
		"an unknown decision": {dispute("e2", "lost", func(e *Event) { e.About = About{Decision: "none"} }), CodeNotFound, ""},
		"another kind's":      {dispute("e2", "lost", func(e *Event) { e.About = About{Decision: other.ID} }), CodeNotFound, ""},
		"about nothing":       {dispute("e2", "lost", func(e *Event) { e.About = About{} }), CodeInvalid, "/subject exactly one of decision, key and subject"},
		"about two":           {dispute("e2", "lost", func(e *Event) { e.About.Decision = d.ID }), CodeInvalid, "/subject"},
	} {
		_, fresh, err := s.RecordEvent(t.Context(), "main", c.e)
		if CodeOf(err) != c.code || fresh || c.says != "" && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.seq(t) != before {
		t.Error("something was journalled")
	}
	if again, fresh := s.hear(t, dispute("e1", "opened")); fresh || len(again) != 1 { // a time that is not given is the one that was
		t.Errorf("%v %+v", fresh, again)
	}
}

// News may come in any order: by what happened when, a dispute that has ended
// leaves no doubt.
func TestDoubted(t *testing.T) {
	t.Parallel()
	told := func(typ, value string, at int) OutcomeRow {
		return OutcomeRow{OutcomeRecord: OutcomeRecord{Type: typ, Value: value, At: noon.Add(time.Duration(at) * day)}}
	}
	got := map[string]bool{}
	for name, outcomes := range map[string][]OutcomeRow{
		"nothing": nil, "opened": {told("dispute", "fraud", 1)}, "for another reason": {told("dispute", "other", 1)},
		"lost": {told("dispute", "fraud", 1), told("chargeback", "fraud", 5)}, "heard of too late": {told("chargeback", "fraud", 5), told("dispute", "fraud", 1)},
		"the same day": {told("dispute", "fraud", 1), told("dispute_won", "fraud", 1)}, "again": {told("dispute_won", "fraud", 1), told("dispute", "fraud", 2)},
		"cleared": {told("dispute", "fraud", 1), told("fraud", "cleared", 2)}, "overridden": {told("dispute", "fraud", 1), told("override", "undone", 2)},
	} {
		got[name] = Doubted(outcomes)
	}
	want := map[string]bool{
		"nothing": false, "opened": true, "for another reason": false, "lost": false, "heard of too late": false, "the same day": false, "again": true,
		"cleared": false, "overridden": true,
	}
	if !maps.Equal(got, want) {
		t.Errorf("have %v", fmt.Sprint(got))
	}
}
