package decision_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	. "assent/decision"
)

// attack changes the database as somebody does who can write the file: the
// triggers that keep honest programs from it are dropped first.
func (s *shop) attack(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(10000)")
	noError(t, err)
	defer func() { noError(t, db.Close()) }()
	triggers, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	noError(t, err)
	var drop []string
	for triggers.Next() {
		var name string
		noError(t, triggers.Scan(&name))
		drop = append(drop, "DROP TRIGGER "+name)
	}
	noError(t, triggers.Err())
	for _, statement := range append(drop, statements...) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// edited is a statement that replaces a row with a changed one.
func edited[T any](t *testing.T, s *shop, table Table, id string, change func(*T)) string {
	t.Helper()
	v := row[T](t, s, table, id)
	change(&v)
	return "UPDATE " + string(table) + " SET body = '" + same(t, v) + "' WHERE id = '" + id + "'"
}

// An execution that the decision, or its approval, does not allow as it is
// never touches Odoo. It is a dead letter, once, and does not keep the
// others from being executed.
func TestUnassentedExecution(t *testing.T) {
	t.Parallel()
	type scene struct {
		*shop
		executed, waiting, rejected, granted Answer
	}
	insert := func(t *testing.T, x Execution) string {
		return "INSERT INTO executions (company, id, body) VALUES ('main', '" + x.ID + "', '" + same(t, x) + "')"
	}
	confirm := func(d Answer, id, approval string) Execution {
		return Execution{
			ID: id, Decision: d.Decision.ID, Approval: approval, Kind: "order", Subject: Subject{Model: "sale.order", ID: 90}, Record: "/sale.order/90",
			Action: Action{Name: "confirm"}, Class: Protective, Status: ExecutionWaiting, Order: 1, Due: noon,
		}
	}
	tests := map[string]struct {
		attack func(*testing.T, scene) (execution, statement string)
		failed bool // the decision is ended; otherwise it stays as it was
	}{
		"verdict of execute, another amount": {func(t *testing.T, s scene) (string, string) {
			return s.executed.Decision.Execution, edited(t, s.shop, Executions, s.executed.Decision.Execution, func(x *Execution) {
				x.Action.Params = Record{"amount": x.Action.Params["amount"], "code": "more"}
			})
		}, true},
		"granted, another action": {func(t *testing.T, s scene) (string, string) {
			return s.granted.Decision.Execution, edited(t, s.shop, Executions, s.granted.Decision.Execution, func(x *Execution) { x.Action.Name = "cancel" })
		}, true},
		"granted, without the approval": {func(t *testing.T, s scene) (string, string) {
			return s.granted.Decision.Execution, edited(t, s.shop, Executions, s.granted.Decision.Execution, func(x *Execution) { x.Approval = "" })
		}, true},
		"granted by nobody": {func(t *testing.T, s scene) (string, string) {
			return s.granted.Decision.Execution, edited(t, s.shop, Approvals, s.granted.Decision.Approval, func(a *Approval) { a.Signatures = nil })
		}, true},
		"granted, without one of each role": {func(t *testing.T, s scene) (string, string) {
			return s.granted.Decision.Execution, edited(t, s.shop, Approvals, s.granted.Decision.Approval, func(a *Approval) {
				a.Each, a.Roles = true, []string{RoleCompliance, RoleFinance}
			})
		}, true},
		"granted for another action": {func(t *testing.T, s scene) (string, string) {
			return s.granted.Decision.Execution, edited(t, s.shop, Approvals, s.granted.Decision.Approval, func(a *Approval) { a.ActionHash = "x" })
		}, true},
		"without an approval": {func(t *testing.T, s scene) (string, string) {
			x := confirm(s.waiting, s.waiting.Decision.Execution, "")
			return x.ID, insert(t, x)
		}, false},
		"with an open approval": {func(t *testing.T, s scene) (string, string) {
			x := confirm(s.waiting, s.waiting.Decision.Execution, s.waiting.Decision.Approval)
			return x.ID, insert(t, x)
		}, false},
		"with another one's grant": {func(t *testing.T, s scene) (string, string) {
			x := confirm(s.waiting, s.waiting.Decision.Execution, s.granted.Decision.Approval)
			return x.ID, insert(t, x)
		}, false},
		"of a rejected decision": {func(t *testing.T, s scene) (string, string) {
			x := confirm(s.rejected, ExecutionID(s.rejected.Decision.ID, 0), "")
			return x.ID, insert(t, x)
		}, false},
		"beside the planned ones": {func(t *testing.T, s scene) (string, string) {
			x := confirm(s.executed, ExecutionID(s.executed.Decision.ID, 7), "")
			return x.ID, insert(t, x)
		}, false},
		"of no decision": {func(t *testing.T, s scene) (string, string) {
			x := confirm(Answer{Decision: Decision{ID: "none"}}, "none-0", "")
			return x.ID, insert(t, x)
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scene{shop: setup(t)}
			s.executed, s.waiting = s.decide(t, refund(1, "5", "EUR")), s.decide(t, order(2, "500"))
			s.rejected, s.granted = s.decide(t, order(3, "10000")), s.decide(t, order(4, "500"))
			s.sign(t, s.granted.Decision.Approval, "ada")
			id, statement := test.attack(t, s)
			s.shop.attack(t, statement)
			before := row[Execution](t, s.shop, Executions, id).Decision
			for range 3 {
				_, err := s.exec.Step(t.Context(), mainCompany, s.clock.Now())
				noError(t, err)
				s.clock.pass(time.Minute)
			}
			for _, c := range s.odoo.calls {
				if c.ID == id {
					t.Errorf("applied %s", same(t, c))
				}
			}
			if len(s.odoo.calls) < 3 {
				t.Errorf("only %d of the others were applied", len(s.odoo.calls))
			}
			letters := rows[Exception](t, s.shop, Exceptions)
			if len(letters) != 1 || letters[0].Cause != "execution:"+id || letters[0].Times != 1 || letters[0].Evidence["code"] != CodeUnallowed {
				t.Errorf("exceptions %s", same(t, letters))
			}
			if d, found, _ := s.store.Row(t.Context(), "main", Decisions, before); found {
				var after DecisionRow
				noError(t, json.Unmarshal(d, &after))
				if (after.Status == Failed) != test.failed {
					t.Errorf("its decision is %s", after.Status)
				}
			}
			if audit := s.audited(t); len(audit.Problems) == 0 {
				t.Error("the audit finds nothing")
			}
		})
	}
}
