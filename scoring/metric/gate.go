package metric

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Gate is one bar that a figure was held to.
type Gate struct {
	Metric string  `json:"metric"`
	Want   string  `json:"want"` // e.g. ">= 0.86"
	Have   float64 `json:"have"` // NaN is unknown, which is short of any bar
	Pass   bool    `json:"pass"`
}

// Bar is what a figure is held to.
type Bar struct{ low, high float64 }

// ParseBar reads ">= 0.86", "<= 0.005" or "in [0.48, 0.60]".
func ParseBar(text string) (Bar, error) {
	const far = 1e300
	b := Bar{-far, far}
	var err error
	switch {
	case strings.HasPrefix(text, ">="):
		_, err = fmt.Sscan(text[2:], &b.low)
	case strings.HasPrefix(text, "<="):
		_, err = fmt.Sscan(text[2:], &b.high)
	default:
		_, err = fmt.Sscanf(text, "in [%g, %g]", &b.low, &b.high)
	}
	if err != nil {
		return Bar{}, fmt.Errorf(`must be such as ">= 0.86", "<= 0.005" or "in [0.48, 0.60]"`)
	}
	return b, nil
}

// Hold holds figures to bars, by name. A bar must be one that ParseBar reads.
func Hold(figures map[string]float64, bars map[string]string) []Gate {
	var out []Gate
	for _, name := range slices.Sorted(maps.Keys(bars)) {
		b, err := ParseBar(bars[name])
		have := math.NaN() // which no comparison holds for
		if x, there := figures[name]; there {
			have = x
		}
		out = append(out, Gate{name, bars[name], have, err == nil && have >= b.low && have <= b.high})
	}
	return out
}

// gate is Gate in JSON, which has no NaN.
type gate struct {
	Metric string   `json:"metric"`
	Want   string   `json:"want"`
	Have   *float64 `json:"have"`
	Pass   bool     `json:"pass"`
}

// MarshalJSON writes null for a figure that is not known.
func (g Gate) MarshalJSON() ([]byte, error) {
	have := &g.Have
	if math.IsNaN(g.Have) {
		have = nil
	}
	return json.Marshal(gate{g.Metric, g.Want, have, g.Pass})
}

// UnmarshalJSON reads null as NaN.
func (g *Gate) UnmarshalJSON(data []byte) error {
	var read gate
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*g = Gate{read.Metric, read.Want, math.NaN(), read.Pass}
	if read.Have != nil {
		g.Have = *read.Have
	}
	return nil
}
