package decision

import "math"

// assess asks the kind's model. A model that fails, or failed then, leaves
// an empty assessment: the policy sees no probability and asks a person.
func assess(s Snapshot, assessor Assessor) (Assessment, []Failure) {
	if code, failed := s.recorded(stepAssess); failed {
		return Assessment{}, []Failure{{stepAssess, code}}
	}
	if assessor == nil {
		return Assessment{}, nil
	}
	a, err := consult(assessor, s)
	if err != nil {
		return Assessment{}, []Failure{{stepAssess, ModelError}}
	}
	return a, nil
}

// consult lets a model answer. One that panics, or answers with what is no
// probability, fails: no model may take the request with it.
func consult(model Assessor, s Snapshot) (a Assessment, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			a, err = Assessment{}, Errorf(CodeInternal, "The model panicked: %v.", panicked)
		}
	}()
	if a, err = model.Assess(s); err != nil {
		return Assessment{}, err
	}
	return a, a.check()
}

// check refuses what no journal can hold, or nobody could act on.
func (a Assessment) check() error {
	if !isShare(a.Probability) || !isShare(a.Confidence) {
		return Errorf(CodeInternal, "The model's probability and confidence must be of 0 to 1.")
	}
	if !isFinite(a.Base) {
		return Errorf(CodeInternal, "The model's base must be a finite number.")
	}
	for _, r := range a.Reasons {
		if !IsCode(r.Code, MaxCode) || !isFinite(r.Contribution) {
			return Errorf(CodeInternal, "Each of the model's reasons must have a code, and a finite contribution.")
		}
	}
	return nil
}

// isShare says whether x is unknown or of 0 to 1; NaN is neither.
func isShare(x *float64) bool { return x == nil || *x >= 0 && *x <= 1 }

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
