package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assent/decision"
	"assent/policy"
)

// artefacts is a shelf in memory that counts how often it is asked.
type artefacts struct {
	mu    sync.Mutex
	kept  map[string][]byte
	asked int
}

func (a *artefacts) ArtefactRevisions(context.Context, string) ([]string, error) { return nil, nil }

func (a *artefacts) PutArtefact(_ context.Context, kind, revision string, content []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept[kind+" "+revision] = content
	return nil
}

func (a *artefacts) Artefact(_ context.Context, kind, revision string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	content, ok := a.kept[kind+" "+revision]
	if !ok {
		return nil, decision.Errorf(decision.CodeNotFound, "There is no such artefact.")
	}
	return content, nil
}

// shelved is a library over stored bundles.
func shelved(t *testing.T, bundles ...policy.Bundle) (*policy.Library, *artefacts) {
	t.Helper()
	a := &artefacts{kept: map[string][]byte{}}
	for _, b := range bundles {
		if err := a.PutArtefact(t.Context(), decision.PolicyArtefact, b.Revision(), b.Encode()); err != nil {
			t.Fatal(err)
		}
	}
	library := policy.NewLibrary(a)
	library.Deadline = time.Minute // a busy machine makes no policy late
	return library, a
}

func TestTheLibraryCompilesARevisionOnce(t *testing.T) {
	t.Parallel()
	b := edited(t, "lists.json", "", "")
	library, kept := shelved(t, b)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			p, err := library.Policy(t.Context(), b.Revision())
			if err != nil || p.Revision() != b.Revision() {
				t.Errorf("have %v, %v", p, err)
			}
		})
	}
	group.Wait()
	if kept.asked != 1 {
		t.Errorf("the store was asked %d times", kept.asked)
	}
}

func TestTheLibraryRefusesWhatItCannotTrust(t *testing.T) {
	t.Parallel()
	good := edited(t, "lists.json", "", "")
	broken := edited(t, "order/requirements.rego", "required := {", "required := [")
	library, kept := shelved(t, good, broken)
	edited := edited(t, "order/outcome.rego", "order.rejected == set()", "true")
	for revision, content := range map[string][]byte{
		"swapped": good.Encode(), edited.Revision(): good.Encode(), broken.Revision()[:63]: broken.Encode(),
		strings.Repeat("0", 64): append(good.Encode(), ' '),
	} {
		if err := kept.PutArtefact(t.Context(), decision.PolicyArtefact, revision, content); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name, revision string
		code           decision.Code
	}{
		{"none", "", decision.CodeNotFound},
		{"unknown", "0123", decision.CodeNotFound},
		{"does not compile", broken.Revision(), decision.CodeInvalid},
		{"under another name", "swapped", decision.CodeInvalid},
		{"in place of another", edited.Revision(), decision.CodeInvalid},
		{"under a part of its revision", broken.Revision()[:63], decision.CodeInvalid},
		{"another writing of the same", strings.Repeat("0", 64), decision.CodeInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if p, err := library.Policy(t.Context(), tt.revision); decision.CodeOf(err) != tt.code || p != nil {
				t.Errorf("have %v, %v, want code %s", p, err, tt.code)
			}
			if _, err := library.Policy(t.Context(), good.Revision()); err != nil {
				t.Errorf("the good revision is gone: %v", err)
			}
		})
	}
}

func TestTheLibraryServesWhileItLearns(t *testing.T) {
	t.Parallel()
	var bundles []policy.Bundle
	for i := range 20 { // more than it keeps
		b := edited(t, "lists.json", `"blocked_partners": {}`, fmt.Sprintf(`"blocked_partners": {"%d": "Fraud."}`, i))
		bundles = append(bundles, policy.Bundle{Files: maps.Clone(b.Files)})
	}
	library, _ := shelved(t, bundles...)
	s, a := clean()
	var group sync.WaitGroup
	for _, b := range bundles {
		group.Go(func() {
			p, err := library.Policy(t.Context(), b.Revision())
			if err != nil {
				t.Error(err)
				return
			}
			kind, _ := decision.KindNamed("order")
			if v := p.Govern(t.Context(), s, a, kind.Propose(s, a)); v.Outcome == decision.Reject && b.Revision() != bundles[14].Revision() {
				t.Errorf("another revision answered: %+v", v)
			}
		})
	}
	group.Wait()
	e, err := library.Engine(t.Context(), bundles[14].Revision())
	if err != nil {
		t.Fatal(err)
	}
	if v := govern(t, e, s, a); v.Outcome != decision.Reject {
		t.Errorf("partner 14 is blocked, have %+v", v)
	}
}

// older is a bundle as an earlier release may have left it: with fewer kinds,
// another tolerance in lib, an outcome that knew no protection yet, and a
// field that is declared no longer.
func older(t *testing.T) policy.Bundle {
	t.Helper()
	b := edited(t, "lib/lib.rego", "amount - limit < 0.0005", "amount - limit < 5")
	for name := range b.Files {
		if strings.HasPrefix(name, "change/") || strings.HasPrefix(name, "delivery/") || strings.HasSuffix(name, "_test.rego") {
			delete(b.Files, name)
		}
	}
	delete(b.Files, "refund/protect.rego")
	b.Files["refund/outcome.rego"] = strings.ReplaceAll(b.Files["refund/outcome.rego"], "refund.protect", "{}")
	b.Files["refund/requirements.rego"] += "\nmood if input.subject.mood == \"good\"\n"
	return b
}

// An upgrade changes neither what a policy in force says nor what one of
// earlier said: their own files count, not this release's.
func TestAStoredPolicyDecidesByItsOwnFiles(t *testing.T) {
	t.Parallel()
	b := older(t)
	if _, err := policy.Compile(b); decision.CodeOf(err) != decision.CodeInvalid {
		t.Fatalf("it could come into force anew: %v", err)
	}
	library, _ := shelved(t, b)
	e, err := library.Engine(t.Context(), b.Revision())
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	now := engine(t)
	refund, _ := decision.KindNamed("refund")
	file := readVerdicts(t, "testdata/verdicts/refund.json")
	ask := func(e *policy.Engine, total string) decision.Verdict {
		s, a := verdictCase{Context: map[string]any{"history": map[string]any{"partner_refunded_90d": json.Number(total)}}}.over(t, refund, file.Base)
		return govern(t, e, s, a)
	}
	for _, tt := range []struct {
		total     string
		then, now decision.Outcome
	}{
		{"0", decision.Execute, decision.Execute},
		{"129", decision.Execute, decision.Approve}, // 25 more are 4 above the limit: within the old tolerance
		{"130", decision.Approve, decision.Approve},
	} {
		if then, today := ask(e, tt.total), ask(now, tt.total); then.Outcome != tt.then || today.Outcome != tt.now || then.Failure != "" {
			t.Errorf("after %s: %+v, this release's %s", tt.total, then, today.Outcome)
		}
	}
	if caps := e.Caps("refund"); caps.Count == 0 {
		t.Error("its caps are gone")
	}
}

// A kind that came with an upgrade is not in the policies of before.
func TestAKindThatAStoredPolicyLacksAsksThePersonOfLastResort(t *testing.T) {
	t.Parallel()
	b := older(t)
	library, _ := shelved(t, b)
	e, err := library.Engine(t.Context(), b.Revision())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"change", "delivery"} {
		v := govern(t, e, decision.Snapshot{Kind: name}, decision.Assessment{})
		if diff := cmp.Diff(decision.FallbackVerdict(decision.PolicyMissing), v); diff != "" {
			t.Errorf("%s (-want +have)\n%s", name, diff)
		}
		if caps := e.Caps(name); caps.Count != 0 || !caps.Amount.IsZero() {
			t.Errorf("%s: caps %+v", name, caps)
		}
	}
}

// What helps authors decides nothing: a policy that is in force says the same
// after it was stored.
func TestStoringChangesNoVerdict(t *testing.T) {
	t.Parallel()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := policy.CompileStored(b)
	if err != nil {
		t.Fatal(err)
	}
	stored.Deadline = time.Minute
	e := compiled(t, b)
	for _, kind := range decision.Kinds() {
		samples, err := e.Samples(kind, 100, 23)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range samples {
			want, have := govern(t, e, s.Snapshot, s.Assessment), govern(t, stored, s.Snapshot, s.Assessment)
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("%s %d (-want +have)\n%s", kind.Name, i, diff)
			}
		}
	}
}

// What keeps a policy harmless holds for stored ones too.
func TestAStoredPolicyMayReachNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"network":           `leak := http.send({"method": "get", "url": "http://example.com"})`,
		"clock":             "clock := time.now_ns()",
		"replaced input":    "free if input.subject.amount_total < 5 with input.subject.amount_total as 1",
		"another kind":      "other := data.refund.required",
		"all of data":       "names := {name | data[name]}",
		"a protected place": "",
	} {
		b := edited(t, "order/requirements.rego", "", text)
		if text == "" {
			b.Files["order/more.rego"] = "package assent.order\n\noutcome := \"execute\"\n"
		}
		if _, err := policy.CompileStored(b); decision.CodeOf(err) != decision.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
