package policy_test

import (
	"context"
	"fmt"

	"assent/decision"
	"assent/policy"
)

// A policy says who decides, why, and what to do meanwhile.
func ExampleEngine_Govern() {
	bundle, _ := policy.Embedded()
	engine, _ := policy.Compile(bundle)
	order, _ := decision.KindNamed("order")
	snapshot, assessment := risky()

	verdict := engine.Govern(context.Background(), snapshot, assessment, order.Propose(snapshot, assessment))
	fmt.Println(verdict.Outcome, "by", verdict.People, "people of", verdict.Roles)
	for _, code := range verdict.Reasons {
		reason, _ := engine.Reason(code)
		fmt.Println("-", reason.Description)
	}
	// Output:
	// approve by 2 people of [finance]
	// - Invoice and delivery address are in different countries, or one of them is unknown.
	// - The probability of fraud is at or above the limit, or unknown.
	// - The order is larger than what is confirmed without a person.
	// - Unusually many orders of the same customer within 24 hours.
}

// Check finds rules that hold because something is missing.
func ExampleCheck() {
	bundle, _ := policy.Embedded()
	bundle.Files["order/requirements.rego"] += `
# METADATA
# title: The card code was not wrong
# description: The card code check failed.
# labels:
#   id: order/cvc
#   owner: finance
passed contains "FRAUD_RISK" if not input.subject.signals.cvc == "mismatch"
`
	findings, _ := policy.Check(context.Background(), bundle)
	for _, f := range findings {
		fmt.Println(f.Code+":", f.Message)
	}
	// Output:
	// negated-input: not is true where input.subject.signals.cvc is missing; also name it in the rule, so that it must be known
}
