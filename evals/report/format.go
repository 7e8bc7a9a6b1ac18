package report

import (
	"math"
	"strconv"
	"strings"
	"time"

	"assent/scoring/metric"
)

// unknown stands for figures without a meaning, such as the AUC of a slice
// without positives.
const unknown = "not known"

func known(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// num writes a figure with four decimals, or fewer when it is large.
func num(v float64) string {
	decimals := 4
	switch size := math.Abs(v); {
	case !known(v):
		return unknown
	case size >= 1000:
		decimals = 0
	case size >= 10:
		decimals = 2
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // nothing has no sign
	}
	return grouped(text)
}

// signed writes a difference.
func signed(v float64) string {
	text := num(v)
	if known(v) && v > 0 {
		return "+" + text
	}
	return strings.Replace(text, "-", "\u2212", 1)
}

// pct writes a share in per cent.
func pct(share float64) string {
	if !known(share) {
		return unknown
	}
	decimals := 1
	if math.Abs(share) < 0.1 {
		decimals = 2
	}
	return strconv.FormatFloat(share*100, 'f', decimals, 64) + "\u00a0%"
}

// pctOf writes hits of rows as a share with its 95 % interval.
func pctOf(hits, rows int) string {
	if rows == 0 {
		return unknown + " (of none)"
	}
	low, high := metric.Wilson(float64(hits), float64(rows))
	return pct(float64(hits)/float64(rows)) + " (" + pct(low) + " to " + pct(high) + ") of " + count(rows)
}

// count writes a number of rows.
func count(n int) string { return grouped(strconv.Itoa(n)) }

// grouped puts a comma before every three digits ahead of the point.
func grouped(text string) string {
	whole, rest, point := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		return whole + "." + rest
	}
	return whole
}

func interval(i metric.Interval) string {
	if !known(i.Low) || !known(i.High) {
		return unknown
	}
	return num(i.Low) + " to " + num(i.High)
}

// day writes microseconds as a day, UTC. Clocks that count from nothing in
// particular give days that nobody should take for dates of 1970.
func day(micro int64) string {
	const dated = 10 * 365 * 24 * time.Hour
	if micro < dated.Microseconds() {
		return "day " + count(int(micro/(24*time.Hour).Microseconds()))
	}
	return time.UnixMicro(micro).UTC().Format(time.DateOnly)
}

func seconds(v float64) string {
	if !known(v) {
		return unknown
	}
	return grouped(strconv.FormatFloat(v, 'f', 1, 64))
}

// each writes the milliseconds that one of n rows took.
func each(seconds float64, n int) string {
	if n == 0 {
		return unknown
	}
	return num(seconds * 1000 / float64(n))
}

// chance writes a p-value.
func chance(p float64) string {
	switch {
	case !known(p):
		return unknown
	case p < 0.001:
		return "below 0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// bound writes a gate's bar as people do.
func bound(want string) string {
	return strings.NewReplacer(">=", "≥", "<=", "≤").Replace(want)
}
