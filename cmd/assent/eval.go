package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"assent/evals"
	"assent/evals/decisions"
	"assent/evals/report"
	"assent/evals/tabular"
	"assent/internal/simulator"
)

type evalCmd struct {
	List     evalListCmd     `cmd:"" help:"List the built-in specs with their bars."`
	Run      evalRunCmd      `cmd:"" help:"Train, judge and report; exit status 4 if a gate falls short."`
	Features evalFeaturesCmd `cmd:"" help:"Write a spec's features and split as CSV, for another program to learn from."`
}

type evalListCmd struct{}

// Run prints a line a spec.
func (*evalListCmd) Run(p *process) error {
	all, err := allEvals()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, e := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.Name, e.Task, e.BarList())
	}
	return w.Flush()
}

// evalData are where a spec's files are, and where its results go.
type evalData struct {
	Data    string `env:"ASSENT_DATA" placeholder:"DIR" help:"Root of the files that training may see."`
	Heldout string `placeholder:"DIR" help:"Root of the test files. Without it a part of the training data is kept apart to judge by."`
	Out     string `default:"." placeholder:"DIR" help:"Where the results go."`
	Seed    uint64 `default:"1" help:"The same data, seed and code give the same figures."`
}

// choose finds the evals that are named, and what they run on.
func (d *evalData) choose(p *process, names []string) ([]evals.Eval, evals.Options, error) {
	chosen, err := evalsOf(names)
	if err != nil {
		return nil, evals.Options{}, err
	}
	o, err := d.options(p, slices.ContainsFunc(chosen, func(e evals.Eval) bool { return !e.Made }))
	return chosen, o, err
}

// options opens the folders; without a need for data none has to be named.
func (d *evalData) options(p *process, needed bool) (evals.Options, error) {
	o := evals.Options{Seed: d.Seed, Now: p.now}
	if d.Data == "" && !needed {
		return o, nil
	}
	if d.Data == "" {
		return o, wrongUse("--data", "name the folder with the data, here or in ASSENT_DATA")
	}
	if err := folder("--data", d.Data); err != nil {
		return o, err
	}
	o.Data = os.DirFS(d.Data)
	if d.Heldout == "" {
		return o, nil
	}
	o.HeldOut = os.DirFS(d.Heldout)
	return o, folder("--heldout", d.Heldout)
}

func folder(flag, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return wrongUse(flag, "must be a folder that is there")
	}
	return nil
}

// file is where something of a spec goes; a spec's name may have folders.
func (d *evalData) file(spec, suffix string) (string, error) {
	file := filepath.Join(d.Out, filepath.FromSlash(spec)+suffix)
	return file, os.MkdirAll(filepath.Dir(file), 0o755)
}

// allEvals are those that are built in, by name.
func allEvals() ([]evals.Eval, error) {
	specs, err := tabular.Specs()
	if err != nil {
		return nil, err
	}
	all := []evals.Eval{decisions.RefundAbuse(simulator.SeasonPlan{})}
	for _, s := range specs {
		all = append(all, s.Eval())
	}
	slices.SortFunc(all, func(a, b evals.Eval) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// evalsOf finds built-in evals by name or pattern, and others by file.
func evalsOf(args []string) ([]evals.Eval, error) {
	known, err := allEvals()
	if err != nil {
		return nil, err
	}
	var out []evals.Eval
	for _, arg := range args {
		if isSpecFile(arg) {
			s, err := specOfFile(arg)
			if err != nil {
				return nil, err
			}
			out = append(out, s.Eval())
			continue
		}
		before := len(out)
		for _, e := range known {
			if match, _ := path.Match(arg, e.Name); match {
				out = append(out, e)
			}
		}
		if len(out) == before {
			return nil, wrongUse("SPEC", "must be a name that assent eval list prints, or a .yaml file")
		}
	}
	return out, nil
}

func isSpecFile(arg string) bool { return slices.Contains([]string{".yaml", ".yml"}, path.Ext(arg)) }

func specOfFile(file string) (tabular.Spec, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return tabular.Spec{}, wrongUse("SPEC", "must be a file that is there")
	}
	s, err := tabular.Parse(file, content)
	switch {
	case err != nil:
		return s, wrongUse("SPEC", err.Error())
	case !fs.ValidPath(s.Name) || s.Name == ".":
		return s, wrongUse("SPEC", file+": name must be words with / between them: it is where the result goes")
	}
	return s, nil
}

type evalRunCmd struct {
	Spec []string `arg:"" help:"Names or patterns of assent eval list, or YAML files; see docs/evals.md."`
	evalData
	Peer []string `type:"existingfile" placeholder:"FILE" help:"Results of others on the same specs, to stand beside; default is OUT/SPEC.peer.json."`
}

// Run runs each spec. One that cannot be run does not keep the others from it.
func (c *evalRunCmd) Run(p *process) error {
	chosen, options, err := c.choose(p, c.Spec)
	if err != nil {
		return err
	}
	failed, short := false, false
	for _, e := range chosen {
		passes, err := c.one(p, e, options)
		if err != nil {
			failed = true
			fmt.Fprintf(p.stderr, "assent: %s: %v\n", e.Name, err)
			continue
		}
		short = short || !passes
	}
	switch {
	case failed:
		return exit(exitError)
	case short:
		return exit(exitTests)
	}
	return nil
}

func (c *evalRunCmd) one(p *process, e evals.Eval, o evals.Options) (passes bool, err error) {
	peers, err := c.peers(e.Name) // a file that cannot be read is told before the work
	if err != nil {
		return false, err
	}
	result, err := e.Run(p.ctx, o)
	if err != nil {
		return false, err
	}
	for _, peer := range peers {
		result.Beside(peer)
	}
	printResult(p, result)
	return result.Passes(), c.write(p, result)
}

// peers reads the results of others on the same spec.
func (c *evalRunCmd) peers(spec string) ([]evals.Result, error) {
	files := c.Peer
	if len(files) == 0 {
		usual := filepath.Join(c.Out, filepath.FromSlash(spec)+".peer.json")
		if _, err := os.Stat(usual); err != nil {
			return nil, nil
		}
		files = []string{usual}
	}
	var out []evals.Result
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var r evals.Result
		if err := json.Unmarshal(content, &r); err != nil {
			return nil, fmt.Errorf("%s: must be a result as assent eval run writes it: %w", file, err)
		}
		if r.Spec == spec {
			out = append(out, r)
		}
	}
	return out, nil
}

// printResult prints one line a metric: name, value, interval, bar, pass or
// short.
func printResult(p *process, r evals.Result) {
	judgedBy := "a part of its own data"
	switch {
	case r.Made:
		judgedBy = "data made for it"
	case r.Report.HeldOut:
		judgedBy = "held-out files"
	}
	fmt.Fprintf(p.stdout, "%s: %s, learnt from %d rows, judged by %d (%s)\n", r.Spec, r.Model.Name, r.Rows.Train, r.Rows.Test, judgedBy)
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, line := range r.Lines() {
		fmt.Fprintln(w, line)
	}
	w.Flush() //nolint:errcheck // as other output
}

// write writes OUT/<spec>.json and OUT/<spec>.html, each whole or not at all.
func (c *evalRunCmd) write(p *process, r evals.Result) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := report.Write(&page, r); err != nil {
		return err
	}
	for _, f := range []struct {
		suffix  string
		content []byte
	}{{".json", append(content, '\n')}, {".html", page.Bytes()}} {
		file, err := c.file(r.Spec, f.suffix)
		if err != nil {
			return err
		}
		if err := writeWhole(file, f.content); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "  wrote %s\n", file)
	}
	return nil
}

type evalFeaturesCmd struct {
	Spec []string `arg:"" help:"Names or patterns of assent eval list, or YAML files."`
	evalData
}

// Run writes OUT/<spec>.features/ with train.csv, valid.csv and test.csv.
func (c *evalFeaturesCmd) Run(p *process) error {
	chosen, options, err := c.choose(p, c.Spec)
	if err != nil {
		return err
	}
	for _, e := range chosen {
		if e.Tables == nil {
			return wrongUse("SPEC", e.Name+" has no table of features")
		}
		file, err := c.file(e.Name, ".features")
		if err != nil {
			return err
		}
		if err := e.Tables(options, file); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		fmt.Fprintf(p.stdout, "wrote %s\n", file)
	}
	return nil
}
