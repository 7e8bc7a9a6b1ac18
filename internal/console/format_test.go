package console

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, want string }{
		{"0", "EUR", "0.00 EUR"}, {"999.9", "EUR", "999.90 EUR"}, {"1000", "EUR", "1 000.00 EUR"}, {"1234567.891", "KWD", "1 234 567.891 KWD"},
		{"-1250", "JPY", "−1 250 JPY"}, {"12", "", "12.00"},
	} {
		got := text(money(&decision.Money{Amount: decimal.RequireFromString(c.amount), Currency: c.currency}))
		if got != c.want {
			t.Errorf("%s %s is %q, want %q", c.amount, c.currency, got, c.want)
		}
	}
	if got := money(nil); got != "unknown" {
		t.Errorf("no money is %q", got)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "just now", 30 * time.Second: "just now", time.Minute: "in 1 min", -59 * time.Minute: "59 min ago", time.Hour: "in 1 h",
		-(3*time.Hour + 12*time.Minute): "3 h 12 min ago", 12*time.Hour + time.Minute: "in 12 h", -49 * time.Hour: "2 d ago",
	} {
		if got := ago(noon.Add(d), noon); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for _, c := range []struct {
		left, whole time.Duration
		text, class string
	}{
		{20 * time.Hour, 24 * time.Hour, "20 h left", ""}, {5 * time.Hour, 24 * time.Hour, "5 h left", "soon"},
		{90 * time.Minute, 2 * time.Hour, "1 h 30 min left", "soon"}, {0, time.Hour, "Deadline passed", "late"}, {-time.Hour, time.Hour, "Deadline passed", "late"},
	} {
		text, class := remaining(noon.Add(c.left-c.whole), noon.Add(c.left), noon)
		if text != c.text || class != c.class {
			t.Errorf("%v of %v: %q %q, want %q %q", c.left, c.whole, text, class, c.text, c.class)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for p, want := range map[float64]string{0: "0.0 %", 0.0004: "< 0.1 %", 0.011: "1.1 %", 0.5: "50.0 %", 0.99996: "> 99.9 %", 1: "100.0 %"} {
		if got := percent(p); got != want {
			t.Errorf("%v is %q, want %q", p, got, want)
		}
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{1.5: "+1.50", -0.35: "−0.35", 0: "+0.00", -0.001: "+0.00"} {
		if got := signed(x); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ada@example.com": "a…@example.com", "ada.lovelace@example.com": "ad…@example.com", "x@y": "…@y", "+15550100": "+1…",
		"10115": "1…", "ab": "…", "": "…", "@example.com": "@e…", "Łukasz Żółw": "Łu…", `"a@b"@example.com`: `…@b"@example.com`,
	} {
		if got := masked(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// Whatever is before the last @ of an address, or all of anything else, shows
// at most two of its characters.
func TestMaskedShowsLittle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-z.+0-9]{1,40}`).Draw(t, "local")
		shown, found := strings.CutSuffix(masked(local+"@example.com"), "…@example.com")
		if !found || len(shown) > 2 || len(shown)*3 > len(local) || !strings.HasPrefix(local, shown) {
			t.Fatalf("%q shows %q", local, shown)
		}
	})
}

// The last step ends where the probability is, and no bar leaves the picture.
func TestWaterfallAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := decision.Assessment{Base: rapid.Float64Range(-8, 8).Draw(t, "base")}
		total := a.Base
		for _, x := range rapid.SliceOfN(rapid.Float64Range(-4, 4), 0, 20).Draw(t, "contributions") {
			a.Reasons = append(a.Reasons, decision.Reason{Code: "X", Contribution: x})
			total += x
		}
		p := chance(total)
		a.Probability = &p
		w := newWaterfall(a, func(code string) string { return code })
		if math.Abs(w.Total-total) > 1e-9 || len(w.Steps) != len(a.Reasons) || w.TotalChance != percent(p) {
			t.Fatalf("waterfall %+v of %+v", w, a)
		}
		for i, s := range w.Steps {
			x, width := parsePercent(t, s.X), parsePercent(t, s.Width)
			if x < 0 || width <= 0 || x+width > 100.5 || s.Up != (a.Reasons[i].Contribution > 0) {
				t.Fatalf("step %+v of %+v", s, a.Reasons[i])
			}
		}
	})
}

func parsePercent(t *rapid.T, text string) float64 {
	d, err := decimal.NewFromString(strings.TrimSuffix(text, "%"))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return d.InexactFloat64()
}

func TestNothingAssessedIsNoWaterfall(t *testing.T) {
	t.Parallel()
	if w := newWaterfall(decision.Assessment{Base: -3}, humanise); w != nil {
		t.Errorf("an unknown probability is drawn: %+v", w)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	got := differences([]byte(`{"a":{"b":[1,2]},"c":"x","d":null}`), []byte(`{"a":{"b":[1,3,4]},"c":"x"}`))
	want := []difference{{"/a/b/1", "2", "3"}, {"/a/b/2", "nothing", "4"}, {"/d", "null", "nothing"}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("difference %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// Amounts come with their currency, prices with every digit they have, and no
// unit is said twice.
func TestActionName(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	for want, a := range map[string]decision.Action{
		"Credit note (amount 1\u202f268.80\u00a0EUR, code late)": {Name: "credit_note", Params: decision.Record{"amount": d("1268.8"), "code": "late"}},
		"Price write (line id 64, price unit 0.005\u00a0EUR)":    {Name: "price_write", Params: decision.Record{"line_id": int64(64), "price_unit": d("0.005")}},
		"Price write (line id 64, price unit 70.00\u00a0EUR)":    {Name: "price_write", Params: decision.Record{"line_id": int64(64), "price_unit": d("70")}},
		"Discount write (line id 64, discount 10 percent)":       {Name: "discount_write", Params: decision.Record{"line_id": int64(64), "discount": d("10")}},
		"Activity (code ORDER_REVIEW, 2 days)":                   {Name: "activity", Params: decision.Record{"code": "ORDER_REVIEW", "days": int64(2)}},
		"Change by hand":                                         {Name: decision.ManualAction},
		"No action":                                              {Name: decision.NoAction},
	} {
		if got := actionName(a, "EUR"); got != want {
			t.Errorf("have %q, want %q", got, want)
		}
	}
}
