package policy_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/policy"
)

// edited is the embedded bundle with one text replaced in one file; an empty
// old text appends.
func edited(t *testing.T, file, old, text string) policy.Bundle {
	t.Helper()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	b.Files = maps.Clone(b.Files)
	content := b.Files[file]
	switch {
	case old == "":
		content += "\n" + text
	case strings.Contains(content, old):
		content = strings.Replace(content, old, text, 1)
	default:
		t.Fatalf("%s does not hold %q", file, old)
	}
	b.Files[file] = content
	return b
}

// meta is the metadata a rule needs, with an id of its own.
const meta = `# METADATA
# title: A draft
# description: A rule of a draft.
# labels:
#   id: order/draft
#   owner: finance
`

func TestCheckFindsWhatCanFailOpen(t *testing.T) {
	t.Parallel()
	const requirements, routing, protect = "order/requirements.rego", "order/routing.rego", "order/protect.rego"
	tests := []struct{ name, file, old, text, code, message string }{
		{"syntax", requirements, "", "passed contains", "rego_parse_error", ""},
		{"other package", requirements, "package order", "package assent.order", "rego_parse_error", "must be order"},
		{"misspelt field", requirements, "input.subject.amount_total <= data.limits.order.amount\n", "input.subject.amount_totl <= data.limits.order.amount\n", "rego_type_error", "amount_totl"},
		{"network", requirements, "", `leak := http.send({"method": "get", "url": "http://example.com"})`, "rego_type_error", "http.send"},
		{"clock", requirements, "", `clock := time.now_ns()`, "rego_type_error", "time.now_ns"},
		{"doubling text", requirements, "", `double(x) := concat("", [x, x])`, "rego_type_error", "concat"},
		{"doubling text by format", requirements, "", `double(x) := sprintf("%s%s", [x, x])`, "rego_type_error", "sprintf"},
		{"default for a missing value", requirements, "", `orders := object.get(input.subject.customer, "orders", 5)`, "rego_type_error", "object.get"},
		{"unknown limit", requirements, "data.limits.order.amount\n", "data.limits.order.amuont\n", "rego_type_error", "there is no limit amuont"},
		{"another kind's limit", requirements, "data.limits.order.amount\n", "data.limits.refund.amount\n", "rego_type_error", "read by its name"},
		{"another kind's rule", requirements, "", "other := data.refund.required", "rego_type_error", "cannot be read here"},
		{"all of data", requirements, "", `names := {name | data[name]}`, "rego_type_error", "cannot be read here"},
		{"unknown list", requirements, "data.lists.blocked_partners[", "data.lists.blokced_partners[", "rego_type_error", "there is no list"},
		{"walked list", requirements, "data.lists.blocked_partners[input.subject.partner_id]", "input.subject.partner_id in data.lists.blocked_partners", "rego_type_error", "looked up by key"},
		{"replaced input", requirements, "input.subject.amount_total <= data.limits.order.amount\n", "input.subject.amount_total <= data.limits.order.amount with input.subject.amount_total as 1\n", "rego_type_error", "only tests may"},

		{"not over an optional field", requirements, "", meta + `passed contains "FRAUD_RISK" if not input.subject.signals.cvc == "mismatch"`, "negated-input", "input.subject.signals.cvc"},
		{"not over a helper", requirements, "", "mismatch if input.subject.signals.cvc == \"mismatch\"\n\n" + meta + `passed contains "FRAUD_RISK" if not mismatch`, "negated-input", "input.subject.signals.cvc"},
		{"nothing of a missing collection", requirements, "", meta + `passed contains "FRAUD_RISK" if count([1 | some line in input.subject.lines; line.quantity > 10]) == 0`, "unknown-collection", "input.subject.lines"},
		{"passes on what is missing", requirements, "", meta + `passed contains "FRAUD_RISK" if input.missing["signals.avs"]`, "reads-missing", ""},
		{"default", requirements, "", "default trusted := true", "default", ""},
		{"else", requirements, "", "level := 1 if {\n\tinput.subject.customer.orders > 3\n} else := 2", "else", ""},
		{"always passes", requirements, "", meta + `passed contains "FRAUD_RISK"`, "always-passes", ""},
		{"required by an optional field", "change/requirements.rego", "required := checks[input.subject.type]", "required := checks[input.subject.type] if input.subject.evidence", "required-by-optional", "input.subject.evidence"},

		{"number and text", requirements, "input.subject.amount_total <= data.limits.order.amount\n", "input.subject.amount_total <= \"1000\"\n", "cross-type", "a number is compared with a text"},
		{"text and limit", requirements, "input.subject.amount_total <= data.limits.order.amount\n", "input.subject.currency <= data.limits.order.amount\n", "cross-type", "a text is compared with a number"},
		{"id and number", requirements, "input.subject.billing.country == input.subject.shipping.country\n", "input.subject.partner_id != 14\n", "cross-type", "never equals"},
		{"local and text", requirements, "input.subject.amount_total <= data.limits.order.amount\n", "{\n\tamount := input.subject.amount_total\n\tamount < \"5\"\n}\n", "cross-type", "a number is compared with a text"},
		{"unknown state", requirements, `input.subject.state in {"draft", "sent"}`, `input.subject.state in {"draft", "quotation"}`, "enum-literal", "quotation"},
		{"unknown class", requirements, `input.action.class == "protective"`, `input.action.class == "harmless"`, "enum-literal", "harmless"},
		{"table without an entry", "change/requirements.rego", "\t\"payment_state\": {\"PAYMENT_STATE\"},\n", "", "enum-literal", "payment_state"},
		{"table with a wrong entry", "change/requirements.rego", `"write_off": {`, `"writeoff": {`, "enum-literal", "writeoff"},

		{"no metadata", requirements, "", `rejected contains "DRAFT" if input.subject.amount_total > 5`, "metadata", "lacks title, description, labels.id, labels.owner"},
		{"unknown owner", requirements, "#   owner: finance", "#   owner: somebody", "metadata", "labels.owner"},
		{"id of another kind", requirements, "#   id: order/fraud-risk", "#   id: refund/fraud-risk", "metadata", "starts with order/"},
		{"id twice", requirements, "#   id: order/fraud-risk", "#   id: order/amount", "metadata", "used by another rule"},
		{"code in lower case", requirements, "", meta + `rejected contains "draft" if input.subject.amount_total > 5`, "code", ""},
		{"computed code", requirements, "", meta + `rejected contains input.subject.currency if input.subject.amount_total > 5`, "code", ""},
		{"code of another kind", requirements, "", meta + `rejected contains "REFUND_AMOUNT" if input.subject.amount_total > 5`, "code", "already a code"},
		{"code of every kind", requirements, "", meta + `rejected contains "INCOMPLETE" if input.subject.amount_total > 5`, "code", "already a code"},
		{"required but never checked", requirements, "\t\"EVIDENCE_THIN\",\n", "\t\"EVIDENCE_THIN\",\n\t\"MOON_PHASE\",\n", "no-check", "MOON_PHASE"},
		{"required but not routed", requirements, "\t\"EVIDENCE_THIN\",\n", "\t\"EVIDENCE_THIN\",\n\t\"MOON_PHASE\",\n", "no-route", "MOON_PHASE"},
		{"checked but not required", requirements, "\t\"EVIDENCE_THIN\",\n", "", "not-required", "EVIDENCE_THIN"},
		{"unknown role", routing, `support := {"tier": 1, "roles": {"support_lead"}`, `support := {"tier": 1, "roles": {"intern"}`, "route", "support_lead"},
		{"nobody approves", routing, `"people": 1, "hours": 8}`, `"people": 0, "hours": 8}`, "route", ""},
		{"effective protection", protect, `{"action": "hold"}`, `{"action": "confirm"}`, "protect", "hold, activity, note"},
		{"unknown parameter", protect, `{"action": "hold"}`, `{"action": "hold", "note": "x"}`, "protect", ""},

		{"limit without a reason", "order/limits.json", `"reason": "One confirmed order makes a known customer."`, `"reason": ""`, "limit", "known_orders"},
		{"limit without an owner", "order/limits.json", `"owner": "finance"`, `"owner": ""`, "limit", "the owner is one of"},
		{"probability above one", "order/limits.json", `"value": 0.15`, `"value": 15`, "limit", "fraud_probability: the value is in probability, a number from 0 to 1"},
		{"share below nothing", "order/limits.json", `"value": 0.25`, `"value": -0.25`, "limit", "a number from 0 to 1"},
		{"percent above a hundred", "change/limits.json", `"unit": "percent"`, `"unit": "probability"`, "limit", "a number from 0 to 1"},
		{"negative amount", "order/limits.json", `"value": 1000,`, `"value": -1000,`, "limit", "amount: the value is in company currency, a number of at least 0"},
		{"half an order", "order/limits.json", `"value": 10,`, `"value": 10.5,`, "limit", "a whole number"},
		{"limit in words", "order/limits.json", `"value": 1000,`, `"value": true,`, "limit", "a number of at least 0"},
		{"unknown unit", "order/limits.json", `"unit": "orders"`, `"unit": "baskets"`, "limit", "account_orders: the unit is one of"},
		{"switch that is a number", "order/limits.json", `"value": false`, `"value": 0`, "limit", "true or false"},
		{"unused limit", "order/limits.json", "{\n", "{\n  \"draft\": {\"value\": 1, \"unit\": \"x\", \"owner\": \"finance\", \"reason\": \"None.\"},\n", "limit", "draft: no rule uses it"},
		{"no hourly cap", "order/limits.json", `"hourly_count"`, `"hourly_counter"`, "limit", "hourly_count is missing"},
		{"limit without a value", "order/limits.json", `"value": 1000`, `"val": 1000`, "data", "value, unit, owner and reason"},
		{"limit given twice", "order/limits.json", "{\n", "{\n  \"amount\": {\"value\": 1, \"unit\": \"x\", \"owner\": \"finance\", \"reason\": \"None.\"},\n", "data", "/amount: a key may be given once"},
		{"key given twice", "order/limits.json", `"value": 1000`, `"value": 1, "Value": 1000`, "data", "/Value: a key may be given once"},
		{"entry given twice", "lists.json", `"blocked_partners": {}`, `"blocked_partners": {"14": "Fraud.", "14": "Fraud again."}`, "data", "/blocked_partners/14: a key may be given once"},
		{"list given twice", "lists.json", `"blocked_partners": {}`, `"blocked_partners": {"14": "Fraud."}, "blocked_partners": {}`, "data", "/blocked_partners: a key may be given once"},
		{"list of an array", "lists.json", `"blocked_partners": {}`, `"blocked_partners": ["14"]`, "data", "keyed by"},
		{"list entry that is false", "lists.json", `"blocked_partners": {}`, `"blocked_partners": {"14": false}`, "data", "note"},

		{"country in lower case", "lists.json", `"KP"`, `"kp"`, "list-key", "a key of blocked_countries must be an ISO 3166-1 country code"},
		{"country by name", "lists.json", `"KP"`, `"Deutschland"`, "list-key", "shipping.country of order"},
		{"e-mail address in the clear", "lists.json", `"blocked_emails": {}`, `"blocked_emails": {"ada@example.com": "Fraud."}`, "list-key", "SHA-256"},
		{"partner by reference", "lists.json", `"blocked_partners": {}`, `"blocked_partners": {"C-14": "Fraud."}`, "list-key", "a positive whole number"},
		{"partner with a zero before", "lists.json", `"trusted_partners": {}`, `"trusted_partners": {"014": "Old friend."}`, "list-key", "a positive whole number"},
		{"country in a rule", requirements, `input.subject.billing.country == input.subject.shipping.country`, `input.subject.billing.country == "de"`, "literal", "ISO 3166-1"},
		{"countries in a rule", requirements, `input.subject.billing.country == input.subject.shipping.country`, `input.subject.billing.country in {"DE", "Austria"}`, "literal", "ISO 3166-1"},
		{"e-mail address in a rule", requirements, "", meta + `rejected contains "DRAFT" if input.subject.customer.email == "ada@example.com"`, "literal", "customer.email is never this text: it is the SHA-256"},
		{"no protection", protect, "protect[\"ORDER_REVIEW\"]", "protect[input.subject.currency]", "protect", "or protect := {} for none"},

		{"test that cannot fail", "order/order_test.rego", "", "test_nothing if {\n\t1 == 1\n}", "test-without-assertion", ""},
		{"test that asserts nothing", "order/order_test.rego", "", "test_nothing if {\n\tunmet := decided.unmet with input as ordinary\n}", "rego_compile_error", "unmet unused"},
		{"test of a misspelt rule", "order/order_test.rego", "", "test_nothing if {\n\tinput.subject.amount_totl == 1 with input as ordinary\n}", "rego_type_error", "amount_totl"},
		{"unformatted", routing, `support := {"tier": 1,`, `support  :=  {"tier": 1,`, "format", ""},
		{"protected outcome", "order/outcome.rego", "default outcome := \"approve\"", "default outcome := \"execute\"", "protected", ""},
		{"protected helper", "lib/lib.rego", "0.0005", "5", "protected", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			findings, err := policy.Check(t.Context(), edited(t, tt.file, tt.old, tt.text))
			if err != nil {
				t.Fatal(err)
			}
			found := slices.ContainsFunc(findings, func(f policy.Finding) bool {
				return f.Code == tt.code && strings.Contains(f.Message, tt.message)
			})
			if !found {
				t.Errorf("want %s %q, have %v", tt.code, tt.message, findings)
			}
		})
	}
}

// A finding says where: an editor opens it there.
func TestFindingsHaveAPlace(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, old, text, want string }{
		{"no JSON", "order/limits.json", `"value": 1000,`, `"value": 1000 000,`, "order/limits.json:9:19: data: /amount: not JSON: invalid character '0'"},
		{"a comma too many", "order/limits.json", "credit line.\"\n", "credit line.\",\n", "order/limits.json:7:3: data: /account_orders: not JSON: invalid character '}'"},
		{"cut off", "lists.json", "\"trusted_partners\": {}\n}\n", "\"trusted_partners\": {}\n", "lists.json:7:25: data: not JSON: unexpected end"},
		{"key given twice", "order/limits.json", `"value": 1000`, `"value": 1, "Value": 1000`, "order/limits.json:9:17: data: /amount/Value: a key"},
		{"unknown key", "order/limits.json", `"value": 1000`, `"val": 1000`, "order/limits.json:8:3: data: /amount: each limit has"},
		{"list of an array", "lists.json", `"blocked_partners": {}`, `"blocked_partners": ["14"]`, "lists.json:6:3: data: /blocked_partners: a list is an object"},
		{"no note", "lists.json", `"blocked_partners": {}`, `"blocked_partners": {"14": ""}`, "lists.json:6:24: data: /blocked_partners/14: each listed value has a note"},
		{"a negative cap", "order/limits.json", `"value": 500,`, `"value": -500,`, "order/limits.json:38:3: data: /hourly_count: the value is"},
		{"limit out of range", "order/limits.json", `"value": 0.15`, `"value": 15`, "order/limits.json:26:3: limit: fraud_probability: "},
		{"list key", "lists.json", `"KP"`, `"kp"`, "lists.json:3:5: list-key: "},
		{"no route", "order/requirements.rego", "\t\"EVIDENCE_THIN\",\n", "\t\"EVIDENCE_THIN\",\n\t\"MOON_PHASE\",\n", "order/requirements.rego:11:2: no-route: MOON_PHASE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			findings, err := policy.Check(t.Context(), edited(t, tt.file, tt.old, tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(findings, func(f policy.Finding) bool { return strings.HasPrefix(f.String(), tt.want) }) {
				t.Errorf("want %s, have %v", tt.want, findings)
			}
		})
	}
}

// Who wants no protection says so; nothing else of the policy changes.
func TestAPolicyMayProtectByNothing(t *testing.T) {
	t.Parallel()
	b := edited(t, "order/protect.rego", "", "")
	b.Files["order/protect.rego"] = "package order\n\nprotect := {}\n"
	b.Files["order/order_test.rego"] = "package order_test\n\nimport data.order\n\ntest_nothing_protects if {\n\torder.protect == {}\n}\n"
	findings, err := policy.Check(t.Context(), b)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	s, a := clean()
	s.Fields["amount_total"] = decimal.NewFromInt(1_000_000)
	if v := govern(t, compiled(t, b), s, a); v.Outcome != decision.Approve || v.Failure != "" || len(v.Protect) > 0 {
		t.Errorf("have %+v", v)
	}
}
