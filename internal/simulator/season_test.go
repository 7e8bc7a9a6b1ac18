package simulator_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"assent/internal/simulator"
	"assent/scoring"
)

func TestX(t *testing.T) {
	t0 := time.Now()
	s := simulator.NewSeason(1, day, simulator.SeasonPlan{})
	t.Log("made", time.Since(t0), len(s.Events()))
	card := scoring.Refund()
	type st struct {
		n, flagged, top int
		sum             float64
		codes           map[string]int
	}
	stats := map[string]*st{}
	type one struct {
		p       float64
		pat     string
		abusive bool
	}
	days := map[int][]one{}
	err := s.Retrace(t.Context(), func(c simulator.SeasonCase) error {
		d := s.Days()[c.Day]
		if d.Warm {
			return nil
		}
		a, err := card.Assess(c.Snapshot)
		if err != nil {
			return err
		}
		key := c.Truth.Pattern
		if key == "" {
			key = "honest " + string(d.Odd)
			if c.Store == simulator.Outlet {
				key += " outlet"
			}
		}
		x := stats[key]
		if x == nil {
			x = &st{codes: map[string]int{}}
			stats[key] = x
		}
		x.n++
		x.sum += *a.Probability
		if *a.Probability >= 0.1 {
			x.flagged++
			for _, r := range a.Reasons {
				x.codes[r.Code]++
			}
		}
		days[c.Day] = append(days[c.Day], one{*a.Probability, key, c.Truth.Abusive})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("retraced", time.Since(t0))
	hits, looked := 0, 0
	for _, o := range days {
		slices.SortStableFunc(o, func(a, b one) int { return cmp.Compare(b.p, a.p) })
		for _, x := range o[:20] {
			looked++
			if x.abusive {
				hits++
			}
			stats[x.pat].top++
		}
	}
	fmt.Printf("precision@20 %.3f\n", float64(hits)/float64(looked))
	for k, x := range stats {
		fmt.Printf("%-30s n %5d flagged %.3f top20 %.3f mean %.3f\n", k, x.n, float64(x.flagged)/float64(x.n), float64(x.top)/float64(x.n), x.sum/float64(x.n))
		if x.flagged > 0 {
			keys := []string{}
			for c := range x.codes {
				keys = append(keys, c)
			}
			slices.SortFunc(keys, func(a, b string) int { return x.codes[b] - x.codes[a] })
			for _, c := range keys[:min(7, len(keys))] {
				fmt.Printf("      %s %.2f", c, float64(x.codes[c])/float64(x.flagged))
			}
			fmt.Println()
		}
	}
}
