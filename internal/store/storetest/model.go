package storetest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
)

var modelCases = []testCase{
	{"model: any sequence of work gives what a simple model gives", func(t *testing.T, db Database) {
		var companies atomic.Int64 // one a run, so that one database serves all
		rapid.Check(t, func(rt *rapid.T) {
			m := &machine{store: db.Store, model: newModel(fmt.Sprint("model-", companies.Add(1)))}
			actions := []func(*rapid.T){m.work, m.work, m.list, m.history, m.rows}
			for range rapid.IntRange(1, 16).Draw(rt, "actions") { // short runs: commits take their time
				rapid.SampledFrom(actions).Draw(rt, "action")(rt)
				m.chain(rt)
			}
		})
	}},
}

// model is the memory of one company as maps and slices.
type model struct {
	head    decision.Head
	entries []decision.Entry
	rows    map[decision.Table]map[string]string
	bound   map[string]decision.Binding
	sealed  map[string]bool // id: erased
	history []decision.HistoryRow
}

func newModel(company string) *model {
	m := &model{head: decision.Head{Company: company}, bound: map[string]decision.Binding{}, sealed: map[string]bool{}}
	m.rows = map[decision.Table]map[string]string{}
	for _, table := range decision.Tables {
		m.rows[table] = map[string]string{}
	}
	return m
}

func (m *model) clone() *model {
	c := *m
	c.entries, c.history = slices.Clone(m.entries), slices.Clone(m.history)
	c.bound, c.sealed, c.rows = maps.Clone(m.bound), maps.Clone(m.sealed), map[decision.Table]map[string]string{}
	for table, rows := range m.rows {
		c.rows[table] = maps.Clone(rows)
	}
	return &c
}

// machine does the same to a store and a model.
type machine struct {
	store decision.Store
	model *model
}

// step is one call on a Tx, and the same on the model; it returns an error
// when the two answer differently.
type step func(ctx context.Context, tx decision.Tx, m *model) error

// work runs a few steps in one unit, which may fail in the end.
func (s *machine) work(t *rapid.T) {
	steps := rapid.SliceOfN(rapid.OneOf(appends(), puts(), binds(), seals(), remembers(), dues()), 1, 8).Draw(t, "steps")
	refuse := rapid.IntRange(0, 3).Draw(t, "refuse") == 0
	var after *model
	err := s.store.Do(context.Background(), decision.Work{Company: s.model.head.Company, Do: func(ctx context.Context, tx decision.Tx) error {
		after = s.model.clone() // Do may run more than once
		for _, step := range steps {
			if err := step(ctx, tx, after); err != nil {
				return err
			}
		}
		if refuse {
			return errRefused
		}
		return nil
	}})
	switch {
	case refuse && err == errRefused:
	case err != nil || refuse:
		t.Fatalf("Do: %v", err)
	default:
		s.model = after
	}
}

func appends() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		epoch := rapid.Int64Range(0, 9).Draw(t, "epoch")
		return func(ctx context.Context, tx decision.Tx, m *model) error {
			e := nextEntry(m.head, fmt.Sprint("e", m.head.Seq+1))
			m.entries = append(m.entries, e)
			m.head.Seq, m.head.Hash, m.head.Epoch = e.Seq, e.Hash, epoch
			tx.SetHead(m.head)
			return tx.AddEntry(ctx, e)
		}
	})
}

// puts draws from few ids and values, so that they meet.
func puts() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		table := rapid.SampledFrom([]decision.Table{decision.Decisions, decision.Executions, decision.Approvals}).Draw(t, "table")
		n := rapid.IntRange(0, 9).Draw(t, "n")
		id := fmt.Sprint("id-", rapid.IntRange(0, 9).Draw(t, "id"))
		var row any
		switch table {
		case decision.Decisions:
			r := decisionRow(n)
			r.ID, r.Status = id, rapid.SampledFrom([]decision.Status{decision.Done, decision.Executing}).Draw(t, "status")
			row = r
		case decision.Executions:
			r := execution(id)
			r.Record, r.Order, r.Due = fmt.Sprint("r/", n%4), int64(n), after(time.Duration(n%3)*time.Minute)
			r.Status = rapid.SampledFrom([]decision.ExecutionStatus{decision.ExecutionWaiting, decision.ExecutionRunning, decision.ExecutionParked, decision.ExecutionDone}).Draw(t, "status")
			if r.Status == decision.ExecutionRunning {
				r.LeaseUntil = after(time.Duration(n) * time.Minute)
			}
			row = r
		default:
			r := approval(n, rapid.SliceOfDistinct(rapid.SampledFrom(decision.Roles), func(role string) string { return role }).Draw(t, "roles")...)
			r.ID, r.Deadline = id, after(time.Duration(n)*time.Microsecond)
			row = r
		}
		return func(ctx context.Context, tx decision.Tx, m *model) error {
			before, found, err := tx.Get(ctx, table, id)
			if want, known := m.rows[table][id]; err != nil || found != known || string(before) != want {
				return fmt.Errorf("get %s %s: %s, found %t, %w, want %s", table, id, before, found, err, want)
			}
			m.rows[table][id] = string(encode(row))
			return tx.Put(ctx, table, id, encode(row))
		}
	})
}

func binds() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		b := decision.Binding{Key: fmt.Sprint("k", rapid.IntRange(0, 9).Draw(t, "key")), Decision: rapid.StringMatching(`[a-zäß漢 '"%]{1,5}`).Draw(t, "decision")}
		return func(ctx context.Context, tx decision.Tx, m *model) error {
			got, found, err := tx.Binding(ctx, b.Key)
			if want, known := m.bound[b.Key]; err != nil || found != known || got != want {
				return fmt.Errorf("binding %s: %v, found %t, %w, want %v", b.Key, got, found, err, want)
			}
			if found {
				return nil
			}
			m.bound[b.Key] = b
			return tx.Bind(ctx, b)
		}
	})
}

// seals makes a sealed object, or erases the one that is there.
func seals() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		id := fmt.Sprint("s", rapid.IntRange(0, 4).Draw(t, "id"))
		return func(ctx context.Context, tx decision.Tx, m *model) error {
			if _, known := m.sealed[id]; known {
				m.sealed[id] = true
				return tx.EraseSealed(ctx, id)
			}
			m.sealed[id] = false
			return tx.Seal(ctx, sealed(id))
		}
	})
}

func remembers() *rapid.Generator[step] {
	row := rapid.Custom(func(t *rapid.T) decision.HistoryRow {
		h := past(rapid.IntRange(0, 9).Draw(t, "n"))
		h.EntityHash = rapid.SampledFrom([]string{"1:h1", "1:h2"}).Draw(t, "entity")
		h.KnownAt = after(time.Duration(rapid.IntRange(0, 9).Draw(t, "known")) * time.Minute)
		if rapid.Bool().Draw(t, "taught") {
			h.Values = map[string]decimal.Decimal{"late": decimal.New(rapid.Int64Range(-9, 9).Draw(t, "late"), -6)}
		}
		return h
	})
	return rapid.Custom(func(t *rapid.T) step {
		rows := rapid.SliceOfN(row, 1, 3).Draw(t, "rows")
		return func(ctx context.Context, tx decision.Tx, m *model) error {
			for _, h := range rows {
				if !slices.ContainsFunc(m.history, func(x decision.HistoryRow) bool {
					return x.EntityHash == h.EntityHash && x.Subject == h.Subject && x.KnownAt.Equal(h.KnownAt)
				}) {
					m.history = append(m.history, h)
				}
			}
			return tx.AddHistory(ctx, rows)
		}
	})
}

func dues() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		now := after(time.Duration(rapid.IntRange(0, 9).Draw(t, "now")) * time.Minute)
		n, parked := rapid.IntRange(0, 5).Draw(t, "n"), rapid.Bool().Draw(t, "parked")
		return func(ctx context.Context, tx decision.Tx, m *model) error {
			got, err := tx.Due(ctx, now, n, parked)
			if want := m.due(now, n, parked); err != nil || !slices.Equal(idsOf(got), want) {
				return fmt.Errorf("due: %v, %w, want %v", idsOf(got), err, want)
			}
			return nil
		}
	})
}

// due is Tx.Due by its definition.
func (m *model) due(now time.Time, n int, parked bool) []string {
	first := map[string]decision.Execution{} // by record
	for _, body := range m.rows[decision.Executions] {
		x := decoded[decision.Execution](body)
		if x.Status == decision.ExecutionDone {
			continue
		}
		if f, ok := first[x.Record]; !ok || cmp.Or(cmp.Compare(x.Order, f.Order), cmp.Compare(x.ID, f.ID)) < 0 {
			first[x.Record] = x
		}
	}
	var due []decision.Execution
	for _, x := range first {
		if x.Status == decision.ExecutionWaiting && !x.Due.After(now) ||
			x.Status == decision.ExecutionRunning && x.LeaseUntil.Before(now) ||
			x.Status == decision.ExecutionParked && parked {
			due = append(due, x)
		}
	}
	slices.SortFunc(due, func(a, b decision.Execution) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return idsOf(due[:min(n, len(due))])
}

func decoded[T any](body string) T {
	var row T
	if err := json.Unmarshal([]byte(body), &row); err != nil {
		panic(err) // encode made it
	}
	return row
}

// list compares all pages of a table, filtered or not.
func (s *machine) list(t *rapid.T) {
	role := rapid.SampledFrom(decision.Roles).Draw(t, "role")
	limit := rapid.IntRange(1, 6).Draw(t, "limit")
	type key struct {
		sort int64
		id   string
	}
	var byDeadline, bySeq []key
	for id, body := range s.model.rows[decision.Approvals] {
		if a := decoded[decision.Approval](body); slices.Contains(a.Roles, role) {
			byDeadline = append(byDeadline, key{a.Deadline.UnixMicro(), id})
		}
	}
	for id, body := range s.model.rows[decision.Decisions] {
		if d := decoded[decision.DecisionRow](body); d.Status == decision.Done {
			bySeq = append(bySeq, key{-d.Seq, id})
		}
	}
	slices.SortFunc(byDeadline, func(a, b key) int { return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id)) })
	slices.SortFunc(bySeq, func(a, b key) int { return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(b.id, a.id)) })
	for _, c := range []struct {
		table  decision.Table
		filter decision.Filter
		want   []key
	}{
		{decision.Approvals, where("role", role), byDeadline},
		{decision.Decisions, where("status", string(decision.Done)), bySeq},
	} {
		c.filter.Limit = limit
		got := s.pages(t, c.table, c.filter)
		if !slices.EqualFunc(got, c.want, func(body string, k key) bool { return body == s.model.rows[c.table][k.id] }) {
			t.Fatalf("%s gave %v, want %v", c.table, got, c.want)
		}
	}
}

func (s *machine) pages(t *rapid.T, table decision.Table, f decision.Filter) (bodies []string) {
	for {
		page, err := s.store.List(context.Background(), s.model.head.Company, table, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range page.Rows {
			bodies = append(bodies, string(body))
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return bodies
		}
	}
}

func (s *machine) history(t *rapid.T) {
	q := ask()
	q.Before = after(time.Duration(rapid.IntRange(0, 10).Draw(t, "before")) * time.Minute)
	q.Since = after(time.Duration(rapid.IntRange(-1, 5).Draw(t, "since")) * time.Minute)
	q.NotSubject = past(rapid.IntRange(0, 9).Draw(t, "subject")).Subject
	q.Cap = rapid.IntRange(0, 5).Draw(t, "cap")
	var want []decision.HistoryRow
	for _, h := range s.model.history {
		if h.EntityHash == q.EntityHash && h.KnownAt.Before(q.Before) && !h.At.Before(q.Since) && h.Subject != q.NotSubject {
			want = append(want, h)
		}
	}
	slices.SortFunc(want, func(a, b decision.HistoryRow) int { return cmp.Or(b.At.Compare(a.At), b.KnownAt.Compare(a.KnownAt)) })
	want = want[:min(q.Cap, len(want))]
	got, err := s.store.History(context.Background(), s.model.head.Company, []decision.HistoryQuery{q})
	if err != nil || !slices.EqualFunc(got[0], want, func(a, b decision.HistoryRow) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Fatalf("history: %v, %v, want %v", got, err, want)
	}
}

// chain compares head and journal, after every step.
func (s *machine) chain(t *rapid.T) {
	head, err := s.store.Head(context.Background(), s.model.head.Company)
	if err != nil || head.Seq != s.model.head.Seq || head.Hash != s.model.head.Hash || head.Epoch != s.model.head.Epoch {
		t.Fatalf("head: %+v, %v, want %+v", head, err, s.model.head)
	}
	entries, err := s.store.Entries(context.Background(), s.model.head.Company, 0, 1000)
	if err != nil || !slices.EqualFunc(entries, s.model.entries, func(a, b decision.Entry) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Fatalf("entries: %v, %v, want %v", entries, err, s.model.entries)
	}
}

// rows compares all that is kept by key.
func (s *machine) rows(t *rapid.T) {
	ctx, company := context.Background(), s.model.head.Company
	for _, table := range decision.Tables {
		rows := map[string]string{}
		if err := s.store.AllRows(ctx, company, table, func(id string, body json.RawMessage) error {
			rows[id] = string(body)
			return nil
		}); err != nil || !maps.Equal(rows, s.model.rows[table]) {
			t.Fatalf("%s: %v, %v, want %v", table, rows, err, s.model.rows[table])
		}
	}
	for key, want := range s.model.bound {
		if got, found, err := s.store.Binding(ctx, company, key); err != nil || !found || got != want {
			t.Fatalf("binding %s: %v, %t, %v", key, got, found, err)
		}
	}
	for id, erased := range s.model.sealed {
		if _, err := s.store.Sealed(ctx, company, id); erased != (decision.CodeOf(err) == decision.CodeErased) || !erased && err != nil {
			t.Fatalf("sealed %s: %v, erased %t", id, err, erased)
		}
	}
}
