package odootest

import (
	"fmt"
	"slices"
	"strings"
)

const (
	saleOrder     = "sale.order"
	saleOrderLine = "sale.order.line"
)

// saleShape names the fields of order lines; 19 renamed the taxes.
func saleShape(version int) shape {
	s := shape{line: saleOrderLine, parent: saleOrder, link: "order_id", quantity: "product_uom_qty", taxes: "tax_id"}
	if version >= 19 {
		s.taxes = "tax_ids"
	}
	return s
}

func saleModels(version int) []*model {
	return []*model{orderModel(version), orderLineModel(version), {
		name: "sale.order.cancel", label: "Sales Order Cancel", transient: true, order: ordering("id"),
		fields: []field{def("many2one", "order_id", "Sale Order", req, to(saleOrder))},
	}}
}

func orderModel(version int) *model {
	states := []string{"draft", "Quotation", "sent", "Quotation Sent", "sale", "Sales Order", "cancel", "Cancelled"}
	if version < 17 {
		states = slices.Insert(states, 6, "done", "Locked")
	}
	return &model{
		name: saleOrder, label: "Sales Order", order: ordering("date_order desc, id desc"), thread: true,
		fields: []field{
			def("char", "name", "Order Reference"), def("selection", "state", "Status", ro, choices(states...), preset("draft")),
			def("boolean", "locked", "Locked", since(17)),
			def("many2one", "partner_id", "Customer", req, indexed, to("res.partner")),
			def("many2one", "partner_invoice_id", "Invoice Address", to("res.partner")),
			def("many2one", "partner_shipping_id", "Delivery Address", to("res.partner")),
			def("datetime", "date_order", "Order Date", req, presetBy(func(e *env) any { return e.stamp() })),
			def("datetime", "commitment_date", "Delivery Date"), def("date", "validity_date", "Expiration"),
			def("monetary", "amount_untaxed", "Untaxed Amount", ro), def("monetary", "amount_tax", "Taxes", ro), def("monetary", "amount_total", "Total", ro),
			def("many2one", "currency_id", "Currency", ro, to("res.currency")),
			def("many2one", "company_id", "Company", req, to("res.company"), presetBy(func(e *env) any { return e.company() })),
			def("many2one", "warehouse_id", "Warehouse", to("stock.warehouse")),
			def("many2one", "user_id", "Salesperson", to("res.users"), presetBy(func(e *env) any { return e.uid })),
			def("char", "client_order_ref", "Customer Reference"), def("char", "origin", "Source Document"), def("html", "note", "Terms and conditions"),
			def("selection", "invoice_status", "Invoice Status", ro, choices("upselling", "Upselling Opportunity", "invoiced", "Fully Invoiced", "to invoice", "To Invoice", "no", "Nothing to Invoice"), preset("no")),
			def("one2many", "order_line", "Order Lines", to(saleOrderLine), via("order_id")),
			def("one2many", "picking_ids", "Transfers", to("stock.picking"), via("sale_id")),
			def("many2many", "invoice_ids", "Invoices", ro, to("account.move")),
		},
		methods: map[string]method{
			"action_confirm": {run: confirm}, "action_cancel": {run: cancel}, "action_draft": {run: draft},
			"action_lock": {since: 17, run: lockTo(true)}, "action_unlock": {run: lockTo(false)}, "action_done": {until: 16, run: lockTo(true)},
		},
		onCreate: newOrder, onWrite: orderWrite, onUnlink: orderUnlink,
	}
}

// company is the company a new record belongs to.
func (e *env) company() any {
	if len(e.companies) == 0 {
		return nil
	}
	return e.companies[0]
}

func newOrder(e *env, id int64, given map[string]any) error {
	m := e.s.models[saleOrder]
	r := e.one(saleOrder, id)
	e.setDefault(m, id, "name", fmt.Sprintf("S%05d", e.next(saleOrder)))
	e.setDefault(m, id, "currency_id", e.one("res.company", idOf(r["company_id"]))["currency_id"])
	e.setDefault(m, id, "partner_invoice_id", r["partner_id"])
	e.setDefault(m, id, "partner_shipping_id", r["partner_id"])
	if r["warehouse_id"] == nil {
		found, err := e.search(e.s.models["stock.warehouse"], []any{[]any{"company_id", "=", r["company_id"]}}, "", 0, 1)
		if err != nil {
			return err
		}
		if len(found) == 1 {
			e.set(m, id, "warehouse_id", found[0])
		}
	}
	return e.sameCompany(saleOrder, id, "warehouse_id")
}

// setDefault sets a field that has no value.
func (e *env) setDefault(m *model, id int64, field string, value any) {
	if e.one(m.name, id)[field] == nil && value != nil {
		e.set(m, id, field, value)
	}
}

// sameCompany refuses a link to a record of another company.
func (e *env) sameCompany(model string, id int64, link string) error {
	r := e.one(model, id)
	f := e.s.models[model].byName[link]
	other := e.one(f.rel, idOf(r[link]))
	if other["company_id"] == nil || other["company_id"] == r["company_id"] {
		return nil
	}
	return userError("Incompatible companies on records:\n- '%s' belongs to company '%s' and '%s' (%s: '%s') belongs to another company.",
		text(r["name"]), e.label("res.company", idOf(r["company_id"])), f.label, link, e.label(f.rel, idOf(r[link])))
}

func orderWrite(e *env, id int64, values map[string]any) error {
	if w, ok := integer(values["warehouse_id"]); ok {
		if company := e.one("stock.warehouse", w)["company_id"]; company != nil && company != e.one(saleOrder, id)["company_id"] {
			return userError("Incompatible companies on records:\n- '%s' and 'Warehouse' (warehouse_id)", text(e.one(saleOrder, id)["name"]))
		}
	}
	return nil
}

func orderUnlink(e *env, id int64) error {
	if state := e.one(saleOrder, id)["state"]; state != "draft" && state != "cancel" {
		return userError("You can not delete a sent quotation or a confirmed sales order. You must first cancel it.")
	}
	for _, line := range e.s.tables[saleOrderLine].where("order_id", id) {
		e.remove(e.s.models[saleOrderLine], line)
	}
	return nil
}

// confirm turns quotations into orders and makes their deliveries.
func confirm(e *env, c *call) (any, error) {
	if err := e.confirmable(c.ids); err != nil {
		return nil, err
	}
	for _, id := range c.ids {
		e.change(saleOrder, id, "state", "sale")
		e.change(saleOrder, id, "date_order", e.stamp())
		e.effect("confirm", c.model, id)
		if err := e.deliver(id); err != nil {
			return nil, err
		}
		if err := e.reached(c.model, id, "sale"); err != nil {
			return nil, err
		}
	}
	return true, nil
}

func (e *env) confirmable(orders []int64) error {
	var wrong []string
	for _, id := range orders {
		state := text(e.one(saleOrder, id)["state"])
		allowed := state == "draft" || state == "sent" || state == "sale" && e.s.opts.Version < 17
		if !allowed {
			wrong = append(wrong, text(e.one(saleOrder, id)["name"]))
		}
	}
	switch {
	case len(wrong) == 0:
		return nil
	case e.s.opts.Version < 17:
		return userError("It is not allowed to confirm an order in the following states: done, cancel")
	case e.s.opts.Version == 17:
		return userError("The following orders are not in a state requiring confirmation: %s", strings.Join(wrong, ", "))
	}
	return userError("Some orders are not in a state requiring confirmation.")
}

// cancel cancels, or up to 18 opens a wizard that asks whether to.
func cancel(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		if truth(e.one(saleOrder, id)["locked"]) {
			return nil, userError("You cannot cancel a locked order. Please unlock it first.")
		}
	}
	if e.s.opts.Version < 19 && !truth(e.context["disable_cancel_warning"]) {
		for _, id := range c.ids {
			if e.one(saleOrder, id)["state"] != "draft" {
				return e.cancelWizard(c.ids)
			}
		}
	}
	for _, id := range c.ids {
		e.cancelOrder(c.model, id)
	}
	return true, nil
}

func (e *env) cancelWizard(orders []int64) (any, error) {
	if len(orders) != 1 {
		return nil, valueError(fmt.Sprintf("Expected singleton: sale.order(%s)", pythonTuple(orders)))
	}
	kind := "Quotation"
	if state := e.one(saleOrder, orders[0])["state"]; state == "sale" || state == "done" {
		kind = "Sales Order"
	}
	context := map[string]any{
		"default_template_id": e.ref("sale.mail_template_sale_cancellation"), "default_order_id": orders[0],
		"mark_so_as_canceled": true, "model_description": kind,
		"default_email_layout_xmlid": "mail.mail_notification_layout_with_responsible_signature",
	}
	if e.s.opts.Version < 17 {
		context["default_use_template"] = true
	}
	return map[string]any{
		"name": "Cancel " + kind, "view_mode": "form", "res_model": "sale.order.cancel",
		"view_id": e.ref("sale.sale_order_cancel_view_form"), "type": "ir.actions.act_window",
		"context": context, "target": "new",
	}, nil
}

// cancelOrder cancels the order, its open deliveries and its draft invoices;
// posted invoices and delivered goods stay.
func (e *env) cancelOrder(m *model, id int64) {
	if e.one(saleOrder, id)["state"] != "cancel" {
		e.effect("cancel", m, id)
	}
	e.change(saleOrder, id, "state", "cancel")
	for _, picking := range e.s.tables["stock.picking"].where("sale_id", id) {
		if e.one("stock.picking", picking)["state"] != "done" {
			e.change("stock.picking", picking, "state", "cancel")
		}
	}
	for _, invoice := range ids(e.one(saleOrder, id)["invoice_ids"]) {
		if e.one("account.move", invoice)["state"] == "draft" {
			e.change("account.move", invoice, "state", "cancel")
		}
	}
}

// draft reopens cancelled orders; on a confirmed one it answers true and does
// nothing.
func draft(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		if state := e.one(saleOrder, id)["state"]; state == "cancel" || state == "sent" {
			e.change(saleOrder, id, "state", "draft")
			e.effect("draft", c.model, id)
		}
	}
	return true, nil
}

// lockTo locks or unlocks; both return None. 16 has a state for it.
func lockTo(locked bool) func(*env, *call) (any, error) {
	return func(e *env, c *call) (any, error) {
		for _, id := range c.ids {
			switch {
			case e.s.opts.Version >= 17:
				e.change(saleOrder, id, "locked", locked)
			case locked:
				e.change(saleOrder, id, "state", "done")
			default:
				e.change(saleOrder, id, "state", "sale")
			}
			e.effect(map[bool]string{true: "lock", false: "unlock"}[locked], c.model, id)
		}
		return nil, nil
	}
}

// ordered says whether an order is confirmed and whether it is locked.
func (e *env) orderState(id int64) (confirmed, locked bool) {
	r := e.one(saleOrder, id)
	return r["state"] == "sale" || r["state"] == "done", truth(r["locked"]) || r["state"] == "done"
}
