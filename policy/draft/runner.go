package draft

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"assent/decision"
	"assent/policy"
)

// ChildArgs are the arguments after the program's name that must lead to
// Child.
var ChildArgs = []string{"policy", "draft-child"}

// Runner starts children. The zero value starts this executable with
// ChildArgs and the default limits.
type Runner struct {
	Command []string      // program and arguments; empty is this executable with ChildArgs
	CPU     time.Duration // processor time, whole seconds; 0 is DefaultCPU
	Memory  int64         // bytes beyond what the child needs to start; 0 is DefaultMemory
	Wall    time.Duration // time until the child is killed; 0 is DefaultWall
}

// The default limits. Checking the embedded bundle takes under a second and
// under 100 MB; a child on a busy machine waits, and waiting costs nothing.
const (
	DefaultCPU    = 15 * time.Second // twenty times what the embedded policy takes: every feature that is declared costs a little
	DefaultMemory = 512 << 20
	DefaultWall   = time.Minute
)

// ErrStopped is behind the error for a draft that went past its limits.
var ErrStopped = errors.New("the draft was stopped")

// Check is policy.Check in a child. A draft past its limits is a
// decision.CodeTooLarge error that wraps ErrStopped.
func (r Runner) Check(ctx context.Context, b policy.Bundle) ([]policy.Finding, error) {
	answer, err := r.run(ctx, doCheck, b)
	return answer.Findings, err
}

// Test is policy.Test in a child, with the same error as Check.
func (r Runner) Test(ctx context.Context, b policy.Bundle) (policy.TestReport, error) {
	answer, err := r.run(ctx, doTest, b)
	if err != nil || answer.Report == nil {
		return policy.TestReport{}, err
	}
	return *answer.Report, nil
}

// Gate is what a draft must pass before it comes into force: its check finds
// nothing, and then its own tests pass. A failed test is a finding with the
// code "test". The error is Check's.
func (r Runner) Gate(ctx context.Context, b policy.Bundle) ([]policy.Finding, error) {
	findings, err := r.Check(ctx, b)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	report, err := r.Test(ctx, b)
	for _, t := range report.Tests {
		if !t.Passed {
			findings = append(findings, policy.Finding{File: t.File, Row: t.Row, Col: 1, Code: "test", Message: t.Name + ": " + t.Message})
		}
	}
	return findings, err
}

// maxAnswer bounds what the parent reads of a child.
const maxAnswer = 16 << 20

func (r Runner) run(ctx context.Context, do string, b policy.Bundle) (answer, error) {
	job, err := json.Marshal(job{Do: do, CPU: int64(cmp.Or(r.CPU, DefaultCPU) / time.Second), Memory: cmp.Or(r.Memory, DefaultMemory), Bundle: b})
	if err != nil {
		return answer{}, err
	}
	command, err := r.command()
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Wall, DefaultWall))
	defer cancel()
	child := exec.CommandContext(ctx, command[0], command[1:]...)
	child.Env = []string{} // a draft sees no configuration and no secrets
	child.Stdin = bytes.NewReader(job)
	var stdout, stderr bounded
	child.Stdout, child.Stderr = &stdout, &stderr
	if err := child.Run(); err != nil {
		return answer{}, r.stopped(ctx, err, stderr.String())
	}
	return readAnswer(stdout.Bytes())
}

func (r Runner) command() ([]string, error) {
	if len(r.Command) > 0 {
		return r.Command, nil
	}
	self, err := os.Executable()
	return append([]string{self}, ChildArgs...), err
}

// stopped is the error for a child that did not end well: killed for its
// limits, or out of memory.
func (r Runner) stopped(ctx context.Context, err error, stderr string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) || errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("draft child: %w", err)
	}
	message := fmt.Sprintf("The draft was stopped: it took more than %s of processor time or %d MB of memory.",
		cmp.Or(r.CPU, DefaultCPU), cmp.Or(r.Memory, DefaultMemory)>>20)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		message = fmt.Sprintf("The draft was stopped: it was not done after %s; the machine is busy, or the draft waits for something.", cmp.Or(r.Wall, DefaultWall))
	}
	return &decision.Error{Code: decision.CodeTooLarge, Message: message, Err: fmt.Errorf("%w: %w: %s", ErrStopped, err, stderr)}
}

func readAnswer(data []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return answer{}, fmt.Errorf("draft child: %w", err)
	}
	if a.Error != nil {
		return answer{}, &decision.Error{Code: a.Error.Code, Message: a.Error.Message, Err: errors.New(a.Error.Cause)}
	}
	return a, nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct{ bytes.Buffer }

// Write fails with io.ErrShortWrite once too much has come.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxAnswer {
		return 0, io.ErrShortWrite
	}
	return b.Buffer.Write(p)
}
