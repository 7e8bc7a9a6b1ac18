package policy

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// Input is the whole input that policies of the snapshot's kind may read, as
// JSON: for people who write a policy or ask what it saw. CodeNotFound for an
// unknown kind.
func Input(s decision.Snapshot, a decision.Assessment, r decision.Recommendation) (json.RawMessage, error) {
	kind, ok := decision.KindNamed(s.Kind)
	if !ok {
		return nil, decision.Errorf(decision.CodeNotFound, "There is no such kind.")
	}
	value, err := ast.JSON(newCodec(kind).encode(&s, &a, &r))
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}
