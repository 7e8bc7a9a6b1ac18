package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// event is one line of the stream, as "go doc test2json" describes it. Lines
// about a build carry ImportPath instead of Package.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

func (e event) name() string { return e.Package + "/" + e.Test }

// run is what has been seen of the stream so far.
type run struct {
	out     io.Writer
	maySkip *regexp.Regexp

	passed, failed, skipped int
	skips                   []string // lines for the report
	badSkips                int      // skips that nothing allows

	output    map[string][]string // by test, package or build: kept until it ends, shown if it failed
	parents   map[string]bool     // tests that have subtests
	ofPackage map[string]int      // tests that passed, by package
	unhappy   map[string]bool     // packages and parents of a test that was counted as failed
	pending   map[string]string   // tests with output neither shown nor dropped, with their package
}

func newRun(out io.Writer, maySkip *regexp.Regexp) *run {
	return &run{
		out: out, maySkip: maySkip,
		output: map[string][]string{}, parents: map[string]bool{}, ofPackage: map[string]int{},
		unhappy: map[string]bool{}, pending: map[string]string{},
	}
}

func (r *run) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// line takes one line; whatever is no event is shown as it is, because it is
// most likely the go command saying why there are no events.
func (r *run) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		fmt.Fprintf(r.out, "%s", line)
		return
	}
	switch {
	case e.Action == "build-output":
		r.output[e.ImportPath] = append(r.output[e.ImportPath], e.Output)
	case e.Action == "output":
		r.output[e.name()] = append(r.output[e.name()], e.Output)
		r.pending[e.name()] = e.Package
	case e.Test != "":
		r.test(e)
	default:
		r.pkg(e)
	}
}

func (r *run) test(e event) {
	name := e.name()
	switch e.Action {
	case "run":
		for _, parent := range parents(e) {
			r.parents[parent] = true
		}
		return
	case "pass", "fail", "skip":
	default:
		return // pause, cont, bench: nothing ended
	}
	if e.Action == "fail" {
		r.show(name)
	}
	// A parent that failed although no subtest did has failed by itself.
	if !r.parents[name] || e.Action == "fail" && !r.unhappy[name] {
		r.count(e)
	}
	r.drop(name)
}

func (r *run) count(e event) {
	switch e.Action {
	case "pass":
		r.passed++
		r.ofPackage[e.Package]++
	case "skip":
		r.skipped++
		line := "skip  " + e.name() + reason(r.output[e.name()])
		if !r.maySkip.MatchString(e.name()) {
			line = "FAIL  " + e.name() + " may not skip" + reason(r.output[e.name()])
			r.badSkips++
		}
		r.skips = append(r.skips, line)
	case "fail":
		r.failed++
		r.unhappy[e.Package] = true
		for _, parent := range parents(e) {
			r.unhappy[parent] = true
		}
	}
}

// parents names the tests that a subtest may be part of. A subtest's own name
// can hold a slash, so every prefix is a candidate.
func parents(e event) []string {
	var names []string
	for i, c := range e.Test {
		if c == '/' {
			names = append(names, e.Package+"/"+e.Test[:i])
		}
	}
	return names
}

// reason finds what the test gave as its reason to skip.
func reason(output []string) string {
	for _, line := range output {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			return ": " + line
		}
	}
	return ""
}

// pkg takes the end of a package. One that failed without a failed test did not
// build, crashed or timed out, which counts as one failure.
func (r *run) pkg(e event) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(r.out, "ok    %s  %d passed  %.1f s\n", e.Package, r.ofPackage[e.Package], e.Elapsed)
	case "fail":
		r.show(e.FailedBuild)
		for _, name := range r.leftOf(e.Package) {
			r.show(name)
		}
		if !r.unhappy[e.Package] {
			r.failed++
		}
		fmt.Fprintf(r.out, "FAIL  %s  %.1f s\n", e.Package, e.Elapsed)
	default:
		return // start; skip: a package without tests
	}
	r.drop(e.name())
}

// leftOf lists whose output is left when a package has failed: tests that a
// crash or time-out cut off; tests that wrote after their end, to which the
// stack of a crash is often ascribed; and the package itself.
func (r *run) leftOf(pkg string) []string {
	var names []string
	for name, in := range r.pending {
		if in == pkg {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (r *run) show(name string) {
	for _, line := range r.output[name] {
		fmt.Fprint(r.out, "      ", line)
	}
	r.drop(name)
}

func (r *run) drop(name string) {
	delete(r.output, name)
	delete(r.pending, name)
}

// report prints what the stream as a whole says and whether it is good.
func (r *run) report() bool {
	for _, line := range r.skips {
		fmt.Fprintln(r.out, line)
	}
	if r.passed+r.failed+r.skipped == 0 {
		fmt.Fprintln(r.out, "no test ran")
		return false
	}
	return r.failed == 0 && r.badSkips == 0
}
