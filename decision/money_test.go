package decision

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	valid := map[string]string{
		"0": "0", "-0": "0", "0.00": "0", "12.50": "12.5", "-7": "-7", "007": "7", "999999999999999.999999999": "999999999999999.999999999",
	}
	for text, want := range valid {
		have, err := parseDecimal(text)
		if err != nil || have.String() != want {
			t.Errorf("%q: have %s, %v, want %s", text, have, err, want)
		}
	}
	for _, text := range []string{
		"", "-", ".", ".5", "5.", "-.5", "+5", "1e3", "1E3", "0x10", "1,5", "1 000", " 1", "1.2.3", "--1", "1-", "NaN", "Infinity", "٣",
		strings.Repeat("9", 16), "0." + strings.Repeat("1", 10),
	} {
		if have, err := parseDecimal(text); err == nil {
			t.Errorf("%q is read as %s", text, have)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	tests := []struct{ amount, currency, text, encoded, rounded string }{
		{"12.5", "EUR", "12.50 EUR", `{"amount":"12.50","currency":"EUR"}`, "12.5"},
		{"0.005", "EUR", "0.01 EUR", `{"amount":"0.01","currency":"EUR"}`, "0.01"}, // half away from zero, as Odoo
		{"-0.005", "EUR", "-0.01 EUR", `{"amount":"-0.01","currency":"EUR"}`, "-0.01"},
		{"0.0049", "USD", "0.00 USD", `{"amount":"0.00","currency":"USD"}`, "0"},
		{"1234.5", "JPY", "1235 JPY", `{"amount":"1235","currency":"JPY"}`, "1235"},
		{"1.23456", "KWD", "1.235 KWD", `{"amount":"1.235","currency":"KWD"}`, "1.235"},
		{"7", "XYZ", "7.00 XYZ", `{"amount":"7.00","currency":"XYZ"}`, "7"},
		{"7.125", "", "7.125", `{"amount":"7.13","currency":""}`, "7.13"},
	}
	for _, test := range tests {
		m := Money{decimal.RequireFromString(test.amount), test.currency}
		if have := m.String(); have != test.text {
			t.Errorf("text %q, want %q", have, test.text)
		}
		if have := string(mustCanonical(m)); have != test.encoded {
			t.Errorf("encoded %s, want %s", have, test.encoded)
		}
		if have := m.Rounded(); have.Amount.String() != test.rounded || have.Currency != test.currency {
			t.Errorf("rounded %s, want %s", have, test.rounded)
		}
	}
}

func TestMoneyUnreadable(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"amount":1}`, `{"amount":"1e9","currency":"EUR"}`, `{"amount":"","currency":"EUR"}`, `{}`, `"1 EUR"`, `{"amount":"NaN"}`} {
		var m Money
		if err := json.Unmarshal([]byte(raw), &m); err == nil {
			t.Errorf("%s is read as %s", raw, m)
		}
	}
}

// Equal money is equal bytes, and what was read back is the same money.
func TestMoneyCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"EUR", "JPY", "TND"}).Draw(t, "currency")
		cents := rapid.Int64().Draw(t, "units")
		zeros := rapid.Int32Range(0, 6).Draw(t, "zeros")
		digits := CurrencyDigits(currency)
		a := Money{decimal.New(cents, -digits), currency}
		b := Money{decimal.New(cents, 0).Shift(-digits).Add(decimal.New(0, -zeros-digits)), currency} // another exponent
		if string(mustCanonical(a)) != string(mustCanonical(b)) {
			t.Fatalf("%s and %s are the same money", mustCanonical(a), mustCanonical(b))
		}
		var again Money
		if err := json.Unmarshal(mustCanonical(a), &again); err != nil || !again.Amount.Equal(a.Amount) || again.Currency != currency {
			t.Fatalf("%s comes back as %s, %v", a, again, err)
		}
	})
}
