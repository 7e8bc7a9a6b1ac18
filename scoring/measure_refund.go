package scoring

import (
	"slices"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// millionth is the unit of shares: six digits are what history has, and with
// whole numbers every comparison is exact.
const millionth = 1_000_000

// ratePath is where history has the share of an entity's refunds that are so.
func ratePath(entity, share string) string { return "history." + entity + "_" + share + "_rate_90d" }

// excess asks how far the share of one entity lies above its peers', where the
// refund itself is so.
type excess struct {
	share   string   // path of the entity's share
	company string   // path of the company's
	peers   []string // paths of further peers' shares
	size    sizing   // how many refunds the share is of
	levels  [2]int64 // squared deviations, times four, from which on it is 1 and 2
	applies func(*decision.Snapshot) reading
}

// above makes the measure of an entity's excess of a share.
func above(share, entity string, peers []string, size sizing, levels [2]int64, applies func(*decision.Snapshot) reading) measure {
	e := excess{share: ratePath(entity, share), company: ratePath("system", share), size: size, levels: levels, applies: applies}
	for _, peer := range peers {
		e.peers = append(e.peers, ratePath(peer, share))
	}
	return e.measure
}

// Deviations, squared and times four so that 3.5 is whole.
var (
	person = [2]int64{16, 49}  // 2 and 3.5
	place  = [2]int64{49, 144} // 3.5 and 6
)

// rarest and commonest bound what peers are believed to do.
const (
	rarest    = 10_000
	commonest = 990_000
)

// mostExcused is how many times the company's share a store or a product may
// have before it excuses nobody any more: who is its only customer would
// otherwise be compared with himself.
const mostExcused = 4

// priorWeight is what the shares of history are shrunk by.
const priorWeight = 10

func (e excess) measure(s *decision.Snapshot, _ *Card) reading {
	if r := e.applies(s); r.state != answered {
		return r
	}
	share, known := millionths(s, e.share)
	usual, knownPeers := e.usual(s)
	n, knownSize := e.size(s)
	if !known || !knownPeers || !knownSize {
		return reading{}
	}
	return count(e.level(share, usual, n))
}

// usual is the largest share among peers; the company's must be known.
func (e excess) usual(s *decision.Snapshot) (share int64, known bool) {
	company, known := millionths(s, e.company)
	company = min(max(company, rarest), commonest)
	share = company
	for _, peer := range e.peers {
		if own, ok := millionths(s, peer); ok {
			share = max(share, min(own, mostExcused*company, commonest))
		}
	}
	return share, known
}

// level compares (share - usual) * sqrt(n + 10) / sqrt(usual * (1 - usual))
// with the bounds, squared, so that no root is needed. It is the score test of
// a rate (Rao 1948) with the shrunk share: cautious while n is small.
func (e excess) level(share, usual, n int64) int64 {
	above := share - usual
	if above <= 0 {
		return 0
	}
	found := 4 * above * above * (n + priorWeight) // at most 4e12 * 1010
	variance := usual * (millionth - usual)        // at most 2.5e11
	level := int64(0)
	for _, bound := range e.levels {
		if found >= bound*variance {
			level++
		}
	}
	return level
}

// sizing says how many refunds a share is of.
type sizing func(*decision.Snapshot) (int64, bool)

// mostCounted bounds sizes; no entity's history is read further.
const mostCounted = 1000

func counted(path string) sizing {
	return func(s *decision.Snapshot) (int64, bool) {
		n, ok := s.Context.Integer(path)
		return min(max(n, 0), mostCounted), ok
	}
}

// perMonth is the size of what many share: of its refunds a day over 30 days,
// at most so many as are read.
func perMonth(entity string, most int64) sizing {
	path := "history." + entity + "_refunds_per_day_30d"
	return func(s *decision.Snapshot) (int64, bool) {
		daily, ok := s.Context.Money(path)
		const days, half = 30, millionth / 2
		return min((max(shifted(daily, 6), 0)*days+half)/millionth, most), ok
	}
}

// Rows that history reads of a store and of a product; see decision.Entity.Cap.
const (
	storeRows   = 100
	productRows = 30
)

// millionths reads a share of history; it is at most 1.
func millionths(s *decision.Snapshot, path string) (int64, bool) {
	d, ok := s.Context.Money(path)
	return min(max(shifted(d, 6), 0), millionth), ok
}

// shifted is the whole part of a number after its point moved to the right,
// clamped like whole. History's own six digits need no arithmetic.
func shifted(d decimal.Decimal, digits int32) int64 {
	if d.Exponent() == -digits && d.NumDigits() <= 9 {
		return d.CoefficientInt64()
	}
	return whole(d.Shift(digits))
}

// ifSo asks only of refunds that are of a sort: of others there is nothing to
// ask.
func ifSo(yes, known bool) reading {
	switch {
	case !known:
		return reading{}
	case !yes:
		return reading{state: notAsked}
	}
	return words("yes")
}

func saysNeverArrived(s *decision.Snapshot) reading {
	claim, known := s.Fields.Text("claim")
	return ifSo(claim == "not_received", known)
}

// withoutReceipt is not asked where the order is found by itself.
func withoutReceipt(s *decision.Snapshot) reading {
	if slices.Contains([]string{"web", "marketplace", "b2b"}, s.Channel) {
		return reading{state: notAsked}
	}
	receipt, known := field[bool](s, "receipt")
	return ifSo(!receipt, known)
}

// goodsStillOut is not asked of what never arrived: nothing can come back.
func goodsStillOut(s *decision.Snapshot) reading {
	claim, known := s.Fields.Text("claim")
	if known && claim == "not_received" {
		return reading{state: notAsked}
	}
	before, ok := s.Context["refund.before_goods"].(bool)
	return ifSo(before, ok)
}

// justUnderLimit is from nine tenths of the limit on, as in history.
func justUnderLimit(s *decision.Snapshot) reading {
	share, known := s.Context.Money("refund.share_of_limit")
	const nine = 900_000
	part := shifted(share, 6)
	return ifSo(part >= nine && part <= millionth, known)
}

func carrierSaysDelivered(s *decision.Snapshot, _ *Card) reading {
	if r := saysNeverArrived(s); r.state != answered {
		return r
	}
	delivered, known := s.Context["refund.never_arrived_but_delivered"].(bool)
	switch {
	case !known:
		return reading{}
	case delivered:
		return words("yes")
	}
	return words("no")
}

// most is the largest of several numbers of history, in hundredths where
// scale is 2; those that are not known are left out, and all of them unknown
// are.
func most(scale int32, paths ...string) measure {
	return func(s *decision.Snapshot, _ *Card) reading {
		r := reading{}
		for _, path := range paths {
			if n, ok := numberAt(s, path, scale); ok && (r.state == unknown || n > r.number) {
				r = count(n)
			}
		}
		return r
	}
}

func numberAt(s *decision.Snapshot, path string, scale int32) (int64, bool) {
	if n, ok := s.Context.Integer(path); ok {
		return n, true
	}
	d, ok := s.Context.Money(path)
	return shifted(d, scale), ok
}
