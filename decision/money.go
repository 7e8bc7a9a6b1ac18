package decision

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

// Money is an exact amount with its ISO 4217 currency. In JSON the amount is
// a string, so that no reader turns it into a binary float.
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

type moneyJSON struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// MarshalJSON writes {"amount":"12.50","currency":"EUR"} with the currency's
// own number of decimals, so that equal money is equal bytes.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(moneyJSON{m.Amount.StringFixed(CurrencyDigits(m.Currency)), m.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Money) UnmarshalJSON(data []byte) error {
	var raw moneyJSON
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	amount, err := parseStoredDecimal(raw.Amount)
	if err != nil {
		return err
	}
	m.Amount, m.Currency = amount, raw.Currency
	return nil
}

// String is for people: "12.50 EUR".
func (m Money) String() string {
	if m.Currency == "" {
		return m.Amount.String()
	}
	return fmt.Sprintf("%s %s", m.Amount.StringFixed(CurrencyDigits(m.Currency)), m.Currency)
}

// Rounded returns the amount at the currency's own number of decimals, half
// away from zero as Odoo rounds.
func (m Money) Rounded() Money {
	return Money{m.Amount.Round(CurrencyDigits(m.Currency)), m.Currency}
}

// CurrencyDigits is the number of decimals of an ISO 4217 currency; 2 for the
// many that are not listed.
func CurrencyDigits(currency string) int32 {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// Bounds of every decimal we accept: enough for any currency, small enough
// that arithmetic on hostile input stays cheap.
const (
	maxIntegerDigits  = 15
	maxFractionDigits = 9
	// maxStoredDigits bounds what we computed ourselves: sums and conversions
	// of accepted amounts have more digits than any one of them.
	maxStoredDigits = 60
)

// parseDecimal reads plain decimal notation within the bounds above. An
// exponent is refused: "1e999999999" is nine bytes and a gigabyte of digits.
func parseDecimal(text string) (decimal.Decimal, error) {
	return parsePlain(text, maxIntegerDigits, maxFractionDigits)
}

// parseStoredDecimal reads a decimal that we wrote.
func parseStoredDecimal(text string) (decimal.Decimal, error) {
	return parsePlain(text, maxStoredDigits, maxStoredDigits)
}

func parsePlain(text string, mostInteger, mostFraction int) (decimal.Decimal, error) {
	integer, fraction, dot := 0, 0, false
	for i, c := range []byte(text) {
		switch {
		case c == '-' && i == 0:
		case c == '.' && !dot && integer > 0:
			dot = true
		case c >= '0' && c <= '9' && !dot:
			integer++
		case c >= '0' && c <= '9':
			fraction++
		default:
			return decimal.Decimal{}, errDecimal
		}
	}
	if integer == 0 || integer > mostInteger || fraction > mostFraction || dot && fraction == 0 {
		return decimal.Decimal{}, errDecimal
	}
	return decimal.NewFromString(text)
}

var errDecimal = fmt.Errorf("a plain decimal with at most %d digits before the point and %d after it", maxIntegerDigits, maxFractionDigits)
