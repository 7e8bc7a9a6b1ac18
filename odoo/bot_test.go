package odoo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assent/odoo"
	"assent/odoo/odootest"
)

// TestMissing: what a bot will be refused is known before it asks.
func TestMissing(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		want := func(client *odoo.Client, want odoo.Missing) {
			t.Helper()
			have, err := client.Missing(s)
			if diff := cmp.Diff(want, have); err != nil || diff != "" {
				t.Errorf("%v (-want +have)\n%s", err, diff)
			}
		}
		want(s.client, odoo.Missing{})
		s.fake.Seed("res.partner", map[string]any{"id": 7, "email": false})
		want(s.client, odoo.Missing{Address: true})
		s.fake.AddUser(odootest.User{ID: 60, Login: "few", Key: "few", Companies: []int64{1}, Groups: []string{"sale"}})
		few := odoo.Missing{Rights: []string{"write account.move", "create account.move.reversal", "write res.partner"}}
		if s.dialect.RightsMethod == "" {
			few.Rights = nil
		}
		want(s.as(t, "few"), few)
		s.fake.Inject(odootest.Fault{Kind: odootest.Raise, Method: "check_access_rights", Name: "builtins.AttributeError"})
		want(s.as(t, "few"), odoo.Missing{}) // a version that does not tell
		s.fake.ClearFaults()
		s.fake.Inject(odootest.Fault{Kind: odootest.Reset, Skip: 1, Times: 1})
		if _, err := s.client.Missing(s); err == nil && s.dialect.RightsMethod != "" {
			t.Error("an answer was lost, and nothing said")
		}
	})
}
