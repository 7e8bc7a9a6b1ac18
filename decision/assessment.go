package decision

// Assessment is what a model says about a snapshot. It is never an action.
type Assessment struct {
	Model       string   `json:"model,omitempty"`       // e.g. "scorecard/order"; empty when the kind has no model
	Revision    string   `json:"revision,omitempty"`    // content hash of the model
	Probability *float64 `json:"probability,omitempty"` // calibrated, 0 to 1; nil is unknown
	Class       string   `json:"class,omitempty"`       // for classifiers
	Confidence  *float64 `json:"confidence,omitempty"`  // 0 to 1: share of the model's evidence that was known; nil is unknown
	Base        float64  `json:"base,omitempty"`        // log-odds before any evidence
	Reasons     []Reason `json:"reasons,omitempty"`     // largest absolute contribution first, ties by code
}

// Reason is one additive contribution to the log-odds: Base plus the sum of
// contributions is the log-odds of Probability.
type Reason struct {
	Code         string  `json:"code"`
	Contribution float64 `json:"contribution"`
}
