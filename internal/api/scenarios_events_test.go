package api_test

import "assent/decision"

func eventScenarios() []scenario {
	caller := func(w *world) { w.decide(orderWith(`"channel":"web"`, `"channel":"web","apply":"caller"`)) }
	heard := func(w *world) {
		caller(w)
		w.do(post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}"}`))
	}
	return []scenario{
		{name: "event", before: caller, call: post("/v1/events", "teller", `{"id":"evt_1","type":"dispute.opened","reason":"fraud","subject":{"model":"sale.order","id":36},"at":"2026-11-24T11:59:00Z","amount":120.5,"currency":"EUR"}`), status: 201,
			has: []string{`"id":"evt_1"`, `"type":"dispute.opened"`, `"decision":"{decision}"`, `"type":"dispute","value":"fraud"`, `"known_at":"2026-11-24T12:00:00Z"`}, entries: added{decision.EntryOutcome: 1}},
		{name: "event of a decision", before: caller, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.lost","reason":"not_received","decision":"{decision}"}`), status: 201,
			has: []string{`"type":"chargeback","value":"not_received"`}, entries: added{decision.EntryOutcome: 1}},
		{name: "event twice", before: heard, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}"}`), status: 200, has: []string{`"type":"dispute_won","value":"fraud"`}},
		{name: "event under the id of another", before: heard, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.lost","reason":"fraud","decision":"{decision}"}`), status: 422,
			has: []string{`"code":"idempotency_mismatch"`}},
		{name: "event with another amount", before: heard, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}","amount":1,"currency":"EUR"}`), status: 409,
			has: []string{`"code":"conflict"`, `"winner":"out-`}},
		{name: "event about nothing", call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.lost","reason":"fraud","subject":{"model":"sale.order","id":99}}`), status: 404,
			has: []string{"There is no decision about this record."}},
		{name: "event about nothing by its key", call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.lost","reason":"fraud","key":"canary"}`), status: 404},
		{name: "event of an unknown type", before: caller, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.canary","reason":"fraud","decision":"{decision}"}`), status: 422,
			has: []string{`"pointer":"/type"`, "must be one of dispute.opened, dispute.won, dispute.lost"}},
		{name: "event with an unknown reason", before: caller, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"canary","decision":"{decision}"}`), status: 422, has: []string{`"pointer":"/reason"`}},
		{name: "event without anything", call: post("/v1/events", "all", `{}`), status: 422, has: []string{`"pointer":"/id"`, `"pointer":"/type"`, `"pointer":"/reason"`}},
		{name: "event without a record", call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud"}`), status: 422, has: []string{"exactly one of decision, key and subject"}},
		{name: "event with half a record", call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","subject":{"id":36}}`), status: 422, has: []string{"model and id are given together"}},
		{name: "event about a record of another kind", call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","subject":{"model":"stock.picking","id":36}}`), status: 422, has: []string{`"pointer":"/subject/model"`}},
		{name: "event in the future", before: caller, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}","at":"2027-01-01T00:00:00Z"}`), status: 422, has: []string{`"pointer":"/at"`}},
		{name: "event with half an amount", before: caller, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}","amount":1}`), status: 422, has: []string{`"pointer":"/currency"`}},
		{name: "event with an unknown key", before: caller, call: post("/v1/events", "all", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}","who":"canary"}`), status: 422, has: []string{`"pointer":"/who"`}},
		{name: "event by one who may not", before: caller, call: post("/v1/events", "refunds", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}"}`), status: 403},
		{name: "event by one who only asks", before: caller, call: post("/v1/events", "asker", `{"id":"evt_1","type":"dispute.won","reason":"fraud","decision":"{decision}"}`), status: 403},
	}
}
