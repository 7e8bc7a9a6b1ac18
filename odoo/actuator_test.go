package odoo_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

// stage is a shop with an integration that acts in it.
type stage struct {
	*bundle
	odoo    *odoo.Integration
	company decision.Company
}

func setStage(t *testing.T, i instance, without ...string) *stage {
	t.Helper()
	never := func(c *odoo.Config) { c.Failures = 1000 } // the breaker would hide what a fault does
	s := &stage{bundle: setupWithout(t, i, without, never), company: decision.Company{ID: "main", OdooID: 1, Currency: "EUR"}}
	s.odoo = &odoo.Integration{Caller: s.client, Users: map[string]int64{"finance": 2}, Sentence: sentence}
	s.fake.Seed("stock.picking", map[string]any{
		"id": 7, "name": "WH/OUT/00007", "state": "assigned", "scheduled_date": "2026-11-26 09:00:00", "date_deadline": "2026-11-28 00:00:00",
		"partner_id": 101, "sale_id": 1, "origin": "S00001", "company_id": 1,
	})
	return s
}

// sentence has characters that are markup in an activity's note.
func sentence(policy, code string) string {
	if policy != "policy-3" {
		return "Another policy's words."
	}
	return map[string]string{"ORDER_REVIEW": "Score < limit & new customer."}[code]
}

// trial is one action on a record of the shop.
type trial struct {
	name    string
	kind    string
	action  decision.Action
	subject decision.Subject
	before  map[string]any // the record as the action needs it
	model   string         // of the call that has the effect
	method  string         // empty for the dialect's reversal
	effects []string       // in the write log, each once; others that start like free are not counted
	free    string
	ref     string                                // what the receipt names, up to the id
	change  func(*stage, decision.Subject)        // of the record, so that the fingerprint differs; nil where nothing is bound
	reached func(*stage, decision.Subject) string // "" in the right final state, else what is wrong
}

var (
	order1   = decision.Subject{Model: "sale.order", ID: 1}
	invoice1 = decision.Subject{Model: "account.move", ID: 1} // of 176.72 EUR, 19 % included
	picking7 = decision.Subject{Model: "stock.picking", ID: 7}
	review   = decision.Record{"code": "ORDER_REVIEW", "role": "finance", "days": int64(2)}
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func record(name string, params decision.Record) decision.Action {
	return decision.Action{Name: name, Params: params}
}

var trials = []trial{
	{name: "confirm", kind: "order", action: record("confirm", nil), subject: order1, model: "sale.order", method: "action_confirm",
		effects: []string{"confirm sale.order,1"}, change: otherTotal, reached: has("state", "sale")},
	{name: "cancel", kind: "order", action: record("cancel", nil), subject: order1, before: map[string]any{"state": "sale"}, model: "sale.order", method: "action_cancel",
		effects: []string{"cancel sale.order,1"}, change: otherTotal, reached: has("state", "cancel")},
	{name: "hold", kind: "order", action: record("hold", review), subject: order1, model: "sale.order", method: "message_post",
		effects: []string{"activity sale.order,1", "note sale.order,1"}, ref: "mail.message:", reached: has("state", "draft")},
	{name: "activity", kind: "delivery", action: record("activity", review), subject: picking7, model: "mail.activity", method: "create",
		effects: []string{"activity stock.picking,7"}, ref: "mail.activity:", reached: has("state", "assigned")},
	{name: "note", kind: "refund", action: record("note", decision.Record{"code": "DECIDED"}), subject: invoice1, model: "account.move", method: "message_post",
		effects: []string{"note account.move,1"}, ref: "mail.message:", reached: has("state", "posted")},
	{name: "manual", kind: "change", action: record("manual", nil), subject: decision.Subject{Model: "res.partner", ID: 101}, model: "mail.activity", method: "create",
		effects: []string{"activity res.partner,101"}, ref: "mail.activity:", reached: has("active", true)},
	{name: "reschedule", kind: "delivery", action: record("reschedule", decision.Record{"scheduled_date": time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)}), subject: picking7,
		model: "stock.picking", method: "write", effects: []string{"write sale.order,1"}, change: otherDate, reached: has("scheduled_date", "2026-11-30 09:00:00")},
	{name: "credit_note", kind: "refund", action: credit("176.72"), subject: invoice1, model: "account.move.reversal",
		effects: []string{"credit_note account.move,1", "post account.move,1"}, ref: "account.move:", change: otherCredit, reached: credited("176.72")},
	{name: "credit_note in part", kind: "refund", action: credit("37.73"), subject: invoice1, model: "account.move.reversal",
		effects: []string{"credit_note account.move,1", "post account.move,1"}, free: "write account.move,1", ref: "account.move:", change: otherCredit, reached: credited("37.73")},
	{name: "price_write", kind: "change", action: record("price_write", decision.Record{"line_id": int64(1), "price_unit": dec("40.5")}), subject: order1,
		model: "sale.order.line", method: "write", effects: []string{"write sale.order,1"}, change: otherTotal, reached: line1Has("price_unit", "40.5")},
	{name: "discount_write", kind: "change", action: record("discount_write", decision.Record{"line_id": int64(1), "discount": dec("12.5")}), subject: order1,
		model: "sale.order.line", method: "write", effects: []string{"write sale.order,1"}, change: otherTotal, reached: line1Has("discount", "12.5")},
}

func credit(amount string) decision.Action {
	return record("credit_note", decision.Record{"amount": dec(amount), "code": "damaged"})
}

func otherTotal(s *stage, _ decision.Subject) {
	s.fake.Seed("sale.order", map[string]any{"id": 1, "amount_total": 7.0})
}

func otherDate(s *stage, _ decision.Subject) {
	s.fake.Seed("stock.picking", map[string]any{"id": 7, "scheduled_date": "2026-11-27 09:00:00"})
}

// otherCredit is a colleague who credits a cent of the same invoice.
func otherCredit(s *stage, _ decision.Subject) {
	s.fake.Seed("account.move", map[string]any{"id": 900, "name": "RINV/2026/09000", "state": "draft", "reversed_entry_id": 1, "move_type": "out_refund", "amount_total": 0.01, "company_id": 1})
}

func has(field string, want any) func(*stage, decision.Subject) string {
	return func(s *stage, subject decision.Subject) string {
		return differs(s.fake.Record(subject.Model, subject.ID)[field], want)
	}
}

func line1Has(field, want string) func(*stage, decision.Subject) string {
	return func(s *stage, _ decision.Subject) string {
		return differs(fmt.Sprint(s.fake.Record("sale.order.line", 1)[field]), want)
	}
}

// credited is one posted credit note over the amount, and no draft beside it.
func credited(amount string) func(*stage, decision.Subject) string {
	return func(s *stage, subject decision.Subject) string {
		var states []string
		for _, m := range s.reversals(subject.ID) {
			if state := m["state"]; state != "cancel" {
				states = append(states, fmt.Sprintf("%v %v", state, m["amount_total"]))
			}
		}
		return differs(strings.Join(states, ", "), "posted "+amount)
	}
}

func (s *stage) reversals(invoice int64) []map[string]any {
	return slices.DeleteFunc(s.fake.Records("account.move"), func(m map[string]any) bool {
		link, _ := m["reversed_entry_id"].([]any)
		return len(link) != 2 || link[0] != invoice
	})
}

func differs(have, want any) string {
	if fmt.Sprint(have) == fmt.Sprint(want) {
		return ""
	}
	return fmt.Sprintf("have %v, want %v", have, want)
}

// each runs a test for every action on every instance.
func each(t *testing.T, test func(t *testing.T, s *stage, c trial)) {
	t.Parallel()
	for _, i := range instances {
		for _, c := range trials {
			t.Run(i.String()+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				test(t, setStage(t, i), c)
			})
		}
	}
}

// execution is what the executor hands over for a decision on the record as
// it is now.
func (s *stage) execution(t *testing.T, c trial) decision.Execution {
	t.Helper()
	if c.before != nil {
		row := map[string]any{"id": c.subject.ID}
		maps.Copy(row, c.before)
		s.fake.Seed(c.subject.Model, row)
	}
	kind, _ := decision.KindNamed(c.kind)
	fields := s.fields(t, kind, c.subject)
	currency, _ := fields.Text("currency")
	spec, _ := decision.ActionNamed(c.action.Name)
	return decision.Execution{
		ID: strings.TrimPrefix(execution, "assent:") + "-0", Decision: strings.TrimPrefix(execution, "assent:"), Kind: c.kind, Subject: c.subject,
		Action: c.action, Class: c.action.Class(), Fingerprint: decision.SubjectFingerprint(spec.Fingerprint, kind.Fields, fields, currency),
		Currency: currency, Correlation: "shop-7", Policy: "policy-3", Reasons: []string{"NEW_CUSTOMER", "ORDER_REVIEW"}, Due: morning,
	}
}

// fields reads a record the way the service does.
func (s *stage) fields(t *testing.T, kind decision.Kind, subject decision.Subject) decision.Record {
	t.Helper()
	raw, err := s.odoo.ReadRecord(s, s.company, kind, subject)
	if err != nil {
		t.Fatal(err)
	}
	fields, _ := decision.DecodeFields(raw, kind.Fields, "", morning, false)
	return fields
}

func (s *stage) apply(ctx context.Context, x decision.Execution) decision.Applied {
	return s.odoo.Apply(ctx, s.company, x)
}

// effectOf names an effect and the document it is on.
func effectOf(e odootest.Entry) string { return e.Effect + " " + cmp.Or(e.On, e.Record) }

// happened counts the write log's effects; those that start with free are
// left out.
func (s *stage) happened(free string) map[string]int {
	counts := map[string]int{}
	for _, e := range s.fake.Log() {
		what := effectOf(e)
		if free == "" || !strings.HasPrefix(what, free) {
			counts[what]++
		}
	}
	return counts
}

func (s *stage) wantEffects(t *testing.T, c trial, times int) {
	t.Helper()
	want := map[string]int{}
	for _, e := range c.effects {
		if times > 0 {
			want[e] = times
		}
	}
	if wrong := differs(s.happened(c.free), want); wrong != "" {
		t.Errorf("effects: %s", wrong)
	}
}

func wantApplied(t *testing.T, have decision.Applied, result decision.Result, code string, inDoubt bool) {
	t.Helper()
	if have.Result != result || have.Code != code || have.InDoubt != inDoubt {
		t.Errorf("have %+v, want %s %s, in doubt %v", have, result, code, inDoubt)
	}
}

// TestApplied: an action is applied once, read back, named in the receipt, and
// found again by every later attempt.
func TestApplied(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		x := s.execution(t, c)
		first := s.apply(s, x)
		wantApplied(t, first, decision.ResultDone, "applied", false)
		if !strings.HasPrefix(first.Ref, c.ref) || (c.ref == "") != (first.Ref == "") {
			t.Errorf("ref: have %q, want one of %q", first.Ref, c.ref)
		}
		second := s.apply(s, x)
		wantApplied(t, second, decision.ResultDone, "already_applied", false)
		if second.Ref != first.Ref {
			t.Errorf("ref: have %q, then %q", first.Ref, second.Ref)
		}
		s.wantEffects(t, c, 1)
		if wrong := c.reached(s, c.subject); wrong != "" {
			t.Error(wrong)
		}
		for _, e := range s.fake.Log() {
			if e.Key != "assent:"+x.ID || e.UID != odootest.DemoBot || !strings.Contains(string(e.Values), `"allowed_company_ids":[1]`) {
				t.Errorf("an effect of somebody else's, or in any company: %+v", e)
			}
		}
	})
}

// TestChanged: what was decided on another state of the record is not
// applied. Protective actions and manual ones bind nothing.
func TestChanged(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		x := s.execution(t, c)
		if c.change == nil {
			otherTotal(s, c.subject)
			otherDate(s, c.subject)
			otherCredit(s, c.subject)
			wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
			return
		}
		c.change(s, c.subject)
		wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
		wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
		s.wantEffects(t, c, 0)
	})
}

// hide moves a record, and what belongs to it, to a company that the bot does
// not see.
func (s *stage) hide(subject decision.Subject) {
	s.fake.Seed(subject.Model, map[string]any{"id": subject.ID, "company_id": 2})
	if subject.Model == "sale.order" {
		s.fake.Seed("sale.order.line", map[string]any{"id": subject.ID, "company_id": 2})
	}
}

// TestNotVisible: a record that the bot cannot see is left alone, as is one
// that does not exist.
func TestNotVisible(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		x := s.execution(t, c)
		s.hide(c.subject)
		wantApplied(t, s.apply(s, x), decision.ResultVoid, "not_visible", false)
		x.Subject.ID = 99999
		if strings.HasSuffix(c.name, "_write") {
			x.Action.Params = decision.Record{"line_id": int64(99999), "price_unit": dec("1"), "discount": dec("1")}
		}
		wantApplied(t, s.apply(s, x), decision.ResultVoid, "not_visible", false)
		s.wantEffects(t, c, 0)
	})
}

// TestOtherCompany: a company the bot does not belong to is refused, and a bot
// of two companies does not act on one's record in the name of the other.
func TestOtherCompany(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		x := s.execution(t, c)
		if c.subject.Model == "res.partner" {
			s.fake.Seed("res.partner", map[string]any{"id": c.subject.ID, "company_id": 1}) // else it is shared
		}
		s.company.OdooID = 2
		wantApplied(t, s.apply(s, x), decision.ResultFail, "access_error", false)
		s.fake.AddUser(odootest.User{ID: odootest.DemoBot, Login: "both", Key: "both", Companies: []int64{1, 2}, Groups: []string{"admin"}})
		s.odoo.Caller = s.as(t, "both")
		wantApplied(t, s.apply(s, x), decision.ResultVoid, "not_visible", false)
		s.wantEffects(t, c, 0)
	})
}

// as is a client for another user whose login is also the key.
func (s *stage) as(t *testing.T, login string) *odoo.Client {
	t.Helper()
	client, err := odoo.New(odoo.Config{URL: "http://odoo.test", Database: "odoo", Login: login, Key: odoo.Secret(login), Protocol: odoo.JSONRPC, Rate: -1, Transport: s.fake.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// fault is a fault of the call that has the action's effect.
func (s *stage) fault(c trial, f odootest.Fault) {
	f.Model, f.Method = c.model, cmp.Or(c.method, s.dialect.ReversalMethod)
	s.fake.Inject(f)
}

// TestRefused: what Odoo refuses is final, and says how.
func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		for name, code := range map[string]string{
			"UserError": "user_error", "RedirectWarning": "user_error", "ValidationError": "validation_error", "AccessError": "access_error", "MissingError": "missing_record",
		} {
			s.fault(c, odootest.Fault{Kind: odootest.Raise, Name: "odoo.exceptions." + name, Message: "No, said Ada Lovelace.", Times: 1})
			wantApplied(t, s.apply(s, s.execution(t, c)), decision.ResultFail, code, false)
		}
		c.effects = slices.DeleteFunc(slices.Clone(c.effects), func(e string) bool { return c.name != "hold" || strings.HasPrefix(e, "note") })
		s.wantEffects(t, c, 1) // a hold's activity stays
	})
}

// TestNotDone: a call that succeeds without the effect is never done. Where a
// record should have come back, what came instead leaves the outcome open.
func TestNotDone(t *testing.T) {
	wizard := map[string]any{"type": "ir.actions.act_window", "res_model": "some.wizard", "target": "new"}
	each(t, func(t *testing.T, s *stage, c trial) {
		for what, value := range map[string]any{"wizard": wizard, "null": nil, "true": true, "false": false, "nothing": map[string]any{}, "other ids": []any{}} {
			s.fault(c, odootest.Fault{Kind: odootest.Result, Value: value, Times: 1})
			have := s.apply(s, s.execution(t, c))
			open := c.method == "create" && what != "wizard"
			if have.Result == decision.ResultDone || open != have.InDoubt || !open && (have.Result != decision.ResultFail || have.Code != "no_effect") {
				t.Errorf("%s: have %+v", what, have)
			}
		}
		c.effects = slices.DeleteFunc(slices.Clone(c.effects), func(e string) bool { return c.name != "hold" || strings.HasPrefix(e, "note") })
		s.wantEffects(t, c, 1)
	})
}

// TestInDoubt: only a request that was handed over, and whose effect was not
// seen, makes the executor wait for Odoo to finish.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	reset, refuse := odootest.Fault{Kind: odootest.Reset, Times: 1}, odootest.Fault{Kind: odootest.Refuse, Times: 1}
	lost := odootest.Fault{Kind: odootest.Reset, After: true, Times: 1}
	raise := func(name string) odootest.Fault { return odootest.Fault{Kind: odootest.Raise, Name: name, Times: 1} }
	for name, c := range map[string]struct {
		call, back *odootest.Fault // of the call, and of the read after it
		code       string
		inDoubt    bool
	}{
		"never connected":        {&refuse, nil, "odoo_down", false},
		"reset":                  {&reset, nil, "odoo_down", true},
		"reset, not read back":   {&reset, &refuse, "odoo_down", true},
		"lost":                   {&lost, nil, "applied", false},
		"lost, not read back":    {&lost, &reset, "odoo_down", true},
		"done, not read back":    {nil, &refuse, "odoo_down", true},
		"rolled back":            {ptr(raise("psycopg2.errors.SerializationFailure")), nil, "serialization_failure", false},
		"rolled back, unread":    {ptr(raise("psycopg2.errors.SerializationFailure")), &reset, "serialization_failure", false},
		"refused, not read back": {ptr(raise("odoo.exceptions.UserError")), &reset, "odoo_down", false},
		"broke after the commit": {ptr(raise("smtplib.SMTPServerDisconnected")), nil, "server_error", true},
		"a proxy's page":         {&odootest.Fault{Kind: odootest.Status, Code: 504, Times: 1}, nil, "not_odoo_json", true},
		"too many":               {&odootest.Fault{Kind: odootest.Status, Code: 429, Times: 1}, nil, "throttled", false},
		"a login page":           {&odootest.Fault{Kind: odootest.Login, Times: 1}, nil, "not_odoo_json", true},
		"denied":                 {ptr(raise("odoo.exceptions.AccessDenied")), nil, "odoo_down", false},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *stage, a trial) {
				x := s.execution(t, a)
				if c.call != nil {
					s.fault(a, *c.call)
				}
				if c.back != nil {
					s.odoo.Caller = &after{Caller: s.client, method: cmp.Or(a.method, s.dialect.ReversalMethod), model: a.model, do: func() { s.fake.Inject(*c.back) }}
				}
				result := decision.ResultRetry
				if c.code == "applied" {
					result = decision.ResultDone
				}
				wantApplied(t, s.apply(s, x), result, c.code, c.inDoubt)
			})
		})
	}
}

func ptr[T any](v T) *T { return &v }

// after does something once a method was called.
type after struct {
	odoo.Caller
	model, method string
	do            func()
}

func (a *after) Call(ctx context.Context, q odoo.Call, into any) error {
	err := a.Caller.Call(ctx, q, into)
	if q.Model == a.model && q.Method == a.method {
		a.do()
	}
	return err
}

// TestReadsAreNotInDoubt: whatever goes wrong before anything was asked for,
// Odoo is not at work on it.
func TestReadsAreNotInDoubt(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		x := s.execution(t, c)
		for n := range 4 {
			for _, kind := range []odootest.FaultKind{odootest.Reset, odootest.Refuse, odootest.Status, odootest.Garbage, odootest.Login} {
				s.fake.ClearFaults()
				s.fake.Inject(odootest.Fault{Kind: odootest.Refuse, Writes: true}) // nothing gets through
				s.fake.Inject(odootest.Fault{Kind: kind, Skip: n, Times: 1})
				if have := s.apply(s, x); have.Result != decision.ResultRetry || have.InDoubt {
					t.Errorf("%s of read %d: have %+v", kind, n, have)
				}
			}
		}
		s.wantEffects(t, c, 0)
	})
}

// TestReadsOfWhatIsDone: a read that fails is not taken for an effect that is
// missing, nor for somebody else's change.
func TestReadsOfWhatIsDone(t *testing.T) {
	each(t, func(t *testing.T, s *stage, c trial) {
		x := s.execution(t, c)
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		for n := range 4 {
			for _, kind := range []odootest.FaultKind{odootest.Reset, odootest.Garbage} {
				s.fake.ClearFaults()
				s.fake.Inject(odootest.Fault{Kind: kind, Skip: n, Times: 1})
				have := s.apply(s, x)
				reached := len(s.fake.Armed()) == 0
				if reached && have.Result != decision.ResultRetry || !reached && have.Code != "already_applied" || have.InDoubt {
					t.Errorf("%s of read %d: have %+v", kind, n, have)
				}
			}
		}
		s.wantEffects(t, c, 1)
	})
}
