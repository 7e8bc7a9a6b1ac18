package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assent/evals"
)

// parcels is an export whose orders are late as their distance has it.
func parcels(seed uint64, rows int) string {
	random := rand.New(rand.NewPCG(seed, 9))
	var b strings.Builder
	b.WriteString("order,at,distance,late\n")
	for i := range rows {
		distance, late := random.Float64(), "no"
		if random.Float64() < 0.5*distance*distance {
			late = "yes"
		}
		fmt.Fprintf(&b, "%d-%d,%s,%.4f,%s\n", seed, i, time.Date(2026, time.Month(2*seed), 1, i, 0, 0, 0, time.UTC).Format(time.RFC3339), distance, late)
	}
	return b.String()
}

const parcelSpec = `name: shop/late
task: late
files: {train: parcels.csv, test: parcels.csv}
label: {column: late, positive: "yes"}
time: {column: at}
id: order
features: [{name: distance, monotone: 1}]
learn: {only: [boosted_trees], boost: {rounds: 10}}
bars: {auc: ">= %s"}
`

// evalShell is a shell beside an export, its held-out part and a spec.
type evalShell struct {
	shell
	data, heldOut, out, spec string
}

func setupEval(t *testing.T, bar string) evalShell {
	t.Helper()
	s := setup(t)
	root := filepath.Dir(s.dir)
	e := evalShell{s, filepath.Join(root, "training"), filepath.Join(root, "held-out"), filepath.Join(root, "out"), ""}
	for dir, content := range map[string]string{e.data: parcels(1, 1200), e.heldOut: parcels(2, 400)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "parcels.csv"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e.spec = s.file("shop.yaml", fmt.Sprintf(parcelSpec, bar))
	return e
}

// args run the spec, and others or flags after it.
func (e evalShell) args(more ...string) []string {
	return append(append([]string{"eval", "run", e.spec}, more...), "--data="+e.data, "--heldout="+e.heldOut, "--out="+e.out)
}

func TestEvalRun(t *testing.T) {
	t.Parallel()
	e := setupEval(t, "0.6")
	said := e.ok(e.args()...)
	for _, want := range []string{"shop/late: boosted_trees 100%, learnt from 1200 rows, judged by 400 (held-out files)", ">= 0.6", "pass", "lift_top10", "ece"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	var r evals.Result
	content, err := os.ReadFile(filepath.Join(e.out, "shop", "late.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	if r.Spec != "shop/late" || r.Rows != (evals.Rows{Train: 1200, Test: 400}) || !r.Passes() {
		t.Errorf("%s, rows %v, gates %v", r.Spec, r.Rows, r.Gates)
	}
	page, err := os.ReadFile(filepath.Join(e.out, "shop", "late.html"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "shop/late") || !strings.Contains(string(page), "<svg") {
		t.Error("the page has no name or no plot")
	}
}

// TestEvalStatus: 0 every gate holds, 4 one falls short, 2 wrong use, 1 the
// rest; one that cannot be run does not keep the others from it.
func TestEvalStatus(t *testing.T) {
	t.Parallel()
	e := setupEval(t, "0.99")
	e.fails(exitTests, "short", e.args()...)
	e.fails(exitUsage, "ASSENT_DATA", "eval", "run", "scoring/ucsd_task2")
	e.fails(exitUsage, "--data", "eval", "run", e.spec, "--data="+e.data+"/none")
	e.fails(exitUsage, "--heldout", "eval", "run", e.spec, "--data="+e.data, "--heldout="+e.data+"/none")
	e.fails(exitUsage, "assent eval list", e.args("scoring/unheard_of")...)
	e.fails(exitUsage, "that is there", e.args("none.yaml")...)
	e.fails(exitUsage, "line 1", e.args(e.file("wrong.yaml", "nome: x\n"))...)
	e.fails(exitUsage, "where the result goes", e.args(e.file("up.yaml", strings.Replace(fmt.Sprintf(parcelSpec, "0"), "shop/late", "../late", 1)))...)
	e.fails(exitError, "scoring/ucsd_task1", e.args("scoring/ucsd_task1")...)
	if _, err := os.Stat(filepath.Join(e.out, "shop", "late.json")); err != nil {
		t.Error("a spec without data kept another from being run:", err)
	}
}

// TestEvalBrokenFile says where, and writes nothing.
func TestEvalBrokenFile(t *testing.T) {
	t.Parallel()
	e := setupEval(t, "0.6")
	file := filepath.Join(e.data, "parcels.csv")
	if err := os.WriteFile(file, []byte("order,at,distance,late\n1,2026-01-01T00:00:00Z,0.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e.fails(exitError, "parcels.csv: record on line 2: wrong number of fields", e.args()...)
	if entries, _ := os.ReadDir(e.out); len(entries) > 0 {
		t.Errorf("wrote %s", entries[0].Name())
	}
}

// TestEvalPeer: a result of another program stands beside, by flag or by its
// usual name; that of another spec does not.
func TestEvalPeer(t *testing.T) {
	t.Parallel()
	e := setupEval(t, "0.6")
	peer := func(spec string) string {
		return `{"spec":"` + spec + `","metrics":{"auc":{"value":0.71,"low":0.7,"high":null}},"model":{"name":"LightGBM of ` + spec + `"}}`
	}
	said := e.ok(e.args("--peer="+e.file("a.json", peer("shop/late")), "--peer="+e.file("b.json", peer("shop/other")))...)
	if !strings.Contains(said, "LightGBM of shop/late: auc 0.7100") || strings.Contains(said, "shop/other") {
		t.Errorf("said\n%s", said)
	}
	if err := os.WriteFile(filepath.Join(e.out, "shop", "late.peer.json"), []byte(peer("shop/late")), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := e.ok(e.args()...); !strings.Contains(said, "LightGBM of shop/late") {
		t.Errorf("said\n%s", said)
	}
	e.fails(exitError, "broken.json", e.args("--peer="+e.file("broken.json", "{"))...)
}

// TestEvalOwnData says that no held-out file was there.
func TestEvalOwnData(t *testing.T) {
	t.Parallel()
	e := setupEval(t, "0.6")
	if said := e.ok("eval", "run", e.spec, "--data="+e.data, "--out="+e.out); !strings.Contains(said, "judged by 240 (a part of its own data)") {
		t.Errorf("said\n%s", said)
	}
}

func TestEvalFeatures(t *testing.T) {
	t.Parallel()
	e := setupEval(t, "0.6")
	e.ok("eval", "features", e.spec, "--data="+e.data, "--heldout="+e.heldOut, "--out="+e.out)
	for file, rows := range map[string]int{"train.csv": 1020, "valid.csv": 180, "test.csv": 400} {
		content, err := os.ReadFile(filepath.Join(e.out, "shop", "late.features", file))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(strings.TrimSpace(string(content)), "\n"); lines[0] != "id,label,distance" || len(lines) != rows+1 {
			t.Errorf("%s: %d lines, the first %s", file, len(lines), lines[0])
		}
	}
}

func TestEvalList(t *testing.T) {
	t.Parallel()
	said := setup(t).ok("eval", "list")
	for _, want := range []string{"scoring/ucsd_task2 ", "auc in [0.48, 0.60]", "late"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not list %q:\n%s", want, said)
		}
	}
}

// TestEvalOfWhatIsMade needs no folder, beside one that does; it has no tables.
func TestEvalOfWhatIsMade(t *testing.T) {
	t.Parallel()
	p, none := &process{now: time.Now}, &evalData{Seed: 3}
	chosen, o, err := none.choose(p, []string{"decisions/*"})
	if err != nil || len(chosen) != 1 || !chosen[0].Made || o.Seed != 3 {
		t.Errorf("%d evals, seed %d, %v", len(chosen), o.Seed, err)
	}
	if _, _, err := none.choose(p, []string{"decisions/*", "scoring/*"}); err == nil {
		t.Error("files are read from no folder")
	}
	s := setup(t)
	s.fails(exitUsage, "has no table of features", "eval", "features", "decisions/refund_abuse", "--out="+t.TempDir())
	if said := s.ok("eval", "list"); !strings.Contains(said, "decisions/refund_abuse") {
		t.Errorf("it is not listed:\n%s", said)
	}
}
