package decision

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestRate(t *testing.T) {
	t.Parallel()
	c := Company{Currency: "EUR", Rates: map[string]decimal.Decimal{"USD": decimal.RequireFromString("0.9")}}
	if r, ok := c.Rate("EUR"); !ok || r.String() != "1" {
		t.Errorf("EUR %s, %v", r, ok)
	}
	if r, ok := c.Rate("USD"); !ok || r.String() != "0.9" {
		t.Errorf("USD %s, %v", r, ok)
	}
	for _, unknown := range []string{"", "GBP", "eur"} {
		if _, ok := c.Rate(unknown); ok {
			t.Errorf("%q is accepted", unknown)
		}
	}
}

// The budget of an hour is its own, and one decision that commits late does
// not give the newer hour its budget back.
func TestSpentIn(t *testing.T) {
	t.Parallel()
	s := Spent{Hour: noon, Count: 3, Amount: decimal.NewFromInt(7)}
	tests := map[time.Time]int{
		noon: 3, noon.Add(time.Hour - 1): 3, noon.Add(time.Hour): 0, noon.Add(-1): 3, noon.Add(-time.Hour): 3, noon.Add(72 * time.Hour): 0,
		noon.Add(time.Hour).In(time.FixedZone("", 1800)): 0,
	}
	for at, want := range tests {
		have := s.In(at)
		if have.Count != want || have.Hour.After(at) && want == 0 || have.Amount.IsZero() != (want == 0) {
			t.Errorf("at %s: %+v, want %d", at, have, want)
		}
	}
	if first := (Spent{}).In(noon.Add(time.Minute)); first.Count != 0 || !first.Hour.Equal(noon) {
		t.Errorf("first %+v", first)
	}
}
