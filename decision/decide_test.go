package decision_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	onlyCaller := func(r Request) Request { r.Apply = ByCaller; return r }
	tests := map[string]struct {
		req        Request
		outcome    Outcome
		status     Status
		executions []string // action names
	}{
		"executed":              {order(1, "99.99"), Execute, Executing, []string{"confirm"}},
		"one person":            {order(1, "100"), Approve, AwaitingApproval, []string{"note"}},
		"two people":            {order(1, "1000"), Approve, AwaitingApproval, []string{"note"}},
		"rejected":              {order(1, "10000"), Reject, Refused, nil},
		"executed by caller":    {onlyCaller(order(1, "99.99")), Execute, AwaitingReceipt, nil},
		"person, by caller":     {onlyCaller(order(1, "100")), Approve, AwaitingApproval, nil},
		"rejected to caller":    {onlyCaller(order(1, "10000")), Reject, Refused, nil},
		"refund":                {refund(1, "99", "EUR"), Execute, Executing, []string{"credit_note"}},
		"refund in dollars":     {refund(1, "199", "USD"), Execute, Executing, []string{"credit_note"}},
		"too many dollars":      {refund(1, "200", "USD"), Approve, AwaitingApproval, []string{"note"}},
		"nothing to do":         {delivery(1, "10"), Execute, Done, nil},
		"unknown money at risk": {change(1), Execute, Executing, []string{"discount_write"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			a := s.decide(t, test.req)
			if a.Decision.Outcome != test.outcome || a.Decision.Status != test.status || a.Row.Status != test.status || a.Replayed {
				t.Errorf("have %s, %s, row %s", a.Decision.Outcome, a.Decision.Status, a.Row.Status)
			}
			var have []string
			for _, x := range rows[Execution](t, s, Executions) {
				have = append(have, x.Action.Name)
			}
			if !slices.Equal(have, test.executions) {
				t.Errorf("executions %v, want %v", have, test.executions)
			}
			if waits := len(rows[Approval](t, s, Approvals)) == 1; waits != (test.status == AwaitingApproval) {
				t.Errorf("an approval waits: %v", waits)
			}
			again, err := s.Decision(t.Context(), "main", a.Decision.ID)
			noError(t, err)
			if same(t, again.Decision) != same(t, a.Decision) || same(t, again.Row) != same(t, a.Row) {
				t.Errorf("have %s\nwant %s", same(t, again), same(t, a))
			}
			s.wantClean(t)
		})
	}
}

// change asks for a discount on an order line.
func change(id int64) Request {
	return Request{
		Company: "main", Kind: "change", Subject: Subject{Model: "sale.order", ID: id}, RequestedBy: "odoo:9",
		Fields: json.RawMessage(`{"type":"discount","currency":"EUR","amount":12.5,"amount_total":125,"line_id":64,"discount":10,"state":"draft"}`),
	}
}

// same is a value as one comparable string.
func same(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	noError(t, err)
	return string(b)
}

// Amounts of the action stay in the request's currency, what is at stake is
// in the company's.
func TestDecideCurrencies(t *testing.T) {
	t.Parallel()
	s := setup(t)
	a := s.decide(t, refund(1, "150.50", "USD"))
	if m := a.Decision.Recommendation.AtStake; m.String() != "75.25 EUR" {
		t.Errorf("at stake %s", m)
	}
	x := row[Execution](t, s, Executions, a.Decision.Execution)
	if amount, _ := x.Action.Params.Money("amount"); x.Currency != "USD" || amount.String() != "150.5" {
		t.Errorf("execution of %s %s", amount, x.Currency)
	}
	yen := s.decide(t, refund(2, "15000.4", "JPY"))
	if m := yen.Decision.Recommendation.AtStake; m.String() != "150.00 EUR" || yen.Row.Currency != "JPY" {
		t.Errorf("at stake %s, row in %s", m, yen.Row.Currency)
	}
	s.sign(t, yen.Decision.Approval, "ada")
	if x := row[Execution](t, s, Executions, yen.Decision.Execution); x.Currency != "JPY" {
		t.Errorf("granted execution in %s", x.Currency)
	}
}

// What is not allowed is said all at once, with pointers, and journalled
// never.
func TestDecideInvalid(t *testing.T) {
	t.Parallel()
	with := func(change func(*Request)) Request {
		r := order(1, "5")
		change(&r)
		return r
	}
	fields := func(old, new string) Request {
		return with(func(r *Request) { r.Fields = json.RawMessage(strings.Replace(string(r.Fields), old, new, 1)) })
	}
	unasked, priced := refund(1, "5", "EUR"), change(1)
	unasked.RequestedBy = ""
	priced.Proposed = &ProposedAction{"price_write", json.RawMessage(`{"line_id":64,"price_unit":5}`)}
	tests := map[string]struct {
		req  Request
		want string // pointers
	}{
		"company":            {with(func(r *Request) { r.Company = "other" }), "/company"},
		"kind":               {with(func(r *Request) { r.Kind = "Order" }), "/kind"},
		"model":              {with(func(r *Request) { r.Subject.Model = "account.move" }), "/subject/model"},
		"id":                 {with(func(r *Request) { r.Subject.ID = 0 }), "/subject/id"},
		"database":           {with(func(r *Request) { r.Subject.DB = "a b" }), "/subject/db"},
		"applier":            {with(func(r *Request) { r.Apply = "both" }), "/apply"},
		"channel":            {with(func(r *Request) { r.Channel = strings.Repeat("x", 65) }), "/channel"},
		"who asked":          {with(func(r *Request) { r.RequestedBy = "Ada Lovelace" }), "/requested_by"},
		"key":                {with(func(r *Request) { r.Key = strings.Repeat("k", MaxKey+1) }), "/Idempotency-Key"},
		"correlation":        {with(func(r *Request) { r.CorrelationID = "a\nb" }), "/X-Correlation-ID"},
		"fields":             {with(func(r *Request) { r.Fields = json.RawMessage(`[]`) }), "/fields"},
		"negative amount":    {fields(`"amount_total":5`, `"amount_total":-5`), "/fields/amount_total"},
		"missing amount":     {fields(`,"amount_total":5`, ``), "/fields/amount_total"},
		"unknown currency":   {fields(`EUR`, `GBP`), "/fields/currency"},
		"unknown field":      {fields(`"state"`, `"State"`), "/fields/State /fields/state"},
		"order of tomorrow":  {fields(`2026-11-24T`, `2026-11-25T`), "/fields/date_order"},
		"action":             {with(func(r *Request) { r.Proposed = &ProposedAction{Name: "credit_note"} }), "/action/name"},
		"action unheard of":  {with(func(r *Request) { r.Proposed = &ProposedAction{Name: "explode"} }), "/action/name"},
		"action parameters":  {with(func(r *Request) { r.Proposed = &ProposedAction{"hold", json.RawMessage(`{"code":"a b","x":1}`)} }), "/action/params/code /action/params/x"},
		"no parameters":      {with(func(r *Request) { r.Proposed = &ProposedAction{Name: "hold"} }), "/action/params/code"},
		"more than invoiced": {refund(1, "100000.01", "EUR"), "/fields/amount"},
		"refund by nobody":   {unasked, "/requested_by"},
		"another write":      {priced, "/fields/type"},
		"several at once":    {with(func(r *Request) { r.Subject.ID, r.Apply = -1, "x" }), "/subject/id /apply"},
	}
	s := setup(t)
	before := s.seq(t)
	for name, test := range tests {
		for ask, err := range map[string]error{"decide": second(s.Decide(t.Context(), test.req)), "assess": second(s.Assess(t.Context(), test.req))} {
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeInvalid {
				t.Errorf("%s, %s: %v", name, ask, err)
				continue
			}
			var have []string
			for _, f := range e.Fields {
				have = append(have, f.Pointer)
			}
			if strings.Join(have, " ") != test.want {
				t.Errorf("%s, %s: have %q, want %q", name, ask, have, test.want)
			}
		}
	}
	if s.seq(t) != before {
		t.Error("a refused request is journalled")
	}
}

func second[T any](_ T, err error) error { return err }

// A required amount may come with the action instead of the fields; with
// neither it is asked for.
func TestDecideFromAction(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := refund(1, "0", "EUR")
	req.Fields = json.RawMessage(strings.Replace(string(req.Fields), `,"amount":0`, ``, 1))
	if err := second(s.Decide(t.Context(), req)); CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), "/fields/amount required") {
		t.Fatalf("without an amount: %v", err)
	}
	req.Proposed = &ProposedAction{"credit_note", json.RawMessage(`{"amount":25.5,"code":"damaged"}`)}
	a := s.decide(t, req)
	if have := same(t, a.Decision.Recommendation.Action); have != `{"name":"credit_note","params":{"amount":25.5,"code":"damaged"}}` || a.Decision.Recommendation.AtStake.String() != "25.50 EUR" {
		t.Errorf("have %s", have)
	}
	both := refund(2, "30", "EUR")
	both.Proposed = req.Proposed
	if err := second(s.Decide(t.Context(), both)); CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), "/action/params/amount must be what /fields/amount says") {
		t.Errorf("given twice and different: %v", err)
	}
	if b := s.decide(t, refundOf(both, "25.50")); b.Decision.Recommendation.AtStake.String() != "25.50 EUR" {
		t.Errorf("given twice and equal: %s", b.Decision.Recommendation.AtStake)
	}
	note := refund(3, "30", "EUR")
	note.Proposed = &ProposedAction{"note", json.RawMessage(`{"code":"DECIDED"}`)}
	if b := s.decide(t, note); same(t, b.Decision.Recommendation.Action) != `{"name":"note","params":{"code":"DECIDED"}}` {
		t.Errorf("who asks for a note gets %s", same(t, b.Decision.Recommendation.Action))
	}
	req.Proposed.Params = json.RawMessage(`{"amount":100001}`)
	if err := second(s.Decide(t.Context(), req)); CodeOf(err) != CodeInvalid {
		t.Errorf("the rule across fields is not applied: %v", err)
	}
	req.Proposed = &ProposedAction{Name: "none"}
	if err := second(s.Decide(t.Context(), req)); CodeOf(err) != CodeInvalid {
		t.Errorf("an action without an amount: %v", err)
	}
}

func refundOf(r Request, amount string) Request {
	r.Fields = replaced(r.Fields, `"amount":30`, `"amount":`+amount)
	return r
}

// Assess says what would be decided, and leaves nothing behind.
func TestAssessOnly(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before := s.seq(t)
	a, err := s.Assess(t.Context(), order(1, "50"))
	noError(t, err)
	if a.Decision.Outcome != Execute || a.Decision.ID != "" || a.Decision.Snapshot != "" || a.Decision.Status != "" || a.Decision.Assessment.Probability == nil {
		t.Errorf("have %+v", a.Decision)
	}
	if s.seq(t) != before {
		t.Error("it is journalled")
	}
	if d := s.decide(t, order(1, "50")); d.Replayed {
		t.Error("it used up the key")
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	tests := map[Mode]struct {
		amount  string
		outcome Outcome
		status  Status
		code    string
	}{
		Live: {"5", Execute, Executing, ""}, Suggest: {"5", Approve, AwaitingApproval, GuardSuggest},
		Shadow: {"5", Approve, Recorded, GuardShadow},
	}
	for mode, want := range tests {
		s := setup(t)
		s.setModes(t, mode)
		a := s.decide(t, order(1, want.amount))
		if a.Decision.Outcome != want.outcome || a.Row.Status != want.status || a.Decision.Guard.Code != want.code || a.Decision.Verdict.Outcome != Execute {
			t.Errorf("%s: have %s, %s, %q", mode, a.Decision.Outcome, a.Row.Status, a.Decision.Guard.Code)
		}
		if mode != Suggest {
			continue
		}
		// The policy named nobody, since it would have executed: the task must
		// still be somebody's.
		task := row[Approval](t, s, Approvals, a.Decision.Approval)
		if !slices.Equal(task.Roles, []string{FallbackRole}) || task.People != 1 || !task.Deadline.Equal(noon.Add(DefaultHours*time.Hour)) {
			t.Errorf("task %+v", task)
		}
	}
	s := setup(t)
	s.setModes(t, Shadow)
	s.decide(t, order(2, "500"))
	s.decide(t, delivery(3, "90"))
	for _, table := range []Table{Approvals, Executions, Exceptions} {
		if all := rows[any](t, s, table); len(all) != 0 {
			t.Errorf("shadow mode leaves %v in %s", all, table)
		}
	}
}

// The budget of an hour bounds what the policy executes by itself.
func TestBudget(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.rules.caps = Caps{Count: 3, Amount: decimal.NewFromInt(100)}
	steps := []struct {
		pass   time.Duration
		amount string
		code   string
	}{
		{0, "40", ""}, {time.Minute, "40", ""}, {0, "40", GuardAmount}, {0, "20", ""}, {0, "0", GuardCount},
		{57 * time.Minute, "0", GuardCount}, {2 * time.Minute, "99", ""}, {0, "2", GuardAmount}, {0, "1", ""},
	}
	for i, step := range steps {
		s.clock.pass(step.pass)
		a := s.decide(t, order(int64(i+1), step.amount))
		if a.Decision.Guard.Code != step.code || (a.Decision.Outcome == Execute) != (step.code == "") {
			t.Errorf("step %d at %s: have %q, want %q", i, s.clock.Now(), a.Decision.Guard.Code, step.code)
		}
	}
	if other := s.decide(t, refund(99, "1", "EUR")); other.Decision.Outcome != Execute {
		t.Errorf("another kind pays for it: %s", other.Decision.Guard.Code)
	}
	s.wantClean(t)
}

// A policy that cannot be had asks the fallback role; a store that cannot be
// reached is an error, and the caller tries again.
func TestPolicyUnavailable(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.rules.err = Errorf(CodeNotFound, "There is no such policy.")
	a := s.decide(t, order(1, "5"))
	if v := a.Decision.Verdict; a.Row.Status != AwaitingApproval || v.Failure != PolicyMissing || !slices.Equal(v.Roles, []string{FallbackRole}) {
		t.Errorf("have %s by %+v", a.Row.Status, v)
	}
	if !strings.Contains(s.logged.String(), "policy not available") {
		t.Error("nobody is told")
	}
	if d := s.decide(t, delivery(1, "10")); d.Row.Status != AwaitingApproval {
		t.Errorf("nothing to do, but nobody governed: %s", d.Row.Status)
	}
	for _, gone := range []error{errGone, context.Canceled} {
		s.rules.err = gone
		if err := second(s.Decide(t.Context(), order(2, "5"))); !errors.Is(err, gone) {
			t.Errorf("have %v, want %v", err, gone)
		}
	}
}

// A model that fails is recorded, and the policy sees no probability.
func TestModelFails(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := order(1, "5")
	req.Fields = json.RawMessage(strings.Replace(string(req.Fields), `"partner_id":14`, `"partner_id":13`, 1))
	a := s.decide(t, req)
	if a.Decision.Assessment.Probability != nil {
		t.Errorf("have %+v", a.Decision.Assessment)
	}
	story, err := s.Story(t.Context(), "main", a.Decision.ID)
	noError(t, err)
	if fmt.Sprint(story.Snapshot.Failures) != "[{assess MODEL_ERROR}]" {
		t.Errorf("failures %v", story.Snapshot.Failures)
	}
}
