package decisions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"assent/decision"
	"assent/evals"
	"assent/internal/simulator"
	"assent/rego"
	"assent/scoring"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// capacity is how many refunds a day people can look at.
const capacity = 20

// RefundAbuse judges the cold-start card of refunds on a season that the
// simulator makes of the seed, and beside it what assent train learns of
// another season. There is no public data of refund abuse to judge by. Does the
// card find the abuse that is hidden there, within what people can look at, and
// leave honest days alone? The zero plan is a season as in reports.
func RefundAbuse(plan simulator.SeasonPlan) evals.Eval {
	return evals.Eval{
		Name: "decisions/refund_abuse", Task: "abuse", Made: true,
		Bars: map[string]string{
			"precision_at_20": ">= 0.55", "recall_at_20": ">= 0.55",
			"recall_never_arrived": ">= 0.50", "recall_before_goods": ">= 0.55", "recall_without_receipt": ">= 0.50",
			"recall_linked": ">= 0.60", "recall_under_limit": ">= 0.60", "recall_own_card": ">= 0.80",
			"honest_flags": "<= 0.03", "flags_change_bad_batch": "<= 0.02", "flags_change_peak": "<= 0.02", "flags_change_outlet": "<= 0.02",
		},
		Run: func(ctx context.Context, o evals.Options) (evals.Result, error) { return judgeSeason(ctx, o, plan) },
	}
}

var notes = []string{
	"Made by the simulator from the seed, and computed by the path that requests take: nobody's data. It shows that planted patterns are found, not how often they occur at a retailer.",
	"Abuse of the pattern \"once\" is planted to be missed: nothing tells it from an honest claim. The store and the product pattern are refunds of strangers, of whom nothing is known: they have no bar.",
	"precision_at_20 cannot be 1 on a day with fewer than 20 abuses; there are about 20.",
}

// seasonStart is when the judged season begins; the one that is learnt from is
// of the year before.
var seasonStart = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// otherSeed keeps the season that is learnt from apart from the judged one.
const otherSeed = 0x5ea50

func judgeSeason(ctx context.Context, o evals.Options, plan simulator.SeasonPlan) (evals.Result, error) {
	began := o.Now()
	learnt, err := learn(ctx, yearBefore(o.Seed, plan), o.Seed)
	if err != nil {
		return evals.Result{}, err
	}
	trained := o.Now()
	season := simulator.NewSeason(o.Seed, seasonStart, plan)
	card := scoring.Refund()
	cases, err := assessSeason(ctx, season, card, learnt.model)
	if err != nil {
		return evals.Result{}, err
	}
	limit, err := shippedLimit("refund", "abuse_probability")
	if err != nil {
		return evals.Result{}, err
	}
	content, err := json.Marshal([]any{season.Events(), season.Told()})
	if err != nil {
		return evals.Result{}, err
	}
	sum := sha256.Sum256(content)
	e := RefundAbuse(plan)
	r := evals.Result{
		Spec: e.Name, Task: e.Task, Made: true, Figures: figures(), Rows: evals.Rows{Train: learnt.rows, Test: len(cases.positive)},
		Model: evals.Model{Name: card.Card().Model, Revision: card.Revision()}, Data: hex.EncodeToString(sum[:]),
	}
	r.Notes = append(slices.Clone(notes), fmt.Sprintf("Beside it: %s, learnt from %d refunds of the simulated year before, of which %d were found to be abuse, with calibration %s. It met the same patterns there; a retailer's own will be less alike.", learnt.name, learnt.rows, learnt.positives, learnt.method))
	if err := cases.judge(&r, limit, learnt, o.Seed); err != nil {
		return evals.Result{}, err
	}
	r.Gates = evals.Hold(r.Metrics, e.Bars)
	r.Seconds = evals.Seconds{Train: trained.Sub(began).Seconds(), Predict: o.Now().Sub(trained).Seconds()}
	return r, nil
}

// yearBefore is what a model learns from: long enough that labels, which count
// after a quarter, are known at several looks back.
func yearBefore(seed uint64, plan simulator.SeasonPlan) *simulator.Season {
	plan.Days = max(plan.Days, 180)
	return simulator.NewSeason(seed^otherSeed, seasonStart.AddDate(-1, 0, 0), plan)
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

// judge measures the card and the trained model on the same days.
func (c *seasonCases) judge(r *evals.Result, limit float64, learnt *learnt, seed uint64) error {
	card, err := c.seen(c.card, limit)
	if err != nil {
		return err
	}
	trained, err := c.seen(c.trained, limit)
	if err != nil {
		return err
	}
	n := len(names())
	intervals := metric.Bootstrap(c.days, seed, func(weights []float64) []float64 {
		a, b := card.figures(weights), trained.figures(weights)
		apart := make([]float64, n)
		for i := range apart {
			apart[i] = b[i] - a[i]
		}
		return slices.Concat(a, b, apart)
	})
	first, second := c.judged(c.card), c.judged(c.trained)
	r.Report = c.report(first, seed)
	r.Report.Backtest, r.Report.TrainBase = learnt.origins, float64(learnt.positives)/float64(learnt.rows)
	r.Report.Challenger = first.Challenge(learnt.name, second)
	r.Metrics, r.Baselines = map[string]metric.Interval{}, map[string]map[string]float64{learnt.name: {}}
	for i, name := range names() {
		r.Metrics[name], r.Report.Challenger.Differences[name] = intervals[i], intervals[2*n+i]
		r.Baselines[learnt.name][name] = intervals[n+i].Value
	}
	return nil
}

func (c *seasonCases) judged(probabilities []float64) evals.Judged {
	return evals.Judged{IDs: c.ids, Probability: probabilities, Positive: c.positive}
}
