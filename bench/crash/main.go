// Command crash kills the service again and again while it works, and then
// checks that nothing was lost, done twice, or done without assent.
//
// The service and a fake Odoo run as processes of their own. Half of the
// kills strike at random, be the service still starting; the other half strike
// as soon as Odoo has logged an effect whose answer it still holds back, that is
// between Odoo's effect and our record of it. Where those were fewer than half
// of all, the run has proved too little and fails. The fake's write log is on disk before it answers, so
// that one checker can read it against the journal.
package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"

	"assent/bench/house"
)

type options struct {
	Store   string        `default:"sqlite" help:"sqlite, or a postgres:// URL of an empty database on this machine."`
	Kills   int           `default:"20" help:"How often the service is killed."`
	Orders  int           `default:"3000" help:"Orders that the fake Odoo holds, each decided on at most once."`
	Rate    int           `default:"60" help:"Requests a second."`
	Seed    uint64        `default:"1"`
	Hold    time.Duration `default:"60ms" help:"How long the fake Odoo holds back the answer after an effect."`
	Lease   time.Duration `default:"2m" help:"The service's lease, the shortest it allows: what is in doubt is tried again after it."`
	Drain   time.Duration `default:"8m" help:"How long the last run may take to finish what is left."`
	Keep    bool          `help:"Keep the folder with logs and store."`
	Verbose bool          `short:"v" help:"Show what the service logs."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("kill -9 under load, then one checker over Odoo's write log and the journal."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "assent-crash-")
	if err != nil {
		return err
	}
	fmt.Println("folder", dir, "seed", o.Seed)
	if !o.Keep {
		defer os.RemoveAll(dir)
	}
	own, err := house.Open(ctx, house.Options{
		Dir: dir, Store: o.Store, Orders: o.Orders, Hold: o.Hold, Lease: o.Lease, OdooRate: 2000, Verbose: o.Verbose,
	})
	if err != nil {
		return err
	}
	defer own.Close()
	h := &siege{options: o, House: own, random: rand.New(rand.NewPCG(o.Seed, o.Seed)), counted: map[int64]bool{}}
	load := newLoad(o, h.URL, h.Key, h.ApproverKey)
	for n := 1; n <= o.Kills; n++ {
		if err := h.strike(ctx, load, n); err != nil {
			return fmt.Errorf("kill %d: %w", n, err)
		}
	}
	if err := h.drain(ctx, load); err != nil {
		return err
	}
	fmt.Printf("%d kills, %d of them between Odoo's effect and our record of it (%d effects in doubt); slowest restart to ready %v\n",
		o.Kills, h.between, h.doubted, h.Slowest.Round(time.Millisecond))
	if err := h.check(ctx, load.promised()); err != nil {
		return err
	}
	if 2*h.between < o.Kills {
		return fmt.Errorf("only %d of %d kills fell between an effect and its record: raise --rate or --hold", h.between, o.Kills)
	}
	return nil
}
