//go:build odoo

package odoo_test

import (
	"net/url"
	"os"
	"path"
	"testing"
	"time"

	"github.com/google/uuid"

	"assent/decision"
	"assent/odoo"
)

// shop is a real Odoo and its bot, as ASSENT_TEST_ODOO names them:
// http://login:key@host:8069/database. The bot needs the rights that
// docs/operations.md lists, and the database a customer with an e-mail
// address, a product, and a tax on sales. Tests make what they change.
type shop struct {
	*stage
	partner, product int64
	taxes            []saleTax
}

type saleTax struct {
	ID     int64   `json:"id"`
	Amount float64 `json:"amount"`
}

func openShop(t *testing.T) *shop {
	t.Helper()
	at, err := url.Parse(os.Getenv("ASSENT_TEST_ODOO"))
	if err != nil || at.Host == "" || at.User == nil {
		t.Skip("ASSENT_TEST_ODOO names no server: http://login:key@host:8069/database")
	}
	key, _ := at.User.Password()
	config := odoo.Config{Database: path.Base(at.Path), Login: at.User.Username(), Key: odoo.Secret(key), Rate: -1}
	at.User, at.Path = nil, ""
	config.URL = at.String()
	client, err := odoo.New(config)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{stage: &stage{bundle: &bundle{Context: t.Context(), client: client}}}
	if s.dialect, err = client.Dialect(s); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	return s
}

// settle finds out what the shop has to work with.
func (s *shop) settle(t *testing.T) {
	t.Helper()
	uid, err := s.client.UID(s)
	if err != nil {
		t.Fatal(err)
	}
	user := found[struct {
		Company odoo.Ref `json:"company_id"`
	}](t, s, "res.users", odoo.Domain{}.Where("id", "=", uid), "company_id")[0]
	currency := found[struct {
		Currency odoo.Ref `json:"currency_id"`
	}](t, s, "res.company", odoo.Domain{}.Where("id", "=", user.Company.ID), "currency_id")[0]
	s.company = decision.Company{ID: "main", OdooID: user.Company.ID, Currency: currency.Currency.Name}
	s.odoo = &odoo.Integration{Caller: s.client, Users: map[string]int64{"finance": uid}, Sentence: sentence}
	s.partner = found[identity](t, s, "res.partner", odoo.Domain{}.Where("active", "=", true).Where("user_ids", "=", false).Where("ref_company_ids", "=", false).
		Where("email", "!=", false).Where("country_id", "!=", false).Where("zip", "!=", false))[0].ID
	s.product = found[identity](t, s, "product.product", odoo.Domain{}.Where("active", "=", true).Where("sale_ok", "=", true).Where("type", "!=", "service"))[0].ID
	s.taxes = found[saleTax](t, s, "account.tax", odoo.Domain{}.Where("active", "=", true).Where("type_tax_use", "=", "sale").Where("amount_type", "=", "percent").Where("company_id", "=", user.Company.ID), "amount")
}

type identity struct {
	ID int64 `json:"id"`
}

// found lists records, oldest first; there must be one.
func found[T any](t *testing.T, s *shop, model string, domain odoo.Domain, fields ...string) []T {
	t.Helper()
	rows := listed[T](t, s, model, domain, fields...)
	if len(rows) == 0 {
		t.Fatalf("the shop has no %s with %v", model, domain)
	}
	return rows
}

func listed[T any](t *testing.T, s *shop, model string, domain odoo.Domain, fields ...string) []T {
	t.Helper()
	if fields == nil {
		fields = []string{"id"}
	}
	rows, err := odoo.SearchRead[T](s, s.client, model, odoo.Query{Domain: domain, Fields: fields, Order: "id"}, odoo.Context{"active_test": false})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// sell makes a quotation of two lines with a section between them.
func (s *shop) sell(t *testing.T) decision.Subject {
	t.Helper()
	line := func(quantity, price, discount float64) any {
		return []any{0, 0, map[string]any{"product_id": s.product, "product_uom_qty": quantity, "price_unit": price, "discount": discount}}
	}
	id, err := odoo.Create(s, s.client, "sale.order", map[string]any{"partner_id": s.partner, "commitment_date": "2030-05-17 08:00:00", "order_line": []any{
		line(3, 33.33, 0), []any{0, 0, map[string]any{"display_type": "line_section", "name": "Kitchen"}}, line(0.5, 19.99, 7.5),
	}}, odoo.InCompany(s.company.OdooID))
	if err != nil {
		t.Fatal(err)
	}
	return decision.Subject{Model: "sale.order", ID: id}
}

func (s *shop) do(t *testing.T, subject decision.Subject, method string) {
	t.Helper()
	s.call(t, odoo.Call{Model: subject.Model, Method: method, IDs: []int64{subject.ID}, Context: odoo.InCompany(s.company.OdooID)}, nil)
}

// ship confirms an order and returns its delivery.
func (s *shop) ship(t *testing.T) decision.Subject {
	t.Helper()
	order := s.sell(t)
	s.do(t, order, "action_confirm")
	return decision.Subject{Model: "stock.picking", ID: found[identity](t, s, "stock.picking", odoo.Domain{}.Where("sale_id", "=", order.ID))[0].ID}
}

// bill makes and posts an invoice of the lines.
func (s *shop) bill(t *testing.T, lines ...map[string]any) decision.Subject {
	t.Helper()
	commands := []any{}
	for _, l := range lines {
		if l["display_type"] == nil {
			l["product_id"] = s.product
		}
		commands = append(commands, []any{0, 0, l})
	}
	id, err := odoo.Create(s, s.client, "account.move", map[string]any{"move_type": "out_invoice", "partner_id": s.partner, "invoice_line_ids": commands}, odoo.InCompany(s.company.OdooID))
	if err != nil {
		t.Fatal(err)
	}
	invoice := decision.Subject{Model: "account.move", ID: id}
	s.do(t, invoice, "action_post")
	return invoice
}

// assented is an execution of its own of an action on a record as it is now.
func (s *shop) assented(t *testing.T, kind string, subject decision.Subject, action decision.Action) decision.Execution {
	t.Helper()
	x := s.execution(t, trial{kind: kind, subject: subject, action: action})
	x.Decision = uuid.Must(uuid.NewV7()).String()
	x.ID, x.Due = x.Decision+"-0", time.Now()
	return x
}
