package main

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// The stream is a recorded one: packages that pass, fail, crash, do not
// compile, skip, and leave before a test ran.
func TestRecordedStream(t *testing.T) {
	stream, err := os.ReadFile("testdata/stream.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r := newRun(&out, regexp.MustCompile(`^example/skips/TestLive`))
	if err := r.read(bytes.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	if r.report() {
		t.Error("a run with failures is reported as good")
	}
	// good: 3 subtests, 1 test, 1 example; bad: 2 subtests passed, 2 failed and
	// a parent that failed by itself; crash, broken and none: one failure each.
	if r.passed != 7 || r.failed != 6 || r.skipped != 2 {
		t.Errorf("have %d passed, %d failed, %d skipped; want 7, 6, 2", r.passed, r.failed, r.skipped)
	}
	const golden = "testdata/report.txt"
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("have\n%s\nwant\n%s", out.Bytes(), want)
	}
}

func TestVerdict(t *testing.T) {
	const pass = `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"
	const skip = `{"Action":"skip","Package":"p","Test":"TestLiveB"}` + "\n"
	tests := []struct {
		name, stream, maySkip string
		good                  bool
	}{
		{"all passed", pass, "^$", true},
		{"nothing ran", "", "^$", false},
		{"only words of the go command", "go: no such package\n", "^$", false},
		{"an allowed skip", pass + skip, "^p/TestLive", true},
		{"any other skip", pass + skip, "^$", false},
		{"a failed package", pass + `{"Action":"fail","Package":"p"}`, "^$", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRun(&bytes.Buffer{}, regexp.MustCompile(test.maySkip))
			if err := r.read(strings.NewReader(test.stream)); err != nil {
				t.Fatal(err)
			}
			if have := r.report(); have != test.good {
				t.Errorf("have good=%v, want %v", have, test.good)
			}
		})
	}
}

// A crash is often ascribed to a test that had ended, passed and been dropped.
func TestOutputAfterTheEnd(t *testing.T) {
	const stream = `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"goroutine 7 [running]\n"}
{"Action":"fail","Package":"p"}
`
	var out bytes.Buffer
	r := newRun(&out, regexp.MustCompile(`^$`))
	if err := r.read(strings.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "goroutine 7") {
		t.Errorf("the stack is lost: %q", out.String())
	}
}
