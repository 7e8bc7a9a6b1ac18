package decision

import (
	"context"
	"maps"
	"slices"
)

// Report is the result of verifying a whole database.
type Report struct {
	Database  []Problem // of its tables and triggers
	Companies []Audit   // in order of their names
}

// Broken says whether anything is not as it was.
func (r Report) Broken() bool {
	return len(r.Database) > 0 || slices.ContainsFunc(r.Companies, func(a Audit) bool { return len(a.Problems) > 0 })
}

// VerifyAll verifies every company that a table or a checkpoint names: one
// that was taken off the list of companies, or was cut off whole, must be
// missed. With only it verifies that company, which is a CodeNotFound error
// when nothing names it. r must be one consistent view.
func VerifyAll(ctx context.Context, r Reader, keys Keyring, only string, checkpoints []Checkpoint) (Report, error) {
	var report Report
	listed, err := r.Named(ctx)
	if err != nil {
		return report, err
	}
	for _, c := range checkpoints {
		if !listed[c.Company] {
			listed[c.Company] = false
		}
	}
	if _, known := listed[only]; only != "" && !known {
		return report, Errorf(CodeNotFound, "There is no such company.")
	}
	if report.Database, err = r.Altered(ctx); err != nil {
		return report, err
	}
	for _, company := range slices.Sorted(maps.Keys(listed)) {
		if only != "" && company != only {
			continue
		}
		audit, err := Verify(ctx, r, keys, company, checkpoints)
		if err != nil {
			return report, err
		}
		if !listed[company] {
			audit.Problems = append(audit.Problems, Problem{"company", "is not in the table of companies: it was deleted there, or renamed"})
		}
		report.Companies = append(report.Companies, audit)
	}
	return report, nil
}
