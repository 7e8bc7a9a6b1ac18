package decision

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Audit is the result of verifying one company's memory.
type Audit struct {
	Company     string    `json:"company"`
	Entries     int64     `json:"entries"`
	Head        string    `json:"head"`        // hash of the newest entry
	Checkpoints int       `json:"checkpoints"` // of this company, that were compared
	Erased      int       `json:"erased"`
	Problems    []Problem `json:"problems,omitempty"`
}

// Problem is one thing that is not as the journal says.
type Problem struct {
	Where string `json:"where"` // "entry 17", "approvals <id>", "head", "checkpoint 40", "snapshot <id>", "comment <id>", "policy <revision>", "model <revision>", "company", "trigger <name>"
	What  string `json:"what"`
}

// maxProblems ends an audit that finds nothing in order.
const maxProblems = 1000

// Verify reads a company's whole journal, recomputes the chain, folds every
// entry again and compares the projections, keys, snapshots, comments, policies, models,
// head and the signed checkpoints kept elsewhere. r must be one consistent view.
// History and the directory are in no entry, so nothing is said about them but
// that the directory lists the company.
func Verify(ctx context.Context, r Reader, keys Keyring, company string, checkpoints []Checkpoint) (Audit, error) {
	a := auditor{ctx: ctx, from: r, keys: keys, rows: MemoryRows{}, erased: map[string]bool{}, artefacts: map[artefact]bool{}, bound: map[string]Binding{}, head: Head{Company: company}, hashes: map[int64]string{}}
	a.audit.Company = company
	for _, c := range checkpoints {
		if c.Company == company {
			a.hashes[c.Seq] = ""
		}
	}
	for _, step := range []func() error{a.chain, a.projections, a.strays, a.decisions, a.bindings, a.texts, a.contents, a.checkHead} {
		if err := step(); err != nil {
			return a.audit, err
		}
	}
	a.checkpoints(checkpoints)
	a.audit.Entries, a.audit.Head = a.head.Seq, a.head.Hash
	return a.audit, nil
}

type auditor struct {
	ctx    context.Context
	from   Reader
	keys   Keyring
	audit  Audit
	rows   MemoryRows
	head   Head
	erased map[string]bool
	hashes map[int64]string // of entries that a checkpoint names
	sealed []string         // ids of comments

	bound     map[string]Binding // by idempotency key, as the decisions say
	artefacts map[artefact]bool  // policies and models that were put in force
}

func (a *auditor) problem(where, format string, args ...any) {
	if len(a.audit.Problems) < maxProblems {
		a.audit.Problems = append(a.audit.Problems, Problem{where, fmt.Sprintf(format, args...)})
	}
}

// chain recomputes every hash in order, and folds the entries.
func (a *auditor) chain() error {
	const page = 500
	for after := int64(math.MinInt64); ; { // one before the first would be found by its id
		entries, err := a.from.Entries(a.ctx, a.audit.Company, after, page)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			a.link(e)
			after = e.Seq
		}
	}
}

func (a *auditor) link(e Entry) {
	where := fmt.Sprintf("entry %d", e.Seq)
	if e.Seq != a.head.Seq+1 {
		a.problem(where, "follows entry %d: entries are missing", a.head.Seq)
	}
	if e.Prev != a.head.Hash {
		a.problem(where, "does not continue the chain of the entry before it")
	}
	if a.keys.Audit.Hash(e) != e.Hash {
		a.problem(where, "was changed: its hash is not that of its content")
	}
	if _, asked := a.hashes[e.Seq]; asked {
		a.hashes[e.Seq] = e.Hash
	}
	a.note(e)
	if err := Fold(a.ctx, a.rows, &a.head, e); err != nil {
		a.problem(where, "cannot be folded: %v", err)
	}
}

// note remembers which sealed objects and artefacts an entry names. What cannot be read
// cannot be folded either, and is a problem there.
func (a *auditor) note(e Entry) {
	switch e.Type {
	case EntryErasure:
		var body Erasure
		if json.Unmarshal(e.Body, &body) == nil {
			a.erased[body.Sealed] = true
			a.audit.Erased++
		}
	case EntryApproval, EntryException:
		var body struct{ Comment string }
		if json.Unmarshal(e.Body, &body) == nil && body.Comment != "" {
			a.sealed = append(a.sealed, body.Comment)
		}
	case EntryActivation:
		var body Activation
		if json.Unmarshal(e.Body, &body) == nil {
			a.artefacts[artefact{PolicyArtefact, body.Policy}] = true
		}
	case EntryPromotion:
		var body Promotion
		if json.Unmarshal(e.Body, &body) == nil && body.Model != "" {
			a.artefacts[artefact{ModelArtefact, body.Model}] = true
		}
	}
}

// projections compares the live tables with the folded ones.
func (a *auditor) projections() error {
	for _, table := range Tables {
		seen := map[string]bool{}
		err := a.from.AllRows(a.ctx, a.audit.Company, table, func(id string, body json.RawMessage) error {
			seen[id] = true
			want, known := a.rows[table][id]
			where := fmt.Sprintf("%s %s", table, id)
			switch {
			case !known:
				a.problem(where, "is in no journal entry")
			case !bytes.Equal(want, body):
				a.problem(where, "is not what the journal says")
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(a.rows[table])) {
			if !seen[id] {
				a.problem(fmt.Sprintf("%s %s", table, id), "is missing")
			}
		}
	}
	return nil
}

// strays compares what rows are found by with their bodies, which projections
// has compared with the journal: a task that no list shows is nobody's.
func (a *auditor) strays() error {
	found, err := a.from.Strays(a.ctx, a.audit.Company)
	for _, p := range found {
		a.problem(p.Where, "%s", p.What)
	}
	return err
}

// decisions opens every snapshot.
func (a *auditor) decisions() error {
	for _, id := range slices.Sorted(maps.Keys(a.rows[Decisions])) {
		e, err := a.from.Entry(a.ctx, a.audit.Company, id)
		if CodeOf(err) == CodeNotFound {
			a.problem("decision "+id, "has no entry of its id")
			continue
		}
		if err != nil {
			return err
		}
		var d Decision
		if err := json.Unmarshal(e.Body, &d); err != nil {
			a.problem("entry "+id, "has no readable body")
			continue
		}
		_, err = openSnapshot(a.ctx, a.from, a.keys, a.audit.Company, d)
		if err := a.opened("snapshot", d.Snapshot, err); err != nil {
			return err
		}
		a.bound[d.Key] = Binding{Key: d.Key, Request: d.Request, Decision: d.ID}
	}
	return nil
}

// bindings compares the idempotency keys with those that the decisions name:
// one more would answer a request with a decision that was not made for it.
func (a *auditor) bindings() error {
	missing := maps.Clone(a.bound)
	err := a.from.AllBindings(a.ctx, a.audit.Company, func(b Binding) error {
		want, known := a.bound[b.Key]
		delete(missing, b.Key)
		switch {
		case !known:
			a.problem("idempotency key of "+b.Decision, "is in no journal entry")
		case want != b:
			a.problem("idempotency key of "+want.Decision, "is not bound to its decision")
		}
		return nil
	})
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		a.problem("idempotency key of "+missing[key].Decision, "is not bound to its decision")
	}
	return err
}

// artefact names stored content.
type artefact struct{ kind, revision string }

// contents hashes every policy and model that was put in force: without its
// very content nobody can say what was decided by.
func (a *auditor) contents() error {
	named := slices.SortedFunc(maps.Keys(a.artefacts), func(x, y artefact) int {
		return cmp.Or(strings.Compare(x.kind, y.kind), strings.Compare(x.revision, y.revision))
	})
	for _, n := range named {
		content, err := a.from.Artefact(a.ctx, n.kind, n.revision)
		sum := sha256.Sum256(content)
		switch {
		case CodeOf(err) == CodeNotFound:
			a.problem(n.kind+" "+n.revision, "is missing")
		case err != nil:
			return err
		case hex.EncodeToString(sum[:]) != n.revision:
			a.problem(n.kind+" "+n.revision, "was changed: its revision is not the hash of its content")
		}
	}
	return nil
}

// texts opens every comment.
func (a *auditor) texts() error {
	for _, id := range a.sealed {
		sealed, err := a.from.Sealed(a.ctx, a.audit.Company, id)
		if err == nil {
			_, err = a.keys.Open(sealed)
		}
		if err := a.opened("comment", id, err); err != nil {
			return err
		}
	}
	return nil
}

// opened judges how opening a sealed object ended: it is there, or an entry
// says that it was erased, and never both.
func (a *auditor) opened(what, id string, err error) error {
	gone := CodeOf(err) == CodeErased
	switch {
	case CodeOf(err) == CodeUnavailable:
		return err
	case gone && !a.erased[id]:
		a.problem(what+" "+id, "is erased, and no entry says so")
	case err == nil && a.erased[id]:
		a.problem(what+" "+id, "was erased, and is there again")
	case err != nil && !gone:
		a.problem(what+" "+id, "is missing or was changed")
	}
	return nil
}

func (a *auditor) checkHead() error {
	live, err := a.from.Head(a.ctx, a.audit.Company)
	if err != nil {
		return err
	}
	if !bytes.Equal(mustCanonical(live), mustCanonical(a.head)) {
		a.problem("head", "is not what the journal says: it names entry %d, the journal ends with %d", live.Seq, a.head.Seq)
	}
	return nil
}

// checkpoints finds a tail that was cut, or a chain that was rebuilt.
func (a *auditor) checkpoints(all []Checkpoint) {
	for _, c := range all {
		if c.Company != a.audit.Company {
			continue
		}
		a.audit.Checkpoints++
		where := fmt.Sprintf("checkpoint %d", c.Seq)
		switch {
		case !a.keys.Audit.Verify(c):
			a.problem(where, "was not signed with this audit key")
		case c.Seq > a.head.Seq:
			a.problem(where, "lies past the end of the journal: its tail was cut")
		case c.Seq > 0 && a.hashes[c.Seq] != c.Hash:
			a.problem(where, "does not match the journal")
		}
	}
}

// MemoryRows is Rows in memory: what an audit folds into.
type MemoryRows map[Table]map[string]json.RawMessage

// Get finds a row.
func (m MemoryRows) Get(_ context.Context, table Table, id string) (json.RawMessage, bool, error) {
	body, ok := m[table][id]
	return body, ok, nil
}

// Put stores a row.
func (m MemoryRows) Put(_ context.Context, table Table, id string, body json.RawMessage) error {
	if m[table] == nil {
		m[table] = map[string]json.RawMessage{}
	}
	m[table][id] = body
	return nil
}
