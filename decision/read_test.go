package decision_test

import (
	"strings"
	"testing"

	. "assent/decision"
)

// unread is a request for an order that Odoo must be asked about.
func unread(id int64) Request {
	r := order(id, "0")
	r.Fields = nil
	return r
}

func TestReadFromOdoo(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Records = records{fields: map[string]string{
		"/sale.order/1": `{"state":"sent","currency":"EUR","amount_total":5,"date_order":"2027-01-01 00:00:00","partner_id":14,"lines":[{"product_id":1,"quantity":3,"discount":300}],"customer":{"email":null}}`,
	}}
	a := s.decide(t, unread(1))
	if a.Row.Status != Executing || a.Decision.Recommendation.Action.Name != "confirm" || !strings.HasPrefix(a.Decision.Key, ":sale.order:1:order:") {
		t.Errorf("have %s with key %s", a.Row.Status, a.Decision.Key)
	}
	story, err := s.Story(t.Context(), "main", a.Decision.ID)
	noError(t, err)
	// What Odoo holds and we would not accept is unknown, and so is what nobody
	// looked at: neither is known to be absent.
	for path, why := range map[string]string{
		"date_order": "not_in_odoo", "lines": "not_in_odoo", "customer.phone": "not_in_odoo", "customer.email": "no_email",
	} {
		if have := story.Snapshot.Missing[path]; have != why {
			t.Errorf("%s is missing because of %q, want %q", path, have, why)
		}
	}
	if again := s.decide(t, unread(1)); !again.Replayed {
		t.Error("the same record is another question")
	}
	s.Records = records{fields: map[string]string{"/sale.order/1": `{"state":"draft","currency":"EUR","amount_total":6}`}}
	if changed := s.decide(t, unread(1)); changed.Replayed {
		t.Error("a changed record is the same question")
	}
}

// A key of the caller's is looked up before Odoo is asked.
func TestReadWithKey(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Records = records{fields: map[string]string{"/sale.order/1": `{"state":"draft","currency":"EUR","amount_total":5}`}}
	req := unread(1)
	req.Key = "k"
	a := s.decide(t, req)
	s.Records = records{err: errGone}
	if again := s.decide(t, req); again.Decision.ID != a.Decision.ID {
		t.Error("another decision")
	}
	req.Key = "k2"
	if err := second(s.Decide(t.Context(), req)); CodeOf(err) != CodeUnavailable {
		t.Errorf("have %v", err)
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		records Records
		code    Code
		says    string
	}{
		"reads nothing":         {nil, CodeInvalid, "/fields"},
		"not there":             {records{}, CodeNotFound, ""},
		"Odoo is down":          {records{err: errGone}, CodeUnavailable, ""},
		"no answer to read":     {records{fields: map[string]string{"/sale.order/1": `<html>`}}, CodeUnavailable, ""},
		"currency without rate": {records{fields: map[string]string{"/sale.order/1": `{"state":"draft","currency":"GBP","amount_total":5}`}}, CodeInvalid, "/fields/currency"},
	}
	for name, test := range tests {
		s := setup(t)
		s.Records = test.records
		before := s.seq(t)
		for ask, err := range map[string]error{"decide": second(s.Decide(t.Context(), unread(1))), "assess": second(s.Assess(t.Context(), unread(1)))} {
			if CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s, %s: %v", name, ask, err)
			}
		}
		if s.seq(t) != before {
			t.Errorf("%s: something is journalled", name)
		}
	}
}
