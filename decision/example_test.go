package decision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// A request's fields are read against the kind's declaration. Every fault is
// reported at once, with a pointer and what is allowed, never with the value.
func ExampleDecodeFields() {
	refund, _ := decision.KindNamed("refund")
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	raw := json.RawMessage(`{"state":"posted","currency":"EUR","amount":"25","amount_total":120.5,"amount_credited":-1,"partner_id":14}`)
	_, faults := decision.DecodeFields(raw, refund.Fields, "/fields", now, true)
	for _, f := range faults {
		fmt.Println(f.Pointer, f.Code, f.Message)
	}
	// Output:
	// /fields/amount type must be an amount as a JSON number without exponent of at least 0, with at most 15 digits before the point and 9 after it
	// /fields/amount_credited minimum must be an amount as a JSON number without exponent of at least 0, with at most 15 digits before the point and 9 after it
}

// Evaluate is pure: it reads the snapshot and nothing else. Without a policy
// in force nothing executes; the fallback role is asked.
func ExampleEvaluate() {
	snapshot := decision.Snapshot{
		Kind: "order", CompanyCurrency: "EUR", Rate: decimal.NewFromInt(1),
		Fields: decision.Record{"state": "draft", "amount_total": decimal.RequireFromString("120.50")},
	}
	e, failures := decision.Evaluate(context.Background(), snapshot, nil, nil)
	fmt.Println(e.Recommendation.Action.Name, e.Recommendation.AtStake)
	fmt.Println(e.Verdict.Outcome, "by", e.Verdict.Roles, failures)
	// Output:
	// confirm 120.50 EUR
	// approve by [operations] [{govern POLICY_MISSING}]
}

// The guard can only turn execute into approve, and says why.
func ExampleGuard() {
	confirm := decision.Recommendation{
		Action:  decision.Action{Name: "confirm"},
		AtStake: &decision.Money{Amount: decimal.NewFromInt(120), Currency: "EUR"},
	}
	caps := decision.Caps{Count: 10, Amount: decimal.NewFromInt(500)}
	live := decision.Head{Switches: decision.Switches{Modes: map[string]decision.Mode{"order": decision.Live}}}
	for _, head := range []decision.Head{{}, live} {
		result, outcome := decision.Guard(head, caps, "order", confirm, decision.Execute, time.Now())
		fmt.Println(outcome, result.Mode, result.Code)
	}
	// Output:
	// approve suggest MODE_SUGGEST
	// execute live
}

// Who signs twice, or signs what they asked for, is told why not.
func ExampleApproval_Sign() {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	approval := decision.Approval{
		Status: decision.AwaitingApproval, Roles: []string{decision.RoleFinance}, People: 2,
		RequestedBy: "odoo:7", Deadline: now.Add(time.Hour),
	}
	asker := decision.User{ID: "ada", Roles: approval.Roles, Aliases: []string{"odoo:7"}}
	other := decision.User{ID: "bob", Roles: approval.Roles}

	_, err := approval.Sign(asker, now)
	fmt.Println(err)
	step, _ := approval.Sign(other, now)
	fmt.Println("signed:", step.Signed, "complete:", step.Complete)
	approval.Signatures = append(approval.Signatures, decision.Signature{By: step.By})
	_, err = approval.Sign(other, now)
	fmt.Println(err)
	// Output:
	// forbidden: No one approves what they asked for.
	// signed: 1 complete: false
	// forbidden: You have signed already; another person must.
}

// The lifecycle is one table: what is not in it is a conflict that names the
// present status.
func ExampleNext() {
	status, _ := decision.Next(decision.AwaitingApproval, decision.StepGrant, decision.ByService)
	fmt.Println(status)
	_, err := decision.Next(decision.Expired, decision.StepGrant, decision.ByService)
	fmt.Println(err)
	// Output:
	// executing
	// conflict: A decision that is expired cannot take the step grant.
}

// A fingerprint binds what was decided on. A cent is a change, a field that
// is not bound is not.
func ExampleSameFingerprint() {
	order, _ := decision.KindNamed("order")
	record := decision.Record{"state": "draft", "amount_total": decimal.RequireFromString("120.50"), "reference": "S00036"}
	bound := decision.SubjectFingerprint([]string{"state", "amount_total"}, order.Fields, record, "EUR")

	record["reference"] = "S00037"
	fmt.Println(decision.SameFingerprint(bound, order.Fields, record, "EUR"))
	record["amount_total"] = decimal.RequireFromString("120.51")
	fmt.Println(decision.SameFingerprint(bound, order.Fields, record, "EUR"))
	// Output:
	// true
	// false
}

// Money keeps its currency's own number of decimals, and is never a float.
func ExampleMoney() {
	price := decision.Money{Amount: decimal.RequireFromString("1234.5"), Currency: "JPY"}
	encoded, _ := json.Marshal(price)
	fmt.Println(price, string(encoded))
	// Output:
	// 1235 JPY {"amount":"1235","currency":"JPY"}
}

// A checkpoint leaves the process; a cut tail of the journal is found by it.
func ExampleAuditKey_Sign() {
	key := decision.AuditKey("held outside the database")
	checkpoint := key.Sign(decision.Checkpoint{Company: "main", Seq: 412, Hash: "9f2c"})
	fmt.Println(key.Verify(checkpoint))
	checkpoint.Seq = 400
	fmt.Println(key.Verify(checkpoint))
	// Output:
	// true
	// false
}
