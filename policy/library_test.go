package policy_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"assent/decision"
	"assent/policy"
)

// artefacts is a shelf in memory that counts how often it is asked.
type artefacts struct {
	mu    sync.Mutex
	kept  map[string][]byte
	asked int
}

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
		if err := a.PutArtefact(t.Context(), policy.ArtefactKind, b.Revision(), b.Encode()); err != nil {
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
	tampered := edited(t, "order/outcome.rego", "order.rejected == set()", "true")
	library, kept := shelved(t, good, broken, tampered)
	if err := kept.PutArtefact(t.Context(), policy.ArtefactKind, "swapped", good.Encode()); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, revision string
		code           decision.Code
	}{
		{"none", "", decision.CodeNotFound},
		{"unknown", "0123", decision.CodeNotFound},
		{"does not compile", broken.Revision(), decision.CodeInvalid},
		{"changes what is protected", tampered.Revision(), decision.CodeInvalid},
		{"is not what its revision says", "swapped", decision.CodeInvalid},
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
