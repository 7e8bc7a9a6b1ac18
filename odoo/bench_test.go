package odoo_test

import (
	"testing"

	"assent/odoo"
	"assent/odoo/odootest"
)

// BenchmarkReadActRead is what one execution costs on our side and the fake's:
// read the precondition, look for a marker, post a note, read back.
func BenchmarkReadActRead(b *testing.B) {
	fake := odootest.New(odootest.Options{Version: 19})
	fake.Demo(1000)
	client, err := odoo.New(odoo.Config{URL: "http://odoo.test", Key: odootest.DemoKey, Rate: -1, Transport: fake.Transport()})
	if err != nil {
		b.Fatal(err)
	}
	marked := odoo.Query{Domain: odoo.Domain{}.Where("res_id", "=", 1).Where("model", "=", "sale.order").Where("body", "ilike", "assent:none"), Fields: []string{"body"}}
	note := odoo.Call{Model: "sale.order", Method: "message_post", Args: odoo.Args{"body": execution}}
	n := int64(0)
	for b.Loop() {
		n++
		note.IDs = []int64{1 + n%1000}
		if _, err := odoo.Read[order](b.Context(), client, "sale.order", note.IDs, orderFields, nil); err != nil {
			b.Fatal(err)
		}
		if _, err := odoo.SearchRead[chatter](b.Context(), client, "mail.message", marked, nil); err != nil {
			b.Fatal(err)
		}
		if err := client.Call(b.Context(), note, nil); err != nil {
			b.Fatal(err)
		}
		if _, err := odoo.Read[order](b.Context(), client, "sale.order", note.IDs, orderFields, nil); err != nil {
			b.Fatal(err)
		}
	}
}
