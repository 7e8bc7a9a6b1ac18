package evals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"assent/decision"
	"assent/internal/simulator"
	"assent/rego"
	"assent/scoring"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// abuseCapacity is how many refunds a day people can look at.
const abuseCapacity = 20

// abuseSpec judges the cold-start card of refunds on a season that the
// simulator makes of the seed, and beside it what assent train learns of
// another season. There is no public data of refund abuse to judge by.
func abuseSpec() Spec {
	return Spec{
		Name: "decisions/refund_abuse", Task: "abuse",
		Doc: "Does the scorecard find the abuse that a simulated season of refunds hides, within what people can look at, and leave honest days alone?",
		Bars: yamlBars{
			"precision_at_20": ">= 0.55", "recall_at_20": ">= 0.55",
			"recall_never_arrived": ">= 0.50", "recall_before_goods": ">= 0.55", "recall_without_receipt": ">= 0.50",
			"recall_linked": ">= 0.60", "recall_under_limit": ">= 0.60", "recall_own_card": ">= 0.80",
			"honest_flags": "<= 0.03", "flags_change_bad_batch": "<= 0.02", "flags_change_peak": "<= 0.02", "flags_change_outlet": "<= 0.02",
		},
		Notes: []string{
			"Made by the simulator from the seed, and computed by the path that requests take: nobody's data. It shows that planted patterns are found, not how often they occur at a retailer.",
			"Abuse of the pattern \"once\" is planted to be missed: nothing tells it from an honest claim. The store and the product pattern are refunds of strangers, of whom nothing is known: they have no bar.",
			"precision_at_20 cannot be 1 on a day with fewer than 20 abuses; there are about 20.",
		},
		run: runAbuse,
	}
}

// seasonStart is when the judged season begins; the one that is learnt from is
// of the year before.
var seasonStart = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// otherSeed keeps the season that is learnt from apart from the judged one.
const otherSeed = 0x5ea50

func runAbuse(ctx context.Context, s Spec, o Options) (Result, error) {
	began := o.Now()
	learnt, err := learnAbuse(ctx, o.yearBefore(), o.Seed)
	if err != nil {
		return Result{}, err
	}
	trained := o.Now()
	season := simulator.NewSeason(o.Seed, seasonStart, o.Plan)
	card := scoring.Refund()
	cases, err := assessSeason(ctx, season, card, learnt.model)
	if err != nil {
		return Result{}, err
	}
	limit, err := shippedLimit("refund", "abuse_probability")
	if err != nil {
		return Result{}, err
	}
	content, err := json.Marshal([]any{season.Events(), season.Told()})
	if err != nil {
		return Result{}, err
	}
	sum := sha256.Sum256(content)
	r := Result{
		Spec: s.Name, Task: s.Task, Rows: Rows{learnt.rows, len(cases.positive)},
		Model: Model{card.Card().Model, card.Revision()}, Data: hex.EncodeToString(sum[:]), Notes: slices.Clone(s.Notes),
	}
	r.Notes = append(r.Notes, fmt.Sprintf("Beside it: %s, learnt from %d refunds of the simulated year before, of which %d were found to be abuse, with calibration %s. It met the same patterns there; a retailer's own will be less alike.", learnt.name, learnt.rows, learnt.positives, learnt.method))
	if err := r.judgeAbuse(cases, limit, learnt, o.Seed); err != nil {
		return Result{}, err
	}
	r.Gates = s.gates(r.Metrics)
	r.Seconds = Seconds{trained.Sub(began).Seconds(), o.Now().Sub(trained).Seconds()}
	return r, nil
}

// yearBefore is what a model learns from: long enough that labels, which count
// after a quarter, are known at several looks back.
func (o Options) yearBefore() *simulator.Season {
	plan := o.Plan
	plan.Days = max(plan.Days, 180)
	return simulator.NewSeason(o.Seed^otherSeed, seasonStart.AddDate(-1, 0, 0), plan)
}

// shippedLimit is a limit of the policy that comes with the program.
func shippedLimit(kind, name string) (float64, error) {
	data, err := rego.FS.ReadFile(kind + "/limits.json")
	if err != nil {
		return 0, err
	}
	var limits map[string]struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &limits); err != nil {
		return 0, err
	}
	var value float64
	return value, json.Unmarshal(limits[name].Value, &value)
}

// seasonCases are the judged refunds in order of time.
type seasonCases struct {
	ids      []string
	positive []bool
	pattern  []string
	odd      []simulator.Odd
	outlet   []bool
	day      []int     // from 0, of the judged days
	days     int       // of them
	card     []float64 // probability
	trained  []float64
}

func assessSeason(ctx context.Context, season *simulator.Season, card *scoring.Scorecard, trained *model.Model) (*seasonCases, error) {
	c := &seasonCases{}
	days := season.Days()
	first := slices.IndexFunc(days, func(d simulator.SeasonDay) bool { return !d.Warm })
	c.days = len(days) - first
	err := season.Retrace(ctx, func(x simulator.SeasonCase) error {
		if x.Day < first {
			return nil
		}
		said, err := probabilities(x.Snapshot, card.Assess, trained.Estimate)
		if err != nil {
			return err
		}
		c.card, c.trained = append(c.card, said[0]), append(c.trained, said[1])
		c.ids = append(c.ids, fmt.Sprint(x.Snapshot.Subject.ID))
		c.positive, c.pattern = append(c.positive, x.Truth.Abusive), append(c.pattern, x.Truth.Pattern)
		c.odd, c.day, c.outlet = append(c.odd, days[x.Day].Odd), append(c.day, x.Day-first), append(c.outlet, x.Store == simulator.Outlet)
		return nil
	})
	return c, err
}

func probabilities(s decision.Snapshot, models ...func(decision.Snapshot) (decision.Assessment, error)) ([]float64, error) {
	out := make([]float64, len(models))
	for i, assess := range models {
		a, err := assess(s)
		if err != nil {
			return nil, err
		}
		if a.Probability == nil {
			return nil, fmt.Errorf("refund %d: there is no probability", s.Subject.ID)
		}
		out[i] = *a.Probability
	}
	return out, nil
}

// judgeAbuse measures the card and the trained model on the same days.
func (r *Result) judgeAbuse(c *seasonCases, limit float64, learnt *learntAbuse, seed uint64) error {
	names := abuseNames()
	card, err := c.seen(c.card, limit)
	if err != nil {
		return err
	}
	trained, err := c.seen(c.trained, limit)
	if err != nil {
		return err
	}
	n := len(names)
	intervals := metric.Bootstrap(c.days, seed, func(weights []float64) []float64 {
		a, b := card.figures(weights), trained.figures(weights)
		apart := make([]float64, n)
		for i := range apart {
			apart[i] = b[i] - a[i]
		}
		return slices.Concat(a, b, apart)
	})
	r.Metrics, r.Baselines = map[string]metric.Interval{}, map[string]map[string]float64{learnt.name: {}}
	differences := map[string]metric.Interval{}
	for i, name := range names {
		r.Metrics[name], differences[name] = intervals[i], intervals[2*n+i]
		r.Baselines[learnt.name][name] = intervals[n+i].Value
	}
	r.Report = c.report(seed)
	r.Report.Backtest, r.Report.TrainBase = learnt.origins, float64(learnt.positives)/float64(learnt.rows)
	first, second := confusion(judged{probability: c.card, positive: c.positive}).Threshold, confusion(judged{probability: c.trained, positive: c.positive}).Threshold
	ch := &Challenger{Name: learnt.name, Differences: differences}
	ch.OnlyChampion, ch.OnlyOther = metric.Discordant(over(c.card, first), over(c.trained, second), c.positive)
	ch.McNemar = metric.McNemar(ch.OnlyChampion, ch.OnlyOther)
	r.Report.Challenger = ch
	return nil
}
