package decision

// assess asks the kind's model. A model that fails, or failed then, leaves
// an empty assessment: the policy sees no probability and asks a person.
func assess(s Snapshot, assessor Assessor) (Assessment, []Failure) {
	if code, failed := s.recorded(stepAssess); failed {
		return Assessment{}, []Failure{{stepAssess, code}}
	}
	if assessor == nil {
		return Assessment{}, nil
	}
	a, err := assessor.Assess(s)
	if err != nil {
		return Assessment{}, []Failure{{stepAssess, ModelError}}
	}
	return a, nil
}
