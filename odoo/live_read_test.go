//go:build odoo

package odoo_test

import (
	"maps"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo"
)

// TestLiveRead: every kind is read as Odoo has it.
func TestLiveRead(t *testing.T) {
	s := openShop(t)
	order := s.sell(t)
	row := found[struct {
		Name    string          `json:"name"`
		Total   decimal.Decimal `json:"amount_total"`
		Date    string          `json:"date_order"`
		Partner odoo.Ref        `json:"partner_id"`
	}](t, s, "sale.order", odoo.Domain{}.Where("id", "=", order.ID), "name", "amount_total", "date_order", "partner_id")[0]
	of := decision.Record{"reference": row.Name, "amount_total": row.Total, "date_order": at(row.Date), "state": "draft", "currency": s.company.Currency,
		"partner_id": s.partner, "partner_shipping_id": s.partner, "commitment_date": at("2030-05-17 08:00:00"), "lines": []decision.Record{
			{"product_id": s.product, "quantity": dec("3"), "price_unit": dec("33.33"), "discount": dec("0")},
			{"product_id": s.product, "quantity": dec("0.5"), "price_unit": dec("19.99"), "discount": dec("7.5")},
		}}
	s.wants(t, "order", order, of)
	s.wants(t, "order", order, s.customer(t))
	s.do(t, order, "action_confirm")
	picking := found[struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
		Date string `json:"scheduled_date"`
	}](t, s, "stock.picking", odoo.Domain{}.Where("sale_id", "=", order.ID), "name", "scheduled_date")[0]
	s.wants(t, "delivery", decision.Subject{Model: "stock.picking", ID: picking.ID}, decision.Record{
		"reference": picking.Name, "scheduled_date": at(picking.Date), "promised_date": at("2030-05-17 08:00:00"), "order_amount": row.Total, "partner_id": s.partner,
	})
	s.wants(t, "delivery", decision.Subject{Model: "stock.picking", ID: picking.ID}, s.way(t, picking.ID))
	s.wants(t, "change", order, decision.Record{"state": "sale", "amount_total": row.Total, "currency": s.company.Currency, "partner_id": s.partner})
	s.wants(t, "change", decision.Subject{Model: "res.partner", ID: s.partner}, decision.Record{"currency": s.company.Currency})
}

// TestLiveReadInvoice: what an invoice still holds is read to the cent.
func TestLiveReadInvoice(t *testing.T) {
	s := openShop(t)
	invoice := invoiced(t, s)
	creditedBeside(t, s, invoice)
	s.wants(t, "refund", invoice, decision.Record{
		"state": "posted", "amount_total": s.amount(t, invoice), "amount_credited": dec("1"), "paid": false, "currency": s.company.Currency, "partner_id": s.partner,
	})
}

// customer is what an order tells of the shop's customer.
func (s *shop) customer(t *testing.T) decision.Record {
	t.Helper()
	p := found[struct {
		Email string `json:"email"`
		Zip   string `json:"zip"`
		Since string `json:"create_date"`
	}](t, s, "res.partner", odoo.Domain{}.Where("id", "=", s.partner), "email", "zip", "create_date")[0]
	return decision.Record{"customer.email": p.Email, "customer.since": at(p.Since), "billing.zip": p.Zip, "shipping.zip": p.Zip}
}

// way is whence and whither a delivery goes, by whom if Odoo can tell, and how
// heavy it is.
func (s *shop) way(t *testing.T, picking int64) decision.Record {
	t.Helper()
	p := found[struct {
		Zip     string   `json:"zip"`
		Country odoo.Ref `json:"country_id"`
	}](t, s, "res.partner", odoo.Domain{}.Where("id", "=", s.partner), "zip", "country_id")[0]
	country := found[struct {
		Code string `json:"code"`
	}](t, s, "res.country", odoo.Domain{}.Where("id", "=", p.Country.ID), "code")[0]
	warehouse := found[identity](t, s, "stock.warehouse", odoo.Domain{}.Where("company_id", "=", s.company.OdooID))[0]
	way := decision.Record{"warehouse_id": warehouse.ID, "destination.zip": p.Zip, "destination.country": country.Code}
	carriers, err := odoo.SearchRead[identityNamed](s, s.client, "delivery.carrier", odoo.Query{Fields: []string{"name"}, Order: "id", Limit: 1}, nil)
	if err != nil || len(carriers) == 0 {
		return way // without the module, or without a carrier, none is read
	}
	if err := odoo.Write(s, s.client, "stock.picking", []int64{picking}, map[string]any{"carrier_id": carriers[0].ID}, nil); err != nil {
		t.Fatal(err)
	}
	way["carrier"] = decision.Coded(carriers[0].Name)
	if weight := found[struct {
		Weight float64 `json:"shipping_weight"`
	}](t, s, "stock.picking", odoo.Domain{}.Where("id", "=", picking), "shipping_weight")[0].Weight; weight > 0 {
		way["weight_kg"] = decimal.NewFromFloat(weight).Round(6)
	}
	return way
}

type identityNamed struct {
	identity
	Name string `json:"name"`
}

// wants compares some fields of a record.
func (s *shop) wants(t *testing.T, kind string, subject decision.Subject, want decision.Record) {
	t.Helper()
	k, _ := decision.KindNamed(kind)
	raw, err := s.odoo.ReadRecord(s, s.company, k, subject)
	if err != nil {
		t.Fatal(err)
	}
	have, faults := decision.DecodeFields(raw, k.Fields, "", time.Now(), false)
	if len(faults) > 0 && kind != "change" {
		t.Errorf("%s: %v", raw, faults)
	}
	maps.DeleteFunc(have, func(field string, _ any) bool { _, wanted := want[field]; return !wanted })
	wantRecord(t, have, want)
}
