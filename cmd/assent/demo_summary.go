package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// summary is what the demo tells about its day. Every figure is read from
// the store when the day is over.
type summary struct {
	Currency   string
	Kinds      map[string]*kindSummary
	Executions map[string]int // by action, done
	Waiting    []decision.Approval
	Exceptions map[string]int // open ones by type
	Explained  decision.Answer
	sentence   func(policy, code string) string
	Replayed   tally
	Audit      decision.Audit
}

// kindSummary counts the decisions of a kind.
type kindSummary struct {
	Outcomes map[string]int // verdict after the guard
	Executed money          // by policy alone
	Released money          // by people
	Held     money          // waiting for people
	Refused  money          // by policy or people, expired or changed in between
}

// money sums decisions and what was at stake in them.
type money struct {
	Count  int
	Amount decimal.Decimal
}

func (m *money) add(row decision.DecisionRow) {
	m.Count++
	if row.AtStake != nil {
		m.Amount = m.Amount.Add(row.AtStake.Amount)
	}
}

// summarise reads the day's result from the store.
func (a *app) summarise(p *process, company string) (*summary, error) {
	s := &summary{Kinds: map[string]*kindSummary{}, Executions: map[string]int{}, Exceptions: map[string]int{}, sentence: a.sentence}
	if err := a.eachDecision(p, company, func(row decision.DecisionRow) error { return s.count(p, a, company, row) }); err != nil {
		return nil, err
	}
	if err := a.countRows(p, company, s); err != nil {
		return nil, err
	}
	var err error
	if s.Replayed, err = a.replay(p, company, nil, func(decision.Replayed, error) {}); err != nil {
		return nil, err
	}
	report, err := a.audit(p, company, nil)
	if err != nil {
		return nil, err
	}
	s.Audit = report.Companies[0]
	s.Audit.Problems = append(s.Audit.Problems, report.Database...)
	return s, nil
}

// count adds one decision. The riskiest assessed one is explained.
func (s *summary) count(p *process, a *app, company string, row decision.DecisionRow) error {
	k := s.Kinds[row.Kind]
	if k == nil {
		k = &kindSummary{Outcomes: map[string]int{}}
		s.Kinds[row.Kind] = k
	}
	if row.AtStake != nil {
		s.Currency = row.AtStake.Currency
	}
	k.Outcomes[row.Outcome.String()]++
	switch {
	case row.Status == decision.AwaitingApproval:
		k.Held.add(row)
	case row.Outcome == decision.Execute && (row.Status == decision.Done || row.Status == decision.AwaitingReceipt) && row.Action.Name != decision.NoAction:
		k.Executed.add(row)
	case row.Approval != "" && (row.Status == decision.Done || row.Status == decision.AwaitingReceipt):
		k.Released.add(row)
	case row.Status.Final() && row.Status != decision.Done:
		k.Refused.add(row)
	}
	answer, err := a.decisions.Decision(p.ctx, company, row.ID)
	if err != nil {
		return err
	}
	if probability(answer) > probability(s.Explained) {
		s.Explained = answer
	}
	return nil
}

// probability is for choosing an example only; unknown comes last.
func probability(a decision.Answer) float64 {
	if p := a.Decision.Assessment.Probability; p != nil && a.Decision.Kind == "order" {
		return *p
	}
	return -1
}

// countRows adds executions, waiting approvals and open exceptions.
func (a *app) countRows(p *process, company string, s *summary) error {
	err := decision.EachRow(p.ctx, a.store, company, decision.Executions, func(_ string, x decision.Execution) error {
		if x.Status == decision.ExecutionDone {
			s.Executions[x.Action.Name]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = decision.EachRow(p.ctx, a.store, company, decision.Approvals, func(_ string, w decision.Approval) error {
		if w.Status == decision.AwaitingApproval {
			s.Waiting = append(s.Waiting, w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return decision.EachRow(p.ctx, a.store, company, decision.Exceptions, func(_ string, x decision.Exception) error {
		if x.State == decision.StateOpen {
			s.Exceptions[string(x.Type)]++
		}
		return nil
	})
}

// failure is why a demo that must be true is not.
func (s *summary) failure() error {
	if s.Replayed.same < s.Replayed.all || len(s.Audit.Problems) > 0 {
		return exit(exitBroken)
	}
	return nil
}

func (s *summary) print(w io.Writer) {
	s.printKinds(w)
	fmt.Fprintf(w, "\nApplied in Odoo: %s\n", counts(s.Executions))
	fmt.Fprintf(w, "Open exceptions: %s\n", counts(s.Exceptions))
	s.printWaiting(w)
	s.printExplained(w)
	fmt.Fprintf(w, "\nReplayed: %d decisions, %d the same byte for byte\n", s.Replayed.all, s.Replayed.same)
	verdict := "verified"
	if n := len(s.Audit.Problems); n > 0 {
		verdict = fmt.Sprintf("%d PROBLEMS, first: %s %s", n, s.Audit.Problems[0].Where, s.Audit.Problems[0].What)
	}
	fmt.Fprintf(w, "Journal:  %d entries, chain and tables %s\n", s.Audit.Entries, verdict)
}

func (s *summary) printKinds(w io.Writer) {
	fmt.Fprintln(w, "\nVerdicts of the day, and the money at stake")
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "  KIND\tEXECUTE\tAPPROVE\tREJECT\tEXECUTED BY POLICY\tRELEASED BY PEOPLE\tHELD\tREFUSED")
	for _, name := range slices.Sorted(maps.Keys(s.Kinds)) {
		k := s.Kinds[name]
		fmt.Fprintf(t, "  %s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", name, k.Outcomes["execute"], k.Outcomes["approve"], k.Outcomes["reject"],
			s.amount(k.Executed), s.amount(k.Released), s.amount(k.Held), s.amount(k.Refused))
	}
	t.Flush()
}

func (s *summary) amount(m money) string {
	if m.Count == 0 {
		return "-"
	}
	return fmt.Sprintf("%s (%d)", decision.Money{Amount: m.Amount, Currency: s.Currency}, m.Count)
}

func counts(m map[string]int) string {
	if len(m) == 0 {
		return "none"
	}
	text := ""
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", m[name], name)
	}
	return text
}

// printWaiting counts what waits, by the roles that may sign.
func (s *summary) printWaiting(w io.Writer) {
	byRole := map[string]int{}
	for _, a := range s.Waiting {
		byRole[cmp.Or(joinRoles(a.Roles), decision.FallbackRole)]++
	}
	fmt.Fprintf(w, "Approvals waiting: %d (%s)\n", len(s.Waiting), counts(byRole))
}

func joinRoles(roles []string) string {
	text := ""
	for i, r := range roles {
		if i > 0 {
			text += " or "
		}
		text += r
	}
	return text
}

func (s *summary) printExplained(w io.Writer) {
	d, policy := s.Explained.Decision, s.Explained.Decision.Revisions.Policy
	if d.ID == "" {
		return
	}
	fmt.Fprintf(w, "\nOne decision explained: %s of %s %d\n", d.ID, d.Subject.Model, d.Subject.ID)
	fmt.Fprintf(w, "  fraud probability %.1f %%, at stake %v, verdict %s, now %s\n", 100**d.Assessment.Probability, d.Recommendation.AtStake, d.Outcome, s.Explained.Row.Status)
	for _, r := range d.Assessment.Reasons[:min(5, len(d.Assessment.Reasons))] {
		fmt.Fprintf(w, "  %+6.3f  %s: %s\n", r.Contribution, r.Code, s.sentence(policy, r.Code))
	}
	for _, code := range d.Verdict.Reasons {
		fmt.Fprintf(w, "  policy  %s: %s\n", code, s.sentence(policy, code))
	}
	if code := d.Guard.Code; code != "" {
		fmt.Fprintf(w, "  guard   %s: %s\n", code, s.sentence(policy, code))
	}
}
