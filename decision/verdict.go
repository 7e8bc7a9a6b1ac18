package decision

import "fmt"

// Outcome is what the policy, or the guard after it, decided.
type Outcome uint8

// The outcomes. The zero value asks a person.
const (
	Approve Outcome = iota // a person with the right role must assent
	Execute                // the action may be applied now
	Reject                 // the action is refused
)

// AllOutcomes lists every outcome.
var AllOutcomes = []Outcome{Approve, Execute, Reject}

var outcomeNames = [...]string{"approve", "execute", "reject"}

// String returns the name used in Rego, JSON and the journal.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return outcomeNames[Approve]
}

// MarshalText writes the name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name; anything unknown is an error, and leaves the
// receiver at Approve.
func (o *Outcome) UnmarshalText(text []byte) error {
	*o = Approve
	for i, name := range outcomeNames {
		if name == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("outcome: allowed are approve, execute, reject")
}

// Verdict is the policy's answer with the rules that led to it.
type Verdict struct {
	Outcome Outcome  `json:"outcome"`
	Reasons []string `json:"reasons,omitempty"` // codes of requirements not met or of rejections, sorted
	Rules   []string `json:"rules,omitempty"`   // labels of the rules that fired, sorted
	Roles   []string `json:"roles,omitempty"`   // who may approve, sorted; empty means FallbackRole
	People  int      `json:"people,omitempty"`  // how many different people; less than 1 means 1
	Each    bool     `json:"each,omitempty"`    // every role must sign, each by another person; People is at least their number
	Hours   int      `json:"hours,omitempty"`   // until the approval expires; less than 1 means DefaultHours
	Protect []Action `json:"protect,omitempty"` // protective actions to apply now
	Failure string   `json:"failure,omitempty"` // why there is no ordinary verdict, e.g. POLICY_TIMEOUT
}

// FallbackRole approves what no policy routed.
const FallbackRole = RoleOperations

// DefaultHours is the deadline of an approval whose policy gave none.
const DefaultHours = 24

// FallbackVerdict is the verdict of a policy that failed: a person decides.
func FallbackVerdict(code string) Verdict {
	return Verdict{Outcome: Approve, Reasons: []string{code}, Roles: []string{FallbackRole}, People: 1, Hours: DefaultHours, Failure: code}
}

// Failure codes recorded in a snapshot; replay reproduces them.
const (
	PolicyError    = "POLICY_ERROR"    // evaluation failed or built-in error
	PolicyTimeout  = "POLICY_TIMEOUT"  // past the deadline
	PolicyConflict = "POLICY_CONFLICT" // two rules gave different outcomes
	PolicyEmpty    = "POLICY_EMPTY"    // no result, or one of the wrong shape
	PolicyMissing  = "POLICY_MISSING"  // no such revision or kind
	ModelError     = "MODEL_ERROR"     // the assessor failed; the policy sees no assessment
	HistoryMoved   = "HISTORY_MOVED"   // others kept deciding about the same customer meanwhile
	RecordBusy     = "RECORD_BUSY"     // the end of another decision about the same record is not known
	EpochMoved     = "EPOCH_MOVED"     // policies changed twice while the decision was made
)

// Failure is one recorded failure of a step.
type Failure struct {
	Step string `json:"step"` // "assess" or "govern"
	Code string `json:"code"`
}
