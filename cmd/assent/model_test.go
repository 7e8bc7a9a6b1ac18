package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"assent/scoring/model"
)

// trainedOnce is the content of a model that passes its gates; training it is
// most of what a test of models would do.
var trainedOnce = sync.OnceValues(func() (content []byte, said string) {
	dir, err := os.MkdirTemp("", "assent-model")
	if err != nil {
		return nil, err.Error()
	}
	leftovers = append(leftovers, dir)
	for name, text := range map[string]string{"mapping.json": shopMapping, "orders.csv": shopExport(1200)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err.Error()
		}
	}
	var out bytes.Buffer
	args := []string{"--dir", filepath.Join(dir, "data"), "train", "order", filepath.Join(dir, "mapping.json"), dir, "--out=" + dir, "--set=odoo"}
	if run(context.Background(), args, strings.NewReader(""), &out, &out) != exitOK {
		return nil, out.String()
	}
	match := written.FindStringSubmatch(out.String())
	if match == nil {
		return nil, out.String()
	}
	content, err = os.ReadFile(match[1])
	if err != nil {
		return nil, err.Error()
	}
	return content, out.String()
})

// models is an installation with an analyst, a colleague of finance, and files
// of two models that pass and one that does not.
type models struct {
	shell
	champion, other, short string // paths
}

func withModels(t *testing.T) models {
	t.Helper()
	content, said := trainedOnce()
	if content == nil {
		t.Fatal(said)
	}
	s := models{shell: installed(t)}
	s.ok("users", "add", "ada@example.com", "--name=Ada", "--role=analyst")
	s.ok("users", "add", "bob@example.com", "--name=Bob", "--role=finance")
	s.champion = s.file("champion.json", string(content))
	s.other = s.file("other.json", changed(t, content, func(c *model.Content) { c.Calibration.Method, c.Calibration.Shift = "shift", 0.25 }))
	s.short = s.file("short.json", changed(t, content, func(c *model.Content) { c.Card.Gates[0].Pass = false }))
	return s
}

func changed(t *testing.T, content []byte, change func(*model.Content)) string {
	t.Helper()
	c, err := model.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	out, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// add stores a model and gives its revision.
func (s models) add(path string) string {
	s.t.Helper()
	match := regexp.MustCompile(`stored model ([0-9a-f]{64})`).FindStringSubmatch(s.ok("model", "add", path))
	if match == nil {
		s.t.Fatal("no revision")
	}
	return match[1]
}

// ask decides about an order that no service applies, and gives what the model
// said.
func (s models) ask(id string) decided {
	s.t.Helper()
	r := s.pipe(`{"kind": "order", "channel": "web", "apply": "caller", "subject": {"model": "sale.order", "id": `+id+`}, "fields": {
		"state": "draft", "date_order": "2026-01-05T10:00:00Z", "currency": "EUR", "amount_total": 400, "partner_id": 7,
		"payment": {"method": "wallet", "state": "authorized"}}}`, "decide")
	d := parse[decided](s.t, r.out)
	if r.status != exitOK || d.Assessment == nil {
		s.t.Fatalf("%d %+v %s", r.status, d, r.err)
	}
	return d
}

// A model's life: stored, asked beside, put in force by an analyst, taken back;
// what was decided with it replays all the same, and the audit is clean.
func TestLifeOfAModel(t *testing.T) {
	t.Parallel()
	s := withModels(t)
	by := []string{"--by=ada@example.com", "--reason=drill"}
	before := s.ask("1")
	champion, other := s.add(s.champion), s.add(s.other)
	s.ok(append([]string{"model", "shadow", champion[:12]}, by...)...)
	beside := s.ask("2")
	if out := s.ok(append([]string{"model", "promote", champion}, by...)...); !strings.Contains(out, "order: in force "+champion+", challenger none") {
		t.Errorf("promoted: %s", out)
	}
	with := s.ask("3")
	s.ok(append([]string{"model", "promote", other[:8]}, by...)...)
	second := s.ask("4")
	s.ok(append([]string{"model", "shadow", champion}, by...)...)
	if out := s.ok("model", "compare", "--kind=order"); !strings.Contains(out, "0 decisions of which 0 turned out positive") || !strings.Contains(out, "unknown") {
		t.Errorf("compared: %s", out)
	}
	if out := s.ok(append([]string{"model", "rollback", "--kind=order"}, by...)...); !strings.Contains(out, "in force "+champion) {
		t.Errorf("rolled back: %s", out)
	}
	back := s.ask("5")
	s.ok(append([]string{"model", "rollback", "--kind=order", "--to=start"}, by...)...)
	after := s.ask("6")
	for i, d := range []decided{before, beside, with, second, back, after} {
		want := []string{"scorecard/order", "scorecard/order", "trained/order/odoo", "trained/order/odoo", "trained/order/odoo", "scorecard/order"}[i]
		if d.Assessment.Model != want {
			t.Errorf("decision %d was assessed by %s, not %s", i, d.Assessment.Model, want)
		}
		for _, r := range d.Assessment.Reasons {
			if r.Text == "" {
				t.Errorf("no words for %s", r.Code)
			}
		}
	}
	if *with.Assessment.Probability != *back.Assessment.Probability || *with.Assessment.Probability == *second.Assessment.Probability {
		t.Errorf("probabilities %v, %v, %v", *with.Assessment.Probability, *second.Assessment.Probability, *back.Assessment.Probability)
	}
	if out := s.ok("replay"); !strings.HasPrefix(out, "6 decisions: 6 the same byte for byte") {
		t.Errorf("replayed: %s", out)
	}
	s.ok("audit", "verify")
	s.ok("doctor")
}

// list and show say what is stored, what is in force, and how good it is.
func TestModelList(t *testing.T) {
	t.Parallel()
	s := withModels(t)
	champion, other, short := s.add(s.champion), s.add(s.other), s.add(s.short)
	s.add(s.champion) // again is nothing new
	s.ok("model", "promote", champion, "--by=ada@example.com", "--reason=trial")
	s.ok("model", "shadow", short, "--by=ada@example.com", "--reason=trial")
	var all []listed
	if err := json.Unmarshal([]byte(s.ok("model", "list", "--json")), &all); err != nil {
		t.Fatal(err)
	}
	state := map[string]string{}
	for _, m := range all {
		state[m.Revision] = m.State
		if m.Passes != (m.Revision != short) || m.Kind != "order" || m.Name != "trained/order/odoo" || m.Rows < 500 || m.Metrics["auc"] < 0.9 {
			t.Errorf("%+v", m)
		}
	}
	if len(all) != 3 || state[champion] != "champion" || state[short] != "challenger" || state[other] != "candidate" {
		t.Errorf("%v", state)
	}
	lines := strings.Split(strings.TrimSpace(s.ok("model", "list", "--kind=order")), "\n")
	if len(lines) != 4 || !slices.ContainsFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, champion[:12]) && strings.Contains(line, "champion") && strings.Contains(line, "pass")
	}) {
		t.Errorf("list\n%s", strings.Join(lines, "\n"))
	}
	if out := s.ok("model", "list", "--kind=refund"); strings.Count(out, "\n") != 1 {
		t.Errorf("of another kind\n%s", out)
	}
	var card model.Card
	if err := json.Unmarshal([]byte(s.ok("model", "show", champion[:10])), &card); err != nil || card.Kind != "order" || len(card.Gates) == 0 || len(card.Backtest) == 0 {
		t.Errorf("%+v %v", card, err)
	}
}

// What may not be put in force is not, and says why.
func TestRefusedPromotions(t *testing.T) {
	t.Parallel()
	s := withModels(t)
	champion, short := s.add(s.champion), s.add(s.short)
	for name, c := range map[string]struct {
		says string
		args []string
	}{
		"not an analyst":    {"role analyst", []string{"promote", champion, "--by=bob@example.com", "--reason=trial"}},
		"nobody":            {"no such user", []string{"promote", champion, "--by=eve@example.com", "--reason=trial"}},
		"no person":         {"--by", []string{"promote", champion, "--reason=trial"}},
		"a reason in words": {"must be one of", []string{"promote", champion, "--by=ada@example.com", "--reason=because"}},
		"a gate short":      {"short in", []string{"promote", short, "--by=ada@example.com", "--reason=trial"}},
		"unknown":           {"one stored model", []string{"promote", strings.Repeat("0", 64), "--by=ada@example.com", "--reason=trial"}},
		"too short":         {"at least its first 8", []string{"promote", champion[:7], "--by=ada@example.com", "--reason=trial"}},
		"nothing before":    {"No other model", []string{"rollback", "--kind=order", "--by=ada@example.com", "--reason=trial"}},
		"never in force":    {"in force before", []string{"rollback", "--kind=order", "--to=" + champion, "--by=ada@example.com", "--reason=trial"}},
		"no challenger":     {"No challenger", []string{"compare", "--kind=order"}},
		"no model":          {"must be a model that assent train wrote", []string{"add", s.file("nothing.json", `{}`)}},
		"shadow of nothing": {"one of the two", []string{"shadow", "--by=ada@example.com", "--reason=trial"}},
	} {
		if r := s.run(append([]string{"model"}, c.args...)...); r.status == exitOK || !strings.Contains(r.out+r.err, c.says) {
			t.Errorf("%s: status %d, want %q\n%s%s", name, r.status, c.says, r.out, r.err)
		}
	}
	if out := s.ok("model", "list"); strings.Contains(out, "champion") || strings.Contains(out, "challenger") {
		t.Errorf("something is in force:\n%s", out)
	}
	s.ok("audit", "verify")
}

// Beside a running service, models are stored and put in force through it; the
// next request is assessed with them, and metrics and doctor name them.
func TestModelsBesideTheService(t *testing.T) {
	t.Parallel()
	s := withModels(t)
	service := s.serve()
	c := caller{t, service.url, s.key("--rights=decide,read")}
	if d := s.ask("1"); d.Assessment.Model != "scorecard/order" {
		t.Errorf("%s", d.Assessment.Model)
	}
	champion, other := s.add(s.champion), s.add(s.other)
	s.ok("model", "promote", champion, "--by=ada@example.com", "--reason=better_eval")
	s.ok("model", "shadow", other, "--by=ada@example.com", "--reason=trial")
	d := s.ask("2")
	var answer struct {
		Assessment struct{ Model, Revision string }
		Challenger *struct {
			Model, Revision string
			Probability     float64
		}
	}
	if status := c.get("/v1/decisions/"+d.ID, &answer); status != 200 || answer.Assessment.Revision != champion {
		t.Errorf("%d %+v", status, answer)
	}
	if ch := answer.Challenger; ch == nil || ch.Revision != other || ch.Model != "trained/order/odoo" || ch.Probability <= 0 {
		t.Errorf("challenger %+v", ch)
	}
	service.stop()
	s.ok("audit", "verify")
	s.ok("replay")
}
