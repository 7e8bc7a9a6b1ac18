// Command tally reads the JSON stream of "go test -json" on standard input and
// turns it into lines for a person: one per package, the output of whatever
// failed, and the tests that were skipped. It writes "passed failed skipped" to
// the file given with -counts, and exits 1 when a test failed, when none ran,
// or when one was skipped that -may-skip does not allow.
//
// A test with subtests is not counted itself, its subtests are, so that a table
// of ten cases counts as ten.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
)

func main() {
	counts := flag.String("counts", "", "file to write the counts to")
	maySkip := flag.String("may-skip", "^$", "regular expression over package/TestName: tests that may skip")
	flag.Parse()
	allowed, err := regexp.Compile(*maySkip)
	if err != nil {
		fail(err)
	}
	run := newRun(os.Stdout, allowed)
	if err := run.read(os.Stdin); err != nil {
		fail(err)
	}
	ok := run.report()
	if *counts != "" {
		line := fmt.Sprintf("%d %d %d\n", run.passed, run.failed, run.skipped)
		if err := os.WriteFile(*counts, []byte(line), 0o644); err != nil {
			fail(err)
		}
	}
	if !ok {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "tally:", err)
	os.Exit(2)
}
