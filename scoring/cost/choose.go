package cost

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// Plan is the pair of cut-offs that would have cost least over some cases, and
// what else would have cost. It is chosen with the cases in view: what it saves
// on others is for Account to say.
type Plan struct {
	CutOffs CutOffs `json:"cut_offs"`
	Cases   int     `json:"cases"`
	Bad     int     `json:"bad"`     // of the cases whose truth is known
	Planned Account `json:"planned"` // with the cut-offs
	PassAll Account `json:"pass_all"`
	HoldAll Account `json:"hold_all"`
}

// Choose finds the plan. capacity is the most cases that people can look at, 0
// is as many as pay. Errors: CodeInvalid for terms or cases out of range, or no
// case.
func Choose(t Terms, cases []Case, capacity int) (Plan, error) {
	if err := check(t, cases, capacity); err != nil {
		return Plan{}, err
	}
	if capacity == 0 {
		capacity = len(cases)
	}
	sorted := slices.Clone(cases)
	slices.SortStableFunc(sorted, func(a, b Case) int { return cmp.Compare(b.Probability, a.Probability) })
	blocked, held := t.split(sorted, capacity)
	p := Plan{CutOffs: CutOffs{Hold: border(sorted, held), Block: decimal.Max(border(sorted, blocked), least)}, Cases: len(cases)}
	p.Planned = t.Account(cases, func(c Case) Band { return p.CutOffs.Band(c.Probability) })
	p.PassAll = t.Account(cases, func(Case) Band { return Pass })
	p.HoldAll = t.Account(cases, func(Case) Band { return Hold })
	for _, c := range cases {
		if c.Known && c.Bad {
			p.Bad++
		}
	}
	return p, nil
}

func check(t Terms, cases []Case, capacity int) error {
	if err := t.Check(); err != nil {
		return err
	}
	if len(cases) == 0 || capacity < 0 {
		return decision.Errorf(decision.CodeInvalid, "At least one scored case is needed, and a capacity of at least 0.")
	}
	for i, c := range cases {
		if !(c.Probability >= 0 && c.Probability <= 1) || c.Value.IsNegative() {
			return decision.Errorf(decision.CodeInvalid, "Case %d: the probability must be 0 to 1, and the value not below 0.", i+1)
		}
	}
	return nil
}

// split says how many of the cases, likeliest first, are blocked, and how many
// are blocked or held. With sums from the first case on, blocking up to i and
// holding up to j costs block(i) - hold(i) + hold(j) - pass(j) + pass(all): for
// each j the best i is the least within capacity before it. Equal costs keep
// the fewest from passing.
func (t Terms) split(sorted []Case, capacity int) (blocked, held int) {
	var lowest, toBlock, toHold decimal.Decimal // block - hold and hold - pass, up to here
	var window []start
	for j := 0; j <= len(sorted); j++ {
		if j == 0 || j == len(sorted) || sorted[j].Probability < sorted[j-1].Probability {
			window = slide(window, start{j, toBlock}, j-capacity, t.Blocks && (j < len(sorted) || sorted[j-1].Probability > 0))
			if len(window) == 0 {
				break // people cannot look at more
			}
			if cost := window[0].cost.Add(toHold); j == 0 || cost.LessThan(lowest) {
				lowest, blocked, held = cost, window[0].at, j
			}
		}
		if j < len(sorted) {
			c := sorted[j]
			hold := t.price(Hold, c.chance(), c.Value).total()
			toBlock = toBlock.Add(t.price(Block, c.chance(), c.Value).total()).Sub(hold)
			toHold = toHold.Add(hold).Sub(t.price(Pass, c.chance(), c.Value).total())
		}
	}
	return blocked, held
}

// start is a number of blocked cases and what they cost more than held.
type start struct {
	at   int
	cost decimal.Decimal
}

// slide keeps those starts that are the cheapest from where they are on, and
// leaves out what is before from. What has no probability is never blocked.
func slide(window []start, next start, from int, blocks bool) []start {
	if next.at == 0 || blocks {
		for len(window) > 0 && window[len(window)-1].cost.GreaterThan(next.cost) {
			window = window[:len(window)-1]
		}
		window = append(window, next)
	}
	for len(window) > 0 && window[0].at < from {
		window = window[1:]
	}
	return window
}

// border is a probability between the first n cases and the others: the
// shortest decimal not above the middle, for people to read.
func border(sorted []Case, n int) decimal.Decimal {
	switch n {
	case 0:
		return one
	case len(sorted):
		return decimal.Zero
	}
	above, below := decimal.NewFromFloat(sorted[n-1].Probability), decimal.NewFromFloat(sorted[n].Probability)
	middle := above.Add(below).Mul(decimal.New(5, -1))
	for places := int32(1); ; places++ {
		if x := middle.Truncate(places); x.GreaterThan(below) {
			return x
		}
	}
}
