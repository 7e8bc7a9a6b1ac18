package draft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"assent/decision"
	"assent/policy"
)

// Exit codes of the commands.
const (
	ExitOK       = 0
	ExitUsage    = 2 // there is no such folder
	ExitFindings = 3 // the draft does not compile, or has findings
	ExitFailed   = 4 // tests fail
)

// CheckCommand is "policy check": it checks the bundle in a folder, "" for the
// one built in, and writes the findings. The error is for what has nothing to
// do with the draft.
func (r Runner) CheckCommand(ctx context.Context, dir string, asJSON bool, out io.Writer) (exit int, err error) {
	b, err := load(dir)
	if err != nil {
		return refuse(err, out)
	}
	findings, err := r.Check(ctx, b)
	if err != nil {
		return refuse(err, out)
	}
	if err := writeFindings(out, b.Revision(), findings, asJSON); err != nil {
		return ExitOK, err
	}
	if len(findings) > 0 {
		return ExitFindings, nil
	}
	return ExitOK, nil
}

// TestCommand is "policy test": it runs the tests of the bundle in a folder,
// "" for the one built in, and writes what failed and what is not covered.
func (r Runner) TestCommand(ctx context.Context, dir string, asJSON bool, out io.Writer) (exit int, err error) {
	b, err := load(dir)
	if err != nil {
		return refuse(err, out)
	}
	report, err := r.Test(ctx, b)
	if errors.Is(err, ErrStopped) {
		_, err := refuse(err, out)
		return ExitFailed, err
	}
	if err != nil {
		return refuse(err, out)
	}
	if err := writeReport(out, b.Revision(), report, asJSON); err != nil {
		return ExitOK, err
	}
	if report.Failed > 0 {
		return ExitFailed, nil
	}
	return ExitOK, nil
}

func load(dir string) (policy.Bundle, error) {
	if dir == "" {
		return policy.Embedded()
	}
	return policy.LoadDir(dir)
}

// refuse writes what is wrong with the folder or the draft; any other error
// is handed on.
func refuse(err error, out io.Writer) (int, error) {
	var known *decision.Error
	if !errors.As(err, &known) {
		return ExitOK, err
	}
	exit := ExitFindings
	if known.Code == decision.CodeNotFound {
		exit = ExitUsage
	}
	_, werr := fmt.Fprintln(out, known.Message)
	if known.Err != nil && werr == nil && !errors.Is(err, ErrStopped) {
		_, werr = fmt.Fprintln(out, known.Err)
	}
	return exit, werr
}

func writeFindings(out io.Writer, revision string, findings []policy.Finding, asJSON bool) error {
	if asJSON {
		if findings == nil {
			findings = []policy.Finding{}
		}
		return writeJSON(out, map[string]any{"revision": revision, "findings": findings})
	}
	for _, f := range findings {
		if _, err := fmt.Fprintln(out, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d findings in policy %.12s\n", len(findings), revision)
	return err
}

func writeReport(out io.Writer, revision string, report policy.TestReport, asJSON bool) error {
	if asJSON {
		return writeJSON(out, map[string]any{"revision": revision, "report": report})
	}
	for _, t := range report.Tests {
		if t.Passed {
			continue
		}
		if _, err := fmt.Fprintf(out, "%s:%d: %s: %s\n", t.File, t.Row, t.Name, t.Message); err != nil {
			return err
		}
	}
	for _, c := range report.Coverage {
		if _, err := fmt.Fprintf(out, "%5.1f %% of %s covered%s\n", c.Percent, c.File, missed(c.Missed)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d tests passed, %d failed, in policy %.12s\n", report.Passed, report.Failed, revision)
	return err
}

// missed lists rows as people write them: "; not rows 3, 7-9".
func missed(rows [][2]int) string {
	text := ""
	for i, r := range rows {
		switch {
		case i == 0:
			text = "; not rows "
		default:
			text += ", "
		}
		text += fmt.Sprint(r[0])
		if r[1] > r[0] {
			text += fmt.Sprintf("-%d", r[1])
		}
	}
	return text
}

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
