package odootest

import (
	"fmt"
	"maps"
	"slices"
)

func stockModels() []*model {
	return []*model{
		{name: "stock.location", label: "Inventory Locations", order: ordering("display_name, id"), fields: []field{
			def("char", "name", "Location Name"), def("many2one", "company_id", "Company", to("res.company")),
			def("selection", "usage", "Location Type", choices("supplier", "Vendor Location", "view", "View", "internal", "Internal Location",
				"customer", "Customer Location", "inventory", "Inventory Loss", "production", "Production", "transit", "Transit Location"), preset("internal")),
		}},
		{name: "stock.warehouse", label: "Warehouse", order: ordering("sequence, id"), fields: []field{
			def("char", "name", "Warehouse"), def("char", "code", "Short Name"), def("integer", "sequence", "Sequence", preset(10)),
			def("many2one", "company_id", "Company", to("res.company")), def("many2one", "partner_id", "Address", to("res.partner")),
			def("many2one", "lot_stock_id", "Location Stock", to("stock.location")), def("boolean", "active", "Active", preset(true)),
			def("selection", "delivery_steps", "Outgoing Shipments", choices("ship_only", "Deliver (1 step)", "pick_ship", "Pick then Deliver (2 steps)",
				"pick_pack_ship", "Pick, Pack, then Deliver (3 steps)"), preset("ship_only")),
		}},
		{name: "stock.picking.type", label: "Picking Type", order: ordering("sequence, id"), fields: []field{
			def("char", "name", "Operation Type"), def("char", "code", "Type of Operation"), def("integer", "sequence", "Sequence"),
			def("many2one", "warehouse_id", "Warehouse", to("stock.warehouse")), def("many2one", "company_id", "Company", to("res.company")),
		}, display: func(e *env, r row) string {
			return e.label("stock.warehouse", idOf(r["warehouse_id"])) + ": " + text(r["name"])
		}},
		{name: "stock.quant", label: "Quants", order: ordering("id"), fields: []field{
			def("many2one", "product_id", "Product", to("product.product")), def("many2one", "location_id", "Location", to("stock.location")),
			def("many2one", "warehouse_id", "Warehouse", to("stock.warehouse")), def("many2one", "company_id", "Company", to("res.company")),
			def("float", "quantity", "Quantity"), def("float", "reserved_quantity", "Reserved Quantity"),
		}},
		pickingModel(), orderpointModel(), stockMoveModel(),
		{name: "delivery.carrier", label: "Shipping Methods", order: ordering("sequence, id"), fields: []field{
			def("char", "name", "Delivery Method"), def("integer", "sequence", "Sequence", preset(10)), def("many2one", "company_id", "Company", to("res.company")),
		}},
		{name: "confirm.stock.sms", label: "Confirm Stock SMS", transient: true, order: ordering("id"), fields: []field{
			def("many2many", "pick_ids", "Pickings", to("stock.picking")),
		}},
	}
}

func pickingModel() *model {
	return &model{
		name: "stock.picking", label: "Transfer", thread: true, order: ordering("scheduled_date, id desc"),
		fields: []field{
			def("char", "name", "Reference"), def("char", "origin", "Source Document"),
			def("selection", "state", "Status", ro, choices("draft", "Draft", "waiting", "Waiting Another Operation", "confirmed", "Waiting",
				"assigned", "Ready", "done", "Done", "cancel", "Cancelled"), preset("draft")),
			def("many2one", "sale_id", "Sales Order", indexed, to(saleOrder)), def("many2one", "partner_id", "Contact", to("res.partner")),
			def("many2one", "picking_type_id", "Operation Type", to("stock.picking.type")), def("many2one", "location_id", "Source Location", to("stock.location")),
			def("datetime", "scheduled_date", "Scheduled Date"), def("datetime", "date_deadline", "Deadline"), def("datetime", "date_done", "Date of Transfer"),
			def("many2one", "backorder_id", "Back Order of", indexed, to("stock.picking")), def("many2one", "return_id", "Return of", since(17), to("stock.picking")),
			def("many2one", "company_id", "Company", to("res.company")), def("char", "carrier_tracking_ref", "Tracking Reference", of("delivery")),
			def("many2one", "carrier_id", "Carrier", of("delivery"), to("delivery.carrier")),
			def("float", "weight", "Weight", of("delivery")), def("float", "shipping_weight", "Weight for Shipping", of("delivery")),
			def("char", "weight_uom_name", "Weight unit of measure label", of("delivery"), preset("kg")),
		},
		methods: map[string]method{
			"action_assign": {run: assignPicking}, "button_validate": {run: validatePicking}, "action_cancel": {run: cancelPicking},
		},
		onWrite: func(e *env, id int64, values map[string]any) error {
			state := e.one("stock.picking", id)["state"]
			if _, given := values["scheduled_date"]; given && (state == "done" || state == "cancel") {
				return userError("You cannot change the Scheduled Date on a done or cancelled transfer.")
			}
			return nil
		},
	}
}

// stockMoveModel is seeded by tests that need it: deliveries here have no moves
// of their own.
func stockMoveModel() *model {
	return &model{name: "stock.move", label: "Stock Move", order: ordering("sequence, id"), fields: []field{
		def("integer", "sequence", "Sequence", preset(10)), def("many2one", "product_id", "Product", to("product.product")),
		def("float", "product_uom_qty", "Demand"), def("float", "quantity", "Quantity", since(17)), def("float", "quantity_done", "Quantity Done", until(16)),
		def("selection", "state", "Status", choices("draft", "New", "waiting", "Waiting Another Move", "confirmed", "Waiting Availability",
			"partially_available", "Partially Available", "assigned", "Available", "done", "Done", "cancel", "Cancelled"), preset("draft")),
		def("datetime", "date", "Date Scheduled"), def("many2one", "picking_id", "Transfer", indexed, to("stock.picking")),
		def("many2one", "location_dest_id", "Destination Location", to("stock.location")), def("many2one", "origin_returned_move_id", "Origin return move", to("stock.move")),
		def("many2one", "sale_line_id", "Sale Line", indexed, of("sale_stock"), to(saleOrderLine)), def("many2one", "company_id", "Company", to("res.company")),
	}}
}

// deliver makes one delivery for each warehouse an order's goods leave from.
// An order that has deliveries gets no second ones: on 16 it may be confirmed
// again.
func (e *env) deliver(order int64) error {
	r := e.one(saleOrder, order)
	warehouses := map[int64]bool{}
	for _, line := range e.s.tables[saleOrderLine].where("order_id", order) {
		l := e.one(saleOrderLine, line)
		if e.one("product.product", idOf(l["product_id"]))["type"] == "service" || l["product_id"] == nil {
			continue
		}
		warehouse := r["warehouse_id"]
		if own, ok := l["warehouse_id"]; ok && e.s.opts.Version >= 18 {
			warehouse = own
		}
		if warehouse != nil {
			warehouses[idOf(warehouse)] = true
		}
	}
	for _, picking := range e.s.tables["stock.picking"].where("sale_id", order) {
		if e.one("stock.picking", picking)["state"] != "cancel" {
			return nil
		}
	}
	for _, warehouse := range slices.Sorted(maps.Keys(warehouses)) {
		if _, err := e.create(e.s.models["stock.picking"], e.delivery(r, warehouse)); err != nil {
			return err
		}
	}
	return nil
}

func (e *env) delivery(order row, warehouse int64) map[string]any {
	w := e.one("stock.warehouse", warehouse)
	code := text(w["code"])
	origin := text(order["name"])
	if ref := text(order["client_order_ref"]); ref != "" && e.s.opts.Version == 18 {
		origin += " - " + ref // only 18 does so
	}
	values := map[string]any{
		"name":   fmt.Sprintf("%s/OUT/%05d", code, e.next("stock.picking/"+code)),
		"origin": origin, "state": "assigned", "sale_id": order["id"], "partner_id": order["partner_shipping_id"],
		"location_id": w["lot_stock_id"], "company_id": order["company_id"],
		"scheduled_date": e.stamp(), "date_deadline": e.stamp(),
	}
	for id, r := range e.s.tables["stock.picking.type"].rows {
		if r["warehouse_id"] == warehouse && r["code"] == "outgoing" {
			values["picking_type_id"] = id
		}
	}
	return values
}

func assignPicking(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		if state := e.one("stock.picking", id)["state"]; state == "confirmed" || state == "waiting" {
			e.change("stock.picking", id, "state", "assigned")
			e.effect("assign", c.model, id)
		}
	}
	return true, nil
}

// validatePicking delivers, unless a wizard wants to ask about text messages
// first.
func validatePicking(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		if state := e.one("stock.picking", id)["state"]; state == "done" || state == "cancel" {
			return nil, userError("You cannot validate a transfer that is done or cancelled.")
		}
	}
	if !truth(e.context["skip_sms"]) {
		return e.smsWizard(c.ids)
	}
	for _, id := range c.ids {
		e.change("stock.picking", id, "state", "done")
		e.change("stock.picking", id, "date_done", e.stamp())
		e.effect("deliver", c.model, id)
		order := idOf(e.one("stock.picking", id)["sale_id"])
		for _, line := range e.s.tables[saleOrderLine].where("order_id", order) {
			e.set(e.s.models[saleOrderLine], line, "qty_delivered", e.one(saleOrderLine, line)["product_uom_qty"])
		}
	}
	return true, nil
}

func (e *env) smsWizard(pickings []int64) (any, error) {
	links := []any{}
	for _, id := range pickings {
		links = append(links, []any{4, id})
	}
	wizard, err := e.create(e.s.models["confirm.stock.sms"], map[string]any{"pick_ids": links})
	if err != nil {
		return nil, err
	}
	view := e.ref("stock_sms.view_confirm_stock_sms")
	return map[string]any{
		"name": "SMS", "type": "ir.actions.act_window", "view_mode": "form", "res_model": "confirm.stock.sms",
		"views": []any{[]any{view, "form"}}, "view_id": view, "target": "new", "res_id": wizard,
		"context": map[string]any{"button_validate_picking_ids": pickings},
	}, nil
}

func cancelPicking(e *env, c *call) (any, error) {
	for _, id := range c.ids {
		if e.one("stock.picking", id)["state"] == "done" {
			return nil, userError("You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.")
		}
		e.change("stock.picking", id, "state", "cancel")
		e.effect("cancel", c.model, id)
	}
	return true, nil
}

func orderpointModel() *model {
	return &model{
		name: "stock.warehouse.orderpoint", label: "Minimum Inventory Rule", order: ordering("location_id, company_id, id"),
		fields: []field{
			def("many2one", "product_id", "Product", req, to("product.product")), def("many2one", "warehouse_id", "Warehouse", to("stock.warehouse")),
			def("many2one", "location_id", "Location", to("stock.location")), def("many2one", "company_id", "Company", to("res.company"), presetBy(func(e *env) any { return e.company() })),
			def("selection", "trigger", "Trigger", choices("auto", "Auto", "manual", "Manual"), preset("auto")),
			def("float", "product_min_qty", "Min Quantity"), def("float", "product_max_qty", "Max Quantity"),
			def("float", "qty_on_hand", "On Hand", ro), def("float", "qty_forecast", "Forecast", ro), def("float", "qty_to_order", "To Order"),
		},
		after: checkOrderpoint,
	}
}

func checkOrderpoint(e *env, id int64) error {
	r := e.one("stock.warehouse.orderpoint", id)
	for other, o := range e.s.tables["stock.warehouse.orderpoint"].rows {
		if other != id && o["product_id"] == r["product_id"] && o["location_id"] == r["location_id"] && o["company_id"] == r["company_id"] {
			return validationError("The operation cannot be completed: A replenishment rule already exists for this product on this location.")
		}
	}
	if e.s.opts.Version >= 18 && float(r["product_min_qty"]) > float(r["product_max_qty"]) {
		return validationError("The minimum quantity must be less than or equal to the maximum quantity.")
	}
	return nil
}
