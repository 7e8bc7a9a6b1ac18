package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"assent/scoring/train"
)

func (t outcomeOfTraining) print(p *process) {
	card := t.card
	fmt.Fprintf(p.stdout, "%s: %d cases, %d of them positive, %s to %s\n", t.set, card.Data.Rows, card.Data.Positives, card.Data.From.Format(time.DateOnly), card.Data.To.Format(time.DateOnly))
	fmt.Fprintf(p.stdout, "champion: %s\n", card.Champion)
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "judged from\tcases\tpositive\tlearner\tauc\tap\tloss\t")
	for _, o := range card.Backtest {
		for _, name := range slices.Sorted(maps.Keys(o.Learners)) {
			f := o.Learners[name]
			fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%.4f\t%.4f\t%.5f\t\n", time.UnixMicro(o.From).UTC().Format(time.DateOnly), o.Test, o.Positive, name, f.AUC, f.AP, f.Loss)
		}
	}
	w.Flush()
	m := card.Metrics
	fmt.Fprintf(p.stdout, "held out, all origins: auc %.4f, ap %.4f (base %.4f), recall at 1%% false alarms %.4f, lift of the top tenth %.2f, brier %.5f\n",
		m["auc"], m["ap"], m["base"], m["recall_at_1fpr"], m["lift_top10"], m["brier"])
	fmt.Fprintf(p.stdout, "calibration: %s, expected calibration error %.4f before and %.4f after\n", card.Calibration.Method, card.Calibration.Before, card.Calibration.After)
	printColdStart(p, card.ColdStart)
	for _, g := range card.Gates {
		fmt.Fprintln(p.stdout, gateLine(g))
	}
}

func printColdStart(p *process, steps []train.Step) {
	if len(steps) == 0 {
		return
	}
	for _, s := range steps {
		fmt.Fprintf(p.stdout, "with %d positives known: loss of the model %.5f, of the scorecard %.5f, of a blend %.5f with %.0f%% of the model\n",
			s.Positives, s.Model, s.Scorecard, s.Blend, 100*s.Share)
	}
	if n := train.Beats(steps); n > 0 {
		fmt.Fprintf(p.stdout, "the model beats the scorecard from %d positives on\n", n)
	} else {
		fmt.Fprintln(p.stdout, "the model does not beat the scorecard yet")
	}
}

// printGap names what the shop's signals are worth.
func printGap(p *process, trained []outcomeOfTraining) {
	if len(trained) != 2 {
		return
	}
	a, b := trained[0].card.Metrics, trained[1].card.Metrics
	fmt.Fprintf(p.stdout, "signals are worth: auc %+.4f, ap %+.4f, recall at 1%% false alarms %+.4f\n", b["auc"]-a["auc"], b["ap"]-a["ap"], b["recall_at_1fpr"]-a["recall_at_1fpr"])
}
