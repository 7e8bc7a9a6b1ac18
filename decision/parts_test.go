package decision_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

// rules are the policies p1 and p2: the same rule, each with its own label,
// unless the test gives another one.
type rules struct {
	mu      sync.Mutex
	verdict func(Snapshot, Assessment, Recommendation) Verdict
	during  func() // runs while a policy thinks
	caps    Caps
	err     error
}

func newRules() *rules {
	return &rules{verdict: byAmount, during: func() {}, caps: Caps{Count: 1000, Amount: decimal.NewFromInt(1_000_000)}}
}

func (r *rules) Policy(_ context.Context, revision string) (Policy, error) {
	if r.err != nil {
		return nil, r.err
	}
	if _, known := policies[revision]; !known {
		return nil, Errorf(CodeNotFound, "There is no such policy.")
	}
	return rule{r, revision}, nil
}

// policies are the contents of the two policies, by revision.
var policies = map[string]string{p1: "p1", p2: "p2"}

var p1, p2 = revision("p1"), revision("p2")

func revision(content string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) }

type rule struct {
	*rules
	revision string
}

func (r rule) Revision() string { return r.revision }

func (r rule) Caps(string) Caps {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.caps
}

func (r rule) Govern(_ context.Context, s Snapshot, a Assessment, rec Recommendation) Verdict {
	r.during()
	v := r.verdict(s, a, rec)
	v.Rules = append(v.Rules, policies[r.revision])
	return v
}

// byAmount executes below 100, asks one person below 1,000 and two below
// 10,000, and rejects the rest. Who waits is told by a note.
func byAmount(_ Snapshot, _ Assessment, r Recommendation) Verdict {
	limit := func(n int64) bool { return r.AtStake != nil && r.AtStake.Amount.LessThan(decimal.NewFromInt(n)) }
	note := []Action{{Name: "note", Params: Record{"code": "WAITS"}}}
	switch {
	case limit(100):
		return Verdict{Outcome: Execute}
	case limit(1000):
		return Verdict{Roles: []string{RoleFinance}, People: 1, Hours: 8, Reasons: []string{"LARGE"}, Protect: note}
	case limit(10_000):
		return Verdict{Roles: []string{RoleFinance}, People: 2, Hours: 8, Reasons: []string{"LARGER"}, Protect: note}
	}
	return Verdict{Outcome: Reject, Reasons: []string{"TOO_LARGE"}}
}

// model says that a delivery is late with as many percent as it has
// kilometres, and that an order is fraud with its bucket's percent. It fails
// for the partner 13.
type model struct{}

func (model) Revision() string { return "m1" }

func (model) Assess(s Snapshot) (Assessment, error) {
	if partner, _ := s.Fields.Integer("partner_id"); partner == 13 {
		return Assessment{}, errors.New("unlucky")
	}
	p := float64(s.Bucket) / 100
	if km, known := s.Fields.Money("distance_km"); known {
		p = km.InexactFloat64() / 100
	}
	return Assessment{Model: "test", Revision: "m1", Probability: &p, Reasons: []Reason{{"BUCKET", p}}}, nil
}

// odoo applies what it is told, and remembers the marker of each effect, as
// the real one does.
type odoo struct {
	mu      sync.Mutex
	effects map[string]int // by execution id
	calls   []Execution
	apply   func(x Execution) Applied
}

func newOdoo() *odoo {
	o := &odoo{effects: map[string]int{}}
	o.apply = o.once
	return o
}

func (o *odoo) Apply(_ context.Context, _ Company, x Execution) Applied {
	o.mu.Lock()
	o.calls = append(o.calls, x)
	apply := o.apply
	o.mu.Unlock()
	return apply(x)
}

// once looks for the marker of an earlier attempt.
func (o *odoo) once(x Execution) Applied {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.effects[x.ID] > 0 {
		return Applied{Result: ResultDone, Code: "already_applied"}
	}
	o.effects[x.ID]++
	return Applied{Result: ResultDone, Ref: fmt.Sprintf("%s:%d", x.Subject.Model, x.Subject.ID)}
}

func (o *odoo) happened() map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.effects)
}

// says makes every attempt end like this.
func (o *odoo) says(a Applied) { o.apply = func(Execution) Applied { return a } }

// records is what can be read from Odoo, by record.
type records struct {
	fields map[string]string
	err    error
}

func (r records) ReadRecord(_ context.Context, _ Company, _ Kind, s Subject) (json.RawMessage, error) {
	if r.err != nil {
		return nil, r.err
	}
	fields, ok := r.fields[s.Record()]
	if !ok {
		return nil, Errorf(CodeNotFound, "The record cannot be seen.")
	}
	return json.RawMessage(fields), nil
}
