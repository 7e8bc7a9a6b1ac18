package api

import (
	"context"
	"slices"
	"time"

	"assent/decision"
)

// Explanation is a decision's full story, for programs.
type Explanation struct {
	Decision   Answer            `json:"decision"`
	Erased     bool              `json:"erased" doc:"The snapshot was erased on purpose; fields and context are gone."`
	Fields     decision.Record   `json:"fields,omitempty" doc:"What was known about the record, by path."`
	Personal   []string          `json:"personal,omitempty" doc:"Paths of personal fields, those of lines included, that were known and are not shown."`
	Missing    map[string]string `json:"missing,omitempty" doc:"Path of each unknown field: why."`
	Context    decision.Record   `json:"context,omitempty" doc:"What history said, by path."`
	Policy     PolicyVerdict     `json:"policy" doc:"What the policy said, before the guard."`
	Guard      Guard             `json:"guard" doc:"The limits on what may happen by itself."`
	Alternates []Alternate       `json:"alternates" doc:"Actions that were considered, best first."`
	Otherwise  []Otherwise       `json:"would_execute_if,omitempty" doc:"The smallest realistic change, all of it together, with which the same model and policy would have said execute; absent where none was found. The guard has a say of its own."`
	Failures   []Failure         `json:"failures,omitempty" doc:"Steps that failed and were recorded so."`
	Signatures []Signature       `json:"signatures" doc:"Who assented."`
	Executions []Execution       `json:"executions" doc:"What was or will be applied in Odoo by the service."`
	Outcomes   []Outcome         `json:"outcomes" doc:"What was learnt later."`
	Chain      Chain             `json:"chain" doc:"Its place in the journal."`
}

// PolicyVerdict is the verdict of the policy alone.
type PolicyVerdict struct {
	Verdict decision.Outcome `json:"verdict"`
	Reasons []Reason         `json:"reasons"`
	Rules   []string         `json:"rules"`
	Roles   []string         `json:"roles"`
	Failure string           `json:"failure,omitempty" doc:"Why there is no ordinary verdict."`
}

// Guard is what the guard saw.
type Guard struct {
	Mode   decision.Mode `json:"mode"`
	Kill   bool          `json:"kill"`
	Paused bool          `json:"paused"`
	Epoch  int64         `json:"epoch"`
	Count  int           `json:"count" doc:"Executed by itself in this hour before."`
	Amount string        `json:"amount" doc:"Likewise, in the company's currency."`
	Caps   Caps          `json:"caps"`
	Reason *Reason       `json:"reason,omitempty" doc:"Why execute became approve."`
}

// Caps are the hour's limits.
type Caps struct {
	Count  int    `json:"count"`
	Amount string `json:"amount"`
}

// Alternate is an action that lost.
type Alternate struct {
	Action Action `json:"action"`
	Lost   Reason `json:"lost"`
}

// Otherwise is one part of what would have had to be otherwise.
type Otherwise struct {
	Path string `json:"path" doc:"The field that it is about."`
	Text string `json:"text" doc:"Completes: it would have executed if ..."`
}

// Failure is a recorded failure of a step.
type Failure struct {
	Step string `json:"step"`
	Code string `json:"code"`
}

// Signature is one person's assent.
type Signature struct {
	By      string    `json:"by" doc:"User id."`
	Role    string    `json:"role"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty" doc:"Their words; only when one approval is read."`
}

// Execution is one action with what became of it.
type Execution struct {
	ID       string                   `json:"id"`
	Action   Action                   `json:"action"`
	Status   decision.ExecutionStatus `json:"status"`
	Attempts int                      `json:"attempts"`
	Due      time.Time                `json:"due"`
	Code     string                   `json:"code,omitempty" doc:"Of the last receipt."`
	Ref      string                   `json:"ref,omitempty" doc:"What was created, model:id."`
}

// Chain is an entry's place in the journal.
type Chain struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
	Prev string `json:"prev"`
}

func (a *api) explain(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"128"`
}) (*explanationOutput, error) {
	caller := callerOf(ctx)
	if _, err := a.visible(ctx, caller, in.ID); err != nil {
		return nil, err
	}
	story, err := a.Decisions.Story(ctx, caller.Company, in.ID)
	if err != nil {
		return nil, err
	}
	out := a.explanation(story)
	for _, c := range a.Decisions.WouldExecute(ctx, story) {
		out.Otherwise = append(out.Otherwise, Otherwise{c.Path, c.Sentence})
	}
	return &explanationOutput{out}, nil
}

func (a *api) explanation(s decision.Story) Explanation {
	d, policy := s.Decision, s.Decision.Revisions.Policy
	out := Explanation{
		Decision: a.answer(s.Answer), Erased: s.Snapshot == nil, Guard: a.guard(policy, d.Guard),
		Policy: PolicyVerdict{
			Verdict: d.Verdict.Outcome, Reasons: a.sentences(policy, d.Verdict.Reasons),
			Rules: list(d.Verdict.Rules), Roles: list(d.Verdict.Roles), Failure: d.Verdict.Failure,
		},
		Alternates: []Alternate{}, Signatures: []Signature{}, Executions: []Execution{}, Outcomes: []Outcome{},
		Chain: Chain{Seq: s.Entry.Seq, Hash: s.Entry.Hash, Prev: s.Entry.Prev},
	}
	for _, alt := range d.Recommendation.Alternates {
		out.Alternates = append(out.Alternates, Alternate{action(alt.Action), a.reason(policy, alt.Lost)})
	}
	if s.Snapshot != nil {
		out.show(*s.Snapshot)
	}
	if s.Approval != nil {
		out.Signatures = signatures(*s.Approval)
	}
	for _, x := range s.Executions {
		out.Executions = append(out.Executions, Execution{x.ID, action(x.Action), x.Status, x.Attempts, x.Due, x.Code, x.Ref})
	}
	for _, o := range s.Outcomes {
		out.Outcomes = append(out.Outcomes, outcome(o))
	}
	return out
}

// show adds the snapshot without what identifies a person.
func (e *Explanation) show(s decision.Snapshot) {
	kind, _ := decision.KindNamed(s.Kind)
	e.Missing, e.Context = s.Missing, s.Context
	e.Fields, e.Personal = impersonal(kind.Fields, s.Fields)
	for _, f := range s.Failures {
		e.Failures = append(e.Failures, Failure{f.Step, f.Code})
	}
}

// impersonal gives what of a record may be shown, its lines included, and the
// paths of what may not, each once: what is declared as personal, and what is
// not declared at all.
func impersonal(fields []decision.Field, values decision.Record) (shown decision.Record, hidden []string) {
	shown = decision.Record{}
	for path, value := range values {
		i := slices.IndexFunc(fields, func(f decision.Field) bool { return f.Path == path })
		if i < 0 || fields[i].Personal {
			hidden = append(hidden, path)
			continue
		}
		if lines, ok := value.([]decision.Record); ok {
			kept := make([]decision.Record, len(lines))
			for n, line := range lines {
				var inLine []string
				kept[n], inLine = impersonal(fields[i].Items, line)
				for _, item := range inLine {
					hidden = append(hidden, path+"."+item)
				}
			}
			value = kept
		}
		shown[path] = value
	}
	slices.Sort(hidden)
	return shown, slices.Compact(hidden)
}

func (a *api) guard(policy string, g decision.GuardResult) Guard {
	out := Guard{
		Mode: g.Mode, Kill: g.Kill, Paused: g.Paused, Epoch: g.Epoch, Count: g.Count, Amount: g.Amount.String(),
		Caps: Caps{g.Caps.Count, g.Caps.Amount.String()},
	}
	if g.Code != "" {
		reason := a.reason(policy, g.Code)
		out.Reason = &reason
	}
	return out
}

func signatures(in decision.Approval) []Signature {
	out := []Signature{}
	for _, s := range in.Signatures {
		out = append(out, Signature{By: s.By, Role: s.Role, At: s.At})
	}
	return out
}
