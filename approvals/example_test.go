package approvals_test

import (
	"context"
	"fmt"

	"assent/approvals"
	"assent/decision"
)

// Two people sign; the second signature inserts the execution in the same
// commit. Whoever comes later learns how it ended.
func ExampleService_Approve() {
	example(func(ctx context.Context, people *approvals.Service, task string) {
		for _, u := range []decision.User{finance("ada"), finance("ada"), finance("bob"), finance("eve")} {
			approval, err := people.Approve(ctx, "main", task, u, "")
			fmt.Println(u.ID, approval.Status, err)
		}
	})
	// Output:
	// ada awaiting_approval <nil>
	// ada  forbidden: You have signed already; another person must.
	// bob executing <nil>
	// eve  conflict: The approval is no longer open.
}

// One person with the role is enough to refuse, and must say why. The reason
// is sealed: the journal holds only its id.
func ExampleService_Decline() {
	example(func(ctx context.Context, people *approvals.Service, task string) {
		_, err := people.Decline(ctx, "main", task, finance("ada"), "")
		fmt.Println(err)
		approval, _ := people.Decline(ctx, "main", task, finance("ada"), "The customer called to cancel.")
		why, _ := people.Comment(ctx, "main", approval.Comment)
		fmt.Println(approval.Status, "because:", why)
	})
	// Output:
	// invalid: The request has fields that are not allowed.; /comment must say why
	// declined because: The customer called to cancel.
}
