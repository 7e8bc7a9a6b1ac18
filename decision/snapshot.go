package decision

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// Snapshot is everything an evaluation reads, and nothing else is read. It
// is sealed with its own key; the decision holds only its hash.
type Snapshot struct {
	Company         string               `json:"company"`
	CompanyCurrency string               `json:"company_currency"`
	Kind            string               `json:"kind"`
	Channel         string               `json:"channel,omitempty"`
	Subject         Subject              `json:"subject"`
	Now             time.Time            `json:"now"`      // UTC; the only clock of the evaluation
	Seed            uint64               `json:"seed"`     // for anything random
	Bucket          int                  `json:"bucket"`   // 0 to 99: rollout bucket of the subject
	Rate            decimal.Decimal      `json:"rate"`     // company currency for one unit of the request's currency
	Fields          Record               `json:"fields"`   // amounts in the request's currency
	Missing         map[string]string    `json:"missing"`  // path of each unknown optional or required field: why
	Context         Record               `json:"context"`  // features, amounts in the company's currency
	KnownAt         map[string]time.Time `json:"known_at"` // when each feature's newest evidence became known
	Proposed        *Action              `json:"proposed,omitempty"`
	RequestedBy     string               `json:"requested_by,omitempty"`
	Failures        []Failure            `json:"failures,omitempty"` // recorded, so that replay does not re-race them
	Revisions       Revisions            `json:"revisions"`
}

// Revisions names the artefacts a decision was made with.
type Revisions struct {
	Policy string `json:"policy"`
	Model  string `json:"model,omitempty"`
	Code   string `json:"code"`
}

// InCompanyCurrency converts an amount of the request at the snapshot's rate.
func (s Snapshot) InCompanyCurrency(amount decimal.Decimal) Money {
	return Money{amount.Mul(s.Rate), s.CompanyCurrency}.Rounded()
}

// Shown holds what whoever assents must see beside the action: the fields that
// the kind says so of, as far as they are known and the action does not name
// them itself.
func (s Snapshot) Shown(a Action) Record {
	kind, _ := KindNamed(s.Kind)
	shown := Record{}
	for _, f := range kind.Fields {
		_, named := a.Params[kind.FromAction[f.Path]]
		if v, known := s.Fields[f.Path]; known && f.Shown && !f.Personal && !named {
			shown[f.Path] = v
		}
	}
	return shown
}

// Encode gives the canonical bytes: same snapshot, same bytes.
func (s Snapshot) Encode() ([]byte, error) { return canonical(s) }

// HashSnapshot is the hex SHA-256 of a snapshot's canonical bytes.
func HashSnapshot(encoded []byte) string {
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}

// DecodeSnapshot reads what Encode wrote. The kind's declaration gives every
// value its Go type back.
func DecodeSnapshot(data []byte) (Snapshot, error) {
	type plain Snapshot
	var raw struct {
		plain
		Fields  json.RawMessage `json:"fields"`
		Context json.RawMessage `json:"context"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return Snapshot{}, err
	}
	s := Snapshot(raw.plain)
	kind, ok := KindNamed(s.Kind)
	if !ok {
		return Snapshot{}, Errorf(CodeNotFound, "The snapshot is of a kind this release does not know.")
	}
	var err error
	if s.Fields, err = decodeStored(raw.Fields, kind.Fields); err != nil {
		return Snapshot{}, err
	}
	if s.Context, err = decodeStored(raw.Context, kind.featureFields()); err != nil {
		return Snapshot{}, err
	}
	return s, nil
}

// featureFields are the features as fields, for encoding and the policy.
func (k Kind) featureFields() []Field {
	fields := make([]Field, len(k.Features))
	for i, f := range k.Features {
		fields[i] = Field{Path: f.Path, Type: f.Type, Absent: absentHistory, Doc: f.Doc, Example: "0"}
		switch {
		case f.Type == TypeBoolean:
			fields[i].Absent, fields[i].Example = absentFields, "false"
		case f.From != nil:
			fields[i].Absent = absentFields
		}
	}
	return fields
}

// ContextFields are the declared features in the form of fields: what the
// policy sees under "context".
func (k Kind) ContextFields() []Field { return k.featureFields() }
