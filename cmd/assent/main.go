// Command assent is the service and everything around it: see README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"assent/decision"
)

// cli is the command line; ASSENT_* variables and a JSON file set the same
// flags.
type cli struct {
	Config `group:"Flags of every command:"`

	Serve    serveCmd    `cmd:"" help:"Run the service: API, console, executor."`
	Demo     demoCmd     `cmd:"" help:"Run a simulated retailer's day and show what Assent does with it."`
	Decide   decideCmd   `cmd:"" help:"Make one decision from a JSON request on standard input or in a file."`
	Replay   replayCmd   `cmd:"" help:"Evaluate past decisions again and compare byte for byte."`
	Audit    auditCmd    `cmd:"" help:"Verify the journal."`
	Policy   policyCmd   `cmd:"" help:"Check and test policies."`
	Train    trainCmd    `cmd:"" help:"Train models of the company's own decisions or a shop's export."`
	Eval     evalCmd     `cmd:"" help:"Measure models on held-out data."`
	Model    modelCmd    `cmd:"" help:"List, promote, roll back and compare models."`
	Import   importCmd   `cmd:"" help:"Take a shop's export as requests or history, or a file of disputes."`
	Outcomes outcomesCmd `cmd:"" help:"Learn how what was decided on ended."`
	Erase    eraseCmd    `cmd:"" help:"Destroy what decisions knew about people; the journal still verifies."`
	Switch   switchCmd   `cmd:"" help:"Show or change the live controls: kill switch, modes, pauses."`
	Company  companyCmd  `cmd:"" help:"Add or list companies."`
	Keys     keysCmd     `cmd:"" help:"Create, list and disable API keys."`
	Users    usersCmd    `cmd:"" help:"Add, list and disable people, set their roles, print one-time sign-in links."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database to this release's schema."`
	Doctor   doctorCmd   `cmd:"" help:"Check that this installation can work."`
}

// Exit statuses.
const (
	exitOK      = 0
	exitError   = 1 // anything not below
	exitUsage   = 2
	exitInvalid = 3 // policy check, serve --policy: findings; import: rows left out
	exitTests   = 4 // policy test: a test failed; eval run, model drift: a gate falls short
	exitBroken  = 5 // audit verify, replay: something is not as it was
)

// process is what a command gets from outside, so that tests run commands
// exactly as the shell does.
type process struct {
	ctx    context.Context
	config *Config
	now    func() time.Time
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// exit is an error that ends the process with a status and is already said.
type exit int

// Error names the status.
func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is main with everything from outside as an argument, but the clock.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	return runAt(ctx, time.Now, args, stdin, stdout, stderr)
}

func runAt(ctx context.Context, now func() time.Time, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	var c cli
	ended := -1
	parser, err := kong.New(&c,
		kong.Name("assent"),
		kong.Description("Decisions about orders, deliveries, refunds and changes in Odoo: models recommend, policy or people assent."),
		kong.Vars{
			"switch_reasons":    strings.Join(decision.SwitchReasons, ", "),
			"promotion_reasons": strings.Join(decision.PromotionReasons, ", "),
		},
		kong.DefaultEnvars("ASSENT"), kong.Configuration(loadConfig), kong.UsageOnError(),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { ended = code }),
	)
	if err != nil {
		fmt.Fprintln(stderr, "assent:", err)
		return exitError
	}
	parsed, err := parser.Parse(args)
	if ended >= 0 {
		return ended // --help was asked for
	}
	if err != nil {
		fmt.Fprintln(stderr, "assent:", err)
		listCommands(stderr, err)
		return exitUsage
	}
	err = parsed.Run(&process{ctx, &c.Config, now, stdin, stdout, stderr})
	return statusOf(err, stderr)
}

// listCommands says which commands there are where none of them was named.
func listCommands(w io.Writer, err error) {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) {
		return
	}
	node := wrong.Context.Model.Node
	if selected := wrong.Context.Selected(); selected != nil {
		node = selected
	}
	var names []string
	for _, command := range node.Children {
		if !command.Hidden {
			names = append(names, command.Name)
		}
	}
	if len(names) > 0 {
		fmt.Fprintf(w, "Commands of %s: %s. Any of them explains itself with --help.\n", node.FullPath(), strings.Join(names, ", "))
	}
}

// wrongUse is an error about a flag or an argument; what says what is allowed.
func wrongUse(flag, what string) error {
	return decision.Errorf(decision.CodeInvalid, "%s: %s.", flag, what)
}

func statusOf(err error, stderr io.Writer) int {
	var e exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return int(e)
	}
	fmt.Fprintln(stderr, "assent:", err)
	if decision.CodeOf(err) == decision.CodeInvalid || decision.CodeOf(err) == decision.CodeMalformed {
		return exitUsage
	}
	return exitError
}
