package odoo_test

import (
	"fmt"
	"strings"
	"testing"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

func named(name string) trial {
	for _, c := range trials {
		if c.name == name {
			return c
		}
	}
	panic("no trial " + name)
}

// only is the one record of a model that is on a subject.
func (s *stage) only(t *testing.T, model, key string, subject decision.Subject) map[string]any {
	t.Helper()
	var found []map[string]any
	for _, r := range s.fake.Records(model) {
		if r["res_id"] == subject.ID && r[key] == subject.Model {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s on %v: have %d, want 1", model, subject, len(found))
	}
	return found[0]
}

// TestHoldInWords: what a person reads says why, in sentences that no version
// takes for markup, and names the decision. It names nobody.
func TestHoldInWords(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, named("hold"))
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		why := "Why: NEW_CUSTOMER Score &lt; limit &amp; new customer. Decision " + x.Decision + ", correlation shop-7. [assent:" + x.ID
		activity := s.only(t, "mail.activity", "res_model", order1)
		for field, want := range map[string]any{
			"summary": "Assent: Score < limit & new customer.", "note": "<p>" + why + "]</p>", "date_deadline": "2026-11-26", "user_id": []any{int64(2), "Administrator"},
		} {
			if wrong := differs(activity[field], want); wrong != "" {
				t.Errorf("%s: %s", field, wrong)
			}
		}
		message := s.only(t, "mail.message", "model", order1)
		if wrong := differs(message["body"], "<p>Assent: Score &lt; limit &amp; new customer. "+why+" note]</p>"); wrong != "" {
			t.Errorf("body: %s", wrong)
		}
	})
}

// TestActivityForNobody: a role without a user leaves the assignment to Odoo,
// which up to 18 gives it to the bot.
func TestActivityForNobody(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		c := named("activity")
		c.action = record("activity", decision.Record{"code": "ORDER_REVIEW", "role": "warehouse_lead"})
		wantApplied(t, s.apply(s, s.execution(t, c)), decision.ResultDone, "applied", false)
		activity := s.only(t, "mail.activity", "res_model", c.subject)
		want := any(false)
		if s.dialect.ActivityNeedsUser {
			want = []any{int64(odootest.DemoBot), "Assent"}
		}
		if wrong := differs(activity["user_id"], want); wrong != "" || activity["date_deadline"] != "2026-11-24" {
			t.Errorf("%s, due %v", wrong, activity["date_deadline"])
		}
	})
}

// TestHoldFinishedEarly: a person finishes the activity before the note is
// posted. Neither comes twice, and the note still comes.
func TestHoldFinishedEarly(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		c := named("hold")
		x := s.execution(t, c)
		s.fault(c, odootest.Fault{Kind: odootest.Refuse, Times: 1})
		wantApplied(t, s.apply(s, x), decision.ResultRetry, "odoo_down", false)
		s.finishActivities(t)
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		wantApplied(t, s.apply(s, x), decision.ResultDone, "already_applied", false)
		if wrong := differs(s.happened("activity_done"), map[string]int{"activity sale.order,1": 1, "note sale.order,1": 1}); wrong != "" {
			t.Error(wrong)
		}
	})
}

// TestActivityFinished: the receipt names what is left of an activity: itself
// where it is archived, else the message about it.
func TestActivityFinished(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, named("activity"))
		first := s.apply(s, x)
		s.finishActivities(t)
		second := s.apply(s, x)
		wantApplied(t, second, decision.ResultDone, "already_applied", false)
		if archived := second.Ref == first.Ref; archived != s.dialect.ActivitiesArchived || !archived && !strings.HasPrefix(second.Ref, "mail.message:") {
			t.Errorf("ref: %s, then %s", first.Ref, second.Ref)
		}
	})
}

// TestActivityRemoved: a hold's note says that there was an activity, also
// when a person deletes it.
func TestActivityRemoved(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, named("hold"))
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		id := s.only(t, "mail.activity", "res_model", order1)["id"].(int64)
		s.call(t, odoo.Call{Model: "mail.activity", Method: "unlink", IDs: []int64{id}}, nil)
		wantApplied(t, s.apply(s, x), decision.ResultDone, "already_applied", false)
		s.only(t, "mail.message", "model", order1)
		if n := s.happened("")["activity sale.order,1"]; n != 1 {
			t.Errorf("%d activities", n)
		}
	})
}

// TestOwnMarker: the first execution of a decision is not its eleventh, and
// the same record of another model is another record.
func TestOwnMarker(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		for _, name := range []string{"hold", "activity", "note", "manual", "credit_note in part"} {
			c := named(name)
			x := s.execution(t, c)
			for _, id := range []string{x.Decision + "-10", x.Decision + "-1"} {
				x.ID = id
				x.Fingerprint = s.execution(t, c).Fingerprint
				if have := s.apply(s, x); have.Code != "applied" {
					t.Errorf("%s %s: %+v", name, id, have)
				}
			}
		}
		x := s.execution(t, named("note"))
		for _, subject := range []decision.Subject{{Model: "account.move", ID: 1}, {Model: "sale.order", ID: 1}, {Model: "sale.order", ID: 2}} {
			x.Subject = subject
			if have := s.apply(s, x); have.Code != "applied" {
				t.Errorf("note on %v: %+v", subject, have)
			}
		}
	})
}

// TestActivityInDatabaseWithoutModel: nothing can be attached to records of a
// module that is not installed.
func TestActivityWithoutModel(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, named("manual"))
		x.Subject.Model = "stock.scrap"
		wantApplied(t, s.apply(s, x), decision.ResultFail, "not_found", false)
	})
}

// TestSentencesAreOptional: without sentences a person reads the codes.
func TestSentencesAreOptional(t *testing.T) {
	t.Parallel()
	s := setStage(t, instance{19, odoo.JSON2})
	s.odoo.Sentence = nil
	c := named("note")
	x := s.execution(t, c)
	x.Reasons = nil
	wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
	body := fmt.Sprint(s.only(t, "mail.message", "model", c.subject)["body"])
	if !strings.HasPrefix(body, "<p>Assent: DECIDED Decision "+x.Decision) {
		t.Errorf("body: %s", body)
	}
}

// TestBotWithoutAddress: Odoo sends nothing for a user without an e-mail
// address, so that neither a note nor an activity for somebody else can be
// made. It says so, and the execution ends.
func TestBotWithoutAddress(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.fake.Seed("res.partner", map[string]any{"id": 7, "email": false})
		for _, name := range []string{"note", "activity", "hold"} {
			wantApplied(t, s.apply(s, s.execution(t, named(name))), decision.ResultFail, "user_error", false)
		}
		s.wantEffects(t, trial{}, 0)
		wantApplied(t, s.apply(s, s.execution(t, named("manual"))), decision.ResultDone, "applied", false) // of the bot's own
	})
}

// TestBotOfFewRights: an activity needs the right to change its record.
func TestBotOfFewRights(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.fake.AddUser(odootest.User{ID: 60, Login: "few", Key: "few", Companies: []int64{1}, Groups: []string{"sale", "account"}})
		s.odoo.Caller = s.as(t, "few")
		wantApplied(t, s.apply(s, s.execution(t, named("manual"))), decision.ResultFail, "access_error", false)
		wantApplied(t, s.apply(s, s.execution(t, named("hold"))), decision.ResultDone, "applied", false)
	})
}

// TestNoChatter: a record that can have no activity is said to be one.
func TestNoChatter(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.fake.Seed("stock.quant", map[string]any{"id": 5, "company_id": 1, "quantity": 3.0})
		x := s.execution(t, trial{kind: "change", action: record("manual", nil), subject: decision.Subject{Model: "stock.quant", ID: 5}})
		wantApplied(t, s.apply(s, x), decision.ResultFail, "no_chatter", false)
		x = s.execution(t, trial{kind: "change", action: record("manual", nil), subject: decision.Subject{Model: "purchase.order", ID: s.purchase(t)}})
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		s.fake.Inject(odootest.Fault{Kind: odootest.Reset, Model: "stock.quant", Method: "fields_get", Times: 1})
		x.Subject = decision.Subject{Model: "stock.quant", ID: 5}
		wantApplied(t, s.apply(s, x), decision.ResultRetry, "odoo_down", false)
	})
}

func (s *stage) purchase(t *testing.T) int64 {
	t.Helper()
	id, err := odoo.Create(s, s.client, "purchase.order", map[string]any{"partner_id": 101}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
