package example

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"assent/evals"
	"assent/evals/tabular"
)

const manual = "../../docs/evals.md"

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestManualShowsTheSpec: what a reader copies is what runs.
func TestManualShowsTheSpec(t *testing.T) {
	t.Parallel()
	if !strings.Contains(read(t, manual), "```yaml\n"+read(t, "shop.yaml")+"```\n") {
		t.Errorf("%s does not show shop.yaml as it is", manual)
	}
}

// TestManualShowsTheResult: the figures that it prints are those of a run.
func TestManualShowsTheResult(t *testing.T) {
	t.Parallel()
	r, err := run(t, read(t, "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	page := " " + plain(read(t, manual)) + " "
	head := fmt.Sprintf("%s: %s, learnt from %d rows, judged by %d (a part of its own data)", r.Spec, r.Model.Name, r.Rows.Train, r.Rows.Test)
	for _, line := range append([]string{head}, r.Lines()...) {
		if !strings.Contains(page, " "+plain(line)+" ") {
			t.Errorf("%s does not show %q", manual, plain(line))
		}
	}
	if !r.Passes() {
		t.Errorf("the example falls short: %v", r.Gates)
	}
}

// run runs a spec of the shop.
func run(t *testing.T, spec string) (evals.Result, error) {
	t.Helper()
	s, err := tabular.Parse("shop.yaml", []byte(spec))
	if err != nil {
		return evals.Result{}, err
	}
	return s.Run(t.Context(), evals.Options{Data: os.DirFS("."), Seed: 1, Now: func() time.Time { return time.Time{} }})
}

// plain has one space between words.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestManualListsAll: the words that a refused spec offers are all explained.
func TestManualListsAll(t *testing.T) {
	t.Parallel()
	page, offered := read(t, manual), regexp.MustCompile(`must be one of (.*)`)
	for _, wrong := range []string{"derive: [{name: x, by: none, of: [weight]}]", "history: [{name: x, fold: none, key: [carrier]}]"} {
		head, _, _ := strings.Cut(read(t, "shop.yaml"), "derive:")
		_, err := tabular.Parse("shop.yaml", []byte(head+wrong+"\nfeatures: [{name: weight}]\n"))
		match := offered.FindStringSubmatch(fmt.Sprint(err))
		if match == nil {
			t.Fatalf("error %v offers nothing", err)
		}
		for word := range strings.SplitSeq(match[1], ", ") {
			if !strings.Contains(page, "`"+word+"`") {
				t.Errorf("%s does not explain %s", manual, word)
			}
		}
	}
}

// TestExcludedColumns: nothing that the example excludes can be a feature.
func TestExcludedColumns(t *testing.T) {
	t.Parallel()
	honest := read(t, "shop.yaml")
	for _, name := range []string{"customer_age", "delivered_at", "email"} {
		if _, err := run(t, strings.Replace(honest, "{name: weight}", "{name: "+name+"}", 1)); err == nil || !strings.Contains(err.Error(), "feature "+name) {
			t.Errorf("%s may be a feature: %v", name, err)
		}
	}
}
