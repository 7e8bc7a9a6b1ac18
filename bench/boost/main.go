// Command boost measures how boosted trees learn: against LightGBM on the same
// table, and on a table that does not fit in a spreadsheet.
//
//	go run ./bench/boost compare --python .venv/bin/python
//	go run ./bench/boost large
//
// LightGBM is a library of another language and only ever measured, never
// used: compare says so and fails where Python lacks it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"

	"github.com/alecthomas/kong"
)

type options struct {
	Threads int     `default:"2" help:"Processors for either learner."`
	Compare compare `cmd:"" help:"Train both learners on one table, in turn."`
	Large   large   `cmd:"" help:"Train on a table that is made up as it is read, and report the peak of memory."`
}

func main() {
	var o options
	command := kong.Parse(&o, kong.Description("How boosted trees learn."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	runtime.GOMAXPROCS(o.Threads)
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(o.Threads); err != nil {
		fmt.Fprintln(os.Stderr, "boost:", err)
		os.Exit(1)
	}
}
