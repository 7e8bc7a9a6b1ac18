package approvals_test

import (
	"testing"
	"time"

	"assent/decision"
)

// Erasing a decision takes every text that people wrote about it, not only
// the last one, and no text about another decision.
func TestEraseDecision(t *testing.T) {
	t.Parallel()
	d := setup(t)
	ctx := t.Context()
	asked := d.ask(t, "1000", decision.ByService)
	_, err := d.Approve(ctx, "main", asked.Approval, finance("ada"), "Ada wrote this.")
	noError(t, err)
	granted, err := d.Approve(ctx, "main", asked.Approval, finance("bob"), "Bob wrote that.")
	noError(t, err)
	var texts []string
	for _, s := range granted.Signatures {
		texts = append(texts, s.Comment)
	}
	if texts[0] == "" || texts[0] == texts[1] || granted.Comment != texts[1] {
		t.Fatalf("signatures with the comments %q, closed with %q", texts, granted.Comment)
	}
	texts = append(texts, d.resolve(t, asked.ID, "First time."), d.resolve(t, asked.ID, "Second time."))

	other := d.resolve(t, "another", "About another decision of the same record.")
	pos := d.request("50", decision.ByService)
	pos.Key = "pos"
	declined, err := d.decisions.Decide(ctx, pos)
	noError(t, err)
	closed, err := d.Decline(ctx, "main", declined.Decision.Approval, finance("ada"), "Not that one.")
	noError(t, err)

	n, err := d.decisions.EraseDecision(ctx, "main", asked.ID, "dpo")
	if want := len(texts) + 1; err != nil || n != want {
		t.Errorf("%d erased, want %d: %v", n, want, err)
	}
	for _, id := range append(texts, asked.Snapshot) {
		if _, err := d.Comment(ctx, "main", id); decision.CodeOf(err) != decision.CodeErased {
			t.Errorf("text %s: %v", id, err)
		}
	}
	for _, id := range []string{other, closed.Comment, declined.Decision.Snapshot} {
		if _, err := d.Comment(ctx, "main", id); err != nil {
			t.Errorf("text %s of another decision: %v", id, err)
		}
	}
	d.settle(t) // audits
	if n, err := d.decisions.EraseDecision(ctx, "main", asked.ID, "dpo"); n != 0 || err != nil {
		t.Errorf("erased again: %d, %v", n, err)
	}
	later := d.resolve(t, asked.ID, "Written since.")
	if n, err := d.decisions.EraseDecision(ctx, "main", asked.ID, "dpo"); n != 1 || err != nil {
		t.Errorf("what was written since: %d, %v", n, err)
	}
	if _, err := d.Comment(ctx, "main", later); decision.CodeOf(err) != decision.CodeErased {
		t.Errorf("what was written since: %v", err)
	}
	_, err = d.decisions.EraseDecision(ctx, "main", "none", "dpo")
	wantCode(t, err, decision.CodeNotFound, "")
}

// resolve opens an exception for a decision, ends it with a comment, and
// gives the comment's id.
func (d *desk) resolve(t *testing.T, id, comment string) string {
	t.Helper()
	ctx := t.Context()
	x, err := d.Open(ctx, "main", decision.NewException{
		Type: decision.PromiseAtRisk, Cause: "delivery:/stock.picking/7", Decision: id,
		Role: decision.RoleWarehouseLead, Deadline: noon.Add(time.Hour),
	})
	noError(t, err)
	x, err = d.Resolve(ctx, "main", x.ID, lead("wim"), comment)
	noError(t, err)
	return x.Comment
}
