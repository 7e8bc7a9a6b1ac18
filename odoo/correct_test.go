package odoo

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// priced is a line with a tax of a percentage, on top of the price or in it.
type priced struct {
	quantity, price, percent int64 // price in cents
	included                 bool
}

// sheet computes totals as Odoo does, by line and to the cent.
type sheet struct {
	lines  []priced
	digits int32
}

func (s sheet) total(prices map[int64]decimal.Decimal) (lines []creditLine, total decimal.Decimal) {
	for i, p := range s.lines {
		quantity, price := decimal.NewFromInt(p.quantity), decimal.New(p.price, -s.digits)
		if written, ok := prices[int64(i)]; ok {
			quantity, price = decimal.NewFromInt(1), written
		}
		gross := quantity.Mul(price)
		if !p.included {
			gross = gross.Add(gross.Mul(decimal.New(p.percent, -2)).Round(s.digits))
		}
		total = total.Add(gross)
		number := func(d decimal.Decimal) json.Number { return json.Number(d.String()) }
		lines = append(lines, creditLine{ID: int64(i), Quantity: number(quantity), Price: number(price), Discount: "0.0", Total: number(gross)})
	}
	return lines, total
}

// reach corrects a whole credit note to an amount and says how far off it is.
func (s sheet) reach(want decimal.Decimal) (missing decimal.Decimal, passes int) {
	prices := map[int64]decimal.Decimal{}
	for pass := 0; ; pass++ {
		lines, total := s.total(prices)
		if missing = want.Sub(total); missing.IsZero() || pass > mostPasses {
			return missing, pass
		}
		for id, price := range corrected(lines, pass, total, want, s.digits) {
			prices[id] = price
		}
	}
}

// TestCorrectedWithTaxIncluded: where prices hold their tax, as in shops, any
// amount is reached, whatever the currency's decimals.
func TestCorrectedWithTaxIncluded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := sheet{digits: rapid.SampledFrom([]int32{0, 2, 3}).Draw(t, "digits")}
		for range rapid.IntRange(1, 5).Draw(t, "lines") {
			s.lines = append(s.lines, priced{rapid.Int64Range(1, 9).Draw(t, "quantity"), rapid.Int64Range(1, 99999).Draw(t, "price"), 19, true})
		}
		_, total := s.total(nil)
		want := decimal.New(rapid.Int64Range(1, total.Shift(s.digits).IntPart()).Draw(t, "units"), -s.digits)
		if missing, passes := s.reach(want); !missing.IsZero() {
			t.Fatalf("%s of %s in %+v: %s is missing after %d passes", want, total, s, missing, passes)
		}
	})
}

// TestCorrectedKeepsProportions: what rounding left over is cents, so no line
// bears more of a partial credit than its share.
func TestCorrectedKeepsProportions(t *testing.T) {
	t.Parallel()
	for _, included := range []bool{true, false} {
		s := sheet{digits: 2, lines: []priced{{1, 10000, 19, included}, {2, 5000, 19, included}, {4, 2500, 19, included}}}
		lines, total := s.total(nil)
		prices := corrected(lines, 0, total, total.Div(decimal.NewFromInt(2)), 2)
		if have := fmt.Sprint(prices[0], prices[1], prices[2]); have != "50 50 50" {
			t.Errorf("included is %v: have %s, want halves", included, have)
		}
	}
}

// TestCorrectionOfText: sections and notes have no price, and a note of them
// alone gets no line of its own.
func TestCorrectionOfText(t *testing.T) {
	t.Parallel()
	display := "line_note"
	note := creditLine{ID: 1, Display: Text{&display}, Quantity: "1.0", Price: "0.0", Discount: "0.0", Total: "0.0"}
	for pass := range 3 {
		if have := correction([]creditLine{note}, pass, decimal.NewFromInt(2), decimal.NewFromInt(1), 2); len(have) != 0 {
			t.Errorf("pass %d: %v", pass, have)
		}
	}
}

// TestRoundingIsSmall: a line without tax bears what rounding leaves, in
// either direction, and no more.
func TestRoundingIsSmall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		difference string
		digits     int32
		want       string
	}{
		{"0.01", 2, "0.01"}, {"-0.01", 2, "-0.01"}, {"0.02", 2, "0.02"}, {"0.03", 2, ""}, {"-0.03", 2, ""},
		{"1", 0, "1"}, {"-2", 0, "-2"}, {"3", 0, ""}, {"0.002", 3, "0.002"}, {"0.003", 3, ""},
	} {
		have := ""
		if commands := rounding(decimal.RequireFromString(c.difference), c.digits); len(commands) == 1 {
			have = fmt.Sprint(commands[0].([]any)[2].(map[string]any)["price_unit"])
		}
		if have != c.want {
			t.Errorf("%s with %d digits: have %q, want %q", c.difference, c.digits, have, c.want)
		}
	}
}
