package decision_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	. "assent/decision"
)

func byCaller(r Request) Request {
	r.Apply = ByCaller
	return r
}

func TestReceive(t *testing.T) {
	t.Parallel()
	tests := map[Result]Status{ResultDone: Done, ResultFail: Failed, ResultStale: Stale}
	for result, want := range tests {
		s := setup(t)
		d := s.decide(t, byCaller(order(1, "5"))).Decision
		receipt := Receipt{Result: result, Code: "applied", Ref: "sale.order:1", By: "key1", Due: noon, Decision: "x", Execution: "y"}
		row, err := s.Receive(t.Context(), "main", d.Execution, receipt)
		if err != nil || row.Status != want {
			t.Errorf("%s: %s, %v", result, row.Status, err)
		}
		seq := s.seq(t)
		again, err := s.Receive(t.Context(), "main", d.Execution, receipt)
		if err != nil || again.Status != want || s.seq(t) != seq {
			t.Errorf("%s told twice: %s, %v", result, again.Status, err)
		}
		letters := rows[Exception](t, s, Exceptions)
		if failed := result == ResultFail; failed != (len(letters) == 1) || failed && (letters[0].Type != DeadLetter || letters[0].Subject.ID != 1) {
			t.Errorf("%s: exceptions %+v", result, letters)
		}
		if len(s.odoo.calls) != 0 {
			t.Errorf("%s: the executor applied it too", result)
		}
		s.wantClean(t)
	}
}

// A receipt that contradicts an earlier one loses, and learns to what.
func TestReceiveContradicts(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, byCaller(order(1, "5"))).Decision
	_, err := s.Receive(t.Context(), "main", d.Execution, Receipt{Result: ResultDone})
	noError(t, err)
	_, err = s.Receive(t.Context(), "main", d.Execution, Receipt{Result: ResultFail})
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeConflict || e.Winner != string(Done) {
		t.Errorf("have %v", err)
	}
}

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	s := setup(t)
	waiting := s.decide(t, byCaller(order(1, "500"))).Decision
	service := s.decide(t, order(2, "5")).Decision
	rejected := s.decide(t, byCaller(order(3, "10000"))).Decision
	tests := map[string]struct {
		execution string
		receipt   Receipt
		code      Code
		says      string
	}{
		"nothing":              {"", Receipt{Result: ResultDone}, CodeNotFound, ""},
		"no such decision":     {"none-0", Receipt{Result: ResultDone}, CodeNotFound, ""},
		"no id at all":         {"none", Receipt{Result: ResultDone}, CodeNotFound, ""},
		"never planned":        {waiting.ID + "-7", Receipt{Result: ResultDone}, CodeNotFound, ""},
		"no number":            {waiting.ID + "-x", Receipt{Result: ResultDone}, CodeNotFound, ""},
		"rejected":             {rejected.ID + "-0", Receipt{Result: ResultDone}, CodeNotFound, ""},
		"the approval is open": {waiting.Execution, Receipt{Result: ResultDone}, CodeConflict, string(AwaitingApproval)},
		"service applies":      {service.Execution, Receipt{Result: ResultDone}, CodeConflict, "applies this decision itself"},
		"no result":            {waiting.Execution, Receipt{}, CodeInvalid, "/result"},
		"retry is for us":      {waiting.Execution, Receipt{Result: ResultRetry}, CodeInvalid, "/result"},
		"text as code":         {waiting.Execution, Receipt{Result: ResultDone, Code: "it failed"}, CodeInvalid, "/code"},
		"text as reference":    {waiting.Execution, Receipt{Result: ResultDone, Ref: "so 1"}, CodeInvalid, "/ref"},
	}
	before := s.seq(t)
	for name, test := range tests {
		_, err := s.Receive(t.Context(), "main", test.execution, test.receipt)
		if CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.seq(t) != before {
		t.Error("a refused receipt is journalled")
	}
}

// After the assent the caller applies and tells; the protective action it
// was given before that is told too, and moves nothing.
func TestReceiveAfterApproval(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, byCaller(order(1, "500"))).Decision
	row1, err := s.Receive(t.Context(), "main", d.Protective[0].Execution, Receipt{Result: ResultDone})
	if err != nil || row1.Status != AwaitingApproval {
		t.Fatalf("protective: %s, %v", row1.Status, err)
	}
	s.sign(t, d.Approval, "ada")
	row2, err := s.Receive(t.Context(), "main", d.Execution, Receipt{Result: ResultDone})
	if err != nil || row2.Status != Done || len(rows[Execution](t, s, Executions)) != 0 {
		t.Errorf("applied: %s, %v", row2.Status, err)
	}
	s.wantClean(t)
}

// A protective action that was asked for is executed, and ends its decision.
func TestProtectiveAction(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := order(1, "5")
	req.Proposed = &ProposedAction{"hold", []byte(`{"code":"ORDER_REVIEW","role":"finance","days":2}`)}
	s.decide(t, req)
	s.step(t)
	x, d := s.one(t)
	if days, _ := x.Action.Params.Integer("days"); x.Status != ExecutionDone || d.Status != Done || x.Fingerprint != "" || days != 2 {
		t.Errorf("%+v, decision %s", x, d.Status)
	}
	s.wantClean(t)
}

// A receipt told twice is one entry, of a protective action too; another
// receipt of the same execution is a conflict that names the first.
func TestReceiveTwice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	waiting := s.decide(t, byCaller(order(1, "500"))).Decision
	applied := s.decide(t, byCaller(order(2, "5"))).Decision
	for name, execution := range map[string]string{"protective": waiting.Protective[0].Execution, "effective": applied.Execution} {
		first := Receipt{Result: ResultDone, Code: "applied", Ref: "mail.message:7", By: "key1"}
		noError(t, second(s.Receive(t.Context(), "main", execution, first)))
		before := s.seq(t)
		first.By = "key2" // another key of the same caller
		noError(t, second(s.Receive(t.Context(), "main", execution, first)))
		for what, other := range map[string]Receipt{
			"result": {Result: ResultFail, Code: "applied", Ref: "mail.message:7"}, "code": {Result: ResultDone, Code: "noted", Ref: "mail.message:7"},
			"reference": {Result: ResultDone, Code: "applied", Ref: "mail.message:8"}, "less": {Result: ResultDone},
		} {
			var e *Error
			if err := second(s.Receive(t.Context(), "main", execution, other)); !errors.As(err, &e) || e.Code != CodeConflict || e.Winner != string(ResultDone) {
				t.Errorf("%s, another %s: %v", name, what, err)
			}
		}
		if s.seq(t) != before {
			t.Errorf("%s: a second receipt is journalled", name)
		}
	}
	s.wantClean(t)
}

// Receipts of one execution that come at once leave one entry: the same ones
// all succeed, and of different ones all but the winners learn of a conflict.
func TestReceiveAtOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, byCaller(order(1, "500"))).Decision
	before := s.seq(t)
	errs := make([]error, 8)
	var group sync.WaitGroup
	for n := range errs {
		group.Go(func() {
			r := Receipt{Result: ResultDone, Code: []string{"one", "other"}[n%2]}
			errs[n] = second(s.Receive(t.Context(), "main", d.Protective[0].Execution, r))
		})
	}
	group.Wait()
	conflicts := 0
	for n, err := range errs {
		switch {
		case CodeOf(err) == CodeConflict:
			conflicts++
		case err != nil:
			t.Errorf("receipt %d: %v", n, err)
		}
	}
	if conflicts != len(errs)/2 || s.seq(t) != before+1 {
		t.Errorf("%d conflicts and %d entries, want %d and 1", conflicts, s.seq(t)-before, len(errs)/2)
	}
	s.wantClean(t)
}
