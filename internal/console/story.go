package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// story is the page of one decision.
type story struct {
	decision.Story
	Asked      string // who
	Steps      []storyStep
	Challenger string // what another model said, or why it did not; "" where none was asked
	Waterfall  *waterfall
	Rules      []fact // title, label
	Why        []string
	Shown      []fact   // what whoever assents must see
	Alternates []fact   // action, why it lost
	Otherwise  []string // what would have made it execute
	Guard      []fact
	Failures   []string
	Known      []shownField
	Missing    []shownField
	Features   []shownField
	Unfeatured []shownField
	Timeline   []moment
	Case       *approvalCase // while it is open
	Replay     *replayed
	MayReplay  bool
}

// storyStep is one of the four stations of a decision.
type storyStep struct{ Name, What, Tone, More string }

// moment is one thing that happened to the approval.
type moment struct {
	At         time.Time
	Tone, What string
	Comment    string
}

// showStory is for everybody with a role; personal values are masked for all.
func (c *console) showStory(w http.ResponseWriter, r *http.Request, v visit) error {
	s, err := c.story(r.Context(), v, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return show(w, r, http.StatusOK, storyPage(v, s))
}

// story gathers the page. The approval is shown twice while it is open: as
// what has happened, and as the form for who may decide.
func (c *console) story(ctx context.Context, v visit, id string) (story, error) {
	told, err := c.Decisions.Story(ctx, v.User.Company, id)
	if err != nil {
		return story{}, err
	}
	names, err := c.people(ctx, v.User.Company)
	if err != nil {
		return story{}, err
	}
	s := story{Story: told, Asked: names.name(told.Decision.RequestedBy)}
	_, s.MayReplay = v.User.HasRole(replayRoles)
	c.explain(&s, v)
	for _, change := range c.Decisions.WouldExecute(ctx, told) {
		s.Otherwise = append(s.Otherwise, change.Sentence)
	}
	s.Known, s.Missing = fieldsOf(told.Snapshot)
	s.Features, s.Unfeatured = featuresOf(told.Snapshot)
	if a := told.Approval; a != nil {
		if s.Timeline, err = c.timeline(ctx, v.User.Company, *a, names); err != nil {
			return story{}, err
		}
		if a.Status == decision.AwaitingApproval {
			open := c.caseOf(ctx, *a, v, names)
			s.Case = &open
		}
	}
	return s, nil
}

// explain puts the decision's codes into words.
func (c *console) explain(s *story, v visit) {
	d, policy := s.Decision, s.Decision.Revisions.Policy
	s.Waterfall = newWaterfall(d.Assessment, func(code string) string { return c.reason(policy, code) })
	s.Why = c.reasons(policy, d.Reasons())
	for _, label := range d.Verdict.Rules {
		s.Rules = append(s.Rules, fact{c.rule(policy, label), label})
	}
	for _, a := range d.Recommendation.Alternates {
		s.Alternates = append(s.Alternates, fact{actionName(a.Action, d.Currency), c.reason(policy, a.Lost)})
	}
	if s.Snapshot != nil {
		s.Shown = shownFacts(*s.Snapshot, d.Recommendation.Action)
		for _, f := range s.Snapshot.Failures {
			s.Failures = append(s.Failures, humanise(f.Step)+": "+c.reason(policy, f.Code))
		}
	}
	s.Challenger = c.challenged(policy, d.Challenger)
	s.Guard = guardFacts(d)
	s.Steps = []storyStep{c.assessed(s.Story), governed(d), c.guarded(d), {
		Name: "Now", What: humanise(string(s.Row.Status)), Tone: statusTone(s.Row.Status), More: statusSentence(s.Story, v.Head.Switches),
	}}
}

// assessed never shows an unknown probability as a number, nor a model that
// gave none as if there were no model.
func (c *console) assessed(s decision.Story) storyStep {
	a, step := s.Decision.Assessment, storyStep{Name: "Assessed"}
	failure, failed := failureOf(s.Snapshot, "assess")
	switch {
	case a.Probability != nil:
		step.What, step.More = percent(*a.Probability), "by "+a.Model
		if a.Confidence != nil {
			step.More += ", " + percent(*a.Confidence) + " of its evidence known"
		}
	case failed:
		step.What, step.Tone, step.More = "Unknown", "warn", c.reason(s.Decision.Revisions.Policy, failure)
	case s.Decision.Revisions.Model != "":
		step.What, step.Tone, step.More = "Unknown", "warn", "The model gave no probability."
	default:
		step.What, step.More = "No model", "This was decided by rules alone."
	}
	return step
}

// challenged tells what the challenger said, and that it had no say: nobody
// must take its figure for the one that was decided by.
func (c *console) challenged(policy string, said *decision.Challenge) string {
	switch {
	case said == nil:
		return ""
	case said.Failure != "":
		return c.reason(policy, said.Failure)
	case said.Probability == nil:
		return "No probability. It has no say."
	}
	return percent(*said.Probability) + ", by " + said.Model + ". It has no say."
}

// failureOf is the code of a step's recorded failure; what was erased tells of
// none.
func failureOf(s *decision.Snapshot, step string) (code string, failed bool) {
	if s == nil {
		return "", false
	}
	i := slices.IndexFunc(s.Failures, func(f decision.Failure) bool { return f.Step == step })
	if i < 0 {
		return "", false
	}
	return s.Failures[i].Code, true
}

// governed is what the policy said, before the guard.
func governed(d decision.Decision) storyStep {
	step := storyStep{Name: "Policy", What: humanise(d.Verdict.Outcome.String()), Tone: outcomeTone(d.Verdict.Outcome)}
	switch d.Verdict.Outcome {
	case decision.Execute:
		step.More = "Every requirement was met."
	case decision.Reject:
		step.More = "The action is refused."
	default:
		step.More = signersWanted(d.Verdict.People, d.Verdict.Roles, d.Verdict.Each) + ", within " + strconv.Itoa(hoursOf(d.Verdict)) + " h"
	}
	return step
}

// hoursOf is the deadline as the approval counts it.
func hoursOf(v decision.Verdict) int {
	if v.Hours < 1 {
		return decision.DefaultHours
	}
	return v.Hours
}

// guarded is what the guard made of it.
func (c *console) guarded(d decision.Decision) storyStep {
	if d.Guard.Code == "" {
		return storyStep{Name: "Guard", What: "Unchanged", More: "Mode " + string(d.Guard.Mode) + "."}
	}
	return storyStep{Name: "Guard", What: "Execute became approve", Tone: "warn", More: c.reason(d.Revisions.Policy, d.Guard.Code)}
}

// guardFacts are the live figures that the guard saw.
func guardFacts(d decision.Decision) []fact {
	g := d.Guard
	currency := ""
	if d.Recommendation.AtStake != nil {
		currency = d.Recommendation.AtStake.Currency
	}
	return []fact{
		{"Mode", humanise(string(g.Mode))},
		{"Kill switch", map[bool]string{true: "on", false: "off"}[g.Kill]},
		{"Paused", value(g.Paused)},
		{"Executed this hour", strconv.Itoa(g.Count) + " of at most " + strconv.Itoa(g.Caps.Count)},
		{"Amount this hour", money(&decision.Money{Amount: g.Amount, Currency: currency}) + " of at most " + money(&decision.Money{Amount: g.Caps.Amount, Currency: currency})},
		{"Epoch", strconv.FormatInt(g.Epoch, 10)},
	}
}

// timeline tells what happened to the approval, oldest first.
func (c *console) timeline(ctx context.Context, company string, a decision.Approval, names people) ([]moment, error) {
	need := max(1, a.People)
	out := []moment{{At: a.OpenedAt, What: "Opened: needs " + signersWanted(a.People, a.Roles, a.Each) + ", until " + clock(a.Deadline) + "."}}
	shown := map[string]bool{}
	for i, s := range a.Signatures {
		comment, err := c.comment(ctx, company, s.Comment)
		if err != nil {
			return nil, err
		}
		shown[s.Comment] = true
		out = append(out, moment{At: s.At, Tone: "good", Comment: comment, What: names.name(s.By) + " signed as " + lower(s.Role) + ", " +
			strconv.Itoa(i+1) + " of " + strconv.Itoa(need) + "."})
	}
	if a.Status == decision.AwaitingApproval {
		return out, nil
	}
	end := moment{At: a.ClosedAt, Tone: endTone(a.Status), What: closedSentence(a, names)}
	var err error
	if !shown[a.Comment] { // the last signature's is the approval's too
		end.Comment, err = c.comment(ctx, company, a.Comment)
	}
	return append(out, end), err
}

// endTone colours how an approval ended: granted, or not.
func endTone(s decision.Status) string {
	switch s {
	case decision.Declined, decision.Expired, decision.Stale, decision.Withdrawn:
		return "bad"
	}
	return "good"
}

// comment opens a sealed text, if there is one. One that was erased on purpose
// is no failure.
func (c *console) comment(ctx context.Context, company, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	text, err := c.Approvals.Comment(ctx, company, sealed)
	if decision.CodeOf(err) == decision.CodeErased {
		return "(The comment was erased.)", nil
	}
	return text, err
}

// title names the record, with its number as people know it.
func (s story) title() string {
	name := recordName(s.Decision.Subject.Model, s.Decision.Subject.ID)
	if s.Snapshot == nil {
		return name
	}
	if reference, ok := s.Snapshot.Fields.Text("reference"); ok {
		return strings.TrimRight(name, "0123456789") + reference
	}
	return name
}
