package odootest

import (
	"maps"
	"slices"
	"strings"
)

// protected are the line fields a locked order does not let go of.
var protected = []string{"product_id", "name", "price_unit", "product_uom_qty", "tax_id", "tax_ids"}

func orderLineModel(version int) *model {
	s := saleShape(version)
	warehouse := []option{to("stock.warehouse"), func(f *field) {
		// Up to 17 it follows the order: a write answers true and changes
		// nothing. Later it is stored, without a check of the company.
		if version < 18 {
			f.ignored = true
			f.compute = func(e *env, r row) any {
				if w, ok := r["warehouse_id"]; ok {
					return w
				}
				return e.one(saleOrder, idOf(r["order_id"]))["warehouse_id"]
			}
		}
	}}
	return &model{
		name: saleOrderLine, label: "Sales Order Line", order: ordering("order_id, sequence, id"),
		fields: []field{
			def("many2one", "order_id", "Order Reference", req, indexed, to(saleOrder)), def("integer", "sequence", "Sequence", preset(10)),
			def("text", "name", "Description"), def("many2one", "product_id", "Product", to("product.product")),
			def("float", "product_uom_qty", "Quantity", places(2, 0), preset(1.0)), def("float", "qty_delivered", "Delivery Quantity"),
			def("float", "qty_invoiced", "Invoiced Quantity", ro), def("float", "price_unit", "Unit Price", places(2, 19)), def("float", "discount", "Discount (%)", places(2, 0)),
			def("monetary", "price_subtotal", "Subtotal", ro), def("float", "price_tax", "Total Tax", ro), def("monetary", "price_total", "Total", ro),
			def("many2many", "tax_id", "Taxes", to("account.tax"), until(18)), def("many2many", "tax_ids", "Taxes", to("account.tax"), since(19)),
			def("many2one", "warehouse_id", "Warehouse", warehouse...), def("float", "customer_lead", "Lead Time"),
			def("one2many", "move_ids", "Stock Moves", of("sale_stock"), to("stock.move"), via("sale_line_id")),
			def("many2one", "company_id", "Company", ro, to("res.company")), def("many2one", "currency_id", "Currency", ro, to("res.currency")),
			def("selection", "display_type", "Display Type", choices("line_section", "Section", "line_note", "Note")),
		},
		onCreate: func(e *env, id int64, given map[string]any) error {
			m, r := e.s.models[saleOrderLine], e.one(saleOrderLine, id)
			order := e.one(saleOrder, idOf(r["order_id"]))
			e.setDefault(m, id, "company_id", order["company_id"])
			e.setDefault(m, id, "currency_id", order["currency_id"])
			if version >= 18 {
				e.setDefault(m, id, "warehouse_id", order["warehouse_id"])
			}
			e.priceLine(s, id, given)
			return nil
		},
		onWrite: lineWrite,
		after:   func(e *env, id int64) error { e.recompute(s, id); return nil },
		onUnlink: func(e *env, id int64) error {
			order := idOf(e.one(saleOrderLine, id)["order_id"])
			if confirmed, _ := e.orderState(order); confirmed {
				return userError("Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced or delivered).\n                Set the quantity to 0 instead.")
			}
			e.put0(s, id)
			return nil
		},
	}
}

// put0 takes a line that is about to go out of its document's totals.
func (e *env) put0(s shape, line int64) {
	e.set(e.s.models[s.line], line, s.quantity, 0.0)
	e.recompute(s, line)
}

func lineWrite(e *env, id int64, values map[string]any) error {
	_, locked := e.orderState(idOf(e.one(saleOrderLine, id)["order_id"]))
	if !locked {
		return nil
	}
	var refused []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if f := e.s.models[saleOrderLine].byName[name]; f != nil && slices.Contains(protected, name) {
			refused = append(refused, f.label)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return userError("It is forbidden to modify the following fields in a locked order:\n%s", strings.Join(refused, "\n"))
}
