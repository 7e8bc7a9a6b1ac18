// Command load sends decisions at a fixed rate, whether or not the server
// keeps up (an open loop), and measures each from the moment it was due, so
// that a stall counts for every request it delayed and not for one alone
// (coordinated omission, Gil Tene).
//
// It is a process of its own and only speaks to loopback addresses. With --own
// it starts what it loads: service, store and a fake Odoo.
package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type options struct {
	URL      string        `default:"http://127.0.0.1:8080" help:"Server; must be on loopback."`
	Key      string        `env:"ASSENT_BENCH_KEY" help:"API key with the right decide; better in ASSENT_BENCH_KEY."`
	Own      string        `placeholder:"STORE" help:"Start a service of our own instead, on sqlite or on a postgres:// URL of an empty database."`
	Backlog  int           `help:"With --own: decisions whose executions wait for Odoo when the load begins, and are applied meanwhile; without, there is no Odoo."`
	OdooRate int           `default:"300" help:"With --own: calls to Odoo a second."`
	Company  string        `default:"main"`
	Kind     string        `enum:"order,delivery,refund" default:"order" help:"Kind of the decisions."`
	Currency string        `default:"EUR"`
	Rate     int           `default:"500" help:"Decisions a second."`
	Warmup   time.Duration `default:"3s" help:"Sent, not counted."`
	Duration time.Duration `default:"20s" help:"Counted."`
	Offset   int64         `help:"First record id; another run needs another one."`
	Existing int64         `help:"Use record ids 1 to this number in turn, e.g. those a fake Odoo holds; 0 makes up new ones."`
	Apply    string        `enum:"service,caller" default:"service" help:"Who applies."`
	Timeout  time.Duration `default:"10s" help:"Patience with one request."`

	least int64 // added to every amount
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Open-loop load on POST /v1/decisions."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.Own != "" {
		return runOwn(ctx, o)
	}
	return load(ctx, o)
}

// load fires and reports.
func load(ctx context.Context, o options) error {
	if err := onLoopback(o.URL); err != nil {
		return err
	}
	if o.Offset == 0 {
		o.Offset = time.Now().UnixMilli() % 1e9 * 1000
	}
	report := newReport()
	fire(ctx, o, report)
	report.print(os.Stdout, o)
	if report.failed() > 0 {
		return fmt.Errorf("%d requests failed", report.failed())
	}
	return nil
}

// onLoopback refuses to load anybody else's machine.
func onLoopback(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	host := u.Hostname()
	if host == "localhost" {
		return nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || !addr.IsLoopback() {
		return fmt.Errorf("%s is not on loopback", net.JoinHostPort(host, u.Port()))
	}
	return nil
}
