package odootest

// baseModels are people, companies, places and products.
func baseModels() []*model {
	return append([]*model{
		{name: "res.currency", label: "Currency", order: ordering("id"), fields: []field{
			def("char", "name", "Currency", req), def("char", "symbol", "Symbol"),
			def("float", "rounding", "Rounding Factor", preset(0.01)), def("boolean", "active", "Active", preset(true)),
		}},
		{name: "res.country", label: "Country", order: ordering("name"), fields: []field{
			def("char", "name", "Country Name"), def("char", "code", "Country Code"),
		}},
		{name: "res.country.state", label: "Country state", order: ordering("code"), fields: []field{
			def("char", "name", "State Name"), def("char", "code", "State Code"),
			def("many2one", "country_id", "Country", to("res.country")),
		}},
		{name: "res.company", label: "Companies", order: ordering("id"), fields: []field{
			def("char", "name", "Company Name"), def("many2one", "currency_id", "Currency", to("res.currency")),
			def("many2one", "partner_id", "Partner", to("res.partner")),
			def("selection", "po_double_validation", "Levels of Approvals", choices(
				"one_step", "Confirm purchase orders in one step", "two_step", "Get 2 levels of approvals to confirm a purchase order"), preset("one_step")),
			def("monetary", "po_double_validation_amount", "Double validation amount", preset(5000.0)),
		}},
		{name: "res.users", label: "User", order: ordering("name, login"), fields: []field{
			def("char", "name", "Name", req), def("char", "login", "Login", req), def("boolean", "active", "Active", preset(true)),
			def("many2one", "partner_id", "Related Partner", to("res.partner")),
			def("char", "email", "Email", computed(func(e *env, r row) any { return e.address(r) })),
			def("many2one", "company_id", "Company", to("res.company")),
			def("many2many", "company_ids", "Companies", to("res.company")),
		}, methods: map[string]method{"context_get": {static: true, reads: true, run: contextGet}}},
		partnerModel(),
		{name: "res.partner.category", label: "Partner Tags", order: ordering("name, id"), fields: []field{def("char", "name", "Tag Name", req)}},
		{name: "ir.model", label: "Models", order: ordering("model"), fields: []field{
			def("char", "model", "Model", req), def("char", "name", "Model Description"),
		}},
		{name: "ir.model.data", label: "Model Data", order: ordering("module, model, name"), fields: []field{
			def("char", "module", "Module"), def("char", "name", "External Identifier", req),
			def("char", "model", "Model Name"), def("many2one_reference", "res_id", "Record ID"),
		}},
	}, productModels()...)
}

func partnerModel() *model {
	return &model{
		name: "res.partner", label: "Contact", thread: true,
		order: ordering("display_name, id desc"),
		fields: []field{
			def("char", "name", "Name"), def("char", "email", "Email"), def("char", "phone", "Phone"),
			def("char", "street", "Street"), def("char", "street2", "Street2"), def("char", "city", "City"), def("char", "zip", "Zip"),
			def("many2one", "state_id", "State", to("res.country.state")), def("many2one", "country_id", "Country", to("res.country")),
			def("many2one", "parent_id", "Related Company", to("res.partner")), def("many2one", "company_id", "Company", to("res.company")),
			def("boolean", "is_company", "Is a Company"), def("boolean", "active", "Active", preset(true)),
			def("integer", "customer_rank", "Customer Rank"), def("char", "vat", "Tax ID"), def("char", "ref", "Reference"),
			def("many2many", "category_id", "Tags", to("res.partner.category")),
		},
		display: func(e *env, r row) string {
			if parent, ok := r["parent_id"].(int64); ok {
				return e.label("res.partner", parent) + ", " + text(r["name"])
			}
			return text(r["name"])
		},
	}
}

func productModels() []*model {
	coded := func(_ *env, r row) string {
		if code := text(r["default_code"]); code != "" {
			return "[" + code + "] " + text(r["name"])
		}
		return text(r["name"])
	}
	fields := func() []field {
		return []field{
			def("char", "name", "Name", req), def("char", "default_code", "Internal Reference"), def("char", "barcode", "Barcode"),
			def("float", "list_price", "Sales Price"), def("float", "lst_price", "Sales Price", computed(func(_ *env, r row) any { return r["list_price"] })),
			def("float", "standard_price", "Cost"), def("boolean", "active", "Active", preset(true)),
			def("selection", "type", "Product Type", choices("consu", "Goods", "product", "Storable Product", "service", "Service"), preset("consu")),
			def("many2many", "taxes_id", "Customer Taxes", to("account.tax")), def("many2one", "company_id", "Company", to("res.company")),
		}
	}
	return []*model{
		{name: "product.template", label: "Product", order: ordering("name"), fields: fields(), display: coded},
		{name: "product.product", label: "Product Variant", order: ordering("default_code, name, id"), display: coded,
			fields: append(fields(), def("many2one", "product_tmpl_id", "Product Template", to("product.template")))},
		{name: "product.supplierinfo", label: "Supplier Pricelist", order: ordering("sequence, min_qty desc, price, id"), fields: []field{
			def("integer", "sequence", "Sequence", preset(1)), def("many2one", "partner_id", "Vendor", to("res.partner")),
			def("many2one", "product_tmpl_id", "Product Template", to("product.template")), def("many2one", "product_id", "Product Variant", to("product.product")),
			def("float", "min_qty", "Quantity"), def("float", "price", "Price"),
			def("many2one", "currency_id", "Currency", to("res.currency")), def("integer", "delay", "Delivery Lead Time", preset(1)),
		}},
	}
}

// contextGet tells a user who it is.
func contextGet(e *env, _ *call) (any, error) {
	return map[string]any{"lang": "en_US", "tz": "UTC", "uid": e.uid}, nil
}
