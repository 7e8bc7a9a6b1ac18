package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"time"

	"assent/decision"
	"assent/internal/export"
)

type importDisputesCmd struct {
	File string `arg:"" type:"existingfile" help:"CSV: name (the order's number) or record_id, key or decision; opened_on, reason; lost_on, won_on, amount with currency. See docs/training.md."`
	ofCompany
	SkipInvalid bool `help:"Exit with 0 although disputes were left out."`
}

// Run checks the whole file before anything of it is told. Disputes of orders
// that nobody decided about are named on standard error and left out; exit 3
// says that there were some.
func (c *importDisputesCmd) Run(p *process) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	disputes, again, err := export.ReadDisputes(file, p.now())
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	for _, line := range again {
		fmt.Fprintf(p.stderr, "left out line %d: the same as an earlier line\n", line)
	}
	return p.apply(&disputesJob{c.ofCompany, disputes, c.SkipInvalid})
}

// disputesJob tells disputes as the events they are.
type disputesJob struct {
	ofCompany
	Disputes    []export.Dispute
	SkipInvalid bool
}

func (j *disputesJob) do(p *process, a *app) error {
	numbers, err := a.orderNumbers(p, j.Company, j.Disputes)
	if err != nil {
		return err
	}
	told, left := map[string]int{}, 0
	for _, d := range j.Disputes {
		steps, err := a.tellDispute(p.ctx, j.Company, d, numbers)
		switch decision.CodeOf(err) {
		case "":
			for _, step := range steps {
				told[step]++
			}
		case decision.CodeNotFound, decision.CodeInvalid, decision.CodeConflict, decision.CodeKeyReuse:
			left++
			fmt.Fprintf(p.stderr, "left out line %d: %v\n", d.Line, err)
		default:
			return fmt.Errorf("line %d: %w Earlier lines are told; import the file again", d.Line, err)
		}
	}
	fmt.Fprintf(p.stdout, "%d disputes, %d left out; news: %d opened, %d lost, %d won\n", len(j.Disputes), left, told["dispute.opened"], told["dispute.lost"], told["dispute.won"])
	if left > 0 && !j.SkipInvalid {
		return exit(exitInvalid)
	}
	return nil
}

// orderNumbers finds the records of the orders that disputes name by number, by
// what their decisions were made on: the newest decision counts. It stops once
// all are found.
func (a *app) orderNumbers(p *process, company string, disputes []export.Dispute) (map[string]int64, error) {
	numbers, missing := map[string]int64{}, map[string]bool{}
	for _, d := range disputes {
		if d.Order != "" {
			missing[d.Order] = true
		}
	}
	filter := decision.Filter{Limit: 500, Where: map[string][]string{"kind": {"order"}}}
	for more := len(missing) > 0; more; more = filter.Cursor != "" && len(missing) > 0 {
		rows, next, err := decision.PageOf[decision.DecisionRow](p.ctx, a.store, company, decision.Decisions, filter)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			snap, err := a.decisions.Snapshot(p.ctx, company, row.ID)
			if err != nil {
				return nil, err
			}
			if snap == nil {
				continue // erased: nothing knows the number any more
			}
			if number, _ := snap.Fields.Text("reference"); missing[number] {
				numbers[number] = row.RecordID
				delete(missing, number)
			}
		}
		filter.Cursor = next
	}
	return numbers, nil
}

// tellDispute tells the steps of one dispute, the earliest first, and gives
// those that were news.
func (a *app) tellDispute(ctx context.Context, company string, d export.Dispute, numbers map[string]int64) (news []string, err error) {
	about := decision.About{Decision: d.Decision, Key: d.Key}
	if id := cmp.Or(d.Record, numbers[d.Order]); id != 0 {
		about.Subject = &decision.Subject{Model: "sale.order", ID: id}
	}
	if about == (decision.About{}) {
		return nil, decision.Errorf(decision.CodeNotFound, "There is no decision about an order of this number.")
	}
	steps := []decision.Event{{Type: "dispute.opened", At: d.Opened}}
	for name, at := range map[string]time.Time{"dispute.lost": d.Lost, "dispute.won": d.Won} {
		if !at.IsZero() {
			steps = append(steps, decision.Event{Type: name, At: at, Amount: d.Amount})
		}
	}
	slices.SortFunc(steps, func(a, b decision.Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Type, b.Type)) })
	for _, e := range steps {
		e.About, e.Reason, e.Source = about, d.Reason, "cli"
		e.ID = eventID(d, e)
		_, fresh, err := a.decisions.RecordEvent(ctx, company, e)
		if err != nil {
			return news, err
		}
		if fresh {
			news = append(news, e.Type)
		}
	}
	return news, nil
}

// eventID is of what a row says of a step but for the money, which a row may
// say later: the same file, or one that has grown, tells nothing twice.
func eventID(d export.Dispute, e decision.Event) string {
	says := fmt.Sprintf("%q %d %q %q %s %s %d", d.Order, d.Record, d.Key, d.Decision, e.Type, e.Reason, e.At.UnixMicro())
	sum := sha256.Sum256([]byte(says))
	return "disputes-file:" + hex.EncodeToString(sum[:12])
}
