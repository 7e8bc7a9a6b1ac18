package decision

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var allSteps = []Step{StepGrant, StepDecline, StepWithdraw, StepExpire, StepStale, StepVoid, StepApply, StepFail, StepPark, StepResume}

// The golden file is the whole lifecycle: every status, step and applier.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, by := range Appliers {
		for _, from := range Statuses {
			for _, step := range allSteps {
				if to, err := Next(from, step, by); err == nil {
					fmt.Fprintf(&b, "%-8s %-18s %-9s %s\n", by, from, step, to)
				}
			}
		}
	}
	golden(t, "lifecycle.txt", []byte(b.String()))
}

func TestFinalStatuses(t *testing.T) {
	t.Parallel()
	open := []Status{AwaitingApproval, AwaitingReceipt, Executing, Parked}
	for _, s := range Statuses {
		if s.Final() == slices.Contains(open, s) {
			t.Errorf("%s: final is %v", s, s.Final())
		}
	}
}

// A refused step names the present status, and changes nothing.
func TestIllegalStep(t *testing.T) {
	t.Parallel()
	to, err := Next(Done, StepGrant, ByService)
	e, ok := err.(*Error)
	if !ok || to != Done || e.Code != CodeConflict || e.Winner != "done" {
		t.Errorf("have %s, %v", to, err)
	}
}

// Whatever happens in whatever order: nothing leaves a final status, and
// without a grant nothing that waits for people is ever applied.
func TestLifecycleWalk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		by := rapid.SampledFrom(Appliers).Draw(t, "by")
		status, granted := AwaitingApproval, false
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			step := rapid.SampledFrom(allSteps).Draw(t, "step")
			next, err := Next(status, step, by)
			if err == nil && status.Final() {
				t.Fatalf("%s leaves %s", step, status)
			}
			granted = granted || err == nil && step == StepGrant
			if next != status && slices.Contains([]Status{Executing, AwaitingReceipt, Parked, Done, Failed}, next) && !granted {
				t.Fatalf("%s leads to %s without a grant", step, next)
			}
			status = next
		}
	})
}
