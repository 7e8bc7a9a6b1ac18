package decision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	. "assent/decision"
)

// together runs ask n times at once and gives the answers.
func together(t *testing.T, n int, ask func(i int) (Answer, error)) []Answer {
	t.Helper()
	answers, errs := make([]Answer, n), make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			answers[i], errs[i] = ask(i)
		})
	}
	close(start)
	wg.Wait()
	for _, err := range errs {
		noError(t, err)
	}
	return answers
}

// wantOne wants one decision in all answers, made once, and one effect.
func (s *shop) wantOne(t *testing.T, answers []Answer) {
	t.Helper()
	made := 0
	for _, a := range answers {
		if a.Decision.ID != answers[0].Decision.ID {
			t.Errorf("decisions %s and %s", a.Decision.ID, answers[0].Decision.ID)
		}
		if !a.Replayed {
			made++
		}
	}
	if made != 1 || len(rows[DecisionRow](t, s, Decisions)) != 1 {
		t.Errorf("%d were made, %d are stored", made, len(rows[DecisionRow](t, s, Decisions)))
	}
	s.step(t)
	if effects := s.odoo.happened(); len(effects) != 1 || effects[answers[0].Decision.Execution] != 1 {
		t.Errorf("effects %v", effects)
	}
	s.wantClean(t)
}

func TestSameKeyAtOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.wantOne(t, together(t, 50, func(int) (Answer, error) {
		req := order(1, "5")
		req.Key = "once"
		return s.Decide(t.Context(), req)
	}))
}

// Without a key the same fields of the same record are the same question.
func TestNoKeyAtOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	amounts := []string{"5", "5.0", "5.001", "4.999"} // the same cents
	s.wantOne(t, together(t, 20, func(i int) (Answer, error) {
		return s.Decide(t.Context(), order(1, amounts[i%len(amounts)]))
	}))
}

// Without a key another question about the same record is one of its own, and
// no repetition that went wrong.
func TestNoKeyOtherQuestion(t *testing.T) {
	t.Parallel()
	s := setup(t)
	first := s.decide(t, order(1, "5")).Decision.ID
	for name, change := range map[string]func(*Request){
		"by somebody else":   func(r *Request) { r.RequestedBy = "odoo:8" },
		"for another action": func(r *Request) { r.Proposed = &ProposedAction{Name: "cancel"} },
		"to apply oneself":   func(r *Request) { r.Apply = ByCaller },
	} {
		req := order(1, "5")
		change(&req)
		if a := s.decide(t, req); a.Replayed || a.Decision.ID == first {
			t.Errorf("asked %s, the answer is the first one's", name)
		}
		if a := s.decide(t, req); !a.Replayed {
			t.Errorf("asked %s twice, it is decided twice", name)
		}
	}
}

// Prices are finer than the currency: a difference below a cent makes another
// question, in a line, in a field and in an action.
func TestNoKeyOtherPrice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ask := func(kind, model, fields, params string) Request {
		r := Request{Company: "main", Kind: kind, Subject: Subject{Model: model, ID: 1}, RequestedBy: "odoo:7", Fields: json.RawMessage(fields)}
		if params != "" {
			r.Proposed = &ProposedAction{Name: "price_write", Params: json.RawMessage(params)}
		}
		return r
	}
	line := `{"state":"draft","date_order":"2026-11-24T11:00:00Z","currency":"EUR","partner_id":14,"amount_total":5,"lines":[{"product_id":1,"quantity":1000,"price_unit":%s}]}`
	field := `{"type":"price_override","currency":"EUR","amount":5,"amount_total":50,"line_id":64,"price_unit":%s}`
	action := `{"type":"price_override","currency":"EUR","amount":5,"amount_total":50}`
	for name, request := range map[string]func(price string) Request{
		"line":  func(price string) Request { return ask("order", "sale.order", fmt.Sprintf(line, price), "") },
		"field": func(price string) Request { return ask("change", "sale.order", fmt.Sprintf(field, price), "") },
		"action": func(price string) Request {
			return ask("change", "sale.order", action, `{"line_id":64,"price_unit":`+price+`}`)
		},
	} {
		first := s.decide(t, request("0.051")).Decision.ID
		if other := s.decide(t, request("0.052")); other.Replayed || other.Decision.ID == first {
			t.Errorf("%s: another price got the first one's answer", name)
		}
		if same := s.decide(t, request("0.0510")); !same.Replayed || same.Decision.ID != first {
			t.Errorf("%s: the same price is decided twice", name)
		}
	}
}

// Two services over one store share no lock: the commit decides, and the
// loser gets the winner's decision.
func TestSameKeyOfReplicas(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other := newShop(s.store, s.path).Service
	other.NewID, other.Policies = s.NewID, s.rules
	// Both have found the key unbound before either commits.
	var both sync.WaitGroup
	both.Add(2)
	s.rules.during = func() { both.Done(); both.Wait() }
	s.wantOne(t, together(t, 2, func(i int) (Answer, error) {
		return []*Service{s.Service, other}[i].Decide(t.Context(), order(1, "5"))
	}))
}

// The same key with anything else in the request is refused; correlation id
// and time are not part of it.
func TestKeyReuse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Request)
		same   bool
	}{
		"the same":         {func(*Request) {}, true},
		"correlation":      {func(r *Request) { r.CorrelationID = "another" }, true},
		"who calls":        {func(r *Request) { r.Via = "key2" }, true},
		"said by default":  {func(r *Request) { r.Apply = ByService }, true},
		"order of keys":    {func(r *Request) { r.Fields = reversed(r.Fields) }, true},
		"below a cent":     {func(r *Request) { r.Fields = replaced(r.Fields, `:5,`, `:5.0000,`) }, true},
		"record":           {func(r *Request) { r.Subject.ID++ }, false},
		"database by name": {func(r *Request) { r.Subject.DB = "prod" }, true},
		"kind": {func(r *Request) {
			other := delivery(1, "1")
			r.Kind, r.Subject, r.Fields = other.Kind, other.Subject, other.Fields
		}, false},
		"channel":           {func(r *Request) { r.Channel = "pos" }, false},
		"who asked":         {func(r *Request) { r.RequestedBy = "odoo:8" }, false},
		"who applies":       {func(r *Request) { r.Apply = ByCaller }, false},
		"a field":           {func(r *Request) { r.Fields = replaced(r.Fields, `:5,`, `:6,`) }, false},
		"the action":        {func(r *Request) { r.Proposed = &ProposedAction{Name: "cancel"} }, false},
		"read from Odoo":    {func(r *Request) { r.Fields = nil }, false},
		"a personal detail": {func(r *Request) { r.Fields = replaced(r.Fields, `ada@`, `bob@`) }, false},
	}
	s := setup(t)
	s.DB = "prod"
	first := order(1, "5")
	first.Key = "k"
	made := s.decide(t, first)
	s.clock.pass(time.Hour)
	before := s.seq(t)
	for name, test := range tests {
		req := order(1, "5")
		req.Key = "k"
		test.change(&req)
		a, err := s.Decide(t.Context(), req)
		if !test.same {
			if CodeOf(err) != CodeKeyReuse || strings.Contains(err.Error(), made.Decision.ID) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || !a.Replayed || a.Decision.ID != made.Decision.ID {
			t.Errorf("%s: %v, %+v", name, err, a.Row)
		}
	}
	if s.seq(t) != before {
		t.Error("a repetition is journalled")
	}
}

func replaced(raw json.RawMessage, old, new string) json.RawMessage {
	return json.RawMessage(strings.Replace(string(raw), old, new, 1))
}

func reversed(raw json.RawMessage) json.RawMessage {
	return replaced(replaced(raw, `{"state":"draft",`, `{`), `,"partner_id"`, `,"state":"draft","partner_id"`)
}

// The answer to a repeated question is the decision as it is now.
func TestReplayedStatus(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if a := s.decide(t, order(1, "5")); a.Row.Status != Executing {
		t.Fatalf("have %s", a.Row.Status)
	}
	s.step(t)
	if a := s.decide(t, order(1, "5")); a.Row.Status != Done || a.Decision.Status != Executing || !a.Replayed {
		t.Errorf("have %s, decided as %s", a.Row.Status, a.Decision.Status)
	}
}

// Who waits for a key and gives up gets its own error.
func TestKeyWaitCancelled(t *testing.T) {
	t.Parallel()
	s := setup(t)
	inside, goOn := make(chan struct{}), make(chan struct{})
	s.rules.during = func() { close(inside); <-goOn }
	done := make(chan error)
	go func() { done <- second(s.Decide(context.WithoutCancel(t.Context()), order(1, "5"))) }()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := second(s.Decide(ctx, order(1, "5"))); err == nil {
		t.Error("two decide on the same key")
	}
	close(goOn)
	noError(t, <-done)
}
