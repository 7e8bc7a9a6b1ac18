package decision

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// History answers questions about the past: a Reader, or a MemoryHistory.
type History interface {
	History(ctx context.Context, company string, queries []HistoryQuery) ([][]HistoryRow, error)
}

// Hash is the keyed hash of an identifier, as Keyring.HashIdentifier makes it.
type Hash func(entity, value string) string

// Gather adds the kind's features to a snapshot: Context, KnownAt, and in
// Missing why what is not there is not. It looks at Fields and at what history
// knew at Now, in one call, and at nothing else. Serving and training both
// come through here.
func Gather(ctx context.Context, h History, hash Hash, s *Snapshot) error {
	_, err := gather(ctx, h, hash, s)
	return err
}

func gather(ctx context.Context, h History, hash Hash, s *Snapshot) (past, error) {
	kind, _ := KindNamed(s.Kind)
	plan := planOf(s.Kind)
	p := plan.ask(*s, hash)
	var err error
	if p.rows, err = h.History(ctx, s.Company, p.queries); err != nil {
		return p, err
	}
	s.Context, s.KnownAt = make(Record, len(kind.Features)), map[string]time.Time{}
	if s.Missing == nil {
		s.Missing = map[string]string{}
	}
	for i, f := range kind.Features {
		value, at, why := p.tell(f, plan.uses[i], *s)
		if value == nil {
			s.Missing[f.Path] = why
			continue
		}
		s.Context[f.Path] = value
		if !at.IsZero() {
			s.KnownAt[f.Path] = at
		}
	}
	return p, nil
}

// sight is what features need of an entity: the newest rows of one kind.
type sight struct {
	entity Entity
	kind   string
	window time.Duration // the longest; 0 is without bound
	mature time.Duration // only of what is as old; 0 is of all
}

// use says which sights a feature looks at; -1 is none.
type use struct{ rows, whole int }

// plan is what a kind asks of history, one query for all features that look
// at the same rows. One kind of row must not push another's out of sight.
type plan struct {
	sights []sight
	uses   []use               // by feature
	links  map[string][]string // by entity: what is counted behind it
	truths string
}

var plans = sync.OnceValue(func() map[string]plan {
	all := map[string]plan{}
	for _, k := range kinds {
		all[k.Name] = k.plan()
	}
	return all
})

func planOf(kind string) plan { return plans()[kind] }

func (k Kind) plan() plan {
	p := plan{links: k.linksCounted(), truths: k.TruthKind()}
	for _, f := range k.Features {
		u := use{-1, -1}
		if e, ok := k.entity(f.Entity); ok && f.From == nil {
			u.rows = p.see(sight{entity: e, kind: f.Kind, window: f.Window})
			if f.Per != "" {
				whole := sight{entity: e, kind: f.Per, window: f.Window}
				if e.Hot {
					// The newest of what many share are all too young to be judged.
					whole.mature = f.Mature
				}
				u.whole = p.see(whole)
			}
		}
		p.uses = append(p.uses, u)
	}
	return p
}

// see adds a sight, or widens the one that looks at the same rows.
func (p *plan) see(s sight) int {
	i := slices.IndexFunc(p.sights, func(o sight) bool {
		return o.entity.Type == s.entity.Type && o.kind == s.kind && o.mature == s.mature
	})
	if i < 0 {
		p.sights = append(p.sights, s)
		return len(p.sights) - 1
	}
	if o := &p.sights[i]; s.window == 0 || o.window != 0 && s.window > o.window {
		o.window = s.window
	}
	return i
}

// past is what history said about a snapshot's entities when it was gathered.
type past struct {
	queries []HistoryQuery
	rows    [][]HistoryRow // by query, newest first
	of      [][]int        // by sight: its queries, one a value of the entity
	firm    []bool         // by query: what decisions made at the same time may not add to
}

// ask asks for every value that the snapshot names of every entity.
func (p plan) ask(s Snapshot, hash Hash) past {
	out := past{of: make([][]int, len(p.sights))}
	hashes := map[string][]string{}
	for i, look := range p.sights {
		e := look.entity
		if _, done := hashes[e.Type]; !done {
			hashes[e.Type] = e.hashes(s, hash)
		}
		for _, h := range hashes[e.Type] {
			q := HistoryQuery{
				EntityType: e.Type, EntityHash: h, Kind: look.kind, Before: s.Now.Add(time.Microsecond), NotSubject: s.Subject.Record(), Cap: e.Cap,
			}
			if look.window > 0 {
				q.Since = s.Now.Add(-look.window)
			}
			if look.mature > 0 {
				q.Until = s.Now.Add(time.Microsecond - look.mature)
			}
			out.of[i] = append(out.of[i], len(out.queries))
			out.queries = append(out.queries, q)
			out.firm = append(out.firm, !e.Hot && look.kind != p.truths)
		}
	}
	return out
}

// hashes are the keyed hashes of the values that a snapshot names.
func (e Entity) hashes(s Snapshot, hash Hash) []string {
	values := e.values(s)
	out := make([]string, 0, len(values))
	for _, v := range values {
		if h := hash(e.Type, v); !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// tell computes one feature: of several values the largest. A nil value is
// unknown, for the reason that is given.
func (p past) tell(f Feature, u use, s Snapshot) (value any, at time.Time, why string) {
	if f.From != nil {
		return f.From(s), time.Time{}, absentFields
	}
	if u.rows < 0 || len(p.of[u.rows]) == 0 {
		return nil, at, "no_" + f.Entity
	}
	why = absentHistory
	if f.Bound != nil {
		why = absentBound
	}
	for n, i := range p.of[u.rows] {
		e := evidence{rows: p.rows[i], full: len(p.rows[i]) == p.queries[i].Cap}
		if u.whole >= 0 {
			e.whole = p.rows[p.of[u.whole][n]]
		}
		if e.full && !f.Saturates && f.cut(e.rows, s.Now) {
			return nil, at, absentTooMany
		}
		v, known := f.fold(e, s)
		value, at = largest(value, v), later(at, known)
	}
	return value, at, why
}

// cut says whether older rows than those read may lie in the window.
func (f Feature) cut(rows []HistoryRow, now time.Time) bool {
	return f.Window == 0 || !rows[len(rows)-1].At.Before(now.Add(-f.Window))
}

// grown says, under the lock, whether the entities' past has rows that the
// snapshot has not seen: of decisions that were made at the same time. Each
// alone may be within a limit that all of them together break.
func (p past) grown(ctx context.Context, tx Tx) (bool, error) {
	var queries []HistoryQuery
	var seen [][]HistoryRow
	for i, q := range p.queries {
		if !p.firm[i] {
			continue
		}
		// Another replica's clock may be ahead of ours, and ours may have been
		// set back: what is known to happen later has happened.
		q.Before = endOfTime
		queries, seen = append(queries, q), append(seen, p.rows[i])
	}
	rows, err := tx.History(ctx, queries)
	if err != nil {
		return false, err
	}
	same := slices.EqualFunc(rows, seen, func(a, b []HistoryRow) bool {
		return slices.EqualFunc(a, b, func(x, y HistoryRow) bool { return x.Subject == y.Subject && x.KnownAt.Equal(y.KnownAt) })
	})
	return !same, nil
}

// endOfTime is after everything.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// largest is the larger of two values of one feature; nil is none.
func largest(a, b any) any {
	switch x := a.(type) {
	case nil:
		return b
	case int64:
		if y, ok := b.(int64); ok && y > x {
			return b
		}
	case decimal.Decimal:
		if y, ok := b.(decimal.Decimal); ok && y.GreaterThan(x) {
			return b
		}
	}
	return a
}
