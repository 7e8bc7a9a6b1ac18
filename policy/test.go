package policy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"assent/decision"
)

// TestReport is what running a bundle's own tests gave.
type TestReport struct {
	Passed   int            `json:"passed"`
	Failed   int            `json:"failed"`
	Tests    []TestResult   `json:"tests"`    // by file and row
	Coverage []FileCoverage `json:"coverage"` // of the files that are no tests, by name
}

// TestResult is one test.
type TestResult struct {
	File    string `json:"file"`
	Row     int    `json:"row"`
	Name    string `json:"name"`
	Passed  bool   `json:"passed"`
	Message string `json:"message,omitempty"` // why it failed
}

// FileCoverage says which lines of a file no test reached.
type FileCoverage struct {
	File    string   `json:"file"`
	Percent float64  `json:"percent"`          // 0 to 100
	Missed  [][2]int `json:"missed,omitempty"` // first and last row of each stretch
}

// testTimeout bounds one test, which takes some milliseconds; package draft
// bounds them all.
const testTimeout = 30 * time.Second

// Test runs the tests of a bundle. One that does not compile is a
// decision.CodeInvalid error. As with Check, the tests are somebody's program:
// package draft bounds it.
func Test(ctx context.Context, b Bundle) (TestReport, error) {
	e, err := Compile(b)
	if err != nil {
		return TestReport{}, err
	}
	object, err := e.data.object()
	if err != nil {
		return TestReport{}, err
	}
	run := testRun{bundle: b, store: inmem.NewFromASTObject(object), covered: map[string]FileCoverage{}}
	for _, kind := range decision.Kinds() {
		if err := run.kind(ctx, kind); err != nil {
			return TestReport{}, err
		}
	}
	return run.finish(), nil
}

type testRun struct {
	bundle  Bundle
	store   storage.Store
	report  TestReport
	covered map[string]FileCoverage
}

// kind runs one kind's tests, and those of lib along with the first kind's.
func (r *testRun) kind(ctx context.Context, kind decision.Kind) error {
	modules, err := parseKind(r.bundle, kind.Name, true)
	if err != nil {
		return err
	}
	if err := r.addLibTests(modules); err != nil {
		return err
	}
	compiler, err := newCompiler(kind)
	if err != nil {
		return err
	}
	coverage := cover.New()
	err = storage.Txn(ctx, r.store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		results, err := tester.NewRunner().SetCompiler(compiler).SetStore(r.store).SetModules(modules).
			SetCoverageQueryTracer(coverage).SetTimeout(testTimeout).RaiseBuiltinErrors(true).RunTests(ctx, txn)
		if err != nil {
			return &decision.Error{Code: decision.CodeInvalid, Message: fmt.Sprintf("The tests of %s do not compile.", kind.Name), Err: err}
		}
		for result := range results {
			if result != nil {
				r.add(result)
			}
		}
		return nil
	})
	r.cover(coverage.Report(modules))
	return err
}

func (r *testRun) addLibTests(modules map[string]*ast.Module) error {
	if len(r.covered) > 0 {
		return nil
	}
	for _, name := range r.bundle.names() {
		if !isTest(name) || folder(name) != libFolder {
			continue
		}
		m, err := parseModule(name, r.bundle.Files[name])
		if err != nil {
			return err
		}
		modules[name] = m
	}
	return nil
}

// add records a test, or each of its named cases.
func (r *testRun) add(result *tester.Result) {
	file, row := "", 0
	if result.Location != nil {
		file, row = result.Location.File, result.Location.Row
	}
	test := TestResult{File: file, Row: row, Name: result.Name, Passed: result.Pass() && !result.Skip}
	switch {
	case result.Error != nil:
		test.Message = result.Error.Error()
	case result.Skip:
		test.Message = "skipped tests prove nothing"
	case result.Fail:
		test.Message = "an expression is not true"
	}
	if len(result.SubResults) == 0 {
		r.report.Tests = append(r.report.Tests, test)
		return
	}
	for path, sub := range result.SubResults.Iter {
		test := test
		for _, part := range path {
			test.Name += "/" + part
		}
		if len(sub.SubResults) == 0 {
			test.Passed = !sub.Fail
			r.report.Tests = append(r.report.Tests, test)
		}
	}
}

// cover keeps the best coverage of each file: lib is compiled with every
// kind.
func (r *testRun) cover(report cover.Report) {
	for name, file := range report.Files {
		if isTest(name) {
			continue
		}
		c := FileCoverage{File: name, Percent: file.Coverage}
		for _, missed := range file.NotCovered {
			c.Missed = append(c.Missed, [2]int{missed.Start.Row, missed.End.Row})
		}
		if known, ok := r.covered[name]; !ok || c.Percent > known.Percent {
			r.covered[name] = c
		}
	}
}

func (r *testRun) finish() TestReport {
	slices.SortFunc(r.report.Tests, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Name, b.Name))
	})
	for _, t := range r.report.Tests {
		if t.Passed {
			r.report.Passed++
		} else {
			r.report.Failed++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.covered)) {
		r.report.Coverage = append(r.report.Coverage, r.covered[name])
	}
	return r.report
}
