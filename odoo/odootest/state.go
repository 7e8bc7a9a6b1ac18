package odootest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
)

// state is what a server keeps when its process ends in order. Users are not
// in it: they come from the code that starts the server.
type state struct {
	Version   int                         `json:"version"`
	Sequences map[string]int64            `json:"sequences"`
	Next      map[string]int64            `json:"next"`
	Rows      map[string][]map[string]any `json:"rows"`
}

// Save writes the records and counters.
func (s *Server) Save(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := state{Version: s.opts.Version, Sequences: s.sequences, Next: map[string]int64{}, Rows: map[string][]map[string]any{}}
	for name, t := range s.tables {
		kept.Next[name] = t.next
		for _, r := range t.rows {
			kept.Rows[name] = append(kept.Rows[name], r)
		}
	}
	return json.NewEncoder(w).Encode(kept)
}

// Load replaces all records and counters by saved ones of the same version.
func (s *Server) Load(r io.Reader) error {
	d := json.NewDecoder(r)
	d.UseNumber()
	var kept state
	if err := d.Decode(&kept); err != nil {
		return err
	}
	if kept.Version != s.opts.Version {
		return fmt.Errorf("odootest: the state is of version %d, the server of %d", kept.Version, s.opts.Version)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sequences = map[string]int64{}
	maps.Copy(s.sequences, kept.Sequences)
	for name, m := range s.models {
		t := newTable(m)
		for _, values := range kept.Rows[name] {
			if err := t.load(m, values); err != nil {
				return err
			}
		}
		t.next = max(kept.Next[name], 1)
		s.tables[name] = t
	}
	return nil
}

// load puts back one stored row.
func (t *table) load(m *model, values map[string]any) error {
	id, ok := integer(values["id"])
	if !ok {
		return fmt.Errorf("odootest: a record of %s has no id", m.name)
	}
	t.rows[id] = row{}
	for name, value := range values {
		f := m.byName[name]
		if f == nil {
			return fmt.Errorf("odootest: %s has no field %s", m.name, name)
		}
		stored, err := storedValue(m, f, value)
		if err != nil {
			return err
		}
		t.put(id, name, stored)
	}
	return nil
}

func storedValue(m *model, f *field, value any) (any, error) {
	if f.kind == "many2many" {
		links, _ := integers(value)
		return links, nil
	}
	return coerce(m, f, value)
}
