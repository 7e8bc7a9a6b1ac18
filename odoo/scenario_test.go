package odoo_test

import (
	"testing"

	"assent/odoo"
	"assent/odoo/odootest"
)

const execution = "assent:0193a5c2-0000-7000-8000-000000000001"

// TestScenario does the same things on every version over every API it has.
func TestScenario(t *testing.T) {
	t.Parallel()
	for _, i := range instances {
		t.Run(i.String(), func(t *testing.T) {
			t.Parallel()
			b := setup(t, i)
			t.Run("who and what", b.identity(i))
			t.Run("confirm", b.confirm)
			t.Run("cancel", b.cancel)
			t.Run("hold", b.hold)
			t.Run("price", b.price)
			t.Run("credit note", b.creditNote)
			t.Run("not found", b.notFound)
		})
	}
}

func (b *bundle) identity(i instance) func(*testing.T) {
	return func(t *testing.T) {
		uid, err := b.client.UID(b)
		if err != nil || uid != odootest.DemoBot {
			t.Errorf("uid: have %d, %v, want %d", uid, err, odootest.DemoBot)
		}
		version, err := b.client.Version(b)
		if err != nil || int(version) != i.version {
			t.Errorf("version: have %d, %v, want %d", version, err, i.version)
		}
		if err := b.client.Ping(b); err != nil {
			t.Error(err)
		}
		o := b.order(t, 1)
		if o.State != "draft" || o.PartnerID.ID == 0 || o.Ref.Or("") != "WEB-00001" || o.WriteDate.Unix() != morning.Unix() {
			t.Errorf("order 1: %+v", o)
		}
	}
}

// confirm: reading back is the only proof, and a second try is an error that
// means "already there", except on 16, where it is accepted again.
func (b *bundle) confirm(t *testing.T) {
	q := odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{1}, Context: odoo.Context{odoo.ExecutionKey: execution}}
	b.call(t, q, nil)
	if state := b.order(t, 1).State; state != "sale" {
		t.Fatalf("state: have %s, want sale", state)
	}
	if b.dialect.ConfirmRepeats {
		b.call(t, q, nil)
	} else {
		b.fails(t, q, odoo.KindUser, odoo.Refused)
	}
	effects := b.effects("confirm", "sale.order,1")
	if len(effects) == 0 || effects[0].Key != execution {
		t.Errorf("the log names no execution: %+v", effects)
	}
	pickings, err := odoo.SearchRead[struct{ ID int64 }](b, b.client, "stock.picking",
		odoo.Query{Domain: odoo.Domain{}.Where("sale_id", "=", 1), Fields: []string{"state"}}, nil)
	if err != nil || len(pickings) != 1 {
		t.Errorf("deliveries: have %d, %v, want 1", len(pickings), err)
	}
}

// effects are the log's lines about one record.
func (b *bundle) effects(effect, record string) []odootest.Entry {
	var found []odootest.Entry
	for _, e := range b.fake.Log() {
		if e.Effect == effect && e.Record == record {
			found = append(found, e)
		}
	}
	return found
}

func (b *bundle) cancel(t *testing.T) {
	q := odoo.Call{Model: "sale.order", Method: "action_cancel", IDs: []int64{1}}
	if b.dialect.CancelContext != nil {
		b.fails(t, q, odoo.KindNotDone, odoo.Unknown)
		if state := b.order(t, 1).State; state != "sale" {
			t.Fatalf("a wizard came back, but the state is %s", state)
		}
	}
	q.Context = b.dialect.CancelContext
	b.call(t, q, nil)
	if state := b.order(t, 1).State; state != "cancel" {
		t.Fatalf("state: have %s, want cancel", state)
	}
	b.call(t, q, nil) // cancelling again is fine everywhere
}

type chatter struct {
	ID   int64     `json:"id"`
	Note odoo.Text `json:"note"`
	Body odoo.Text `json:"body"`
}

// hold is an activity and a note; both are found again by their marker.
func (b *bundle) hold(t *testing.T) {
	activity, err := odoo.Create(b, b.client, "mail.activity", map[string]any{
		"res_id": 2, "activity_type_id": 4, "user_id": 2,
		"summary": "Review", "note": "held <" + execution + ">", "date_deadline": "2026-11-25",
	}, odoo.Context{"default_res_model": "sale.order"})
	if err != nil {
		t.Fatal(err)
	}
	var posted odoo.IDs
	b.call(t, odoo.Call{Model: "sale.order", Method: "message_post", IDs: []int64{2}, Args: odoo.Args{"body": b.dialect.NoteBody("held & noted " + execution)}}, &posted)
	if len(posted) != 1 {
		t.Fatalf("messages: %v", posted)
	}
	b.find(t, "mail.activity", "note", activity)
	b.find(t, "mail.message", "body", posted[0])
	message := b.fake.Record("mail.message", posted[0])
	if message["body"] != "<p>held &amp; noted "+execution+"</p>" {
		t.Errorf("body: %v", message["body"])
	}
	b.call(t, odoo.Call{Model: "mail.activity", Method: "action_feedback", IDs: []int64{activity}, Args: odoo.Args{"feedback": "released"}}, nil)
	rows, err := odoo.Read[chatter](b, b.client, "mail.activity", []int64{activity}, []string{"note"}, nil)
	if err != nil || len(rows) == 1 != b.dialect.ActivitiesArchived {
		t.Errorf("done activity: %d rows, %v; archived is %v", len(rows), err, b.dialect.ActivitiesArchived)
	}
}

// find looks for the execution's marker the way a retry does.
func (b *bundle) find(t *testing.T, model, field string, want int64) {
	t.Helper()
	domain := odoo.Domain{}.Where("res_id", "=", 2).Where(field, "ilike", execution)
	rows, err := odoo.SearchRead[chatter](b, b.client, model, odoo.Query{Domain: domain, Fields: []string{field}}, nil)
	if err != nil || len(rows) != 1 || rows[0].ID != want {
		t.Fatalf("marker in %s: %+v, %v, want id %d", model, rows, err, want)
	}
}

func (b *bundle) price(t *testing.T) {
	before := b.order(t, 3)
	if err := odoo.Write(b, b.client, "sale.order.line", before.OrderLine, map[string]any{"discount": 50}, nil); err != nil {
		t.Fatal(err)
	}
	if after := b.order(t, 3); after.AmountTotal*2 != before.AmountTotal {
		t.Errorf("total: have %v, want half of %v", after.AmountTotal, before.AmountTotal)
	}
	b.call(t, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{3}}, nil)
	b.call(t, odoo.Call{Model: "sale.order", Method: b.dialect.LockMethod, IDs: []int64{3}}, nil) // returns None
	locked := odoo.Call{Model: "sale.order.line", Method: "write", IDs: before.OrderLine, Args: odoo.Args{"vals": map[string]any{"price_unit": 1}}}
	b.fails(t, locked, odoo.KindUser, odoo.Refused)
}

type invoice struct {
	ID       int64     `json:"id"`
	State    string    `json:"state"`
	Type     string    `json:"move_type"`
	Total    float64   `json:"amount_total"`
	Ref      odoo.Text `json:"ref"`
	Reversed odoo.Ref  `json:"reversed_entry_id"`
	Lines    odoo.IDs  `json:"invoice_line_ids"`
}

// creditNote credits half of an invoice: draft, edit, post, read back.
func (b *bundle) creditNote(t *testing.T) {
	original := b.invoice(t, odoo.Domain{}.Where("move_type", "=", "out_invoice"))
	values := map[string]any{"reason": execution, "journal_id": 1, "move_ids": []any{[]any{6, 0, []int64{original.ID}}}}
	for name, value := range b.dialect.ReversalValues {
		values[name] = value
	}
	wizard, err := odoo.Create(b, b.client, "account.move.reversal", values, nil)
	if err != nil {
		t.Fatal(err)
	}
	var action odoo.Action
	b.call(t, odoo.Call{Model: "account.move.reversal", Method: b.dialect.ReversalMethod, IDs: []int64{wizard}}, &action)
	draft := b.invoice(t, odoo.Domain{}.Where("reversed_entry_id", "=", original.ID).Where("ref", "ilike", execution))
	if action.ResID != draft.ID || draft.State != "draft" || draft.Type != "out_refund" || draft.Total != original.Total {
		t.Fatalf("draft: %+v, action %+v, original %+v", draft, action, original)
	}
	if err := odoo.Write(b, b.client, "account.move.line", draft.Lines, map[string]any{"discount": 50}, nil); err != nil {
		t.Fatal(err)
	}
	var posted bool
	b.call(t, odoo.Call{Model: "account.move", Method: "action_post", IDs: []int64{draft.ID}}, &posted)
	if posted {
		t.Error("action_post answers false when it posted")
	}
	if done := b.invoice(t, odoo.Domain{}.Where("id", "=", draft.ID)); done.State != "posted" || done.Total*2 != original.Total {
		t.Errorf("credit note: %+v", done)
	}
	if log := b.fake.Log(); log[len(log)-1].Key != execution || log[len(log)-1].Effect != "post" {
		t.Errorf("last effect: %+v", log[len(log)-1])
	}
	b.fails(t, odoo.Call{Model: "account.move", Method: "action_post", IDs: []int64{draft.ID}}, odoo.KindUser, odoo.Refused)
}

func (b *bundle) invoice(t *testing.T, domain odoo.Domain) invoice {
	t.Helper()
	fields := []string{"state", "move_type", "amount_total", "ref", "reversed_entry_id", "invoice_line_ids"}
	rows, err := odoo.SearchRead[invoice](b, b.client, "account.move", odoo.Query{Domain: domain, Fields: fields, Order: "id", Limit: 1}, nil)
	if err != nil || len(rows) != 1 {
		t.Fatalf("invoices: %d rows, %v", len(rows), err)
	}
	return rows[0]
}

// notFound: a record that is gone, a model that is not installed, a company
// that is not ours.
func (b *bundle) notFound(t *testing.T) {
	rows, err := odoo.Read[order](b, b.client, "sale.order", []int64{99999}, []string{"name"}, nil)
	if err != nil || len(rows) != 0 {
		t.Errorf("reading a missing record: %d rows, %v, want none", len(rows), err)
	}
	b.fails(t, odoo.Call{Model: "sale.order", Method: "write", IDs: []int64{99999}, Args: odoo.Args{"vals": map[string]any{"note": "x"}}}, odoo.KindMissing, odoo.Refused)
	b.fails(t, odoo.Call{Model: "helpdesk.ticket", Method: "fields_get"}, odoo.KindNotFound, odoo.Refused)
	b.fails(t, odoo.Call{Model: "sale.order", Method: "search_read", Context: odoo.InCompany(2)}, odoo.KindAccess, odoo.Refused)
}
