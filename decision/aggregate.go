package decision

import (
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Compute folds history rows into the feature's value at a time, and says
// when its newest evidence became known. rows may hold more than the window;
// a nil value is unknown.
// A record that was asked about again is one, with the largest of its amounts:
// asking for a cent must not make the rest forgotten. Of what it taught, the
// latest counts.
func (f Feature) Compute(rows []HistoryRow, now time.Time) (value any, knownAt time.Time) {
	return f.fold(evidence{rows: rows, whole: rows}, Snapshot{Now: now})
}

// evidence is what a feature is folded from, each newest first.
type evidence struct {
	rows  []HistoryRow // of Feature.Kind
	whole []HistoryRow // of Feature.Per
	full  bool         // rows are as many as are read; there may be older ones
}

// fold is Compute with the rows that are the whole, and what is asked about.
func (f Feature) fold(e evidence, s Snapshot) (value any, knownAt time.Time) {
	seen := f.within(e.rows, f.Kind, s.Now)
	knownAt = newest(seen)
	switch f.Fold {
	case Sum:
		return sumOf(seen), knownAt
	case DistinctPartners:
		return partnersOf(seen), knownAt
	case Distinct:
		return linksOf(seen, f.Link), knownAt
	case DaysSinceFirst:
		return daysSinceFirst(seen, s.Now), knownAt
	case HoursSinceLast:
		return hoursSinceLast(seen, s.Now), knownAt
	case PerDay:
		return f.perDay(seen, e.full && len(seen) == len(e.rows), s.Now), knownAt
	case Share, Ratio:
		per := f.within(e.whole, f.Per, s.Now)
		value, counted := f.ofWhole(seen, per, s.Now)
		return value, later(newest(counted), knownAt)
	case Total, Mean, Quantile, Rate, Above, Spare:
		return f.ofValues(f.valuesOf(seen), s), knownAt
	}
	return int64(subjects(seen)), knownAt
}

// within are the rows of a kind that are known by now and in the window.
func (f Feature) within(rows []HistoryRow, kind string, now time.Time) []HistoryRow {
	from := time.Time{}
	if f.Window > 0 {
		from = now.Add(-f.Window)
	}
	fits := func(r *HistoryRow) bool { return r.Kind == kind && !r.KnownAt.After(now) && !r.At.Before(from) }
	// Rows come newest first, and mostly all or the first ones fit.
	n := 0
	for n < len(rows) && fits(&rows[n]) {
		n++
	}
	out := rows[:n:n]
	for i := n; i < len(rows); i++ {
		if fits(&rows[i]) {
			out = append(out, rows[i])
		}
	}
	return out
}

func newest(rows []HistoryRow) time.Time {
	var at time.Time
	for i := range rows {
		at = later(at, rows[i].KnownAt)
	}
	return at
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// subjects counts different subjects.
func subjects(rows []HistoryRow) int {
	n := 0
	seen := newSubjects(rows)
	for i := range rows {
		if seen.first(rows[i].Subject) {
			n++
		}
	}
	return n
}

// fewRows is how many rows are compared one by one: up to here that is faster
// than a map.
const fewRows = 8

// subjectSet tells the first row of a subject from its others.
type subjectSet struct {
	few  []string
	many map[string]bool
}

func newSubjects(rows []HistoryRow) subjectSet {
	if len(rows) <= fewRows {
		return subjectSet{}
	}
	return subjectSet{many: make(map[string]bool, len(rows))}
}

func (s *subjectSet) first(subject string) bool {
	if s.many != nil {
		before := len(s.many)
		s.many[subject] = true
		return len(s.many) > before
	}
	if slices.Contains(s.few, subject) {
		return false
	}
	s.few = append(s.few, subject)
	return true
}

func sumOf(rows []HistoryRow) decimal.Decimal {
	amounts := make(map[string]decimal.Decimal, len(rows))
	for i := range rows {
		subject := rows[i].Subject
		amounts[subject] = decimal.Max(amounts[subject], amountOf(rows[i]))
	}
	sum := decimal.Decimal{}
	for _, amount := range amounts { // exact, so that the order does not matter
		sum = sum.Add(amount)
	}
	return sum
}

func amountOf(r HistoryRow) decimal.Decimal {
	if r.Amount == nil {
		return decimal.Decimal{}
	}
	return *r.Amount
}

func partnersOf(rows []HistoryRow) int64 {
	partners := map[int64]bool{}
	for i := range rows {
		if rows[i].Partner != 0 {
			partners[rows[i].Partner] = true
		}
	}
	return int64(len(partners))
}

func linksOf(rows []HistoryRow, link string) int64 {
	values := map[string]bool{}
	for i := range rows {
		if hash := rows[i].Links[link]; hash != "" {
			values[hash] = true
		}
	}
	return int64(len(values))
}

func daysSinceFirst(rows []HistoryRow, now time.Time) int64 {
	first := now
	for i := range rows {
		if rows[i].At.Before(first) {
			first = rows[i].At
		}
	}
	return int64(now.Sub(first) / (24 * time.Hour))
}

func hoursSinceLast(rows []HistoryRow, now time.Time) any {
	if len(rows) == 0 {
		return nil
	}
	last := rows[0].At
	for i := range rows {
		last = later(last, rows[i].At)
	}
	return span(max(0, now.Sub(last)), time.Hour)
}

// perDay divides by the window, or by what the rows span of it once there are
// more than are read.
func (f Feature) perDay(rows []HistoryRow, cut bool, now time.Time) decimal.Decimal {
	period := f.Window
	if cut && len(rows) > 0 {
		period = max(time.Minute, now.Sub(rows[len(rows)-1].At))
	}
	return quotient(int64(subjects(rows))*int64(24*time.Hour/time.Microsecond), int64(period/time.Microsecond))
}

// valuesOf lists the feature's Value of each subject that has it, in
// millionths: of several rows the one learnt last.
func (f Feature) valuesOf(rows []HistoryRow) []int64 {
	at := make(map[string]int, len(rows)) // subject: index of its row
	for i := range rows {
		if _, has := rows[i].Values[f.Value]; !has {
			continue
		}
		if j, before := at[rows[i].Subject]; !before || rows[i].KnownAt.After(rows[j].KnownAt) {
			at[rows[i].Subject] = i
		}
	}
	values := make([]int64, 0, len(at))
	for _, i := range at {
		values = append(values, millionths(rows[i].Values[f.Value]))
	}
	slices.Sort(values)
	return values
}

// ofValues folds values in order of their size.
func (f Feature) ofValues(values []int64, s Snapshot) any {
	n := int64(len(values))
	switch f.Fold {
	case Total:
		return decimal.New(total(values), -valueDigits)
	case Rate:
		return f.Prior.shrink(total(values), n)
	case Spare:
		bound, known := f.Bound(s)
		weight := f.Prior.Weight
		expected := total(values) + millionths(f.Prior.Rate)*weight
		if !known || expected <= 0 {
			return nil
		}
		return quotient(millionths(bound)*(n+weight), expected)
	case Above:
		bound, known := f.Bound(s)
		if !known {
			return nil
		}
		i, _ := slices.BinarySearch(values, millionths(bound)+1)
		return f.Prior.shrink((n-int64(i))*million, n)
	}
	if n == 0 {
		return nil
	}
	if f.Fold == Mean {
		return quotient(total(values), n*million)
	}
	// The nearest rank (Hyndman & Fan 1996, definition 1).
	rank := f.Level.Mul(decimal.NewFromInt(n)).Ceil().IntPart()
	return decimal.New(values[max(1, rank)-1], -valueDigits)
}

func total(values []int64) int64 {
	sum := int64(0)
	for _, v := range values {
		sum += v
	}
	return sum
}

// ofWhole is a Share or a Ratio, and the rows that were the whole.
func (f Feature) ofWhole(part, whole []HistoryRow, now time.Time) (value any, counted []HistoryRow) {
	if f.Fold == Ratio {
		seen := int64(subjects(part)) * million
		if f.Value != "" {
			seen = total(f.valuesOf(part))
		}
		return f.Prior.shrink(seen, int64(subjects(whole))), whole
	}
	mature := slices.DeleteFunc(slices.Clone(whole), func(r HistoryRow) bool { return r.At.After(now.Add(-f.Mature)) })
	in := newSubjects(mature)
	n := int64(0)
	for i := range mature {
		if in.first(mature[i].Subject) {
			n++
		}
	}
	// What was told of the others must wait until the others count.
	told := slices.DeleteFunc(slices.Clone(part), func(r HistoryRow) bool { return !in.has(r.Subject) })
	return f.Prior.shrink(total(f.valuesOf(told)), n), mature
}

func (s *subjectSet) has(subject string) bool {
	return s.many[subject] || slices.Contains(s.few, subject)
}

// shrink is (seen + Rate·Weight) / (all + Weight); seen is in millionths.
func (p Prior) shrink(seen, all int64) any {
	if all+p.Weight == 0 {
		return nil
	}
	return quotient(seen+millionths(p.Rate)*p.Weight, (all+p.Weight)*million)
}

// Values of history have six digits after the point: more would be noise, and
// with whole millionths every fold is exact on every machine.
const (
	valueDigits = 6
	million     = 1_000_000
)

// span says how long something took in units, rounded.
func span(d, unit time.Duration) decimal.Decimal {
	return quotient(int64(d/time.Microsecond), int64(unit/time.Microsecond))
}

// quotient divides and rounds to six digits, half away from zero.
func quotient(a, b int64) decimal.Decimal {
	num := new(big.Int).Mul(big.NewInt(a), big.NewInt(2*million))
	den := big.NewInt(b)
	if num.Sign() < 0 {
		num.Sub(num, den)
	} else {
		num.Add(num, den)
	}
	num.Quo(num, den.Mul(den, big.NewInt(2)))
	return decimal.NewFromBigInt(num, -valueDigits)
}

// millionths is a value in whole millionths, rounded.
func millionths(d decimal.Decimal) int64 { return d.Shift(valueDigits).Round(0).IntPart() }
