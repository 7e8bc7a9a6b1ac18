package policy

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"assent/decision"
)

// Library finds engines by revision, and compiles a stored bundle the first
// time it is asked for, by the files it carries and not by this release's. It
// is safe for concurrent use: readers never wait for a compilation of another
// revision, and an engine once handed out stays good. It implements
// decision.Policies.
type Library struct {
	// Deadline of the engines it compiles, DefaultDeadline unless it is changed
	// before the first.
	Deadline time.Duration

	artefacts decision.Artefacts
	engines   atomic.Pointer[map[string]*Engine]
	compiling sync.Mutex
	added     []string // revisions on the shelf, oldest first; under compiling
}

// shelf is how many engines are kept, a few megabytes each. A replay of years
// must not fill the memory; what was put away is compiled again in some tens
// of milliseconds.
const shelf = 16

var _ decision.Policies = (*Library)(nil)

// NewLibrary makes a library over stored bundles.
func NewLibrary(artefacts decision.Artefacts) *Library {
	l := &Library{Deadline: DefaultDeadline, artefacts: artefacts}
	l.engines.Store(&map[string]*Engine{})
	return l
}

// Policy finds a revision. CodeNotFound when it is not stored, CodeInvalid
// when it is not what its revision says, or means nothing to this release.
func (l *Library) Policy(ctx context.Context, revision string) (decision.Policy, error) {
	e, err := l.Engine(ctx, revision)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Engine is Policy with the whole engine: reasons, rules, limits.
func (l *Library) Engine(ctx context.Context, revision string) (*Engine, error) {
	if e, ok := (*l.engines.Load())[revision]; ok {
		return e, nil
	}
	l.compiling.Lock()
	defer l.compiling.Unlock()
	if e, ok := (*l.engines.Load())[revision]; ok {
		return e, nil
	}
	e, err := l.load(ctx, revision)
	if err != nil {
		return nil, err
	}
	e.Deadline = l.Deadline
	l.add(e)
	return e, nil
}

// add swaps in a copy, so that readers need no lock.
func (l *Library) add(e *Engine) {
	engines := maps.Clone(*l.engines.Load())
	if _, known := engines[e.Revision()]; !known {
		l.added = append(l.added, e.Revision())
	}
	engines[e.Revision()] = e
	if len(l.added) > shelf {
		delete(engines, l.added[0])
		l.added = l.added[1:]
	}
	l.engines.Store(&engines)
}

func (l *Library) load(ctx context.Context, revision string) (*Engine, error) {
	if revision == "" {
		return nil, decision.Errorf(decision.CodeNotFound, "No policy is active.")
	}
	data, err := l.artefacts.Artefact(ctx, decision.PolicyArtefact, revision)
	if err != nil {
		return nil, err
	}
	// What came into force was checked then; here only that it still is that.
	if hash(data) != revision {
		return nil, decision.Errorf(decision.CodeInvalid, "The stored policy does not match its revision.")
	}
	b, err := DecodeBundle(data)
	if err != nil {
		return nil, err
	}
	return CompileStored(b)
}
