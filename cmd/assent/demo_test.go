package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var columns = regexp.MustCompile(`\s{2,}`)

// Every figure the demo prints is counted again from the journal alone.
func TestDemoTellsTheTruth(t *testing.T) {
	t.Parallel()
	s := setup(t)
	r := s.run("demo", "--once", "--orders=90", "--into", s.dir)
	if r.status != exitOK || r.err != "" {
		t.Fatalf("status %d\n%s", r.status, r.err)
	}
	if strings.ContainsAny(r.out, "\r\x1b") {
		t.Error("there is something for a terminal in the output")
	}
	c := readJournal(t, s.dir)
	c.compare(t, r.out)
	everyDecisionCounted(t, c, r.out)
}

// compare holds every printed figure against the counted one.
func (c recount) compare(t *testing.T, out string) {
	t.Helper()
	if diff := cmp.Diff(c.table(), tableIn(out)); diff != "" {
		t.Errorf("money (-counted +printed):\n%s", diff)
	}
	for label, want := range map[string]string{
		"Applied in Odoo":   c.applied(),
		"Open exceptions":   c.open(),
		"Approvals waiting": c.waiting(),
		"Replayed":          fmt.Sprintf("%d decisions, %[1]d the same byte for byte", len(c.decisions)),
		"Journal":           fmt.Sprintf("%d entries, chain and tables verified", c.entries),
	} {
		match := regexp.MustCompile(`(?m)^` + label + `: +(.*)$`).FindStringSubmatch(out)
		if match == nil || match[1] != want {
			t.Errorf("%s: printed %q, counted %q", label, match, want)
		}
	}
}

// tableIn cuts the table out of the summary.
func tableIn(out string) []string {
	_, table, _ := strings.Cut(out, "KIND")
	table, _, _ = strings.Cut(table, "\n\n")
	var lines []string
	for _, row := range strings.Split(table, "\n")[1:] {
		lines = append(lines, strings.Join(columns.Split(strings.TrimSpace(row), -1), "|"))
	}
	return lines
}

// everyDecisionCounted is that a day is interesting, and nothing is under way
// when it is over.
func everyDecisionCounted(t *testing.T, c recount, out string) {
	t.Helper()
	buckets := map[string]int{}
	for _, d := range c.decisions {
		buckets[d.bucket()]++
	}
	for _, name := range []string{"executed", "released", "held", "refused", "nothing to do"} {
		if buckets[name] == 0 {
			t.Errorf("no decision is %s", name)
		}
		delete(buckets, name)
	}
	if len(buckets) > 0 {
		t.Errorf("decisions in no column: %v", buckets)
	}
	explained := regexp.MustCompile(`One decision explained: (\S+) of`).FindStringSubmatch(out)
	if explained == nil || !slices.ContainsFunc(c.decisions, func(d *told) bool { return d.ID == explained[1] && d.Kind == "order" }) {
		t.Errorf("explained %v, which is no order of the day", explained)
	}
}

// Another seed is another day, and both keep their promises.
func TestDemoOfOtherDays(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	s := setup(t)
	days := map[string]bool{}
	for seed := range 2 {
		r := s.run("demo", "--once", "--orders=8", fmt.Sprintf("--seed=%d", seed))
		if r.status != exitOK || !strings.Contains(r.out, "chain and tables verified") {
			t.Errorf("seed %d: status %d\n%s%s", seed, r.status, r.out, r.err)
		}
		days[strings.Join(tableIn(r.out), "\n")] = true
	}
	if len(days) < 2 {
		t.Errorf("two seeds gave %d days", len(days))
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind %v, %v", left, err)
	}
}

func TestDemoKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.ok("demo", "--once", "--orders=3", "--into", s.dir)
	s.fails(exitError, "--into: the folder already holds an installation", "demo", "--once", "--into", s.dir)
	if !strings.Contains(s.ok("audit", "verify"), "verified") {
		t.Error("the first demo's store is gone")
	}
}

// The demo serves: on another port when its own is taken, with links that let
// each role in once.
func TestDemoServes(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := setup(t)
	r := s.start("demo", "--orders=20", "--into", s.dir, "--listen", taken.Addr().String())
	if r.url == "http://"+taken.Addr().String() {
		t.Fatalf("serves %s, which is taken", r.url)
	}
	key := r.out.await(regexp.MustCompile(`Bearer (ask_\S+)'`))[1]
	links := regexp.MustCompile(`\((\w+)\) +(http://\S+)`).FindAllStringSubmatch(r.out.String(), -1)
	roles := map[string]bool{}
	for _, link := range links {
		roles[link[1]] = true
	}
	if len(roles) < 7 {
		t.Fatalf("links for %v", roles)
	}
	b := browser(t)
	page := b.signIn(links[0][2])
	if !strings.Contains(page, "Frida Finance") || !strings.Contains(page, "<main") {
		t.Errorf("no inbox of Frida's:\n%.2000s", page)
	}
	if status, _ := browser(t).post(links[0][2], nil); status != 401 {
		t.Errorf("the link works twice: %d", status)
	}
	var listed struct{ Items []struct{ ID, Status string } }
	if c := (caller{t, r.url, key}); c.get("/v1/decisions?limit=500", &listed) != 200 || len(listed.Items) < 30 {
		t.Errorf("%d decisions", len(listed.Items))
	}
	if status := r.stop(); status != exitOK {
		t.Errorf("stopped with %d\n%s", status, r.err)
	}
	s.ok("audit", "verify")
	signed, err := os.ReadFile(filepath.Join(s.dir, "checkpoints.ndjson"))
	if err != nil || bytes.Count(signed, []byte("\n")) < 2 {
		t.Errorf("checkpoints %s, %v", signed, err)
	}
}
