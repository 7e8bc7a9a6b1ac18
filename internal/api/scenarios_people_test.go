package api_test

import (
	"strings"
	"time"

	"assent/decision"
)

func accessScenarios() []scenario {
	unknown := "ask_" + strings.Repeat("A", 43)
	unauthorized := map[string]string{"WWW-Authenticate": `Bearer realm="assent"`}
	return []scenario{
		{name: "no key", call: post("/v1/decisions", "", goodOrder), status: 401, headers: unauthorized, has: []string{`"code":"unauthorized"`}},
		{name: "unknown key", call: post("/v1/decisions", unknown, goodOrder), status: 401, headers: unauthorized, not: []string{unknown}},
		{name: "no key at all", call: post("/v1/decisions", "canary", goodOrder), status: 401, headers: unauthorized},
		{name: "another scheme", call: post("/v1/decisions", "", goodOrder).with(map[string]string{"Authorization": "Basic canary"}), status: 401, headers: unauthorized},
		{name: "disabled key", call: post("/v1/decisions", "disabled", goodOrder), status: 401, headers: unauthorized},
		{name: "large body without key", call: post("/v1/decisions", "", strings.Repeat(canary, 1<<20)), status: 401},
		{name: "lacks the right", call: post("/v1/decisions", "reader", goodOrder), status: 403, has: []string{`"code":"forbidden"`, "decide"}},
		{name: "limited to other kinds", call: post("/v1/decisions", "refunds", goodOrder), status: 403, has: []string{"limited to other kinds"}},
		{name: "lacks the right for a batch", call: post("/v1/decisions/batch", "reader", goodOrder), status: 403},
		{name: "lacks the right to switch", call: call{method: "PATCH", path: "/v1/switches", key: "reader", body: `{"kill":true}`}, status: 403},
		{name: "limited key may not switch", call: call{method: "PATCH", path: "/v1/switches", key: "refunds", body: `{"kill":true}`}, status: 403, has: []string{"whole company"}},
		{name: "limited key and exceptions", call: get("/v1/exceptions", "refunds"), status: 403},
		{name: "key of another company", call: post("/v1/decisions", "other", goodOrder), status: 201, entries: added{decision.EntryDecision: 1}, has: []string{`"company":"other"`}},
	}
}

func approvalScenarios() []scenario {
	open := func(w *world) { w.decide(bigOrder) }
	own := func(w *world) { w.decide(strings.Replace(bigOrder, "odoo:2", "odoo:7", 1)) }
	act := func(verb, key, body string) call { return post("/v1/approvals/{approval}/"+verb, key, body) }
	step := added{decision.EntryApproval: 1}
	return []scenario{
		{name: "approvals", before: open, call: get("/v1/approvals?status=awaiting_approval&kind=order&before=2026-12-30T00:00:00Z", "reader"), status: 200,
			has: []string{`"id":"{approval}"`, `"decision":"{decision}"`, `ORDER_AMOUNT`, `"signatures":[]`}},
		{name: "approvals of nobody", before: open, call: get("/v1/approvals?role=warehouse_lead", "reader"), status: 200, has: []string{`{"items":[]}`}},
		{name: "approvals of a limited key", before: open, call: get("/v1/approvals", "refunds"), status: 200, has: []string{`{"items":[]}`}},
		{name: "approval", before: open, call: get("/v1/approvals/{approval}", "reader"), status: 200, has: []string{`"people":1`, `"self":"/v1/decisions/{decision}"`}},
		{name: "approval of a change by hand", before: func(w *world) {
			w.decide(`{"kind":"change","subject":{"model":"account.move","id":9},"requested_by":"odoo:2","fields":{"type":"payment_state","currency":"EUR","amount":35,"state":"posted","value_before":"not_paid","value_after":"paid"}}`)
		}, call: get("/v1/approvals/{approval}", "reader"), status: 200, has: []string{`"asked":{"type":"payment_state","value_after":"paid","value_before":"not_paid"}`, `"name":"manual"`}},
		{name: "approval of another kind", before: open, call: get("/v1/approvals/{approval}", "refunds"), status: 404},
		{name: "no approval", call: get("/v1/approvals/canary", "reader"), status: 404},
		{name: "approve", before: open, call: act("approve", "ada", `{"comment":"canary"}`), status: 200, entries: step,
			has: []string{`"status":"executing"`, `"closed_by":"ada"`, `"signatures":[{"by":"ada","role":"`}},
		{name: "approve without words", before: open, call: act("approve", "ada", ""), status: 200, entries: step, has: []string{`"status":"executing"`}},
		{name: "reject", before: open, call: act("reject", "ada", `{"comment":"canary"}`), status: 200, entries: step, has: []string{`"status":"declined"`}},
		{name: "the comment can be read", before: func(w *world) {
			w.decide(bigOrder)
			w.do(act("reject", "ada", `{"comment":"The address does not exist."}`))
		}, call: get("/v1/approvals/{approval}", "reader"), status: 200, has: []string{`"comment":"The address does not exist."`, `"closed_at":"2026-11-24T12:00:00Z"`}},
		{name: "what a signer wrote can be read", before: func(w *world) {
			w.decide(bigOrder)
			w.do(act("approve", "ada", `{"comment":"Known customer."}`))
		}, call: get("/v1/approvals/{approval}", "reader"), status: 200, has: []string{`"role":"finance","at":"2026-11-24T12:00:00Z","comment":"Known customer."}]`, `"comment":"Known customer.","links"`}},
		{name: "what a signer wrote is not in the list", before: func(w *world) {
			w.decide(bigOrder)
			w.do(act("approve", "ada", `{"comment":"canary"}`))
		}, call: get("/v1/approvals", "reader"), status: 200, has: []string{`"by":"ada"`}},
		{name: "reject without words", before: open, call: act("reject", "ada", `{}`), status: 422, has: []string{field("/comment", "required")}},
		{name: "comment too long", before: open, call: act("reject", "ada", `{"comment":"`+strings.Repeat("canary", 400)+`"}`), status: 422, has: []string{field("/comment", "length"), "a string of 1 to 2000 bytes"}},
		{name: "comment of the wrong type", before: open, call: act("approve", "ada", `{"comment":["canary"]}`), status: 422, has: []string{field("/comment", "type")}},
		{name: "approve twice", before: func(w *world) { w.decide(bigOrder); w.do(act("approve", "ada", "")) }, call: act("approve", "ada", ""), status: 409,
			has: []string{`"code":"conflict"`, `"winner":"executing"`}},
		{name: "too late", before: func(w *world) { w.decide(bigOrder); w.now = w.now.Add(1000 * time.Hour) }, call: act("approve", "ada", ""), status: 409,
			has: []string{`"winner":"expired"`}},
		{name: "approve one's own", before: own, call: act("approve", "ada", ""), status: 403, has: []string{"No one approves what they asked for."}},
		{name: "approve what one's own key asked for", before: func(w *world) { w.askAs("ada", strings.Replace(bigOrder, `"requested_by":"odoo:2",`, "", 1)) },
			call: act("approve", "ada", ""), status: 403, has: []string{"No one approves what they asked for."}},
		{name: "ask under another's name", call: post("/v1/decisions", "ada", bigOrder), status: 422, has: []string{field("/requested_by", "forbidden")}},
		{name: "ask under an alias of one's own", call: post("/v1/decisions", "ada", strings.Replace(bigOrder, "odoo:2", "odoo:7", 1)), status: 201, entries: added{decision.EntryDecision: 1}},
		{name: "ask as who left", call: post("/v1/decisions", "bob", goodOrder), status: 401},
		{name: "read as who left", call: get("/v1/decisions", "bob"), status: 401},
		{name: "approve with the wrong role", before: open, call: act("approve", "eve", ""), status: 403, has: []string{`"code":"forbidden"`}},
		{name: "approve as nobody", before: open, call: act("approve", "all", ""), status: 403, has: []string{"belongs to a person"}},
		{name: "approve as who left", before: open, call: act("approve", "bob", ""), status: 401},
		{name: "withdraw", before: own, call: act("withdraw", "ada", ""), status: 200, entries: step, has: []string{`"status":"withdrawn"`, `"closed_by":"ada"`}},
		{name: "withdraw what one's own key asked for", before: func(w *world) { w.askAs("ada", strings.Replace(bigOrder, `"requested_by":"odoo:2",`, "", 1)) },
			call: act("withdraw", "ada", "{}"), status: 200, entries: step, has: []string{`"status":"withdrawn"`}},
		{name: "withdraw what somebody else asked for", before: open, call: act("withdraw", "ada", ""), status: 403, has: []string{"Only who asked may withdraw."}},
		{name: "withdraw as nobody", before: own, call: act("withdraw", "all", ""), status: 403, has: []string{"belongs to a person"}},
		{name: "withdraw with words", before: own, call: act("withdraw", "ada", `{"comment":"canary"}`), status: 422, has: []string{field("/comment", "unknown")}},
		{name: "withdraw twice", before: func(w *world) { own(w); w.do(act("withdraw", "ada", "")) }, call: act("withdraw", "ada", ""), status: 409, has: []string{`"winner":"withdrawn"`}},
		{name: "withdraw too late", before: func(w *world) { own(w); w.now = w.now.Add(1000 * time.Hour) }, call: act("withdraw", "ada", ""), status: 409, has: []string{`"winner":"expired"`}},
		{name: "withdraw nothing", call: post("/v1/approvals/nothing/withdraw", "ada", ""), status: 404},
		{name: "withdraw in another company", before: own, call: act("withdraw", "other", ""), status: 403},
		{name: "approve nothing", call: post("/v1/approvals/nothing/approve", "ada", ""), status: 404},
		{name: "approve in another company", before: open, call: act("approve", "other", ""), status: 403},
	}
}

func effectScenarios() []scenario {
	caller := func(w *world) { w.decide(orderWith(`"channel":"web"`, `"channel":"web","apply":"caller"`)) }
	return []scenario{
		{name: "receipt", before: caller, call: post("/v1/executions/{execution}/receipt", "all", `{"result":"done","ref":"sale.order:36"}`), status: 200,
			entries: added{decision.EntryReceipt: 1}, has: []string{`"id":"{decision}"`, `"status":"done"`, `"final":true`}},
		{name: "receipt for what the service applies", before: func(w *world) { w.decide(goodOrder) }, call: post("/v1/executions/{execution}/receipt", "all", `{"result":"done"}`),
			status: 409, has: []string{`"winner":"executing"`}},
		{name: "receipt with an unknown result", before: caller, call: post("/v1/executions/{execution}/receipt", "all", `{"result":"canary"}`), status: 422,
			has: []string{field("/result", "enum"), "done, fail, stale"}},
		{name: "receipt of no execution", call: post("/v1/executions/nothing-0/receipt", "all", `{"result":"done"}`), status: 404},
		{name: "receipt of another kind", before: caller, call: post("/v1/executions/{execution}/receipt", "refunds", `{"result":"done"}`), status: 404},
		{name: "outcome", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","amount":120.5,"currency":"EUR"}`), status: 200,
			entries: added{decision.EntryOutcome: 1}, has: []string{`"amount":{"amount":"120.50","currency":"EUR"}`, `"at":"2026-11-24T12:00:00Z"`}},
		{name: "outcome of nothing", call: post("/v1/outcomes", "all", `{"decision":"nothing","type":"chargeback","value":"fraud"}`), status: 404},
		{name: "outcome of another kind", before: caller, call: post("/v1/outcomes", "refunds", `{"decision":"{decision}","type":"chargeback","value":"fraud"}`), status: 403},
		{name: "outcome that no kind knows", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"canary","value":"x"}`), status: 422,
			has: []string{field("/type", "enum"), "must be one of dispute, dispute_won, chargeback, fraud, override for decisions of the kind order"}},
		{name: "outcome that another kind knows", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"delivered","value":"late"}`), status: 422,
			has: []string{field("/type", "enum")}},
		{name: "outcome with an unknown value", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"canary"}`), status: 422,
			has: []string{field("/value", "enum"), "must be one of fraud, not_received, not_as_described, duplicate, other for this type"}},
		{name: "outcome in the future", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","at":"2027-01-01T00:00:00Z"}`), status: 422,
			has: []string{field("/at", "future")}},
		{name: "outcome without currency", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","amount":1}`), status: 422,
			has: []string{field("/currency", "required")}},
		{name: "outcome in another currency", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","amount":1,"currency":"USD"}`), status: 422,
			has: []string{field("/currency", "enum"), "must be one of EUR"}},
		{name: "outcome in no currency", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","amount":1,"currency":"canary"}`), status: 422,
			has: []string{field("/currency", "pattern"), "1 to 3 letters"}},
		{name: "outcome of more than there is", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","amount":1000000000000001,"currency":"EUR"}`), status: 422,
			has: []string{field("/amount", "type"), "15 digits"}},
		{name: "outcome with an unknown key", before: caller, call: post("/v1/outcomes", "all", `{"decision":"{decision}","type":"chargeback","value":"fraud","who":"canary"}`), status: 422,
			has: []string{field("/who", "unknown"), "not a key of this request; allowed are decision"}},
	}
}

func exceptionScenarios() []scenario {
	open := (*world).exceptional
	step := added{decision.EntryException: 1}
	act := func(verb, key, body string) call { return post("/v1/exceptions/{exception}/"+verb, key, body) }
	return []scenario{
		{name: "exceptions", before: open, call: get("/v1/exceptions?state=open&type=dead_letter&role=operations", "reader"), status: 200,
			has: []string{`"id":"{exception}"`, `"state":"open"`, `"times":1`}},
		{name: "no exceptions", before: open, call: get("/v1/exceptions?state=closed", "reader"), status: 200, has: []string{`{"items":[]}`}},
		{name: "exceptions of an unknown type", call: get("/v1/exceptions?type=canary", "reader"), status: 422, has: []string{`{"parameter":"type","code":"enum"`, "dead_letter"}},
		{name: "exceptions of an unknown role", call: get("/v1/exceptions?role=canary", "reader"), status: 422, has: []string{`{"parameter":"role","code":"enum"`}},
		{name: "exceptions in an unknown state", call: get("/v1/exceptions?state=canary", "reader"), status: 422, has: []string{`{"parameter":"state","code":"enum"`, "snoozed"}},
		{name: "claim", before: open, call: act("claim", "ada", ""), status: 200, entries: step, has: []string{`"state":"claimed"`, `"owner":"ada"`}},
		{name: "claim with a body", before: open, call: act("claim", "ada", `{"comment":"canary"}`), status: 422, has: []string{field("/comment", "unknown")}},
		{name: "claim as nobody", before: open, call: act("claim", "all", ""), status: 403},
		{name: "resolve", before: open, call: act("resolve", "ada", `{"comment":"canary"}`), status: 200, entries: step, has: []string{`"state":"resolved"`, `"closed_by":"ada"`}},
		{name: "resolve without words", before: open, call: act("resolve", "ada", `{}`), status: 422, has: []string{field("/comment", "required")}},
		{name: "resolve twice", before: func(w *world) { w.exceptional(); w.do(act("resolve", "ada", `{"comment":"done"}`)) }, call: act("resolve", "ada", `{"comment":"done"}`), status: 409},
		{name: "snooze", before: open, call: act("snooze", "ada", `{"until":"2026-11-25T08:00:00Z"}`), status: 200, entries: step,
			has: []string{`"state":"snoozed"`, `"snoozed_until":"2026-11-25T08:00:00Z"`}},
		{name: "snooze into the past", before: open, call: act("snooze", "ada", `{"until":"2026-11-23T08:00:00Z"}`), status: 422, has: []string{field("/until", "range")}},
		{name: "snooze past the deadline", before: open, call: act("snooze", "ada", `{"until":"2026-11-26T12:00:00Z"}`), status: 422,
			has: []string{field("/until", "range"), "before the deadline of the exception, 2026-11-26T12:00:00Z"}},
		{name: "snooze nothing", call: post("/v1/exceptions/nothing/snooze", "ada", `{"until":"2026-11-25T08:00:00Z"}`), status: 404},
	}
}

func switchScenarios() []scenario {
	patch := func(key, body string) call { return call{method: "PATCH", path: "/v1/switches", key: key, body: body} }
	one := added{decision.EntrySwitch: 1}
	return []scenario{
		{name: "switches", call: get("/v1/switches", "reader"), status: 200,
			has: []string{`"kill":false`, `"change":"suggest"`, `"order":"live"`, `"paused":{}`, `"policy":"`}},
		{name: "kill leaves the modes alone", call: patch("ada", `{"kill":true,"reason":"incident"}`), status: 200, entries: one,
			has: []string{`"kill":true`, `"modes":{"change":"suggest","delivery":"live","order":"live","refund":"live"`, `"paused":{}`}},
		{name: "pause", call: patch("ada", `{"paused":{"refund":true},"modes":{"order":"suggest"},"reason":"model_review"}`), status: 200, entries: one,
			has: []string{`"kill":false`, `"order":"suggest"`, `"refund":"live"`, `"paused":{"refund":"model_review"}`}},
		{name: "end of a pause", before: func(w *world) {
			w.do(patch("ada", `{"kill":true,"paused":{"refund":true,"order":true},"reason":"incident"}`))
		},
			call: patch("ada", `{"paused":{"refund":false},"reason":"resolved"}`), status: 200, entries: one, has: []string{`"kill":true`, `"paused":{"order":"incident"}`}},
		{name: "kill as last read", call: patch("ada", `{"kill":true,"epoch":2,"reason":"drill"}`), status: 200, entries: one, has: []string{`"kill":true`, `"epoch":3`}},
		{name: "changed since it was read", call: patch("ada", `{"kill":true,"epoch":1,"reason":"drill"}`), status: 409, has: []string{`"code":"conflict"`, `"winner":"2"`}},
		{name: "no epoch", call: patch("ada", `{"kill":true,"epoch":-1,"reason":"drill"}`), status: 422, has: []string{field("/epoch", "minimum")}},
		{name: "kill without a reason", call: patch("ada", `{"kill":true}`), status: 422, has: []string{field("/reason", "required")}},
		{name: "a reason of one's own", call: patch("ada", `{"kill":true,"reason":"canary"}`), status: 422, has: []string{field("/reason", "enum"), "incident, maintenance, drill"}},
		{name: "pause as text", call: patch("ada", `{"paused":{"order":"canary"},"reason":"drill"}`), status: 422, has: []string{field("/paused/order", "type"), "true or false"}},
		{name: "mode that does not exist", call: patch("all", `{"modes":{"order":"canary"},"reason":"drill"}`), status: 422, has: []string{field("/modes/order", "enum"), "shadow, suggest, live"}},
		{name: "mode of no kind", call: patch("all", `{"modes":{"colour":"live"},"reason":"drill"}`), status: 422, has: []string{field("/modes/colour", "unknown")}},
		{name: "kill as text", call: patch("all", `{"kill":"canary","reason":"drill"}`), status: 422, has: []string{field("/kill", "type"), "true or false"}},
		{name: "all switches at once are no way to change one", call: call{method: "PUT", path: "/v1/switches", key: "ada", body: `{"kill":true}`}, status: 405, headers: map[string]string{"Allow": "GET, PATCH"}},
	}
}

func openScenarios() []scenario {
	return []scenario{
		{name: "healthz", call: get("/healthz", ""), status: 200, has: []string{`"ok"`}},
		{name: "healthz without body", call: call{method: "HEAD", path: "/healthz"}, status: 200},
		{name: "ready", call: get("/readyz", ""), status: 200, has: []string{`"status":"ready"`, `"name":"store","ok":true`}},
		{name: "ready without Odoo", before: func(w *world) { w.odoo["down"] = []byte("{}") }, call: get("/readyz", ""), status: 200,
			has: []string{`"status":"degraded"`, `"name":"odoo","ok":false`}},
		{name: "not ready", before: func(w *world) { w.ok(w.store.Close()) }, call: get("/readyz", ""), status: 503, has: []string{`"status":"unavailable"`, `"name":"store","ok":false`}},
		{name: "metrics", before: func(w *world) { w.decide(goodOrder) }, call: get("/metrics", ""), status: 200,
			has: []string{`assent_decisions_total{kind="order",verdict="execute"} 1`, `assent_http_request_duration_seconds_count{method="POST",route="/v1/decisions",status="201"} 1`, "go_goroutines"}},
		{name: "problem page", call: get("/problems/invalid", ""), status: 200, has: []string{`"status":422`, `"do":"`}},
		{name: "problem pages", call: get("/problems", ""), status: 200, has: []string{`"idempotency_mismatch"`}},
		{name: "no problem page", call: get("/problems/canary", ""), status: 404},
		{name: "docs", call: get("/docs", ""), status: 200, has: []string{"/docs/page.js"}, not: []string{"https://"}},
		{name: "openapi", call: get("/openapi.json", ""), status: 200, has: []string{`"openapi": "3.1.0"`}, headers: map[string]string{"Content-Type": "application/json"}},
		{name: "no path", call: get("/v1/canary", "reader"), status: 404, has: []string{`"code":"not_found"`}},
		{name: "no path outside", call: get("/canary", ""), status: 404},
		{name: "method not allowed", call: call{method: "DELETE", path: "/v1/decisions", key: "all"}, status: 405,
			headers: map[string]string{"Allow": "GET, POST"}, has: []string{`"code":"method_not_allowed"`}},
		{name: "method not allowed outside", call: call{method: "POST", path: "/healthz"}, status: 405, headers: map[string]string{"Allow": "GET"}},
	}
}
