package odootest

import "fmt"

const purchaseOrder = "purchase.order"

var purchaseShape = shape{line: "purchase.order.line", parent: purchaseOrder, link: "order_id", quantity: "product_qty", taxes: "taxes_id"}

func purchaseModels() []*model {
	return []*model{{
		name: purchaseOrder, label: "Purchase Order", thread: true, order: ordering("priority desc, id desc"),
		fields: []field{
			def("char", "name", "Order Reference"), def("char", "origin", "Source Document"), def("char", "partner_ref", "Vendor Reference"),
			def("selection", "priority", "Priority", choices("0", "Normal", "1", "Urgent"), preset("0")),
			def("selection", "state", "Status", ro, choices("draft", "RFQ", "sent", "RFQ Sent", "to approve", "To Approve", "purchase", "Purchase Order", "done", "Locked", "cancel", "Cancelled"), preset("draft")),
			def("many2one", "partner_id", "Vendor", req, to("res.partner")), def("many2one", "currency_id", "Currency", to("res.currency")),
			def("many2one", "company_id", "Company", to("res.company"), presetBy(func(e *env) any { return e.company() })),
			def("datetime", "date_order", "Order Deadline", presetBy(func(e *env) any { return e.stamp() })),
			def("datetime", "date_approve", "Confirmation Date"), def("datetime", "date_planned", "Expected Arrival"),
			def("monetary", "amount_untaxed", "Untaxed Amount", ro), def("monetary", "amount_tax", "Taxes", ro), def("monetary", "amount_total", "Total", ro),
			def("one2many", "order_line", "Order Lines", to("purchase.order.line"), via("order_id")),
		},
		methods: map[string]method{
			"button_confirm": {run: confirmPurchase}, "button_approve": {params: []string{"force"}, run: approvePurchase}, "button_cancel": {run: cancelPurchase},
		},
		onCreate: func(e *env, id int64, _ map[string]any) error {
			m := e.s.models[purchaseOrder]
			e.setDefault(m, id, "name", fmt.Sprintf("P%05d", e.next(purchaseOrder)))
			e.setDefault(m, id, "currency_id", e.one("res.company", idOf(e.one(purchaseOrder, id)["company_id"]))["currency_id"])
			return nil
		},
	}, {
		name: "purchase.order.line", label: "Purchase Order Line", order: ordering("order_id, sequence, id"),
		fields: []field{
			def("many2one", "order_id", "Order Reference", req, indexed, to(purchaseOrder)), def("integer", "sequence", "Sequence", preset(10)),
			def("text", "name", "Description"), def("many2one", "product_id", "Product", to("product.product")),
			def("float", "product_qty", "Quantity", preset(1.0)), def("float", "price_unit", "Unit Price"), def("float", "discount", "Discount (%)"),
			def("datetime", "date_planned", "Expected Arrival"), def("many2many", "taxes_id", "Taxes", to("account.tax")),
			def("integer", "product_uom", "Unit of Measure", until(18)), def("integer", "product_uom_id", "Unit", since(19)),
			def("monetary", "price_subtotal", "Subtotal", ro), def("float", "price_tax", "Tax", ro), def("monetary", "price_total", "Total", ro),
		},
		after: func(e *env, id int64) error { e.recompute(purchaseShape, id); return nil },
	}}
}

// confirmPurchase answers true whether it confirmed or asked for approval.
func confirmPurchase(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		r := e.one(purchaseOrder, id)
		if r["state"] != "draft" && r["state"] != "sent" {
			continue
		}
		company := e.one("res.company", idOf(r["company_id"]))
		over := company["po_double_validation"] == "two_step" && float(r["amount_total"]) >= float(company["po_double_validation_amount"])
		if over && !e.user.has("purchase_manager") {
			e.change(purchaseOrder, id, "state", "to approve")
			e.effect("to_approve", c.model, id)
			continue
		}
		e.purchase(c.model, id)
	}
	return true, nil
}

func (e *env) purchase(m *model, id int64) {
	e.change(purchaseOrder, id, "state", "purchase")
	e.change(purchaseOrder, id, "date_approve", e.stamp())
	e.effect("purchase", m, id)
}

// approvePurchase does nothing for anybody but a manager, and says so to
// nobody.
func approvePurchase(e *env, c *call) (any, error) {
	if e.user.has("purchase_manager") {
		for _, id := range c.ids {
			e.purchase(c.model, id)
		}
	}
	return map[string]any{}, nil
}

func cancelPurchase(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		e.change(purchaseOrder, id, "state", "cancel")
		e.effect("cancel", c.model, id)
	}
	return nil, nil
}
