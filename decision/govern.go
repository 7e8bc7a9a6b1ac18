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
	if v.Outcome == Approve && len(v.Roles) == 0 {
		v.Roles = []string{FallbackRole}
	}
	return v
}
