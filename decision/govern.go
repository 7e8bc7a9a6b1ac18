package decision

import "context"

// govern asks the policy, unless its failure is on record.
func govern(ctx context.Context, s Snapshot, e Evaluation, policy Policy) Verdict {
	if code, failed := s.recorded(stepGovern); failed {
		return FallbackVerdict(code)
	}
	if policy == nil {
		return FallbackVerdict(PolicyMissing)
	}
	v := policy.Govern(ctx, s, e.Assessment, e.Recommendation)
	switch {
	case v.Failure != "":
		return FallbackVerdict(v.Failure) // whatever else it says
	case !protective(v.Protect):
		return FallbackVerdict(PolicyEmpty)
	}
	if v.Outcome == Approve && len(v.Roles) == 0 {
		v.Roles = []string{FallbackRole}
	}
	return v
}

// protective says whether actions may be applied without assent: a policy
// must not move money or goods by calling it protection.
func protective(actions []Action) bool {
	for _, a := range actions {
		if a.Class() != Protective || a.Name == NoAction {
			return false
		}
	}
	return len(actions) < executionsPerEntry
}
