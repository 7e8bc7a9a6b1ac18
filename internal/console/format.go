package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// unknown stands for a value that is not known; it is never shown as zero.
const unknown = "unknown"

// humanise turns a code into words: "AWAITING_APPROVAL" is "Awaiting approval".
func humanise(code string) string {
	words := strings.ToLower(strings.TrimSpace(strings.NewReplacer("_", " ", ".", " ").Replace(code)))
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// lower is a code as words inside a sentence.
func lower(code string) string { return strings.ToLower(humanise(code)) }

// joined lists words: "a, b or c".
func joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// recordNames are Odoo's models as its screens call them.
var recordNames = map[string]string{
	"sale.order": "Sales order", "stock.picking": "Transfer", "account.move": "Invoice", "purchase.order": "Purchase order",
	"res.partner": "Contact", "res.partner.bank": "Bank account", "product.template": "Product", "stock.quant": "Stock", "stock.scrap": "Scrap",
}

// recordName falls back on the model's own name.
func recordName(model string, id int64) string {
	name, known := recordNames[model]
	if !known {
		name = model
	}
	return fmt.Sprintf("%s %d", name, id)
}

// money groups the digits: "1 250.00 EUR", with narrow no-break spaces.
func money(m *decision.Money) string {
	if m == nil {
		return unknown
	}
	return inCurrency(m.Amount.StringFixed(decision.CurrencyDigits(m.Currency)), m.Currency)
}

// unitPrice is money with every digit that it has: a price of a tenth of a cent
// is not nothing.
func unitPrice(amount decimal.Decimal, currency string) string {
	return inCurrency(amount.StringFixed(max(decision.CurrencyDigits(currency), -amount.Exponent())), currency)
}

func inCurrency(amount, currency string) string {
	return strings.TrimSpace(grouped(amount) + "\u00a0" + currency)
}

// grouped sets thousands apart by a narrow no-break space, which no reader
// takes for a decimal point.
func grouped(amount string) string {
	sign := ""
	if strings.HasPrefix(amount, "-") {
		sign, amount = "\u2212", amount[1:]
	}
	integer, fraction, _ := strings.Cut(amount, ".")
	for i := len(integer) - 3; i > 0; i -= 3 {
		integer = integer[:i] + "\u202f" + integer[i:]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + integer + fraction
}

// actionName says what would be done, with its parameters; currency is that of
// its amounts, "" where it is unknown.
func actionName(a decision.Action, currency string) string {
	name := humanise(a.Name)
	switch a.Name {
	case decision.NoAction:
		name = "No action"
	case decision.ManualAction:
		name = "Change by hand"
	}
	var params []string
	if spec, known := decision.ActionNamed(a.Name); known {
		for _, f := range spec.Params {
			if v, given := a.Params[f.Path]; given {
				params = append(params, strings.TrimSpace(lower(label(f))+" "+oneValue(f, v, currency)))
			}
		}
	}
	if len(params) == 0 {
		return name
	}
	return name + " (" + strings.Join(params, ", ") + ")"
}

// label names a field without the unit that its value will have.
func label(f decision.Field) string {
	if f.Unit == "" {
		return humanise(f.Path)
	}
	return humanise(strings.TrimSuffix(strings.TrimSuffix(f.Path, f.Unit), "_"))
}

// actionEffect is one sentence: what changes in Odoo.
func actionEffect(a decision.Action) string {
	spec, _ := decision.ActionNamed(a.Name)
	return spec.Doc
}

// value is a field's or parameter's value as text.
func value(v any) string {
	switch v := v.(type) {
	case decimal.Decimal:
		return grouped(v.String())
	case time.Time:
		return clock(v)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return fmt.Sprint(v)
}

// clock is a time in UTC, without seconds: "24 Nov 2026 09:30 UTC".
func clock(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04") + " UTC" }

// exact is a time with everything the journal has.
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// ago puts t beside now: "in 3 h", "2 d ago", "just now".
func ago(t, now time.Time) string {
	switch d := t.Sub(now); {
	case d >= time.Minute:
		return "in " + span(d)
	case d <= -time.Minute:
		return span(-d) + " ago"
	}
	return "just now"
}

// span is a length of time in its largest unit, and the next one where that
// matters.
func span(d time.Duration) string {
	minutes := int(d / time.Minute)
	switch hours := minutes / 60; {
	case minutes < 60:
		return fmt.Sprintf("%d min", max(1, minutes))
	case hours < 10 && minutes%60 != 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours < 48:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d d", hours/24)
	}
}

// remaining says how long a deadline leaves, and how pressing that is: "soon"
// is less than a quarter of the time there was, or under two hours.
func remaining(opened, deadline, now time.Time) (text, class string) {
	left := deadline.Sub(now)
	switch {
	case left <= 0:
		return "Deadline passed", "late"
	case left < 2*time.Hour || left < deadline.Sub(opened)/4:
		return span(left) + " left", "soon"
	}
	return span(left) + " left", ""
}

// percent shows a probability; the ends are never rounded to certainty.
func percent(p float64) string {
	switch {
	case p > 0 && p < 0.001:
		return "< 0.1 %"
	case p < 1 && p > 0.999:
		return "> 99.9 %"
	}
	return strconv.FormatFloat(p*100, 'f', 1, 64) + " %"
}

// signed shows a number with its sign: "+1.20", "−0.35".
func signed(x float64) string {
	text := strconv.FormatFloat(math.Abs(x), 'f', 2, 64)
	if x < 0 && text != "0.00" {
		return "\u2212" + text
	}
	return "+" + text
}

// masked hides a personal value but leaves enough to recognise a known one:
// at most a third of it, and at most two characters, with an e-mail's domain.
func masked(text string) string {
	if at := strings.LastIndexByte(text, '@'); at > 0 {
		return masked(text[:at]) + text[at:]
	}
	runes := []rune(text)
	return string(runes[:min(2, len(runes)/3)]) + "…"
}

// statusTone colours a status of a decision.
func statusTone(s decision.Status) string {
	switch s {
	case decision.Done:
		return "good"
	case decision.AwaitingApproval, decision.AwaitingReceipt, decision.Parked:
		return "warn"
	case decision.Failed, decision.Refused, decision.Declined, decision.Void, decision.Stale:
		return "bad"
	}
	return ""
}

// outcomeTone colours a verdict.
func outcomeTone(o decision.Outcome) string {
	switch o {
	case decision.Execute:
		return "good"
	case decision.Reject:
		return "bad"
	}
	return "warn"
}

// executionTone colours an execution's status.
func executionTone(s decision.ExecutionStatus) string {
	switch s {
	case decision.ExecutionDone:
		return "good"
	case decision.ExecutionFailed, decision.ExecutionStale, decision.ExecutionVoid:
		return "bad"
	case decision.ExecutionParked:
		return "warn"
	}
	return ""
}
