package policy_test

import (
	"errors"
	"testing"

	"assent/policy"
)

func TestTheEmbeddedBundleHasNoFindings(t *testing.T) {
	t.Parallel()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	findings, err := policy.Check(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error(f)
	}
}

// wantCoverage leaves room for checks that are written to never pass.
const wantCoverage = 90

func TestTheEmbeddedBundlePassesItsOwnTests(t *testing.T) {
	t.Parallel()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	report, err := policy.Test(t.Context(), b)
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	for _, r := range report.Tests {
		if !r.Passed {
			t.Errorf("%s:%d %s: %s", r.File, r.Row, r.Name, r.Message)
		}
	}
	for _, c := range report.Coverage {
		if c.Percent < wantCoverage {
			t.Errorf("%s: %.1f %% covered; no test reaches rows %v", c.File, c.Percent, c.Missed)
		}
	}
}
