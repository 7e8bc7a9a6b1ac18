package odoo_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"assent/odoo"
	"assent/odoo/odootest"
)

// instance is one way to reach one version.
type instance struct {
	version  int
	protocol odoo.Protocol
}

// instances are all of them; 19 still serves the old API.
var instances = []instance{{16, odoo.JSONRPC}, {17, odoo.JSONRPC}, {18, odoo.JSONRPC}, {19, odoo.JSONRPC}, {19, odoo.JSON2}}

func (i instance) String() string { return fmt.Sprintf("%d %s", i.version, i.protocol) }

// bundle is a fake Odoo with ten orders and a client without limits.
type bundle struct {
	context.Context
	fake    *odootest.Server
	client  *odoo.Client
	dialect odoo.Dialect
}

var morning = time.Date(2026, 11, 24, 6, 0, 0, 250_000_000, time.UTC)

func setup(t *testing.T, i instance, change ...func(*odoo.Config)) *bundle {
	t.Helper()
	return setupWithout(t, i, nil, change...)
}

// setupWithout leaves modules out.
func setupWithout(t *testing.T, i instance, modules []string, change ...func(*odoo.Config)) *bundle {
	t.Helper()
	b := &bundle{Context: t.Context()}
	b.fake = odootest.New(odootest.Options{Version: i.version, Now: func() time.Time { return morning }, Debug: traceback, Without: modules})
	b.fake.Demo(10)
	config := odoo.Config{
		URL: "http://odoo.test", Database: "odoo", Login: odootest.DemoLogin, Key: odootest.DemoKey, Protocol: i.protocol,
		Rate: -1, Concurrency: 50, Transport: b.fake.Transport(),
	}
	for _, c := range change {
		c(&config)
	}
	var err error
	if b.client, err = odoo.New(config); err != nil {
		t.Fatal(err)
	}
	b.dialect = odoo.Version(i.version).Dialect()
	return b
}

// traceback is in every error of the fake and must be in none of ours.
const traceback = "Traceback (most recent call last):\n  password = 'hunter2'"

// call makes a call that must succeed.
func (b *bundle) call(t *testing.T, q odoo.Call, into any) {
	t.Helper()
	if err := b.client.Call(b, q, into); err != nil {
		t.Fatal(err)
	}
}

// fails makes a call that must fail in a certain way.
func (b *bundle) fails(t *testing.T, q odoo.Call, kind odoo.Kind, outcome odoo.Outcome) {
	t.Helper()
	wantFailure(t, b.client.Call(b, q, nil), kind, outcome)
}

func wantFailure(t *testing.T, err error, kind odoo.Kind, outcome odoo.Outcome) {
	t.Helper()
	if odoo.KindOf(err) != kind || err == nil || odoo.OutcomeOf(err) != outcome {
		t.Fatalf("have %v, want kind %q with outcome %q", err, kind, outcome)
	}
}

// order is what the scenario reads of a sale order.
type order struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	State       string    `json:"state"`
	AmountTotal float64   `json:"amount_total"`
	PartnerID   odoo.Ref  `json:"partner_id"`
	OrderLine   odoo.IDs  `json:"order_line"`
	WriteDate   odoo.Time `json:"write_date"`
	Ref         odoo.Text `json:"client_order_ref"`
}

var orderFields = []string{"name", "state", "amount_total", "partner_id", "order_line", "write_date", "client_order_ref"}

func (b *bundle) order(t *testing.T, id int64) order {
	t.Helper()
	rows, err := odoo.Read[order](b, b.client, "sale.order", []int64{id}, orderFields, nil)
	if err != nil || len(rows) != 1 {
		t.Fatalf("order %d: %d rows, %v", id, len(rows), err)
	}
	return rows[0]
}
