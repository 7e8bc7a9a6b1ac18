package odootest

import (
	"fmt"
	"maps"
	"slices"
)

// modelIDs are the ir.model ids of sale.order on the recorded databases (16:
// made up); other models count up from 1000.
var modelIDs = map[int]int64{16: 571, 17: 580, 18: 609, 19: 628}

// references are the ids behind external ids that appear in wizards, as on the
// recorded databases.
var references = map[string]map[int]int64{
	"sale.mail_template_sale_cancellation": {16: 16, 17: 17, 18: 18},
	"sale.sale_order_cancel_view_form":     {16: 1150, 17: 1213, 18: 1295},
	"stock_sms.view_confirm_stock_sms":     {16: 1050, 17: 1108, 18: 1172, 19: 1182},
}

func (e *env) ref(external string) int64 { return references[external][e.s.opts.Version] }

func (s *Server) seedTechnical() {
	for i, name := range slices.Sorted(maps.Keys(s.models)) {
		id := int64(1000 + i)
		if name == saleOrder {
			id = modelIDs[s.opts.Version]
		}
		s.Seed("ir.model", map[string]any{"id": id, "model": name, "name": s.models[name].label})
	}
	s.Seed("res.users", map[string]any{"id": 1, "login": "__system__", "name": "OdooBot"})
	s.Seed("mail.message.subtype",
		map[string]any{"id": 1, "name": "Discussions"}, map[string]any{"id": 2, "name": "Note", "internal": true})
}

func (s *Server) modelID(name string) int64 {
	for id, r := range s.tables["ir.model"].rows {
		if r["model"] == name {
			return id
		}
	}
	return 0
}

// Seed puts records in as they are, without presets, checks or log. Rows look
// like the result of read: links may be [id, name], which also makes the
// linked record if it is missing; one2many ids do so with the inverse set. A
// row without id gets the next one. Seed panics on a row that does not fit the
// model: that is a mistake in the test.
func (s *Server) Seed(model string, rows ...map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.super()
	for _, values := range rows {
		if err := e.seed(model, values); err != nil {
			panic(fmt.Sprintf("odootest: seed %s: %v", model, err))
		}
	}
}

// super is the environment of the superuser, who sees every company.
func (s *Server) super() *env {
	u := &User{ID: 1, Name: "OdooBot", Groups: []string{"admin"}}
	return &env{s: s, user: u, uid: 1, now: s.opts.Now(), sudo: true}
}

func (e *env) seed(model string, values map[string]any) error {
	m := e.s.models[model]
	if m == nil {
		return valueError("no such model")
	}
	t := e.s.tables[model]
	id, given := integer(values["id"])
	if !given {
		id = t.next
	}
	e.stub(t, id, "")
	if values["name"] != nil {
		t.put(id, "display_name", nil) // now it can be computed
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := e.seedField(m, id, name, values[name]); err != nil {
			return err
		}
	}
	return nil
}

// stub makes sure that a record exists.
func (e *env) stub(t *table, id int64, name string) {
	if t.rows[id] != nil {
		return
	}
	t.rows[id] = row{"id": id}
	stamp := micros(e.now)
	t.put(id, "create_date", stamp)
	t.put(id, "write_date", stamp)
	if name != "" {
		t.put(id, "display_name", name)
	}
	t.next = max(t.next, id+1)
}

func (e *env) seedField(m *model, id int64, name string, value any) error {
	f, t := m.byName[name], e.s.tables[m.name]
	switch {
	case f == nil:
		return valueError("no field " + name)
	case name == "display_name":
		t.put(id, name, value)
		return nil
	case f.kind == "one2many":
		children, _ := integers(value)
		for _, child := range children {
			e.stub(e.s.tables[f.rel], child, "")
			e.s.tables[f.rel].put(child, f.inverse, id)
		}
		return nil
	case f.kind == "many2many":
		links, _ := integers(value)
		t.put(id, name, links)
		return nil
	}
	if pair, ok := value.([]any); ok && len(pair) == 2 && f.kind == "many2one" {
		n, _ := integer(pair[0])
		e.stub(e.s.tables[f.rel], n, text(pair[1]))
	}
	v, err := coerce(m, f, value)
	if err == nil {
		t.put(id, name, v)
	}
	return err
}

// AddUser makes a user who can call the API.
func (s *Server) AddUser(u User) {
	companies := []any{}
	for _, id := range u.Companies {
		companies = append(companies, id)
	}
	values := map[string]any{"id": u.ID, "login": u.Login, "name": u.Name, "active": true, "company_ids": companies}
	if len(u.Companies) > 0 {
		values["company_id"] = u.Companies[0]
	}
	s.Seed("res.users", values)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = append(s.users, &u)
}

// SetNext sets the id the next record of a model gets.
func (s *Server) SetNext(model string, id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[model].next = id
}

// SetSequence sets the next number of a sequence: a model's name for sale and
// purchase orders, "stock.picking/WH" for deliveries, "INV/2026" for invoices.
func (s *Server) SetSequence(name string, next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sequences[name] = next
}

// Record returns all fields of a record in the form of read, nil if it does
// not exist.
func (s *Server) Record(model string, id int64) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := s.super().read(s.models[model], []int64{id}, nil, true)
	if err != nil || len(rows) == 0 {
		return nil
	}
	return rows[0]
}

// Records returns all records of a model in id order, archived ones included.
func (s *Server) Records(model string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := s.super().read(s.models[model], slices.Sorted(maps.Keys(s.tables[model].rows)), nil, true)
	if err != nil {
		panic(err)
	}
	return rows
}
