package odootest

import (
	"slices"
	"strings"
)

// field declares one field of a model.
type field struct {
	name, kind, label string
	rel               string // comodel of a relation
	inverse           string // many2one of the comodel that a one2many follows
	options           [][2]string
	readonly          bool
	required          bool
	indexed           bool   // found without a scan: links searched by the executor
	ignored           bool   // a write succeeds and changes nothing
	places, exact     int    // decimals kept of a float; 0 is all, as from version exact on
	since, until      int    // versions that have it; 0 is open
	module            string // that brings it, where shops may be without
	preset            func(*env) any
	compute           func(*env, row) any // not stored
}

type option func(*field)

// def declares a field; label is what the form shows.
func def(kind, name, label string, options ...option) field {
	f := field{name: name, kind: kind, label: label}
	for _, o := range options {
		o(&f)
	}
	return f
}

func to(model string) option           { return func(f *field) { f.rel = model } }
func via(inverse string) option        { return func(f *field) { f.inverse = inverse } }
func since(version int) option         { return func(f *field) { f.since = version } }
func until(version int) option         { return func(f *field) { f.until = version } }
func of(module string) option          { return func(f *field) { f.module = module } }
func preset(v any) option              { return func(f *field) { f.preset = func(*env) any { return v } } }
func presetBy(p func(*env) any) option { return func(f *field) { f.preset = p } }
func computed(c func(*env, row) any) option {
	return func(f *field) { f.compute, f.readonly = c, true }
}

// places keeps n decimals of a float, as the setting "decimal accuracy" says;
// from version exact on (0 is never) all of them.
func places(n, exact int) option { return func(f *field) { f.places, f.exact = n, exact } }
func ro(f *field)                { f.readonly = true }
func req(f *field)               { f.required = true }
func indexed(f *field)           { f.indexed = true }

// choices lists a selection's values and labels: "draft", "Quotation", ...
func choices(pairs ...string) option {
	return func(f *field) {
		for pair := range slices.Chunk(pairs, 2) {
			f.options = append(f.options, [2]string{pair[0], pair[1]})
		}
	}
}

// model declares a model, its methods and its hooks.
type model struct {
	name, label string
	order       []term
	fields      []field
	methods     map[string]method
	thread      bool   // has a chatter: message_post and activities
	transient   bool   // a wizard: its records are not logged as writes
	created     string // effect logged by create; "create" if empty

	byName map[string]*field

	display  func(*env, row) string
	onCreate func(e *env, id int64, values map[string]any) error
	onWrite  func(e *env, id int64, values map[string]any) error // before the write; may refuse
	after    func(e *env, id int64) error                        // after create and write: recompute, check
	onUnlink func(e *env, id int64) error
}

// method declares a public method. params are its arguments in Python's order;
// those of JSON-RPC beyond the ids map onto them.
type method struct {
	params []string
	needs  int  // how many leading params are required
	static bool // a method of the model: takes no ids
	reads  bool // changes nothing; faults can tell
	since  int
	until  int
	run    func(e *env, c *call) (any, error)
}

// term is one part of an ordering.
type term struct {
	field string
	desc  bool
}

func ordering(spec string) []term {
	var terms []term
	for part := range strings.SplitSeq(spec, ",") {
		words := strings.Fields(part)
		if len(words) > 0 {
			terms = append(terms, term{words[0], len(words) > 1 && strings.EqualFold(words[1], "desc")})
		}
	}
	return terms
}

// registry builds the models as one version has them, without what some modules
// would bring.
func registry(version int, without []string) map[string]*model {
	has := func(since, until int) bool {
		return version >= since && (until == 0 || version <= until)
	}
	models := map[string]*model{}
	for _, group := range [][]*model{baseModels(), saleModels(version), stockModels(), accountModels(version), mailModels(), purchaseModels()} {
		for _, m := range group {
			m.fields = append(m.fields, commonFields(m)...)
			m.byName = map[string]*field{}
			for i := range m.fields {
				f := &m.fields[i]
				if f.exact > 0 && version >= f.exact {
					f.places = 0
				}
				if has(f.since, f.until) && !slices.Contains(without, f.module) {
					m.byName[f.name] = f
				}
			}
			m.addMethods(has)
			models[m.name] = m
		}
	}
	return models
}

func commonFields(m *model) []field {
	common := []field{
		def("integer", "id", "ID", ro),
		def("char", "display_name", "Display Name", computed(func(e *env, r row) any { return e.displayName(m, r) })),
		def("datetime", "create_date", "Created on", ro),
		def("datetime", "write_date", "Last Updated on", ro),
		def("many2one", "create_uid", "Created by", ro, to("res.users")),
		def("many2one", "write_uid", "Last Updated by", ro, to("res.users")),
	}
	if m.thread {
		common = append(common, def("one2many", "message_ids", "Messages", to("mail.message"), computed(func(e *env, r row) any { return e.chatter(m.name, idOf(r["id"])) })))
	}
	return common
}

// addMethods joins the model's own methods with those every model has.
func (m *model) addMethods(has func(since, until int) bool) {
	all := genericMethods()
	if m.thread {
		for name, f := range threadMethods() {
			all[name] = f
		}
	}
	for name, f := range m.methods {
		all[name] = f
	}
	m.methods = map[string]method{}
	for name, f := range all {
		if has(f.since, f.until) {
			m.methods[name] = f
		}
	}
}
