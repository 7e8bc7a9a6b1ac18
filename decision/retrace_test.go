package decision_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	. "assent/decision"
)

// retraced is how many requests TestTrainingSeesWhatServingSaw compares; the
// whole proof is go test ./decision -run TrainingSees -retraced 10000.
var retraced = flag.Int("retraced", 300, "requests to compare")

// What serving computed over the store, training computes again from the
// requests and outcomes alone, with no difference in any feature.
func TestTrainingSeesWhatServingSaw(t *testing.T) {
	t.Parallel()
	s := setup(t)
	training := NewRetrace(s.company(t), s.Keyring.HashIdentifier)
	known, seen, told := map[string]int{}, map[string]bool{}, 0
	for i, e := range lives(*retraced) {
		s.clock.to(e.at)
		if e.outcome != nil {
			told++
			_, err := s.RecordOutcome(t.Context(), "main", *e.outcome)
			noError(t, err)
			noError(t, training.Tell(t.Context(), *e.outcome, e.at))
			continue
		}
		answer := s.decide(t, e.request)
		e.decided(answer.Decision.ID)
		served := s.opened(t, answer.Decision)
		trained, err := training.Ask(t.Context(), answer.Decision.ID, e.request, e.at)
		noError(t, err)
		if have, want := features(t, trained), features(t, served); have != want {
			t.Fatalf("request %d, a %s:\ntraining %s\nserving  %s", i, e.request.Kind, have, want)
		}
		for path, value := range served.Context {
			known[path]++
			seen[fmt.Sprint(path, " ", value)] = true
		}
	}
	// A comparison of values that never vary would show nothing.
	if told < *retraced/10 {
		t.Errorf("only %d outcomes were told", told)
	}
	for _, kind := range Kinds() {
		for _, f := range kind.Features {
			if known[f.Path] == 0 && kind.Name != "change" {
				t.Errorf("%s was never known", f.Path)
			}
		}
	}
	t.Logf("%d requests, %d outcomes, %d different values of %d features", *retraced, told, len(seen), len(known))
}

// features are what gather adds, as bytes.
func features(t *testing.T, s Snapshot) string {
	t.Helper()
	return same(t, []any{s.Context, s.KnownAt, s.Missing})
}

// opened is the snapshot that a decision was made on.
func (s *shop) opened(t *testing.T, d Decision) Snapshot {
	t.Helper()
	sealed, err := s.store.Sealed(t.Context(), "main", d.Snapshot)
	noError(t, err)
	plain, err := s.Keyring.Open(sealed)
	noError(t, err)
	snap, err := DecodeSnapshot(plain)
	noError(t, err)
	return snap
}

// company is as the store has it.
func (s *shop) company(t *testing.T) Company {
	t.Helper()
	c, err := s.store.Company(t.Context(), "main")
	noError(t, err)
	return c
}

func (c *clock) to(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// life is one thing that happens: a request, or what is learnt of one.
type life struct {
	at      time.Time
	request Request
	outcome *OutcomeRecord
	later   []*OutcomeRecord // told of the request
}

func (l life) decided(id string) {
	for _, o := range l.later {
		o.Decision = id
	}
}

// lives is a shop's business in order of time: a few people, devices and cards
// that meet often, everything optional absent now and then, records asked
// about again, and truths that come days later, in any order.
func lives(n int) []life {
	r := crowd{rand.New(rand.NewPCG(7, 7)), max(1, n/600)}
	var all []life
	at := noon
	for i := range n {
		at = at.Add(time.Duration(r.IntN(40)) * 4 * time.Minute) // some at the same moment
		l := life{at: at}
		switch r.IntN(10) {
		case 0, 1:
			l.request = livelyDelivery(r, int64(i+1), at)
		case 2:
			l.request = livelyRefund(r, int64(i+1), at)
		default:
			id := int64(i + 1)
			if r.IntN(20) == 0 {
				id = int64(r.IntN(i+1)) + 1 // asked again, about something else
			}
			l.request = livelyOrder(r, id, at)
		}
		l.later = livelyTruths(r, l.request.Kind, at)
		all = append(all, l)
		for _, o := range l.later {
			all = append(all, life{at: o.At.Add(time.Duration(r.IntN(3)) * time.Hour), outcome: o})
		}
	}
	slices.SortStableFunc(all, func(a, b life) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(len(b.later), len(a.later))) })
	return all
}

// crowd draws; where more happens there are more people, cards and devices.
type crowd struct {
	*rand.Rand
	size int
}

func (c crowd) of(few int) int { return c.IntN(few * c.size) }

func livelyTruths(r crowd, kind string, at time.Time) []*OutcomeRecord {
	tell := func(typ, value string, days int) *OutcomeRecord {
		return &OutcomeRecord{Type: typ, Value: value, At: at.Add(time.Duration(days)*24*time.Hour + time.Duration(r.IntN(9999))*time.Second), Source: "tests"}
	}
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	switch {
	case kind == "order" && r.IntN(4) == 0:
		return []*OutcomeRecord{tell("chargeback", pick("fraud", "fraud", "not_received"), 3+r.IntN(30)), tell("fraud", pick("confirmed", "cleared"), 1+r.IntN(40))}
	case kind == "delivery":
		return []*OutcomeRecord{tell("delivered", pick("on_time", "on_time", "late"), 2+r.IntN(5)), tell("shipped", pick("on_time", "late"), r.IntN(3))}
	case kind == "refund" && r.IntN(2) == 0:
		return []*OutcomeRecord{tell("goods", pick("returned", "not_returned"), 5), tell("abuse", pick("confirmed", "cleared"), 9)}
	}
	return nil
}

// some gives a field in most requests.
func some(r crowd, tree map[string]any, path string, value any) {
	if r.IntN(6) > 0 {
		raw, _ := json.Marshal(value)
		SetPath(tree, path, json.RawMessage(raw))
	}
}

func livelyOrder(r crowd, id int64, at time.Time) Request {
	who := r.of(30)
	tree := map[string]any{
		"state": "draft", "date_order": at.Add(-time.Minute), "currency": []string{"EUR", "USD"}[r.IntN(2)], "partner_id": who + 1, "amount_total": 10 + r.IntN(300),
	}
	some(r, tree, "customer.email", fmt.Sprintf("p%d@shop%d.example", who/2, r.IntN(3)))
	some(r, tree, "customer.phone", fmt.Sprint("+1555", who/3))
	some(r, tree, "customer.since", at.AddDate(0, -r.IntN(20), 0))
	some(r, tree, "billing.name", fmt.Sprint("P", who))
	some(r, tree, "billing.street", fmt.Sprint(who, " Main St."))
	some(r, tree, "billing.zip", fmt.Sprint(10000+who))
	some(r, tree, "billing.country", "DE")
	some(r, tree, "shipping.name", fmt.Sprint("P", r.IntN(30)))
	some(r, tree, "shipping.street", fmt.Sprint(r.of(9), " main st"))
	some(r, tree, "shipping.zip", fmt.Sprint(10000+r.of(6)))
	some(r, tree, "shipping.country", []string{"DE", "FR"}[r.IntN(2)])
	some(r, tree, "commitment_date", at.AddDate(0, 0, 3))
	some(r, tree, "signals.ip", fmt.Sprintf("192.0.%d.%d", r.IntN(3), r.of(6)%256))
	some(r, tree, "signals.ip_country", "DE")
	some(r, tree, "signals.device", fmt.Sprint("d", r.of(25)))
	some(r, tree, "signals.card", fmt.Sprint("c", r.of(25)))
	some(r, tree, "lines", []map[string]any{{"product_id": 1 + r.IntN(9), "quantity": 1, "price_unit": 9}, {"product_id": 20 + r.IntN(9), "quantity": 2, "price_unit": r.IntN(20)}})
	return lively("order", "sale.order", id, tree)
}

func livelyDelivery(r crowd, id int64, at time.Time) Request {
	tree := map[string]any{"state": "assigned", "scheduled_date": at.Add(5 * time.Hour), "currency": "EUR"}
	some(r, tree, "warehouse_id", 1+r.IntN(2))
	some(r, tree, "carrier", []string{"dhl", "ups"}[r.IntN(2)])
	some(r, tree, "order_date", at.Add(-time.Duration(r.IntN(50))*time.Hour))
	some(r, tree, "promised_date", at.AddDate(0, 0, r.IntN(6)))
	some(r, tree, "destination.country", "DE")
	some(r, tree, "destination.zip", fmt.Sprint(10000+r.IntN(2)*10000))
	some(r, tree, "handling_days", 1)
	some(r, tree, "transit_days", 2)
	return lively("delivery", "stock.picking", id, tree)
}

func livelyRefund(r crowd, id int64, at time.Time) Request {
	who := r.of(30)
	tree := map[string]any{"state": "posted", "currency": "EUR", "amount": 5 + r.IntN(50), "amount_total": 60, "amount_credited": 0, "partner_id": who + 1}
	some(r, tree, "claim", []string{"return", "not_received"}[r.IntN(2)])
	some(r, tree, "receipt", r.IntN(2) == 0)
	some(r, tree, "employee", fmt.Sprint("e", r.of(4)))
	some(r, tree, "store", fmt.Sprint("s", r.IntN(2)))
	some(r, tree, "card", fmt.Sprint("c", r.of(8)))
	some(r, tree, "approval_limit", 50)
	some(r, tree, "goods_returned", r.IntN(2) == 0)
	some(r, tree, "delivered_date", at.AddDate(0, 0, -r.IntN(20)))
	some(r, tree, "invoice_date", at.AddDate(0, 0, -30))
	some(r, tree, "customer.email", fmt.Sprintf("p%d@shop0.example", who/2))
	some(r, tree, "customer.phone", fmt.Sprint("+1555", who/3))
	some(r, tree, "shipping.street", fmt.Sprint(r.of(9), " main st"))
	some(r, tree, "shipping.zip", fmt.Sprint(10000+r.of(6)))
	some(r, tree, "shipping.country", "DE")
	some(r, tree, "lines", []map[string]any{{"product_id": 1 + r.IntN(9), "quantity": 1, "price_unit": 9}})
	return lively("refund", "account.move", id, tree)
}

func lively(kind, model string, id int64, tree map[string]any) Request {
	raw, err := json.Marshal(tree)
	if err != nil {
		panic(err) // of our own making
	}
	return Request{Company: "main", Kind: kind, Subject: Subject{Model: model, ID: id}, Fields: raw, RequestedBy: "odoo:7"}
}
