package policy_test

import (
	"errors"
	"maps"
	"regexp"
	"strings"
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

// Compliance moves every limit and fills every list without touching a test:
// those that fail then would be about the policy, and are not.
func TestTheTestsHoldWhateverLimitsAndListsSay(t *testing.T) {
	t.Parallel()
	embedded, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`"value": [0-9.]+`)
	bounded := regexp.MustCompile(`"value": 999999(,\s+"unit": "(?:probability|share|percent)")`)
	for name, limit := range map[string]string{"nothing": "0", "one": "1", "much": "999999"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := policy.Bundle{Files: maps.Clone(embedded.Files)}
			for file, content := range b.Files {
				if strings.HasSuffix(file, "/limits.json") {
					content = number.ReplaceAllString(content, `"value": `+limit)
					b.Files[file] = bounded.ReplaceAllString(content, `"value": 1$1`)
				}
			}
			// Everything that tests and examples use, on every list.
			const partners, countries, emails = `{"14": "x", "7": "x"}`, `{"DE": "x", "FR": "x"}`, `{"` + exampleEmail + `": "x"}`
			b.Files["lists.json"] = `{"blocked_countries": ` + countries + `, "blocked_emails": ` + emails +
				`, "blocked_partners": ` + partners + `, "trusted_partners": ` + partners + `}`
			report, err := policy.Test(t.Context(), b)
			if err != nil || report.Failed > 0 {
				t.Errorf("%v, %+v", err, report.Tests)
			}
			findings, err := policy.Check(t.Context(), b)
			if err != nil || len(findings) > 0 {
				t.Errorf("%v, %v", err, findings)
			}
		})
	}
}
