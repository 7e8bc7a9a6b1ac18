package odootest

import (
	"fmt"
	"maps"
	"slices"
)

const (
	accountMove     = "account.move"
	accountMoveLine = "account.move.line"
)

var invoiceShape = shape{line: accountMoveLine, parent: accountMove, link: "move_id", quantity: "quantity", taxes: "tax_ids"}

func accountModels(version int) []*model {
	return []*model{
		{name: "account.tax", label: "Tax", order: ordering("id"), fields: []field{
			def("char", "name", "Tax Name"), def("float", "amount", "Amount"), def("many2one", "company_id", "Company", to("res.company")),
		}},
		{name: "account.journal", label: "Journal", order: ordering("id"), fields: []field{
			def("char", "name", "Journal Name"), def("char", "code", "Short Code"), def("boolean", "active", "Active", preset(true)), def("many2one", "company_id", "Company", to("res.company")),
			def("selection", "type", "Type", choices("sale", "Sales", "purchase", "Purchase", "cash", "Cash", "bank", "Bank", "general", "Miscellaneous")),
		}},
		moveModel(), moveLineModel(), reversalModel(version),
	}
}

func moveModel() *model {
	return &model{
		name: accountMove, label: "Journal Entry", thread: true, order: ordering("date desc, name desc, invoice_date desc, id desc"),
		fields: []field{
			def("char", "name", "Number"), def("char", "ref", "Reference"), def("char", "invoice_origin", "Origin"), def("char", "payment_reference", "Payment Reference"),
			def("selection", "state", "Status", ro, choices("draft", "Draft", "posted", "Posted", "cancel", "Cancelled"), preset("draft")),
			def("selection", "move_type", "Type", req, choices("entry", "Journal Entry", "out_invoice", "Customer Invoice", "out_refund", "Customer Credit Note",
				"in_invoice", "Vendor Bill", "in_refund", "Vendor Credit Note", "out_receipt", "Sales Receipt", "in_receipt", "Purchase Receipt"), preset("entry")),
			def("selection", "payment_state", "Payment Status", ro, choices("not_paid", "Not Paid", "in_payment", "In Payment", "paid", "Paid", "partial", "Partially Paid",
				"reversed", "Reversed", "invoicing_legacy", "Invoicing App Legacy"), preset("not_paid")),
			def("many2one", "partner_id", "Partner", indexed, to("res.partner")), def("many2one", "journal_id", "Journal", to("account.journal")),
			def("many2one", "currency_id", "Currency", to("res.currency")),
			def("many2one", "company_id", "Company", to("res.company"), presetBy(func(e *env) any { return e.company() })),
			def("date", "date", "Date", presetBy(func(e *env) any { return e.today() })), def("date", "invoice_date", "Invoice Date"), def("date", "invoice_date_due", "Due Date"),
			def("monetary", "amount_untaxed", "Untaxed Amount", ro), def("monetary", "amount_tax", "Tax", ro), def("monetary", "amount_total", "Total", ro),
			def("monetary", "amount_residual", "Amount Due", computed(func(_ *env, r row) any {
				if r["state"] != "posted" || r["payment_state"] == "paid" {
					return 0.0
				}
				return r["amount_total"]
			})),
			def("many2one", "reversed_entry_id", "Reversal of", ro, indexed, to(accountMove)),
			def("one2many", "reversal_move_id", "Reversal Move", to(accountMove), via("reversed_entry_id"), until(17)),
			def("one2many", "reversal_move_ids", "Reversal Move", to(accountMove), via("reversed_entry_id"), since(18)),
			def("one2many", "invoice_line_ids", "Invoice lines", to(accountMoveLine), via("move_id")),
			def("one2many", "line_ids", "Journal Items", to(accountMoveLine), via("move_id")),
		},
		methods: map[string]method{
			"action_post": {run: postMove}, "button_draft": {run: moveTo("draft")}, "button_cancel": {run: moveTo("cancel")},
		},
		onCreate: func(e *env, id int64, _ map[string]any) error {
			m, r := e.s.models[accountMove], e.one(accountMove, id)
			e.setDefault(m, id, "currency_id", e.one("res.company", idOf(r["company_id"]))["currency_id"])
			e.setDefault(m, id, "journal_id", e.journal(r["company_id"]))
			if e.s.opts.Version < 18 {
				e.setDefault(m, id, "name", "/")
			}
			return nil
		},
		onUnlink: func(e *env, id int64) error {
			if e.one(accountMove, id)["state"] == "posted" {
				return userError("You can't delete a posted journal item. Don’t play games with your accounting records; reset the journal entry to draft before deleting it.")
			}
			for _, line := range e.s.tables[accountMoveLine].where("move_id", id) {
				e.remove(e.s.models[accountMoveLine], line)
			}
			return nil
		},
	}
}

func (e *env) journal(company any) any {
	for _, id := range slices.Sorted(maps.Keys(e.s.tables["account.journal"].rows)) {
		if r := e.one("account.journal", id); r["type"] == "sale" && (r["company_id"] == nil || r["company_id"] == company) {
			return id
		}
	}
	return nil
}

// moveLineModel has the invoice lines only: the receivable and tax items that
// Odoo books beside them change no answer we read.
func moveLineModel() *model {
	s := invoiceShape
	return &model{
		name: accountMoveLine, label: "Journal Item", order: ordering("date desc, move_name desc, id"),
		fields: []field{
			def("many2one", "move_id", "Journal Entry", req, indexed, to(accountMove)), def("integer", "sequence", "Sequence", preset(100)),
			def("char", "name", "Label"), def("many2one", "product_id", "Product", to("product.product")),
			def("float", "quantity", "Quantity", places(2, 0), preset(1.0)), def("float", "price_unit", "Unit Price", places(2, 19)), def("float", "discount", "Discount (%)", places(2, 0)),
			def("monetary", "price_subtotal", "Subtotal", ro), def("float", "price_tax", "Tax", ro), def("monetary", "price_total", "Total", ro),
			def("many2many", "tax_ids", "Taxes", to("account.tax")), def("many2one", "company_id", "Company", ro, to("res.company")),
			def("selection", "display_type", "Display Type", choices("product", "Product", "line_section", "Section", "line_note", "Note"), preset("product")),
			def("many2many", "sale_line_ids", "Sales Order Lines", of("sale"), to(saleOrderLine)),
		},
		onCreate: func(e *env, id int64, given map[string]any) error {
			r := e.one(accountMoveLine, id)
			if err := e.openMove(idOf(r["move_id"])); err != nil {
				return err
			}
			e.setDefault(e.s.models[accountMoveLine], id, "company_id", e.one(accountMove, idOf(r["move_id"]))["company_id"])
			e.priceLine(s, id, given)
			return nil
		},
		onWrite: func(e *env, id int64, _ map[string]any) error {
			return e.openMove(idOf(e.one(accountMoveLine, id)["move_id"]))
		},
		after: func(e *env, id int64) error { e.recompute(s, id); return nil },
		onUnlink: func(e *env, id int64) error {
			if err := e.openMove(idOf(e.one(accountMoveLine, id)["move_id"])); err != nil {
				return err
			}
			e.put0(s, id)
			return nil
		},
	}
}

// openMove refuses changes to the lines of posted entries.
func (e *env) openMove(id int64) error {
	if e.one(accountMove, id)["state"] == "posted" {
		return userError("You cannot modify the following readonly fields on a posted move: Journal Items")
	}
	return nil
}

// postMove numbers and posts entries. It answers false when all went well.
func postMove(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		r := e.one(accountMove, id)
		if r["state"] != "draft" {
			return nil, userError("The entry %s (id %d) must be in draft.", text(r["name"]), id)
		}
		if len(e.s.tables[accountMoveLine].where("move_id", id)) == 0 {
			return nil, userError("You need to add a line before posting.")
		}
		if journal := e.one("account.journal", idOf(r["journal_id"])); journal["active"] == false {
			return nil, userError("You cannot post an entry in an archived journal (%s)", text(journal["name"]))
		}
		if name := text(r["name"]); name == "" || name == "/" {
			e.change(accountMove, id, "name", e.moveName(r))
		}
		e.setDefault(c.model, id, "invoice_date", e.today())
		e.change(accountMove, id, "state", "posted")
		e.effect("post", c.model, id)
	}
	return false, nil
}

func (e *env) moveName(r row) string {
	prefix := map[any]string{"out_invoice": "INV", "out_refund": "RINV", "in_invoice": "BILL", "in_refund": "RBILL"}[r["move_type"]]
	if prefix == "" {
		prefix = "MISC"
	}
	prefix += "/" + e.today()[:4]
	return fmt.Sprintf("%s/%05d", prefix, e.next(prefix))
}

// moveTo resets to draft or cancels; both return None.
func moveTo(state string) func(*env, *call) (any, error) {
	return func(e *env, c *call) (any, error) {
		for _, id := range c.ids {
			if state == "cancel" && e.one(accountMove, id)["state"] == "posted" {
				return nil, userError("Only draft journal entries can be cancelled.")
			}
			e.change(accountMove, id, "state", state)
			e.effect(state, c.model, id)
		}
		return nil, nil
	}
}

func reversalModel(version int) *model {
	m := &model{
		name: "account.move.reversal", label: "Account Move Reversal", transient: true, order: ordering("id"),
		fields: []field{
			def("many2many", "move_ids", "Move", to(accountMove)), def("many2many", "new_move_ids", "New Move", to(accountMove)),
			def("date", "date", "Reversal date", presetBy(func(e *env) any { return e.today() })), def("char", "reason", "Reason"),
			def("many2one", "journal_id", "Journal", req, to("account.journal")), def("many2one", "company_id", "Company", to("res.company")),
			def("selection", "refund_method", "Credit Method", until(16), choices("refund", "Partial Refund", "cancel", "Full Refund", "modify", "Full refund and new draft invoice"), preset("refund")),
			def("selection", "date_mode", "Date Mode", until(16), choices("custom", "Specific", "entry", "Journal Entry Date"), preset("custom")),
		},
		methods:  map[string]method{"reverse_moves": {run: reverse}, "refund_moves": {since: 17, run: reverse}},
		onCreate: newReversal,
	}
	if version >= 17 {
		m.methods["reverse_moves"] = method{params: []string{"is_modify"}, run: reverse}
	}
	return m
}

// newReversal takes the invoices from the context, as the button does. Their
// journal it does not take: Odoo computes it after the row had to have one.
func newReversal(e *env, id int64, _ map[string]any) error {
	m := e.s.models["account.move.reversal"]
	moves := ids(e.one(m.name, id)["move_ids"])
	if len(moves) == 0 && e.context["active_model"] == accountMove {
		moves, _ = integers(e.context["active_ids"])
		e.set(m, id, "move_ids", moves)
	}
	for _, move := range moves {
		r := e.one(accountMove, move)
		if r["state"] != "posted" {
			return userError("You can only reverse posted moves.")
		}
		e.setDefault(m, id, "company_id", r["company_id"])
	}
	return nil
}

// reverse makes draft credit notes over the full amount. Nothing stops a
// second one.
func reverse(e *env, c *call) (any, error) {
	var made []int64
	for _, wizard := range c.ids {
		w := e.one(c.model.name, wizard)
		for _, move := range ids(w["move_ids"]) {
			id, err := e.creditNote(w, move)
			if err != nil {
				return nil, err
			}
			made = append(made, id)
			e.effect("credit_note", e.s.models[accountMove], id)
		}
		e.set(c.model, wizard, "new_move_ids", made)
	}
	action := map[string]any{"name": "Reverse Moves", "type": "ir.actions.act_window", "res_model": accountMove}
	if len(made) == 1 {
		action["view_mode"], action["res_id"] = "form", made[0]
		action["context"] = map[string]any{"default_move_type": "out_refund"}
	} else {
		action["view_mode"], action["domain"] = "list,form", []any{[]any{"id", "in", made}}
	}
	return action, nil
}

func (e *env) creditNote(wizard row, move int64) (int64, error) {
	original := e.one(accountMove, move)
	ref := "Reversal of: " + text(original["name"])
	if reason := text(wizard["reason"]); reason != "" {
		ref += ", " + reason
	}
	lines := []any{}
	for _, line := range e.s.tables[accountMoveLine].where("move_id", move) {
		l := e.one(accountMoveLine, line)
		lines = append(lines, []any{0, 0, map[string]any{
			"name": l["name"], "product_id": l["product_id"], "quantity": l["quantity"], "price_unit": l["price_unit"],
			"discount": l["discount"], "tax_ids": []any{[]any{6, 0, append([]int64{}, ids(l["tax_ids"])...)}},
		}})
	}
	kind := map[any]string{"out_invoice": "out_refund", "in_invoice": "in_refund"}[original["move_type"]]
	if kind == "" {
		kind = "entry"
	}
	return e.create(e.s.models[accountMove], map[string]any{
		"move_type": kind, "ref": ref, "partner_id": original["partner_id"], "company_id": original["company_id"],
		"currency_id": original["currency_id"], "journal_id": wizard["journal_id"], "date": wizard["date"], "invoice_date": wizard["date"],
		"reversed_entry_id": move, "invoice_origin": original["invoice_origin"], "invoice_line_ids": lines,
	})
}
