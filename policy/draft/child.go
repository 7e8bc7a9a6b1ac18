package draft

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime/debug"

	"assent/decision"
	"assent/policy"
)

// What a child may be asked to do.
const (
	doCheck = "check"
	doTest  = "test"
)

// job is what the parent writes to the child's standard input.
type job struct {
	Do     string        `json:"do"`
	CPU    int64         `json:"cpu"`    // seconds
	Memory int64         `json:"memory"` // bytes
	Bundle policy.Bundle `json:"bundle"`
}

// answer is what the child writes to its standard output.
type answer struct {
	Findings []policy.Finding   `json:"findings,omitempty"`
	Report   *policy.TestReport `json:"report,omitempty"`
	Error    *failure           `json:"error,omitempty"`
}

type failure struct {
	Code    decision.Code `json:"code"`
	Message string        `json:"message"`
	Cause   string        `json:"cause,omitempty"`
}

// Child does one job: it reads it from in, bounds this process, and writes
// the answer to out. It is the whole program of the child.
func Child(in io.Reader, out io.Writer) error {
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return err
	}
	debug.SetMemoryLimit(j.Memory)
	if err := limit(j.CPU, j.Memory); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(j.run(context.Background()))
}

func (j job) run(ctx context.Context) answer {
	var a answer
	var err error
	switch j.Do {
	case doCheck:
		a.Findings, err = policy.Check(ctx, j.Bundle)
	case doTest:
		var report policy.TestReport
		report, err = policy.Test(ctx, j.Bundle)
		a.Report = &report
	default:
		err = decision.Errorf(decision.CodeInvalid, "A draft can be checked and tested.")
	}
	if err != nil {
		return answer{Error: failureOf(err)}
	}
	return a
}

func failureOf(err error) *failure {
	f := &failure{Code: decision.CodeOf(err), Message: err.Error()}
	var known *decision.Error
	if errors.As(err, &known) {
		f.Message = known.Message
		if known.Err != nil {
			f.Cause = known.Err.Error()
		}
	}
	return f
}
