package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/calibrate"
	"assent/scoring/feature"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// modelFile is the file of a model of orders: the scorecard's log-odds, moved
// by so much. It passes its gate unless change says otherwise.
func (s shell) modelFile(name string, shift float64, change func(*model.Content)) (path, revision string) {
	s.t.Helper()
	set, _ := feature.Named("order/odoo")
	day := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	content := model.Content{
		Card: model.Card{
			Name: "trained/" + name, Kind: "order", Code: "test", Trained: day,
			Data:    model.Data{SHA256: strings.Repeat("0", 64), Rows: 1200, Positives: 40, From: day.AddDate(-1, 0, 0), To: day},
			Metrics: map[string]float64{"auc": 0.8125, "ece": 0.0125},
			Gates:   []metric.Gate{{Metric: "auc", Want: ">= 0.55", Have: 0.8125, Pass: true}},
		},
		Set: set.Name, Columns: set.Columns()[:1], Importance: []float64{1},
		Blend: &blend.Blend{Shares: blend.Shares{blend.Scorecard: 1}}, Scorecard: scoring.Order().Revision(),
		Calibration: calibrate.Map{Method: calibrate.Shift, Shift: shift},
	}
	if change != nil {
		change(&content)
	}
	encoded, err := content.Encode()
	if err != nil {
		s.t.Fatal(err)
	}
	return s.file(name+".model.json", string(encoded)), model.Revision(encoded)
}

// analysed is an installation with an analyst, somebody who is none, and an
// analyst who left.
func analysed(t *testing.T) shell {
	t.Helper()
	s := installed(t)
	s.ok("users", "add", "ann@example.com", "--name=Ann", "--role=analyst")
	s.ok("users", "add", "fin@example.com", "--name=Fin", "--role=finance")
	s.ok("users", "add", "gone@example.com", "--name=Gone", "--role=analyst")
	s.ok("users", "disable", "gone@example.com")
	return s
}

var byAnn = []string{"--by=ann@example.com", "--reason=better_eval"}

// state is what assent model list says of a revision.
func (s shell) state(revision string) string {
	s.t.Helper()
	var all []listed
	if err := json.Unmarshal([]byte(s.ok("model", "list", "--json")), &all); err != nil {
		s.t.Fatal(err)
	}
	for _, m := range all {
		if m.Revision == revision {
			return m.State
		}
	}
	return "not listed"
}

// The whole life of two models, through the service that runs, and every
// decision afterwards replayed with the model that it was made with.
func TestLifeOfAModel(t *testing.T) {
	t.Parallel()
	s := analysed(t)
	service := s.serve()
	shop := caller{t, service.url, s.key()}
	fake, _ := fakeOdoo(t, 18, 20)
	id := 0
	decide := func() (probability float64, model string) {
		t.Helper()
		id++
		var d struct {
			Assessment struct {
				Probability     float64
				Model, Revision string
			}
			Revisions struct{ Model string }
		}
		if status := shop.post("/v1/decisions", order(t, fake, id), &d); status != http.StatusCreated || d.Assessment.Revision != d.Revisions.Model {
			t.Errorf("status %d: %+v", status, d)
		}
		return d.Assessment.Probability, d.Revisions.Model
	}
	risky, first := s.modelFile("risky", 2, nil)
	mild, second := s.modelFile("mild", 1, nil)
	card := scoring.Order().Revision()
	for _, path := range []string{risky, mild, mild} { // storing it again is no error
		s.ok("model", "add", path)
	}
	steps := []struct {
		command []string
		inForce string
		states  [3]string // of the scorecard, first, second
	}{
		{nil, card, [3]string{champion, candidate, candidate}},
		{[]string{"promote", first}, first, [3]string{former, champion, candidate}},
		{[]string{"shadow", second}, first, [3]string{former, champion, challenger}},
		{[]string{"promote", second[:12]}, second, [3]string{former, former, champion}},
		{[]string{"rollback", "--kind=order"}, first, [3]string{former, champion, former}},
		{[]string{"rollback", "--kind=order"}, card, [3]string{champion, former, former}},
		{[]string{"rollback", "--kind=order", "--to=" + second}, second, [3]string{former, former, champion}},
		{[]string{"rollback", "--kind=order", "--to=start"}, card, [3]string{champion, former, former}},
		{[]string{"shadow", first}, card, [3]string{champion, challenger, former}},
		{[]string{"shadow", "--kind=order"}, card, [3]string{champion, former, former}},
	}
	for i, step := range steps {
		if step.command != nil {
			s.ok(append(append([]string{"model"}, step.command...), byAnn...)...)
		}
		if _, by := decide(); by != step.inForce {
			t.Errorf("after %d %q: decided by %.12s, want %.12s", i, step.command, by, step.inForce)
		}
		if have := [3]string{s.state(card), s.state(first), s.state(second)}; have != step.states {
			t.Errorf("after %d %q: %q, want %q", i, step.command, have, step.states)
		}
	}
	s.fails(exitError, "no other model was in force before", append([]string{"model", "rollback", "--kind=order"}, byAnn...)...)
	list := s.ok("model", "list", "--kind=order")
	if lines := strings.Split(strings.TrimSpace(list), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[1], card[:12]) ||
		!strings.Contains(list, "2025-01-05 to 2026-01-05  1200  pass   0.8125  0.0125") {
		t.Errorf("list\n%s", list)
	}
	if shown := s.ok("model", "show", first); !strings.Contains(shown, `"trained/risky"`) {
		t.Errorf("show\n%s", shown)
	}
	service.stop()
	if out, want := s.ok("replay"), fmt.Sprintf("%d decisions: %[1]d the same byte for byte, 0 erased\n", id); out != want {
		t.Errorf("have %q, want %q", out, want)
	}
	s.ok("audit", "verify")
}

// What may not be put in force says what is missing, and changes nothing.
func TestPromotionsRefused(t *testing.T) {
	t.Parallel()
	s := analysed(t)
	add := func(name string, change func(*model.Content)) string {
		path, revision := s.modelFile(name, 1, change)
		s.ok("model", "add", path)
		return revision
	}
	before := readJournal(t, s.dir).entries
	good := add("good", nil)
	ungated := add("ungated", func(c *model.Content) { c.Card.Gates = nil })
	short := add("short", func(c *model.Content) { c.Card.Gates[0].Pass = false })
	by := func(email string) []string { return []string{"--by=" + email + "@example.com", "--reason=drift"} }
	for says, command := range map[string][]string{
		"at least one gate":              append([]string{"promote", ungated}, by("ann")...),
		"short in auc":                   append([]string{"promote", short}, by("ann")...),
		"There is no such user":          append([]string{"promote", good}, by("eve")...),
		"with the role analyst":          append([]string{"promote", good}, by("fin")...),
		"The person is disabled":         append([]string{"promote", good}, by("gone")...),
		"--reason":                       {"promote", good, "--by=ann@example.com"},
		"one of better_eval":             {"promote", good, "--by=ann@example.com", "--reason=because"},
		"--by":                           {"promote", good, "--reason=drift"},
		"revision of one stored model":   append([]string{"promote", "0123456789ab"}, by("ann")...),
		"at least its first 8":           append([]string{"promote", good[:7]}, by("ann")...),
		"in force before":                append([]string{"rollback", "--kind=order", "--to=" + good}, by("ann")...),
		"must be one of order, delivery": append([]string{"rollback", "--kind=horoscope", "--to=start"}, by("ann")...),
		"and not both":                   append([]string{"shadow", good, "--kind=order"}, by("ann")...),
		"No challenger is asked":         {"compare", "--kind=order"},
		"must be two models":             {"compare", good, good, "--kind=order"},
		"has a known truth yet":          {"compare", "start", good, "--kind=order"},
		"must be a model":                {"add", s.file("junk.json", `{"card":{}}`)},
		"unknown field":                  {"add", s.file("more.json", `{"card":{},"backdoor":true}`)},
	} {
		if r := s.run(append([]string{"model"}, command...)...); r.status == exitOK || !strings.Contains(r.err, says) {
			t.Errorf("%q: status %d, %q is not in %s", command, r.status, says, r.err)
		}
	}
	if state := s.state(good); state != candidate {
		t.Errorf("a model is %s after all", state)
	}
	if after := readJournal(t, s.dir).entries; after != before {
		t.Errorf("%d entries more", after-before)
	}
}

// Both models are judged by what came of the decisions that asked both.
func TestModelCompare(t *testing.T) {
	t.Parallel()
	s := analysed(t)
	path, revision := s.modelFile("beside", 2, nil)
	s.ok("model", "add", path)
	s.ok(append([]string{"model", "shadow", revision}, byAnn...)...)
	service := s.serve()
	shop := caller{t, service.url, s.key("--rights=decide,read,outcome")}
	fake, _ := fakeOdoo(t, 18, 60)
	var asked []string
	for id := 1; len(asked) < 12; id++ {
		var d struct {
			ID         string
			Challenger struct{ Failure *struct{ Code string } }
		}
		body := order(t, fake, id)
		if len(asked)%3 == 0 {
			body = stranger(t, fake, id)
		}
		shop.post("/v1/decisions", body, &d)
		if d.Challenger.Failure == nil { // it may be late on a busy machine, at its first time above all
			asked = append(asked, d.ID)
		}
	}
	for i, id := range asked[:11] {
		value := "cleared"
		if i%3 == 0 {
			value = "confirmed"
		}
		told := fmt.Sprintf(`{"decision": %q, "type": "fraud", "value": %q}`, id, value)
		if status := shop.post("/v1/outcomes", told, nil); status != http.StatusCreated && status != http.StatusOK {
			t.Fatalf("outcome: %d", status)
		}
	}
	// What has been told says nothing yet: the good ones will never be told of.
	s.fails(exitError, "of 12 that asked both it is unknown", "model", "compare", "--kind=order")
	const mature = 61 * 24 * time.Hour
	var out comparison
	if err := json.Unmarshal([]byte(s.in(mature, "model", "compare", "--kind=order", "--json")), &out); err != nil {
		t.Fatal(err)
	}
	if out.A != scoring.Order().Revision() || out.B != revision || out.Decisions != 12 || out.Positive != 4 || out.Unknown != 0 {
		t.Errorf("have %+v", out)
	}
	// The same order of risk, and probabilities further up.
	if d := out.Differences["auc"]; out.OfA["auc"].Value != 1 || d.Value != 0 || d.Better != 0.5 {
		t.Errorf("auc %+v, difference %+v", out.OfA["auc"], d)
	}
	if out.Differences["brier"].Value == 0 || out.OfB["brier"].Value-out.OfA["brier"].Value != out.Differences["brier"].Value {
		t.Errorf("brier %+v and %+v, difference %+v", out.OfA["brier"], out.OfB["brier"], out.Differences["brier"])
	}
	// The other way round the differences change their sign.
	var back comparison
	if err := json.Unmarshal([]byte(s.in(mature, "model", "compare", revision, "start", "--kind=order", "--json")), &back); err != nil {
		t.Fatal(err)
	}
	if back.Decisions != 12 || back.Differences["brier"].Value != -out.Differences["brier"].Value {
		t.Errorf("back: %+v", back.Differences["brier"])
	}
	if said := s.in(mature, "model", "compare", "--kind=order"); !strings.Contains(said, "order: 12 decisions of which 4 turned out positive") {
		t.Errorf("have\n%s", said)
	}
}

// Doctor and metrics tell which models are in force, and doctor that one
// cannot be loaded; decisions go on without it, and a person is asked.
func TestModelThatIsGone(t *testing.T) {
	t.Parallel()
	s := analysed(t)
	path, revision := s.modelFile("fleeting", 1, nil)
	s.ok("model", "add", path)
	s.ok(append([]string{"model", "promote", revision}, byAnn...)...)
	if out := s.run("doctor").out; !strings.Contains(out, "models     ok") {
		t.Errorf("doctor\n%s", out)
	}
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	a.noTriggers()
	a.exec(`UPDATE artefacts SET content = CAST(replace(CAST(content AS TEXT), '"shift":1', '"shift":9') AS BLOB) WHERE kind = 'model'`)
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "models     FAILS  company main, kind order, model "+revision[:12], "doctor")
	service := s.serve()
	shop := caller{t, service.url, s.key()}
	fake, _ := fakeOdoo(t, 18, 2)
	if d := shop.decide(order(t, fake, 1)); d.Verdict != "approve" || d.Assessment != nil {
		t.Errorf("have %+v", d)
	}
	var metrics string
	shop.get("/metrics", &metrics)
	if want := `assent_models{company="main",kind="order",revision="` + revision + `",state="champion"} 1`; !strings.Contains(metrics, want) {
		t.Errorf("no %s", want)
	}
	service.stop()
	s.fails(exitBroken, "model "+revision+" was changed", "audit", "verify")
	if out := s.ok("replay"); !strings.HasPrefix(out, "1 decisions: 1 the same") {
		t.Errorf("replay: %s", out)
	}
	s.ok(append([]string{"model", "rollback", "--kind=order"}, byAnn...)...)
	if out := s.run("doctor").out; !strings.Contains(out, "models     ok") {
		t.Errorf("doctor after the rollback\n%s", out)
	}
	// What nobody can read any more keeps nobody from seeing the others.
	a = &attacker{shell: s, db: openRaw(t, s.dir)}
	a.exec(`UPDATE artefacts SET content = x'00' WHERE kind = 'model'`)
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	if state := s.state(revision); state != unusable {
		t.Errorf("what cannot be read is %s", state)
	}
	if out := s.ok("model", "list"); !strings.Contains(out, "scorecard/order") {
		t.Errorf("list\n%s", out)
	}
}

// A file of a model is read where the command was typed.
func TestModelAddReadsItsFile(t *testing.T) {
	t.Parallel()
	s := analysed(t)
	s.fails(exitUsage, "no such file", "model", "add", filepath.Join(s.dir, "nothing.json"))
}
