package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assent/decision"
)

func TestStoryOfAnOrder(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", risky)
	h.pass(5 * time.Minute)
	h.execute()
	ben := h.as("ben")
	ben.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}, "comment": {"Called back."}, "from": {"story"}}).want(t, http.StatusSeeOther)
	h.execute()
	_, err := h.decisions.RecordOutcome(context.Background(), company.ID, decision.OutcomeRecord{
		ID: newID(), Decision: a.Row.ID, Type: "chargeback", Value: "fraud", Amount: a.Row.AtStake, At: h.clock(), Source: "key",
	})
	must(t, err)
	entry, err := h.store.Entry(context.Background(), company.ID, a.Row.ID)
	must(t, err)
	ben.get("/decisions/"+a.Row.ID).want(t, http.StatusOK,
		"Sales order S00036", "1 250.00 EUR at stake", "asked by Ada Finance",
		// the four stations
		"by scorecard/order", "Policy Approve one person of finance, within 4 h", "Guard Unchanged Mode live.", "Now Done",
		// why
		"The probability of fraud is at or above the limit.", "Cancel not chosen:",
		"Before any evidence: 1.1 %", "−4.50", "The card's code was wrong. +1.50", "Result: 98.6 % +4.25",
		"Fraud is looked at by finance order/route/fraud-risk", "Executed this hour 0 of at most 200",
		// what happened
		"Ben Finance signed as finance, 1 of 1.", "Called back.", "Hold (code ORDER_REVIEW, role finance) protective Done 1",
		"Confirm effective Done 1", "mail.activity:41", "Chargeback: fraud 1 250.00 EUR",
		// where it stands in the journal
		entry.Hash, entry.Prev, a.Decision.SnapshotHash, a.Decision.Correlation, h.policy.Revision(),
		// what was known
		"amount_total Total of the order, tax included. 1 250.00 EUR", "product id 49, quantity 2, price unit 60.25 EUR",
		"customer.since not given", "history.partner_orders_24h")
}

func TestPersonalValuesAreMasked(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	for _, who := range []string{"ben", "cleo", "omar"} {
		h.as(who).get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "ad…@example.com", "+9…", "1…", "!ada.buyer", "!5550100", "!10115")
	}
}

func TestStoryWhileItWaits(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("ben")
	b.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Your decision", "Approve Reject", "Now Awaiting approval", "Nothing was started.")
	got := b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}, "from": {"story"}})
	if to := got.header.Get("Location"); got.status != http.StatusSeeOther || to != "/decisions/"+a.Row.ID {
		t.Errorf("status %d, led to %q", got.status, to)
	}
	h.as("sam").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Executing", "!Approve Reject", "!Replay this decision")
}

func TestStoryOfTheGuard(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.switches(decision.Switches{Modes: map[string]decision.Mode{"order": decision.Suggest}})
	a := h.order(36, "85.50", nil)
	h.as("ben").get("/decisions/"+a.Row.ID).want(t, http.StatusOK,
		"Policy Execute Every requirement was met.", "Guard Execute became approve This kind is in suggest mode, where every effective action asks a person.",
		"delivery starts. This kind is in suggest mode, where every effective action asks a person. What else", "!The policy named no reason against it.")
	for _, page := range []string{"/decisions", "/approvals/" + a.Row.Approval} {
		h.as("omar").get(page).want(t, http.StatusOK, "This kind is in suggest mode, where every effective action asks a person.")
	}
	h.as("omar").get("/").want(t, http.StatusOK, "Sales order 36", "This kind is in suggest mode, where every effective action asks a person.")
}

func TestStoryWithoutAModel(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.change(17, "20")
	h.as("ben").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "No model", "decided by rules alone", "!Before any evidence")
	a = h.refund(17, "20")
	h.as("ben").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Assessed", "Before any evidence", "Credit note (amount 20.00 EUR, code damaged)", "Invoice INV/2026/00012", "!No model")
}

// brokenModel has a revision, as every model has, and says nothing.
type brokenModel struct{ err error }

func (brokenModel) Revision() string { return "sha256:broken" }

func (m brokenModel) Assess(decision.Snapshot) (decision.Assessment, error) {
	return decision.Assessment{Model: "scorecard/order"}, m.err
}

// A model that failed is not told as a kind that has none, not even once the
// record of its failure is erased.
func TestStoryOfAModelThatSaidNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"failed": {errors.New("out of range"), "Assessed Unknown The model failed; there is no assessment."},
		"silent": {nil, "Assessed Unknown The model gave no probability."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			h.decisions.Models.(decision.Assessors)["order"] = brokenModel{test.err}
			a := h.order(36, "85.50", nil)
			b := h.as("omar")
			b.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, test.want, "!No model", "!Before any evidence")
			must(t, h.decisions.Erase(context.Background(), company.ID, a.Decision.Snapshot, decision.System))
			b.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Assessed Unknown", "!No model")
		})
	}
}

// beside is a model that is tried beside the release's own.
type beside struct {
	decision.Assessors
	probability *float64
	err         error
}

func (b beside) Model(ctx context.Context, kind, revision string) (decision.Assessor, error) {
	if revision == b.Revision() {
		return b, nil
	}
	return b.Assessors.Model(ctx, kind, revision)
}

func (beside) Card(context.Context, string) (decision.ModelCard, error) {
	return decision.ModelCard{Name: "trained/order", Kind: "order"}, nil
}

func (beside) Revision() string { return "5d41402abc4b2a76" }

func (b beside) Assess(decision.Snapshot) (decision.Assessment, error) {
	return decision.Assessment{Model: "trained/order", Probability: b.probability}, b.err
}

// What a challenger said stands apart from what was decided by, and says that
// it is nothing more.
func TestStoryOfAChallenger(t *testing.T) {
	t.Parallel()
	half := 0.5
	for want, model := range map[string]beside{
		"It said 50.0 %, by trained/order. It has no say.": {probability: &half},
		"It said No probability. It has no say.":           {},
		"It said The challenger failed; it has no say.":    {err: errors.New("out of range")},
		"Challenger 5d41402abc4b2a76":                      {probability: &half},
	} {
		h := setup(t)
		model.Assessors = h.decisions.Models.(decision.Assessors)
		h.decisions.Models, h.decisions.Patience = model, time.Minute
		ann := h.addUser(decision.User{Name: "Ann Analyst", Email: "ann@example.com", Roles: []string{decision.RoleAnalyst}})
		_, err := h.decisions.Promote(context.Background(), company.ID, decision.AnyEpoch, decision.Promotion{
			Step: decision.StepChallenge, Kind: "order", Model: model.Revision(), By: ann.ID, Reason: "trial",
		})
		must(t, err)
		a := h.order(36, "85.50", nil)
		h.as("omar").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, want, "by scorecard/order")
	}
}

func TestStoryOfARecordedFailure(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.policy.failWith(decision.PolicyTimeout)
	a := h.order(36, "85.50", nil)
	h.as("omar").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "A step failed when this was decided", "Govern: The policy took too long.", "one person of operations, within 24 h")
}

func TestStoryOfWhatWasErased(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("cleo")
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {"Rude words."}}).want(t, http.StatusSeeOther)
	for _, sealed := range []string{a.Decision.Snapshot, h.approval(a).Comment} {
		must(t, h.decisions.Erase(context.Background(), company.ID, sealed, decision.System))
	}
	b.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "The snapshot was erased.", "(The comment was erased.)", "!Rude words", "!ad…@example.com", a.Decision.SnapshotHash)
	b.post("/decisions/"+a.Row.ID+"/replay", nil).want(t, http.StatusOK, "erased on purpose")
}

func TestReplay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	path := "/decisions/" + a.Row.ID + "/replay"
	b := h.as("cleo")
	b.htmx(path, nil).want(t, http.StatusOK, "Same bytes", "Replay again", "!Sign out")
	b.post(path, nil).want(t, http.StatusOK, "Same bytes", "Sales order S00036")
	h.policy.beLenient()
	b.htmx(path, nil).want(t, http.StatusOK, "Different from the journal:", `/verdict/outcome : journal "approve" , now "execute"`)
	h.as("sam").post(path, nil).want(t, http.StatusForbidden, "This needs the role compliance, analyst or operations.")
	b.post("/decisions/none/replay", nil).want(t, http.StatusNotFound)
}

func TestReplayWithAnotherModel(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	delete(h.decisions.Models.(decision.Assessors), "order")
	h.as("cleo").htmx("/decisions/"+a.Row.ID+"/replay", nil).want(t, http.StatusOK, "a model that this release cannot have", "!Same bytes", "!Different")
}

func TestStoryHoldsTheWordsOfEverySigner(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.change(5, "10")
	sign := func(who, comment string) {
		h.as(who).post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}, "comment": {comment}}).want(t, http.StatusSeeOther)
	}
	sign("ada", "Called the supplier.")
	page := h.as("cleo").get("/decisions/" + a.Row.ID)
	page.want(t, http.StatusOK, "Ada Finance signed as finance, 1 of 2. Called the supplier.")
	sign("ben", "Seen the letter.")
	page = h.as("cleo").get("/decisions/" + a.Row.ID)
	page.want(t, http.StatusOK, "1 of 2. Called the supplier.", "2 of 2. Seen the letter.", "Approved; the last signature is by Ben Finance.")
	if n := strings.Count(page.body, "Seen the letter."); n != 1 {
		t.Errorf("the last comment is shown %d times", n)
	}
	must(t, h.decisions.Erase(context.Background(), company.ID, h.approval(a).Signatures[0].Comment, decision.System))
	h.as("cleo").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "1 of 2. (The comment was erased.)", "!Called the supplier", "Seen the letter.")
}
