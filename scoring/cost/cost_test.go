package cost_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring/cost"
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// shop earns 30 % on what it sells and loses goods and a fee to fraud.
func shop() cost.Terms {
	return cost.Terms{
		Currency: "EUR", Margin: dec("0.30"), Loss: dec("0.70"), Fee: dec("20"), Review: dec("5"),
		Caught: dec("0.9"), Deterred: dec("0.05"), Goodwill: dec("10"), Blocks: true,
	}
}

func anyTerms(t *rapid.T) cost.Terms {
	cents := func(name string, low, high int) decimal.Decimal {
		return decimal.New(int64(rapid.IntRange(low, high).Draw(t, name)), -2)
	}
	return cost.Terms{
		Currency: "EUR", Margin: cents("margin", 0, 100), Loss: cents("loss", 0, 100), Fee: cents("fee", 0, 3000), Review: cents("review", 0, 2000),
		Caught: cents("caught", 1, 100), Deterred: cents("deterred", 0, 100), Goodwill: cents("goodwill", 0, 3000), Blocks: rapid.Bool().Draw(t, "blocks"),
	}
}

func bands(t cost.Terms) []cost.Band {
	if t.Blocks {
		return []cost.Band{cost.Pass, cost.Hold, cost.Block}
	}
	return []cost.Band{cost.Pass, cost.Hold}
}

// TestCutOffsByHand: for an order of 100, a fraud costs 90 and a good order
// blocked 40; a review costs 5 and 2 for the good orders it loses.
func TestCutOffsByHand(t *testing.T) {
	t.Parallel()
	c := shop().CutOffs(dec("100"))
	if want := dec("7").DivRound(dec("83"), 12); !c.Hold.Equal(want) {
		t.Errorf("holding from %s, want %s", c.Hold, want)
	}
	if want := dec("33").DivRound(dec("47"), 12); !c.Block.Equal(want) {
		t.Errorf("blocking from %s, want %s", c.Block, want)
	}
	dear := shop()
	dear.Review = dec("50")
	if c := dear.CutOffs(dec("100")); !c.Hold.Equal(c.Block) || !c.Hold.Equal(dec("40").DivRound(dec("130"), 12)) {
		t.Errorf("with a review that never pays: %+v", c)
	}
	if got := shop().Cost(cost.Hold, 0.1, dec("100")); got.Rounded().Amount.String() != "7.7" || got.Currency != "EUR" {
		t.Errorf("holding costs %s, want 5 + 0.1·0.1·90 + 0.9·0.05·40 = 7.70 EUR", got)
	}
}

// TestBestIsCheapest: no other band costs less, whatever the terms.
func TestBestIsCheapest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := anyTerms(t)
		p, value := float64(rapid.IntRange(0, 9999).Draw(t, "p"))/10_000, decimal.New(int64(rapid.IntRange(0, 100_000).Draw(t, "value")), -2)
		chosen := terms.Cost(terms.Best(p, value), p, value)
		for _, b := range bands(terms) {
			// A cut-off has 12 digits, so that at the border itself a trifle is lost.
			if other := terms.Cost(b, p, value); chosen.Amount.Sub(other.Amount).GreaterThan(decimal.New(1, -8)) {
				t.Fatalf("%s, but band %d costs %s", chosen, b, other)
			}
		}
	})
}

// TestMoreRiskIsNeverEasier: as the probability rises an order goes from pass
// over hold to block and never back.
func TestMoreRiskIsNeverEasier(t *testing.T) {
	t.Parallel()
	strictness := map[cost.Band]int{cost.Pass: 0, cost.Hold: 1, cost.Block: 2}
	rapid.Check(t, func(t *rapid.T) {
		c := anyTerms(t).CutOffs(decimal.New(int64(rapid.IntRange(0, 100_000).Draw(t, "value")), -2))
		a, b := rapid.Float64Range(0, 1).Draw(t, "a"), rapid.Float64Range(0, 1).Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		if strictness[c.Band(a)] > strictness[c.Band(b)] {
			t.Fatalf("%v: band %d at %v, %d at %v", c, c.Band(a), a, c.Band(b), b)
		}
	})
}

func TestZeroHolds(t *testing.T) {
	t.Parallel()
	for _, p := range []float64{0, 0.5, 1} {
		if got := (cost.CutOffs{}).Band(p); got != cost.Hold {
			t.Errorf("the zero value puts %v into band %d", p, got)
		}
	}
}

func anyCases(t *rapid.T) []cost.Case {
	cases := make([]cost.Case, rapid.IntRange(1, 8).Draw(t, "n"))
	for i := range cases {
		cases[i] = cost.Case{
			Probability: float64(rapid.IntRange(0, 10).Draw(t, "p")) / 10, Value: decimal.NewFromInt(int64(rapid.IntRange(0, 300).Draw(t, "value"))),
			Known: rapid.Bool().Draw(t, "known"), Bad: rapid.Bool().Draw(t, "bad"),
		}
	}
	return cases
}

// TestChooseIsTheCheapest tries every pair of cut-offs on few cases.
func TestChooseIsTheCheapest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms, cases := anyTerms(t), anyCases(t)
		capacity := rapid.IntRange(0, 8).Draw(t, "capacity")
		plan, err := cost.Choose(terms, cases, capacity)
		if err != nil {
			t.Fatal(err)
		}
		if capacity > 0 && plan.Planned.Held > capacity {
			t.Fatalf("%d are held, %d can be", plan.Planned.Held, capacity)
		}
		for hold := -5; hold <= 105; hold += 10 {
			for block := max(hold, 5); block <= 105; block += 10 {
				a := terms.Account(cases, func(c cost.Case) cost.Band { return between(c.Probability, hold, block) })
				allowed := (capacity == 0 || a.Held <= capacity) && (terms.Blocks || a.Blocked == 0)
				if allowed && a.Total.Amount.LessThan(plan.Planned.Total.Amount) {
					t.Fatalf("%+v costs %s, but holding from %d %% and blocking from %d %% costs %s", plan.CutOffs, plan.Planned.Total, hold, block, a.Total)
				}
			}
		}
	})
}

// between is a band by cut-offs in percent.
func between(p float64, hold, block int) cost.Band {
	switch percent := 100 * p; {
	case percent >= float64(block):
		return cost.Block
	case percent >= float64(hold):
		return cost.Hold
	}
	return cost.Pass
}

// scored are n cases whose probabilities are right.
func scored(n int) []cost.Case {
	random := rand.New(rand.NewPCG(1, 2))
	cases := make([]cost.Case, n)
	for i := range cases {
		p := random.Float64() * random.Float64() * random.Float64()
		cases[i] = cost.Case{Probability: p, Value: decimal.New(int64(random.IntN(20_000)), -2), Known: true, Bad: random.Float64() < p}
	}
	return cases
}

// TestEachByItsValueIsCheaper: on other cases than those of the choice, cut-offs
// for each value beat one pair, and that beats no cut-offs.
func TestEachByItsValueIsCheaper(t *testing.T) {
	t.Parallel()
	terms, all := shop(), scored(20_000)
	plan, err := cost.Choose(terms, all[:10_000], 0)
	if err != nil {
		t.Fatal(err)
	}
	later := all[10_000:]
	pair := terms.Account(later, func(c cost.Case) cost.Band { return plan.CutOffs.Band(c.Probability) })
	each := terms.Account(later, func(c cost.Case) cost.Band { return terms.Best(c.Probability, c.Value) })
	none := terms.Account(later, func(cost.Case) cost.Band { return cost.Pass })
	if !each.Total.Amount.LessThan(pair.Total.Amount) || !pair.Total.Amount.LessThan(none.Total.Amount) {
		t.Errorf("each %s, pair %s, none %s", each.Total, pair.Total, none.Total)
	}
	if sum := pair.Bad.Amount.Add(pair.Good.Amount).Add(pair.Review.Amount); !sum.Equal(pair.Total.Amount) || pair.Passed+pair.Held+pair.Blocked != len(later) {
		t.Errorf("the account does not add up: %+v", pair)
	}
}

func TestCurveAgreesWithAccounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms, cases := anyTerms(t), anyCases(t)
		block := decimal.New(int64(rapid.IntRange(1, 10).Draw(t, "block")), -1)
		for _, point := range terms.Curve(cases, block, 100) {
			c := cost.CutOffs{Hold: decimal.NewFromFloat(point.Hold), Block: block}
			want := terms.Account(cases, func(c2 cost.Case) cost.Band { return c.Band(c2.Probability) })
			if !point.Account.Total.Amount.Equal(want.Total.Amount) || point.Account.Held != want.Held {
				t.Fatalf("holding from %v: %+v, want %+v", point.Hold, point.Account, want)
			}
		}
	})
	if got := len(shop().Curve(scored(500), dec("1"), 20)); got != 20 {
		t.Errorf("%d points, want 20", got)
	}
}

func TestChooseRefuses(t *testing.T) {
	t.Parallel()
	good := cost.Case{Probability: 0.5, Value: dec("1")}
	edit := func(change func(*cost.Terms)) cost.Terms {
		terms := shop()
		change(&terms)
		return terms
	}
	for name, c := range map[string]struct {
		terms    cost.Terms
		cases    []cost.Case
		capacity int
	}{
		"no case":             {shop(), nil, 0},
		"negative capacity":   {shop(), []cost.Case{good}, -1},
		"probability above 1": {shop(), []cost.Case{{Probability: 1.1}}, 0},
		"negative value":      {shop(), []cost.Case{{Value: dec("-1")}}, 0},
		"zero terms":          {cost.Terms{}, []cost.Case{good}, 0},
		"useless review":      {edit(func(t *cost.Terms) { t.Caught = decimal.Zero }), []cost.Case{good}, 0},
		"margin above 1":      {edit(func(t *cost.Terms) { t.Margin = dec("1.1") }), []cost.Case{good}, 0},
		"negative loss":       {edit(func(t *cost.Terms) { t.Loss = dec("-0.1") }), []cost.Case{good}, 0},
		"deterred above 1":    {edit(func(t *cost.Terms) { t.Deterred = dec("2") }), []cost.Case{good}, 0},
		"negative fee":        {edit(func(t *cost.Terms) { t.Fee = dec("-1") }), []cost.Case{good}, 0},
	} {
		if _, err := cost.Choose(c.terms, c.cases, c.capacity); decision.CodeOf(err) != decision.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSuggestionIsALimit: what is suggested can stand in the policy's own file.
func TestSuggestionIsALimit(t *testing.T) {
	t.Parallel()
	plan, err := cost.Choose(shop(), scored(5000), 400)
	if err != nil {
		t.Fatal(err)
	}
	limits := plan.Suggest(cost.Names{Hold: "fraud_probability", Block: "block_probability", Owner: "finance"})
	var b bytes.Buffer
	if err := cost.Write(&b, limits); err != nil {
		t.Fatal(err)
	}
	var suggested, shipped map[string]map[string]any
	if err := json.Unmarshal(b.Bytes(), &suggested); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../rego/order/limits.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &shipped); err != nil {
		t.Fatal(err)
	}
	hold, ships := suggested["fraud_probability"], shipped["fraud_probability"]
	if hold == nil || ships == nil {
		t.Fatalf("no limit of that name: %v, %v", suggested, ships)
	}
	for key, value := range ships {
		if fmt.Sprintf("%T", hold[key]) != fmt.Sprintf("%T", value) {
			t.Errorf("%s is %T, the shipped one is %T", key, hold[key], value)
		}
	}
	if len(hold) != len(ships) || hold["value"].(float64) <= 0 || hold["value"].(float64) > suggested["block_probability"]["value"].(float64) {
		t.Errorf("suggested %v", suggested)
	}
}

func ExampleTerms_Best() {
	terms := cost.Terms{
		Currency: "EUR", Margin: decimal.RequireFromString("0.3"), Loss: decimal.RequireFromString("0.7"), Fee: decimal.NewFromInt(20),
		Review: decimal.NewFromInt(5), Caught: decimal.RequireFromString("0.9"),
	}
	// The same risk is worth a person's look only where enough is at stake.
	for _, value := range []int64{20, 200} {
		held := terms.Best(0.1, decimal.NewFromInt(value)) == cost.Hold
		fmt.Printf("an order of %d EUR is held: %v\n", value, held)
	}
	// Output:
	// an order of 20 EUR is held: false
	// an order of 200 EUR is held: true
}

func BenchmarkChoose(b *testing.B) {
	cases := scored(20_000)
	for b.Loop() {
		if _, err := cost.Choose(shop(), cases, 1000); err != nil {
			b.Fatal(err)
		}
	}
}
