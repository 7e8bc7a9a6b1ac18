package odootest

import (
	"maps"
	"slices"
)

// table holds the records of one model, with an index for each indexed field.
type table struct {
	rows  map[int64]row
	next  int64
	index map[string]map[int64]map[int64]struct{} // field, value, ids
}

func newTable(m *model) *table {
	t := &table{rows: map[int64]row{}, next: 1, index: map[string]map[int64]map[int64]struct{}{}}
	for name, f := range m.byName {
		if f.indexed {
			t.index[name] = map[int64]map[int64]struct{}{}
		}
	}
	return t
}

// put replaces one field's value and keeps the index.
func (t *table) put(id int64, field string, value any) {
	r := t.rows[id]
	if ix, ok := t.index[field]; ok {
		if old, ok := r[field].(int64); ok {
			delete(ix[old], id)
		}
		if now, ok := value.(int64); ok {
			if ix[now] == nil {
				ix[now] = map[int64]struct{}{}
			}
			ix[now][id] = struct{}{}
		}
	}
	if value == nil {
		delete(r, field)
	} else {
		r[field] = value
	}
}

// drop removes a record.
func (t *table) drop(id int64) {
	for field := range t.index {
		t.put(id, field, nil)
	}
	delete(t.rows, id)
}

// restore puts a dropped record back.
func (t *table) restore(id int64, r row) {
	t.rows[id] = row{}
	for field, value := range r {
		t.put(id, field, value)
	}
}

// where lists the records whose indexed field has the value, in id order.
func (t *table) where(field string, value int64) []int64 {
	return slices.Sorted(maps.Keys(t.index[field][value]))
}

// insert adds a record as part of the transaction.
func (e *env) insert(m *model, r row) int64 {
	t := e.s.tables[m.name]
	id := t.next
	t.next++
	t.restore(id, r)
	e.undo = append(e.undo, func() { t.drop(id); t.next = id })
	return id
}

// set changes one field as part of the transaction.
func (e *env) set(m *model, id int64, field string, value any) {
	t := e.s.tables[m.name]
	old := t.rows[id][field]
	t.put(id, field, value)
	e.undo = append(e.undo, func() { t.put(id, field, old) })
}

// remove deletes a record as part of the transaction.
func (e *env) remove(m *model, id int64) {
	t := e.s.tables[m.name]
	old := maps.Clone(t.rows[id])
	t.drop(id)
	e.undo = append(e.undo, func() { t.restore(id, old) })
}

// next takes the next number of a sequence as part of the transaction.
func (e *env) next(sequence string) int64 {
	n := max(e.s.sequences[sequence], 1)
	e.s.sequences[sequence] = n + 1
	e.undo = append(e.undo, func() { e.s.sequences[sequence] = n })
	return n
}

// rollback undoes the transaction.
func (e *env) rollback() {
	for _, undo := range slices.Backward(e.undo) {
		undo()
	}
	e.undo, e.effects, e.posts = nil, nil, nil
}

// one returns a record, or an empty row when it does not exist.
func (e *env) one(model string, id int64) row {
	if r, ok := e.s.tables[model].rows[id]; ok {
		return r
	}
	return row{}
}

// children lists the records of a one2many in the comodel's order.
func (e *env) children(f *field, parent int64) []int64 {
	ids := e.s.tables[f.rel].where(f.inverse, parent)
	m := e.s.models[f.rel]
	if m.byName["active"] != nil {
		ids = slices.DeleteFunc(ids, func(id int64) bool { return e.one(f.rel, id)["active"] == false })
	}
	e.sort(m, ids, m.order)
	return ids
}
