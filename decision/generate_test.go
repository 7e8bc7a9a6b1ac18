package decision

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// DrawKind draws a kind by its name, which keeps reports short.
func DrawKind(t *rapid.T) Kind {
	kind, _ := KindNamed(rapid.SampledFrom(KindNames()).Draw(t, "kind"))
	return kind
}

// DrawFields draws the "fields" object of a request that a kind accepts: what
// is required, any of the optional fields, and nothing that the kind's Check
// refuses. now is the latest time of any field.
func DrawFields(t *rapid.T, kind Kind, now time.Time) json.RawMessage {
	accepted := func(raw json.RawMessage) bool {
		record, _ := DecodeFields(raw, kind.Fields, "", now, true)
		return kind.Check == nil || len(kind.Check(Snapshot{Fields: record})) == 0
	}
	return rapid.Custom(func(t *rapid.T) json.RawMessage { return drawFields(t, kind, now) }).Filter(accepted).Draw(t, "fields")
}

func drawFields(t *rapid.T, kind Kind, now time.Time) json.RawMessage {
	tree := map[string]any{}
	for _, f := range kind.Fields {
		if f.Required || needed(kind, f) || rapid.Bool().Draw(t, "has "+f.Path) {
			SetPath(tree, f.Path, drawField(t, f, now))
		}
	}
	if kind.Name == "refund" { // no more than the invoice still holds
		cents := func(name string) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, 1_000_000).Draw(t, name), -2)
		}
		amount, credited := cents("amount"), cents("credited")
		tree["amount"], tree["amount_credited"] = number(amount), number(credited)
		tree["amount_total"] = number(amount.Add(credited).Add(cents("rest")))
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// needed says which optional fields some type of change asks for.
func needed(kind Kind, f Field) bool {
	return kind.Name == "change" && (f.Path == "discount" || f.Path == "price_unit" || f.Path == "change_hash" || f.Path == "amount_total")
}

// Currencies are those that drawn requests use.
var Currencies = []string{"EUR", "USD", "JPY"}

func drawField(t *rapid.T, f Field, now time.Time) any {
	switch f.Type {
	case TypeMoney, TypeNumber:
		return number(drawDecimal(t, f))
	case TypeInteger:
		return rapid.Int64Range(0, 1000).Draw(t, f.Path)
	case TypeID:
		return rapid.Int64Range(1, 50).Draw(t, f.Path)
	case TypeText:
		fits := func(text string) bool { return len(text) <= f.Limit() }
		return rapid.StringMatching(`[^\x00]{1,20}`).Filter(fits).Draw(t, f.Path)
	case TypeEnum:
		return rapid.SampledFrom(f.Enum).Draw(t, f.Path)
	case TypeBoolean:
		return rapid.Bool().Draw(t, f.Path)
	case TypeCountry:
		return rapid.SampledFrom([]string{"DE", "FR", "KP"}).Draw(t, f.Path)
	case TypeCurrency:
		return rapid.SampledFrom(Currencies).Draw(t, f.Path)
	case TypeTime:
		return now.Add(-time.Duration(rapid.Int64Range(0, 1e6).Draw(t, f.Path)) * time.Second).Format(time.RFC3339)
	case TypeLines:
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) map[string]any { return drawLine(t, f, now) }), 1, 3).Draw(t, f.Path)
	}
	return rapid.StringMatching(`[A-Za-z0-9._:/+-]{1,20}`).Draw(t, f.Path)
}

func drawLine(t *rapid.T, f Field, now time.Time) map[string]any {
	line := map[string]any{}
	for _, item := range f.Items {
		if item.Required || rapid.Bool().Draw(t, "has "+item.Path) {
			SetPath(line, item.Path, drawField(t, item, now))
		}
	}
	return line
}

// drawDecimal draws within the field's bounds, with up to four decimals.
func drawDecimal(t *rapid.T, f Field) decimal.Decimal {
	low, high := int64(-1_000_000_000), int64(1_000_000_000)
	if f.Min != nil {
		low = max(low, f.Min.Shift(4).IntPart())
	}
	if f.Max != nil {
		high = min(high, f.Max.Shift(4).IntPart())
	}
	return decimal.New(rapid.Int64Range(low, high).Draw(t, f.Path), -4)
}

func number(d decimal.Decimal) json.Number { return json.Number(d.String()) }
