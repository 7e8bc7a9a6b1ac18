package odootest

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everyVersion runs a test on a small shop of each version.
func everyVersion(t *testing.T, test func(t *testing.T, version int, s *Server)) {
	t.Parallel()
	for _, version := range []int{16, 17, 18, 19} {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			t.Parallel()
			test(t, version, simpleShop(version))
		})
	}
}

// ok calls a method that must not raise.
func ok(t *testing.T, s *Server, model, method string, args []any, kwargs map[string]any) any {
	t.Helper()
	result, failure := callRPC(t, s, model, method, args, kwargs)
	if failure != nil {
		t.Fatalf("%s.%s: %v", model, method, failure)
	}
	return result
}

// raises calls a method that must raise an exception whose name and message
// contain the text.
func raises(t *testing.T, s *Server, want, model, method string, args []any, kwargs map[string]any) {
	t.Helper()
	_, failure := callRPC(t, s, model, method, args, kwargs)
	encoded, _ := json.Marshal(failure)
	if !strings.Contains(string(encoded), want) {
		t.Fatalf("%s.%s: have %s, want %q", model, method, encoded, want)
	}
}

func wants(t *testing.T, have, want any) {
	t.Helper()
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

// Timestamps are shown to the second and compared in microseconds, except on
// 19: an optimistic lock on write_date matches nothing.
func TestWriteDateIsNoLock(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		shown := s.Record(saleOrder, 1)["write_date"]
		wants(t, shown, any("2026-11-24 06:00:00"))
		found := ok(t, s, saleOrder, "search", []any{[]any{[]any{"id", "=", 1}, []any{"write_date", "=", shown}}}, nil)
		want := []any{}
		if version >= 19 {
			want = []any{json.Number("1")}
		}
		wants(t, found, any(want))
		later := ok(t, s, saleOrder, "search_count", []any{[]any{[]any{"write_date", ">=", shown}}}, nil)
		wants(t, later, any(json.Number("10")))
	})
}

// A line's warehouse: ignored up to 17, stored and unchecked from 18 on. The
// order's own is checked, and moving it after the confirmation moves nothing.
func TestWarehouses(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		line := s.Record(saleOrder, 1)["order_line"].([]int64)[0]
		ok(t, s, saleOrderLine, "write", []any{line, map[string]any{"warehouse_id": 3}}, nil) // of company 2
		want := []any{int64(1), "Main"}
		if version >= 18 {
			want = []any{int64(3), "Outlet"}
		}
		wants(t, s.Record(saleOrderLine, line)["warehouse_id"], any(want))
		raises(t, s, "Incompatible companies", saleOrder, "write", []any{int64(1), map[string]any{"warehouse_id": 3}}, nil)

		ok(t, s, saleOrder, "action_confirm", []any{int64(2)}, nil)
		ok(t, s, saleOrder, "write", []any{int64(2), map[string]any{"warehouse_id": 2}}, nil)
		picking := s.Record(saleOrder, 2)["picking_ids"].([]int64)[0]
		wants(t, s.Record("stock.picking", picking)["location_id"], any([]any{int64(8), "WH/Stock"}))
	})
}

// Two warehouses on the lines of one order make two deliveries where lines
// have warehouses.
func TestSplitDelivery(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		line := func(warehouse int) any {
			return []any{0, 0, map[string]any{"product_id": 1, "product_uom_qty": 1, "warehouse_id": warehouse}}
		}
		made := ok(t, s, saleOrder, "create", []any{map[string]any{"partner_id": 101, "order_line": []any{line(1), line(2)}}}, nil)
		id, _ := made.(json.Number).Int64()
		ok(t, s, saleOrder, "action_confirm", []any{id}, nil)
		want := 1
		if version >= 18 {
			want = 2
		}
		wants(t, len(s.Record(saleOrder, id)["picking_ids"].([]int64)), want)
	})
}

// 16 accepts a second confirmation, but makes no second delivery.
func TestConfirmTwice(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		ok(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil)
		switch version {
		case 16:
			wants(t, ok(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil), any(true))
		case 17:
			raises(t, s, "not in a state requiring confirmation: S00001", saleOrder, "action_confirm", []any{int64(1)}, nil)
		default:
			raises(t, s, "Some orders are not in a state", saleOrder, "action_confirm", []any{int64(1)}, nil)
		}
		wants(t, len(s.Record(saleOrder, 1)["picking_ids"].([]int64)), 1)
	})
}

// action_draft on a confirmed order answers true and does nothing.
func TestDraftDoesNothing(t *testing.T) {
	everyVersion(t, func(t *testing.T, _ int, s *Server) {
		ok(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil)
		wants(t, ok(t, s, saleOrder, "action_draft", []any{int64(1)}, nil), any(true))
		wants(t, s.Record(saleOrder, 1)["state"], any("sale"))
	})
}

// Records come back as text up to 18 and as a list on 19; a posted message as
// its id, or a list.
func TestReturnedRecords(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		activity := ok(t, s, saleOrder, "activity_schedule", []any{int64(1)}, map[string]any{"summary": "x", "activity_type_id": 4})
		message := ok(t, s, saleOrder, "message_post", []any{int64(1)}, map[string]any{"body": "<b>x</b>"})
		if version < 19 {
			wants(t, activity, any("mail.activity(1,)"))
			wants(t, message, any(json.Number("1")))
		} else {
			wants(t, activity, any([]any{json.Number("1")}))
			wants(t, message, any([]any{json.Number("1")}))
		}
		want := "<p>&lt;b&gt;x&lt;/b&gt;</p>" // from 17 on the body is text
		if version == 16 {
			want = "<b>x</b>"
		}
		wants(t, s.Record("mail.message", 1)["body"], any(want))
	})
}

// An activity without a user goes to whoever made it, up to 18.
func TestActivityUser(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		made := ok(t, s, "mail.activity", "create", []any{map[string]any{"res_model_id": modelIDs[version], "res_id": 1, "note": "assent:x"}}, nil)
		id, _ := made.(json.Number).Int64()
		want := any([]any{int64(2), "Administrator"})
		if version >= 19 {
			want = false
		}
		wants(t, s.Record("mail.activity", id)["user_id"], want)
		ok(t, s, "mail.activity", "action_feedback", []any{id}, map[string]any{"feedback": "done"})
		if kept := s.Record("mail.activity", id) != nil; kept != (version >= 19) {
			t.Errorf("kept after it was done: %v", kept)
		}
		// The note, and a marker in it, survive in the chatter.
		found := ok(t, s, "mail.message", "search_count", []any{[]any{[]any{"res_id", "=", 1}, []any{"body", "ilike", "ASSENT:X"}}}, nil)
		wants(t, found, any(json.Number("1")))
	})
}

// An archived activity is not found unless asked for.
func TestArchived(t *testing.T) {
	t.Parallel()
	s := simpleShop(19)
	ok(t, s, saleOrder, "activity_schedule", []any{int64(1)}, nil)
	ok(t, s, "mail.activity", "action_done", []any{int64(1)}, nil)
	domain := []any{[]any{"res_id", "=", 1}}
	wants(t, ok(t, s, "mail.activity", "search_count", []any{domain}, nil), any(json.Number("0")))
	wants(t, ok(t, s, "mail.activity", "search_count", []any{domain}, map[string]any{"context": map[string]any{"active_test": false}}), any(json.Number("1")))
	wants(t, ok(t, s, "mail.activity", "search_count", []any{append(domain, []any{"active", "=", false})}, nil), any(json.Number("1")))
}

// Credit notes: only of posted invoices, drafts at first, and nothing stops a
// second one.
func TestCreditNotes(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		reversal := func() {
			made := ok(t, s, "account.move.reversal", "create", []any{map[string]any{"reason": "assent:r", "journal_id": 1}},
				map[string]any{"context": map[string]any{"active_model": accountMove, "active_ids": []any{1}}})
			id, _ := made.(json.Number).Int64()
			ok(t, s, "account.move.reversal", "reverse_moves", []any{id}, nil)
		}
		reversal()
		reversal()
		field := "reversal_move_id"
		if version >= 18 {
			field = "reversal_move_ids"
		}
		notes := s.Record(accountMove, 1)[field].([]int64)
		wants(t, len(notes), 2)
		for _, id := range notes {
			r := s.Record(accountMove, id)
			wants(t, []any{r["state"], r["move_type"], r["ref"], r["amount_total"]},
				[]any{"draft", "out_refund", "Reversal of: INV/2026/00001, assent:r", s.Record(accountMove, 1)["amount_total"]})
		}
		raises(t, s, "only reverse posted moves", "account.move.reversal", "create", []any{map[string]any{"move_ids": []any{[]any{6, 0, notes}}}}, nil)
		if version >= 17 {
			return
		}
		raises(t, s, "does not exist", "account.move.reversal", "refund_moves", []any{int64(1)}, nil)
	})
}

// A delivery: the text-message wizard first, then done, then no longer moved.
func TestDelivery(t *testing.T) {
	everyVersion(t, func(t *testing.T, _ int, s *Server) {
		ok(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil)
		move := []any{int64(1), map[string]any{"scheduled_date": "2026-12-01 09:00:00"}}
		ok(t, s, "stock.picking", "write", move, nil)
		wants(t, s.Record("stock.picking", 1)["scheduled_date"], any("2026-12-01 09:00:00"))
		wizard, _ := ok(t, s, "stock.picking", "button_validate", []any{int64(1)}, nil).(map[string]any)
		wants(t, wizard["res_model"], any("confirm.stock.sms"))
		wants(t, s.Record("stock.picking", 1)["state"], any("assigned"))
		ok(t, s, "stock.picking", "button_validate", []any{int64(1)}, map[string]any{"context": map[string]any{"skip_sms": true}})
		wants(t, s.Record("stock.picking", 1)["state"], any("done"))
		raises(t, s, "Scheduled Date", "stock.picking", "write", move, nil)
	})
}

// A failing call leaves nothing behind, not even its sequence numbers.
func TestTransaction(t *testing.T) {
	t.Parallel()
	s := simpleShop(18)
	ok(t, s, saleOrder, "action_cancel", []any{int64(2)}, nil)
	before, orders := len(s.Log()), len(s.Records(saleOrder))
	values := map[string]any{"partner_id": 101, "order_line": []any{[]any{0, 0, map[string]any{"product_id": 1}}, []any{0, 0, map[string]any{"nope": 1}}}}
	raises(t, s, "Invalid field", saleOrder, "create", []any{values}, nil)
	wants(t, []int{len(s.Log()), len(s.Records(saleOrder))}, []int{before, orders})
	raises(t, s, "not in a state", saleOrder, "action_confirm", []any{[]any{1, 2}}, nil)
	wants(t, s.Record(saleOrder, 1)["state"], any("draft"))
	values["order_line"] = []any{}
	ok(t, s, saleOrder, "create", []any{values}, nil)
	wants(t, s.Record(saleOrder, 11)["name"], any("S00011"))
}
