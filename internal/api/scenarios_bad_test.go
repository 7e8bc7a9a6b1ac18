package api_test

import (
	"strings"
)

// badInputScenarios: each must name the field and what is allowed, journal
// nothing and repeat no value.
func badInputScenarios() []scenario {
	bad := func(name string, status int, body string, has ...string) scenario {
		return scenario{name: "bad: " + name, call: post("/v1/decisions", "all", body), status: status, has: has}
	}
	return []scenario{
		bad("wrong type", 422, orderWith(`"partner_id":14`, `"partner_id":"canary"`), field("/fields/partner_id", "type"), "a positive whole number"),
		bad("amount as text", 422, orderWith(`120.50`, `"canary"`), field("/fields/amount_total", "type"), "an amount as a JSON number"),
		bad("null", 422, orderWith(`120.50`, `null`), field("/fields/amount_total", "type")),
		bad("null in the envelope", 422, orderWith(`"channel":"web"`, `"channel":null`), field("/channel", "type")),
		bad("empty text", 422, orderWith(`"canary@example.com"`, `""`), field("/fields/customer/email", "length")),
		bad("exponent", 422, orderWith(`120.50`, `1e999999999`), field("/fields/amount_total", "type")),
		bad("unknown field", 422, orderWith(`"state":"draft"`, `"state":"draft","colour":"canary"`), field("/fields/colour", "unknown"), "amount_total"),
		bad("unknown key", 422, orderWith(`"channel":"web"`, `"chanel":"canary"`), field("/chanel", "unknown"), "channel"),
		bad("unknown key in the subject", 422, orderWith(`"id":36`, `"id":36,"name":"canary"`), field("/subject/name", "unknown"), "subject.model"),
		bad("key in another case", 422, orderWith(`"amount_total":120.50`, `"AMOUNT_TOTAL":120.50`), field("/fields/AMOUNT_TOTAL", "unknown"), field("/fields/amount_total", "required")),
		bad("dotted key", 422, orderWith(`"customer":{"since"`, `"customer.email":"canary","customer":{"since"`), field("/fields/customer.email", "unknown")),
		bad("missing field", 422, orderWith(`"amount_total":120.50,`, ``), field("/fields/amount_total", "required"), "of at least 0"),
		bad("missing subject", 422, orderWith(`"subject":{"model":"sale.order","id":36},`, ``), field("/subject/id", "required"), field("/subject/model", "required")),
		bad("missing kind", 422, orderWith(`"kind":"order",`, ``), field("/kind", "required"), "order, delivery, refund, change"),
		bad("unknown kind", 422, orderWith(`"kind":"order"`, `"kind":"canary"`), field("/kind", "enum"), "order, delivery, refund, change"),
		bad("kind of the wrong type", 422, orderWith(`"kind":"order"`, `"kind":{"canary":1}`), field("/kind", "enum")),
		bad("several faults at once", 422, orderWith(`"state":"draft","date_order":"2026-11-24T09:30:00Z"`, `"state":"canary","date_order":7`), field("/fields/date_order", "type"), field("/fields/state", "enum")),
		bad("faults of envelope and fields", 422, strings.Replace(orderWith(`120.50`, `-1`), `"channel":"web"`, `"apply":"canary"`, 1), field("/apply", "enum"), field("/fields/amount_total", "minimum")),
		bad("fields is no object", 422, `{"kind":"order","subject":{"model":"sale.order","id":36},"fields":["canary"]}`, field("/fields", "type")),
		bad("fields is null", 422, `{"kind":"order","subject":{"model":"sale.order","id":36},"fields":null}`, field("/fields", "type")),
		bad("action is no object", 422, orderWith(`"channel":"web"`, `"action":"canary"`), field("/action", "type")),
		bad("action without name", 422, orderWith(`"channel":"web"`, `"action":{}`), field("/action/name", "required")),
		bad("action of another kind", 422, orderWith(`"channel":"web"`, `"action":{"name":"credit_note"}`), field("/action/name", "enum"), "confirm"),
		bad("action with unknown parameter", 422, orderWith(`"channel":"web"`, `"action":{"name":"confirm","params":{"note":"canary"}}`), field("/action/params/note", "unknown")),
		bad("body is a list", 422, `["canary"]`, field("", "type")[len(`{"pointer":"",`):]),
		bad("negative amount", 422, orderWith(`120.50`, `-5`), field("/fields/amount_total", "minimum"), "at least 0"),
		bad("discount beyond all", 422, orderWith(`"quantity":2`, `"quantity":2,"discount":101`), field("/fields/lines/0/discount", "maximum")),
		bad("order date in the future", 422, orderWith(`2026-11-24T09:30:00Z`, `2026-11-25T09:30:00Z`), field("/fields/date_order", "future"), "must not lie in the future"),
		bad("no date at all", 422, orderWith(`2026-11-24T09:30:00Z`, `canary`), field("/fields/date_order", "type")),
		bad("currency that is none", 422, orderWith(`"EUR"`, `"canary"`), field("/fields/currency", "pattern"), "three capital letters"),
		bad("unknown currency", 422, orderWith(`"EUR"`, `"CHF"`), field("/fields/currency", "enum"), "EUR, USD"),
		bad("unknown company", 422, orderWith(`"channel":"web"`, `"company":"canary"`), field("/company", "unknown")),
		bad("another company", 422, orderWith(`"channel":"web"`, `"company":"other"`), field("/company", "unknown")),
		bad("subject of another model", 422, orderWith(`sale.order`, `canary`), field("/subject/model", "enum"), "sale.order"),
		bad("subject zero", 422, orderWith(`"id":36`, `"id":0`), field("/subject/id", "minimum")),
		bad("id beyond 64 bits", 422, orderWith(`"id":36`, `"id":92233720368547758080`), field("/subject/id", "type")),

		bad("NaN", 400, orderWith(`120.50`, `NaN`), field("/fields/amount_total", "number"), "leave out what is unknown"),
		bad("Infinity", 400, orderWith(`120.50`, `-Infinity`), field("/fields/amount_total", "number")),
		bad("invalid UTF-8", 400, orderWith(`"canary@example.com"`, "\"canary\xff\""), field("/fields/customer/email", "encoding"), "valid UTF-8"),
		bad("half a surrogate pair", 400, orderWith(`"canary@example.com"`, `"canary\ud83d"`), field("/fields/customer/email", "encoding")),
		bad("duplicate key", 400, orderWith(`"amount_total":120.50`, `"amount_total":1,"amount_total":2`), field("/fields/amount_total", "duplicate")),
		bad("case-variant key", 400, orderWith(`"amount_total":120.50`, `"amount_total":1,"AMOUNT_TOTAL":-5`), field("/fields/AMOUNT_TOTAL", "duplicate")),
		bad("trailing data", 400, goodOrder+`{"canary":1}`, `"code":"trailing"`),
		bad("not JSON", 400, `kind=order&canary=1`, `"code":"syntax"`),
		bad("cut short", 400, goodOrder[:200], `"code":"syntax"`),
		bad("too deep", 400, orderWith(`"channel":"web"`, `"channel":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)), `"code":"depth"`),
		bad("10 MB", 413, orderWith(`"canary@example.com"`, `"`+strings.Repeat("canary", 10<<20/6)+`"`), `"code":"too_large"`, "1048576"),
		bad("no body", 400, "", `"code":"malformed"`),
		{name: "bad: content type", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Content-Type": "text/plain"}), status: 415, has: []string{"application/json"}},
		{name: "bad: no content type", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Content-Type": ""}), status: 415},
		{name: "bad: charset", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Content-Type": "application/json; charset=latin1"}), status: 415},
		{name: "bad: compressed", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Content-Encoding": "gzip"}), status: 415},
		{name: "bad: idempotency key", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"Idempotency-Key": "canary canary"}), status: 422,
			has: []string{`{"parameter":"Idempotency-Key","code":"pattern"`}},
		{name: "bad: key too long", call: post("/v1/decisions", "all", orderWith(`"channel":"web"`, `"key":"`+strings.Repeat("canary", 50)+`"`)), status: 422,
			has: []string{field("/key", "pattern")}},
		{name: "bad: two keys", call: post("/v1/decisions", "all", orderWith(`"channel":"web"`, `"key":"a"`)).with(map[string]string{"Idempotency-Key": "b"}), status: 422,
			has: []string{field("/key", "conflict")}},
		{name: "bad: correlation id", call: post("/v1/decisions", "all", goodOrder).with(map[string]string{"X-Correlation-ID": "canary canary"}), status: 422,
			has: []string{`{"parameter":"X-Correlation-ID","code":"pattern"`}},
		{name: "bad: effect", call: post("/v1/decisions?effect=canary", "all", goodOrder), status: 422, has: []string{`{"parameter":"effect","code":"enum"`, "none"}},
		{name: "database down", call: post("/v1/decisions", "all", goodOrder), before: func(w *world) {
			w.decide(strings.Replace(goodOrder, `"id":36`, `"id":1`, 1)) // the key is known from here
			w.ok(w.store.Close())
		}, status: 503, has: []string{`"code":"unavailable"`}, headers: map[string]string{"Retry-After": "2"}},
		{name: "database down before the key is known", call: post("/v1/decisions", "all", goodOrder), before: func(w *world) {
			w.ok(w.store.Close())
		}, status: 503, has: []string{`"code":"unavailable"`}, headers: map[string]string{"Retry-After": "2", "WWW-Authenticate": ""}},
		{name: "database down for reading", call: get("/v1/decisions", "reader"), before: func(w *world) {
			w.ok(w.store.Close())
		}, status: 503, headers: map[string]string{"Retry-After": "2"}},
	}
}
