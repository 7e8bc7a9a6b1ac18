package api_test

import (
	"strings"
	"time"

	"assent/decision"
)

func post(path, key, body string) call {
	return call{method: "POST", path: path, key: key, body: body}
}

func get(path, key string) call { return call{method: "GET", path: path, key: key} }

func (c call) with(headers map[string]string) call {
	c.headers = headers
	return c
}

func decisionScenarios() []scenario {
	decided := added{decision.EntryDecision: 1}
	return []scenario{
		{
			name: "order is executed", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Idempotency-Key": "S36-1", "X-Correlation-ID": "shop-7"}),
			status: 201, entries: decided, headers: map[string]string{"X-Correlation-ID": "shop-7", "Idempotency-Replayed": "", "Cache-Control": "no-store"},
			has: []string{`"verdict":"execute"`, `"status":"executing"`, `"key":"S36-1"`, `"correlation_id":"shop-7"`, `"replayed":false`,
				`"action":{"name":"confirm","class":"effective"}`, `"links":{"self":"/v1/decisions/`, `"console":"/decisions/`, `"probability":`, `"apply":"service"`},
			not: []string{"$schema", "approval\":"},
		},
		{
			name: "order is for a person", call: post("/v1/decisions", "all", bigOrder), status: 201, entries: decided,
			has: []string{`"verdict":"approve"`, `"status":"awaiting_approval"`, `{"code":"ORDER_AMOUNT","text":"Sentence of ORDER_AMOUNT."}`,
				`"approval":{"id":"`, `"people":1,"each_role":false,"signed":0,"deadline":"2026-11-`, `"approval":"/v1/approvals/`, `"at_stake":{"amount":"2500.00","currency":"EUR"}`},
		},
		{
			name: "caller applies", call: post("/v1/decisions", "all", orderWith(`"channel":"web"`, `"channel":"web","apply":"caller"`)), status: 201, entries: decided,
			has: []string{`"apply":"caller"`, `"execution":"`},
		},
		{
			name: "same key again", before: func(w *world) { w.decide(strings.Replace(goodOrder, `{"kind"`, `{"key":"S36","kind"`, 1)) },
			call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Idempotency-Key": `"S36"`}), status: 200,
			headers: map[string]string{"Idempotency-Replayed": "true", "Location": ""}, has: []string{`"id":"{decision}"`, `"replayed":true`},
		},
		{
			name: "same key, other request", before: func(w *world) { w.decide(strings.Replace(goodOrder, `{"kind"`, `{"key":"S36","kind"`, 1)) },
			call: post("/v1/decisions", "all", bigOrder).with(map[string]string{"Idempotency-Key": "S36"}), status: 422,
			has: []string{`"code":"idempotency_mismatch"`},
		},
		{
			name: "no key, same fields again", before: func(w *world) { w.decide(goodOrder) },
			call: post("/v1/decisions", "all", goodOrder), status: 200, has: []string{`"id":"{decision}"`, `"replayed":true`},
		},
		{
			name: "assess only", call: post("/v1/decisions?effect=none", "all", bigOrder), status: 200,
			has: []string{`"verdict":"approve"`, `"replayed":false`, `ORDER_AMOUNT`}, not: []string{`"id":"0`, `"links"`, `"status"`},
			headers: map[string]string{"Location": ""},
		},
		{
			name: "kind fixed by the path", call: post("/v1/score/order", "all", orderWith(`"kind":"order",`, "")), status: 201, entries: decided,
			has: []string{`"kind":"order"`, `"verdict":"execute"`},
		},
		{
			name: "kind given twice the same", call: post("/v1/score/order", "all", goodOrder), status: 201, entries: decided, has: []string{`"kind":"order"`},
		},
		{
			name: "kind of another path", call: post("/v1/score/refund", "all", goodOrder), status: 422, has: []string{field("/kind", "enum"), field("/subject/model", "enum")},
		},
		{
			name: "read from Odoo", before: func(w *world) { w.odoo["sale.order/36"] = []byte("{" + goodFields + "}") },
			call: post("/v1/decisions", "all", `{"kind":"order","subject":{"model":"sale.order","id":36}}`), status: 201, entries: decided,
			has: []string{`"verdict":"execute"`},
		},
		{
			name: "not in Odoo", call: post("/v1/decisions", "all", `{"kind":"order","subject":{"model":"sale.order","id":36}}`), status: 404,
			has: []string{`"code":"not_found"`},
		},
		{
			name: "Odoo down", before: func(w *world) { w.odoo["down"] = []byte("{}") },
			call: post("/v1/decisions", "all", `{"kind":"order","subject":{"model":"sale.order","id":36}}`), status: 503,
			has: []string{`"code":"unavailable"`}, headers: map[string]string{"Retry-After": "2"},
		},
		{
			name: "bank details are for one of each role", status: 201, entries: decided, call: post("/v1/decisions", "all",
				`{"kind":"change","requested_by":"odoo:2","subject":{"model":"res.partner","id":36},
				"fields":{"type":"bank_details","currency":"EUR","amount":5000,"change_hash":"sha256:9f2c","evidence":"callback:2026-11-24"}}`),
			has: []string{`"verdict":"approve"`, `"roles":["compliance","finance"],"people":2,"each_role":true,"signed":0`},
		},
		{
			name: "change proposes an action", status: 201, entries: decided, call: post("/v1/decisions", "all",
				`{"kind":"change","requested_by":"odoo:2","subject":{"model":"sale.order","id":36},"action":{"name":"discount_write","params":{"line_id":64,"discount":10}},
				"fields":{"type":"discount","currency":"EUR","amount":35.00,"discount":10,"line_id":64,"amount_total":350}}`),
			has: []string{`"action":{"name":"discount_write","params":{"discount":10,"line_id":64},"class":"effective"}`, `"status":"awaiting_approval"`},
		},
	}
}

func readScenarios() []scenario {
	decideBoth := func(w *world) {
		w.decide(goodOrder)
		w.now = w.now.Add(time.Minute)
		w.decide(strings.Replace(bigOrder, `"id":36`, `"id":37`, 1))
	}
	return []scenario{
		{name: "list", before: decideBoth, call: get("/v1/decisions", "reader"), status: 200,
			has: []string{`"items":[{"id":"{decision}"`, `"id":37`, `"id":36`}},
		{name: "list nothing", call: get("/v1/decisions", "reader"), status: 200, has: []string{`{"items":[]}`}},
		{name: "list by verdict", before: decideBoth, call: get("/v1/decisions?verdict=execute", "reader"), status: 200,
			has: []string{`"id":36`}, not: []string{`"id":37`}},
		{name: "list by record", before: decideBoth, call: get("/v1/decisions?model=sale.order&record_id=37&kind=order,refund", "reader"), status: 200,
			has: []string{`"id":37`}, not: []string{`"id":36`}},
		{name: "list by time", before: decideBoth, call: get("/v1/decisions?from=2026-11-25T00:00:00Z", "reader"), status: 200, has: []string{`{"items":[]}`}},
		{name: "list one page", before: decideBoth, call: get("/v1/decisions?limit=1", "reader"), status: 200,
			has: []string{`"id":37`, `"next":"`}, not: []string{`"id":36`}},
		{name: "list of a limited key", before: decideBoth, call: get("/v1/decisions", "refunds"), status: 200, has: []string{`{"items":[]}`}},
		{name: "list what a limited key may not see", before: decideBoth, call: get("/v1/decisions?kind=order", "refunds"), status: 200, has: []string{`{"items":[]}`}},
		{name: "list of another company", before: decideBoth, call: get("/v1/decisions", "other"), status: 200, has: []string{`{"items":[]}`}},
		{name: "limit too large", call: get("/v1/decisions?limit=501", "reader"), status: 422, has: []string{`{"parameter":"limit","code":"range"`}},
		{name: "limit no number", call: get("/v1/decisions?limit=canary", "reader"), status: 422, has: []string{`{"parameter":"limit","code":"format"`}},
		{name: "unknown parameter", call: get("/v1/decisions?verdikt=execute", "reader"), status: 422, has: []string{`{"parameter":"verdikt","code":"unknown"`}},
		{name: "unknown verdict", call: get("/v1/decisions?verdict=canary", "reader"), status: 422, has: []string{`{"parameter":"verdict","code":"enum"`, "approve, execute, reject"}},
		{name: "unknown status", call: get("/v1/decisions?status=canary", "reader"), status: 422, has: []string{`{"parameter":"status","code":"enum"`, "awaiting_approval"}},
		{name: "unknown kind in a list", call: get("/v1/approvals?kind=canary", "reader"), status: 422, has: []string{`{"parameter":"kind","code":"enum"`, "order, delivery"}},
		{name: "unknown model", call: get("/v1/decisions?model=canary", "reader"), status: 422, has: []string{`{"parameter":"model","code":"enum"`, "sale.order"}},
		{name: "no channel", call: get("/v1/decisions?channel=canary%20canary", "reader"), status: 422, has: []string{`{"parameter":"channel","code":"pattern"`, "{1,64}"}},
		{name: "several unknown words", call: get("/v1/decisions?kind=order,canary&status=canary", "reader"), status: 422,
			has: []string{`{"parameter":"kind","code":"enum"`, `{"parameter":"status","code":"enum"`}},
		{name: "unknown role", call: get("/v1/approvals?role=canary", "reader"), status: 422, has: []string{`{"parameter":"role","code":"enum"`, "finance"}},
		{name: "broken cursor", call: get("/v1/decisions?cursor=canary", "reader"), status: 422, has: []string{`{"parameter":"cursor","code":"`}},
		{name: "one", before: decideBoth, call: get("/v1/decisions/{decision}", "reader"), status: 200, has: []string{`"id":"{decision}"`, `"final":false`}},
		{name: "one, waiting for nothing", before: decideBoth, call: get("/v1/decisions/{decision}", "reader").with(map[string]string{"Prefer": "respond-async, wait=0"}),
			status: 200, headers: map[string]string{"Preference-Applied": "wait=0"}},
		{name: "none", call: get("/v1/decisions/canary", "reader"), status: 404, has: []string{`"code":"not_found"`}},
		{name: "one of another company", before: decideBoth, call: get("/v1/decisions/{decision}", "other"), status: 404},
		{name: "one of another kind", before: decideBoth, call: get("/v1/decisions/{decision}", "refunds"), status: 404},
		{name: "explanation", before: decideBoth, call: get("/v1/decisions/{decision}/explanation", "reader"), status: 200,
			has: []string{`"amount_total":2500`, `"personal":["billing.zip","customer.email","customer.phone","shipping.zip"]`, `"erased":false`,
				`"history.partner_orders_24h":1`, `"chain":{"seq":`, `"mode":"live"`, `"missing":{`, `"contribution":`, `"lost":{"code":"NOT_REVERSIBLE"`}},
		{name: "explanation of what the guard stopped", before: func(w *world) {
			w.do(call{method: "PATCH", path: "/v1/switches", key: "all", body: `{"kill":true,"reason":"incident"}`})
			w.decide(goodOrder)
		}, call: get("/v1/decisions/{decision}/explanation", "reader"), status: 200,
			has: []string{`"kill":true`, `"reason":{"code":"KILL_SWITCH"`, `"policy":{"verdict":"execute"`, `"reasons":[{"code":"KILL_SWITCH"`}},
		{name: "explanation once erased", before: func(w *world) {
			made := w.decide(goodOrder)
			w.ok(w.service.Erase(w.t.Context(), "main", made.ID, "ada"))
		}, call: get("/v1/decisions/{decision}/explanation", "reader"), status: 200, has: []string{`"erased":true`}, not: []string{`"fields"`}},
		{name: "explanation of none", call: get("/v1/decisions/nothing/explanation", "reader"), status: 404},
	}
}
