package main

import (
	"testing"
	"time"

	"assent/decision"
	"assent/policy"
)

// What a code of a policy means is said in the words of the revision that a
// decision was made with: not of one in force since, nor of another company's.
func TestSentence(t *testing.T) {
	t.Parallel()
	s := installed(t)
	s.ok("company", "add", "other", "--currency=EUR")
	p := &process{ctx: t.Context(), config: &Config{Dir: s.dir}, now: time.Now, stderr: t.Output()}
	app, err := p.open(readWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer app.store.Close()
	const before, after = "The order is larger than what is confirmed without a person.", "Somebody with a pen must look at this one."
	bundle, err := policy.LoadDir(drafted(t, "order/requirements.rego", before, after))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.activate(t.Context(), bundle, "other", "test"); err != nil {
		t.Fatal(err)
	}
	revisions := map[string]string{"": ""} // without a policy nobody knows the code
	for company, want := range map[string]string{"main": before, "other": after} {
		head, err := app.store.Head(t.Context(), company)
		if err != nil {
			t.Fatal(err)
		}
		revisions[head.Policy] = want
	}
	for revision, want := range revisions {
		if have := app.sentence(revision, "ORDER_AMOUNT"); have != want {
			t.Errorf("policy %.12s says %q, want %q", revision, have, want)
		}
		if app.sentence(revision, decision.GuardKill) == "" || app.sentence(revision, "NO_SUCH_CODE") != "" {
			t.Errorf("policy %.12s: the pipeline's codes have one meaning, unknown ones none", revision)
		}
		if have := app.rule(revision, "order/action"); (have != "") != (want != "") {
			t.Errorf("policy %.12s calls the rule %q", revision, have)
		}
	}
}
