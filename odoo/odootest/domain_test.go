package odootest

import (
	"encoding/json"
	"testing"
)

// TestDomains searches the ten orders of the shop: 1 is confirmed, 2 is
// cancelled, the customers are 101 to 110.
func TestDomains(t *testing.T) {
	t.Parallel()
	s := simpleShop(18)
	ok(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil)
	ok(t, s, saleOrder, "action_cancel", []any{int64(2)}, nil)
	for domain, want := range map[string]string{
		`[]`:                                                  `[1,2,3,4,5,6,7,8,9,10]`,
		`[["state","=","sale"]]`:                              `[1]`,
		`[["state","!=","draft"]]`:                            `[1,2]`,
		`[["state","in",["sale","cancel"]]]`:                  `[1,2]`,
		`[["state","not in",["draft","sale"]]]`:               `[2]`,
		`[["id",">=",9]]`:                                     `[9,10]`,
		`["|",["id","<",2],["id",">",9]]`:                     `[1,10]`,
		`["!",["id","<=",9]]`:                                 `[10]`,
		`["&",["id",">",3],["id","<",5]]`:                     `[4]`,
		`[["id",">",3],"|",["id","=",1],["id","=",5]]`:        `[5]`,
		`[["partner_id","=",103]]`:                            `[3]`,
		`[["partner_id","ilike","customer 04"]]`:              `[4]`,
		`[["partner_id.email","=","customer05@example.com"]]`: `[5]`,
		`[["order_line.product_id","=",5]]`:                   `[4,9]`,
		`[["invoice_ids","=",false]]`:                         `[1,2,3,4,6,7,8,9]`,
		`[["invoice_ids","!=",false]]`:                        `[5,10]`,
		`[["invoice_ids","in",[2]]]`:                          `[10]`,
		`[["client_order_ref","ilike","web-0001"]]`:           `[10]`,
		`[["client_order_ref","like","web"]]`:                 `[]`,
		`[["client_order_ref","=like","WEB-00003"]]`:          `[3]`,
		`[["client_order_ref","not ilike","WEB"]]`:            `[]`,
		`[["commitment_date","=",false]]`:                     `[1,2,3,4,5,6,7,8,9,10]`,
		`[["commitment_date",">","2000-01-01"]]`:              `[]`,
		`[["locked","=",false]]`:                              `[1,2,3,4,5,6,7,8,9,10]`,
		`[["amount_total",">",500.5]]`:                        `[2,4,8]`,
		`[["id","in",[3,99999]]]`:                             `[3]`,
	} {
		var parsed any
		if err := json.Unmarshal([]byte(domain), &parsed); err != nil {
			t.Fatal(err)
		}
		have, _ := json.Marshal(ok(t, s, saleOrder, "search", []any{parsed}, map[string]any{"order": "id"}))
		if string(have) != want {
			t.Errorf("%s: have %s, want %s", domain, have, want)
		}
	}
}

// TestWrongDomains are refused and not silently everything.
func TestWrongDomains(t *testing.T) {
	t.Parallel()
	s := simpleShop(18)
	for domain, want := range map[string]string{
		`[["nope","=",1]]`: "Invalid field 'nope'", `[["partner_id.nope","=",1]]`: "Invalid field 'nope'", `[["state.x","=",1]]`: "path",
		`[["id","child_of",1]]`: "Invalid operator", `["&",["id","=",1]]`: "syntactically", `["?"]`: "syntactically", `[["id","="]]`: "syntactically", `{"id":1}`: "Domain",
	} {
		var parsed any
		if err := json.Unmarshal([]byte(domain), &parsed); err != nil {
			t.Fatal(err)
		}
		raises(t, s, want, saleOrder, "search", []any{parsed}, nil)
	}
	raises(t, s, "Invalid field 'nope'", saleOrder, "search", []any{[]any{}}, map[string]any{"order": "nope desc"})
}

// TestPaging reads pages in order, each record once.
func TestPaging(t *testing.T) {
	t.Parallel()
	s := simpleShop(19)
	for page, want := range []string{`[10,9,8,7]`, `[6,5,4,3]`, `[2,1]`, `[]`} {
		have, _ := json.Marshal(ok(t, s, saleOrder, "search", []any{[]any{}}, map[string]any{"order": "id desc", "limit": 4, "offset": 4 * page}))
		if string(have) != want {
			t.Errorf("page %d: have %s, want %s", page, have, want)
		}
	}
	first, _ := json.Marshal(ok(t, s, saleOrder, "search", []any{[]any{}}, map[string]any{"limit": 3}))
	if string(first) != `[1,2,3]` { // newest order date first
		t.Errorf("own order: have %s", first)
	}
}

// TestCompanies: searches leave other companies out, reads and writes of their
// records are refused.
func TestCompanies(t *testing.T) {
	everyVersion(t, func(t *testing.T, _ int, s *Server) {
		ok(t, s, saleOrder, "create", []any{map[string]any{"partner_id": 101, "company_id": 2, "warehouse_id": 3}}, nil) // as admin: 11
		s.users[0].Companies = []int64{1}
		wants(t, ok(t, s, saleOrder, "search_count", []any{[]any{}}, nil), any(json.Number("10")))
		raises(t, s, "AccessError", saleOrder, "read", []any{int64(11)}, nil)
		raises(t, s, "AccessError", saleOrder, "action_confirm", []any{int64(11)}, nil)
		s.users[0].Companies = []int64{1, 2}
		only := map[string]any{"context": map[string]any{"allowed_company_ids": []any{2}}}
		wants(t, ok(t, s, saleOrder, "search_count", []any{[]any{}}, only), any(json.Number("1")))
	})
}
