package simulator_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/internal/simulator"
	"assent/odoo"
	"assent/odoo/odootest"
)

// TestOdooAgrees loads the records into the fake of each version and reads
// every subject back the way the service does: what Odoo says must be what
// the request says, or the fingerprints of decisions would never match.
func TestOdooAgrees(t *testing.T) {
	t.Parallel()
	for _, version := range []int{16, 17, 18, 19} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			r := simulator.New(uint64(version), day, 40)
			records := integration(t, version, r)
			read := map[string]int{}
			for _, e := range r.Events() {
				for _, path := range compare(t, records, r.Company(), e) {
					read[e.Request.Kind+" "+path]++
				}
			}
			for _, want := range mustRead {
				if read[want] == 0 {
					t.Errorf("Odoo never gave %s", want)
				}
			}
		})
	}
}

// mustRead is what fingerprints and models need from Odoo.
var mustRead = []string{
	"order state", "order amount_total", "order currency", "order partner_id", "order partner_shipping_id", "order date_order", "order lines", "order customer.orders",
	"order billing.country", "order shipping.country", "order commitment_date",
	"delivery state", "delivery scheduled_date", "delivery promised_date", "delivery order_amount", "delivery warehouse_id", "delivery destination.country", "delivery destination.zip",
	"refund state", "refund amount_total", "refund amount_credited", "refund currency", "refund partner_id", "refund paid",
	"change state", "change amount_total", "change partner_id",
}

func integration(t *testing.T, version int, r *simulator.Retailer) *odoo.Integration {
	t.Helper()
	server := odootest.New(odootest.Options{Version: version, Now: func() time.Time { return day }})
	for _, record := range r.Records() {
		server.Seed(record.Model, record.Values)
	}
	server.AddUser(odootest.User{ID: 90, Login: "assent", Name: "Assent", Key: "key", Companies: []int64{r.Company().OdooID}, Groups: []string{"admin"}})
	client, err := odoo.New(odoo.Config{
		URL: "http://odoo.example", Database: "odoo", Login: "assent", Key: "key", Rate: -1, Concurrency: 8, Transport: server.Transport(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &odoo.Integration{Caller: client}
}

// compare reports every path on which Odoo and the request differ, and
// returns those on which they agree.
func compare(t *testing.T, records *odoo.Integration, c decision.Company, e simulator.Event) (same []string) {
	t.Helper()
	kind, _ := decision.KindNamed(e.Request.Kind)
	raw, err := records.ReadRecord(context.Background(), c, kind, e.Request.Subject)
	if err != nil {
		t.Errorf("%s: %v", e.Request.Subject.Record(), err)
		return nil
	}
	// Fields of one kind that another kind's model has too are "unknown" here.
	odoos, _ := decision.DecodeFields(raw, kind.Fields, "", e.At, false)
	asked, faults := decision.DecodeFields(e.Request.Fields, kind.Fields, "", e.At, true)
	if len(faults) > 0 {
		t.Error(faults)
	}
	for path, value := range odoos {
		if diff := cmp.Diff(value, asked[path], equalDecimals); diff != "" {
			t.Errorf("%s of %s: Odoo and the request differ (-odoo +request): %s", path, e.Request.Subject.Record(), diff)
		}
		same = append(same, path)
	}
	return same
}

var equalDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// TestRecordsAreWhole: what a record points to is there, and ids are unique.
func TestRecordsAreWhole(t *testing.T) {
	t.Parallel()
	models := map[string]string{
		"partner_id": "res.partner", "partner_shipping_id": "res.partner", "parent_id": "res.partner", "product_id": "product.product",
		"order_id": "sale.order", "sale_id": "sale.order", "move_id": "account.move", "reversed_entry_id": "account.move",
		"currency_id": "res.currency", "company_id": "res.company", "warehouse_id": "stock.warehouse", "country_id": "res.country",
		"location_id": "stock.location", "picking_type_id": "stock.picking.type", "journal_id": "account.journal",
	}
	records := simulator.New(3, day, 100).Records()
	known := map[string]bool{}
	for _, r := range records {
		key := fmt.Sprintf("%s/%d", r.Model, r.ID)
		if known[key] || r.Values["id"] != r.ID {
			t.Errorf("%s is there twice, or its id is wrong", key)
		}
		known[key] = true
	}
	for _, r := range records {
		for field, value := range r.Values {
			if pair, ok := value.([]any); ok && len(pair) == 2 && models[field] != "" && !known[fmt.Sprintf("%s/%d", models[field], pair[0])] {
				t.Errorf("%s/%d: %s points to nothing", r.Model, r.ID, field)
			}
		}
	}
}

// TestPeopleAreInvented: no address or number could be anybody's.
func TestPeopleAreInvented(t *testing.T) {
	t.Parallel()
	r := simulator.New(4, day, 150)
	for _, record := range r.Records() {
		email, _ := record.Values["email"].(string)
		phone, _ := record.Values["phone"].(string)
		if email != "" && !strings.HasSuffix(email, "@example.com") && !strings.HasSuffix(email, ".example") {
			t.Errorf("%s/%d has a real e-mail domain", record.Model, record.ID)
		}
		if phone != "" && !strings.HasPrefix(phone, "+999") {
			t.Errorf("%s/%d has a phone number of a real country", record.Model, record.ID)
		}
	}
	for _, a := range r.Approvers() {
		if !strings.HasSuffix(a.User.Email, "@example.com") || len(a.User.Roles) == 0 || !slices.Contains(decision.Roles, a.User.Roles[0]) {
			t.Errorf("%s has a real address or an unknown role", a.User.Name)
		}
	}
}
