package scoring_test

import (
	"assent/decision"
	"assent/scoring"
)

var (
	_ decision.Assessor = (*scoring.Scorecard)(nil)
)
