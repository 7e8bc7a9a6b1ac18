package odootest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// genericMethods are what every model answers to.
func genericMethods() map[string]method {
	return map[string]method{
		"create":              {params: []string{"vals_list"}, needs: 1, static: true, run: create},
		"write":               {params: []string{"vals"}, needs: 1, run: write},
		"unlink":              {run: unlink},
		"read":                {params: []string{"fields", "load"}, reads: true, run: read},
		"search":              {params: []string{"domain", "offset", "limit", "order"}, needs: 1, static: true, reads: true, run: search},
		"search_read":         {params: []string{"domain", "fields", "offset", "limit", "order"}, static: true, reads: true, run: searchRead},
		"search_count":        {params: []string{"domain", "limit"}, needs: 1, static: true, reads: true, run: searchCount},
		"fields_get":          {params: []string{"allfields", "attributes"}, static: true, reads: true, run: fieldsGet},
		"check_access_rights": {params: []string{"operation", "raise_exception"}, needs: 1, static: true, reads: true, until: 18, run: checkRights},
		"load":                {params: []string{"fields", "data"}, needs: 2, static: true, run: load},
	}
}

func create(e *env, c *call) (any, error) {
	if err := e.mayDo(c.model, "create"); err != nil {
		return nil, err
	}
	list, many := c.args["vals_list"].([]any)
	if !many {
		list = []any{c.args["vals_list"]}
	}
	made := recordset{model: c.model.name, form: formList}
	if !many {
		made.form = formOne
	}
	for _, item := range list {
		values, ok := item.(map[string]any)
		if !ok {
			return nil, typeError("create() wants a dictionary of values")
		}
		id, err := e.create(c.model, values)
		if err != nil {
			return nil, err
		}
		made.ids = append(made.ids, id)
		e.effect(cmp.Or(c.model.created, "create"), c.model, id)
	}
	return made, nil
}

// create makes one record: what the context gives as default_<field>, presets,
// values, the lines in it, then the hooks.
func (e *env) create(m *model, values map[string]any) (int64, error) {
	values = maps.Clone(values)
	for name, f := range m.byName {
		if _, given := values[name]; given {
			continue
		}
		if v, given := e.context["default_"+name]; given {
			values[name] = v
		} else if f.preset != nil {
			values[name] = f.preset(e)
		}
	}
	stamp := micros(e.now)
	id := e.insert(m, row{"create_date": stamp, "write_date": stamp, "create_uid": e.uid, "write_uid": e.uid})
	e.set(m, id, "id", id)
	if err := e.assign(m, id, values); err != nil {
		return 0, err
	}
	if m.onCreate != nil {
		if err := m.onCreate(e, id, values); err != nil {
			return 0, err
		}
	}
	if err := e.required(m, id); err != nil {
		return 0, err
	}
	return id, e.finish(m, id)
}

func (e *env) required(m *model, id int64) error {
	for _, f := range m.fields {
		if f.required && m.byName[f.name] != nil && e.one(m.name, id)[f.name] == nil {
			return validationError(fmt.Sprintf(
				"The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, archive it instead.\n\nModel: %s (%s)\nField: %s (%s)\n",
				m.label, m.name, f.label, f.name))
		}
	}
	return nil
}

func (e *env) finish(m *model, id int64) error {
	if m.after == nil {
		return nil
	}
	return m.after(e, id)
}

// assign stores values, links first and lines last, so that a line finds its
// parent complete.
func (e *env) assign(m *model, id int64, values map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		f := m.byName[name]
		switch {
		case f == nil:
			return e.invalidField(m, name)
		case f.kind == "one2many" || f.kind == "many2many" || f.ignored:
			continue
		}
		v, err := coerce(m, f, values[name])
		if err != nil {
			return err
		}
		if err := e.linked(f, v); err != nil {
			return err
		}
		e.set(m, id, name, v)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if f := m.byName[name]; f.kind == "one2many" || f.kind == "many2many" {
			if err := e.commands(m, f, id, values[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// linked refuses a link to a record that does not exist.
func (e *env) linked(f *field, v any) error {
	if f.kind != "many2one" || v == nil || e.s.tables[f.rel].rows[idOf(v)] != nil {
		return nil
	}
	return missingError(f.rel, idOf(v), e.uid)
}

// commands applies the (code, id, values) triples of an x2many field.
func (e *env) commands(m *model, f *field, parent int64, value any) error {
	list, ok := value.([]any)
	if !ok {
		return valueError(fmt.Sprintf("Wrong value for %s.%s", m.name, f.name))
	}
	for _, item := range list {
		command, ok := item.([]any)
		if !ok || len(command) == 0 {
			return valueError(fmt.Sprintf("Wrong value for %s.%s", m.name, f.name))
		}
		command = append(slices.Clone(command), false, false)[:3]
		var err error
		if f.kind == "one2many" {
			err = e.lineCommand(f, parent, command)
		} else {
			err = e.linkCommand(m, f, parent, command)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *env) lineCommand(f *field, parent int64, command []any) error {
	code, _ := integer(command[0])
	line, _ := integer(command[1])
	values, _ := command[2].(map[string]any)
	m := e.s.models[f.rel]
	switch code {
	case 0:
		values = maps.Clone(values)
		if values == nil {
			values = map[string]any{}
		}
		values[f.inverse] = parent
		_, err := e.create(m, values)
		return err
	case 1:
		return e.write(m, []int64{line}, values)
	case 2, 3:
		return e.unlink(m, []int64{line})
	case 5:
		return e.unlink(m, e.children(f, parent))
	}
	return valueError("this command is not supported by the fake")
}

func (e *env) linkCommand(m *model, f *field, parent int64, command []any) error {
	code, _ := integer(command[0])
	other, _ := integer(command[1])
	have := slices.Clone(ids(e.one(m.name, parent)[f.name]))
	switch code {
	case 3:
		have = slices.DeleteFunc(have, func(n int64) bool { return n == other })
	case 4:
		have = append(have, other)
	case 5:
		have = nil
	case 6:
		have, _ = integers(command[2])
	default:
		return valueError("this command is not supported by the fake")
	}
	e.set(m, parent, f.name, have)
	return nil
}

func write(e *env, c *call) (any, error) {
	values, ok := c.args["vals"].(map[string]any)
	if !ok {
		return nil, typeError("write() wants a dictionary of values")
	}
	if err := e.mayDo(c.model, "write"); err != nil {
		return nil, err
	}
	if err := e.write(c.model, c.ids, values); err != nil {
		return nil, err
	}
	for _, id := range c.ids {
		e.effect("write", c.model, id)
	}
	return true, nil
}

func (e *env) write(m *model, ids []int64, values map[string]any) error {
	for _, id := range ids {
		if m.onWrite != nil {
			if err := m.onWrite(e, id, values); err != nil {
				return err
			}
		}
		if err := e.assign(m, id, values); err != nil {
			return err
		}
		e.touch(m, id)
		if err := e.finish(m, id); err != nil {
			return err
		}
	}
	return nil
}

// touch dates a changed record.
func (e *env) touch(m *model, id int64) {
	e.set(m, id, "write_date", micros(e.now))
	e.set(m, id, "write_uid", e.uid)
}

// change sets one field and dates the record: what a method does to it.
func (e *env) change(model string, id int64, field string, value any) {
	m := e.s.models[model]
	e.set(m, id, field, value)
	e.touch(m, id)
}

func unlink(e *env, c *call) (any, error) {
	if err := e.mayDo(c.model, "unlink"); err != nil {
		return nil, err
	}
	for _, id := range c.ids {
		e.effect("unlink", c.model, id)
	}
	return true, e.unlink(c.model, c.ids)
}

func (e *env) unlink(m *model, ids []int64) error {
	for _, id := range ids {
		if m.onUnlink != nil {
			if err := m.onUnlink(e, id); err != nil {
				return err
			}
		}
		e.remove(m, id)
	}
	return nil
}

func read(e *env, c *call) (any, error) {
	names, err := c.names("fields")
	if err != nil {
		return nil, err
	}
	return e.read(c.model, c.ids, names, c.args["load"] == nil || c.args["load"] == "_classic_read")
}

func search(e *env, c *call) (any, error) {
	offset, _ := integer(c.args["offset"])
	limit, _ := integer(c.args["limit"])
	found, err := e.search(c.model, c.args["domain"], text(c.args["order"]), offset, limit)
	return recordset{model: c.model.name, ids: found, form: formList}, err
}

func searchRead(e *env, c *call) (any, error) {
	names, err := c.names("fields")
	if err != nil {
		return nil, err
	}
	offset, _ := integer(c.args["offset"])
	limit, _ := integer(c.args["limit"])
	found, err := e.search(c.model, c.args["domain"], text(c.args["order"]), offset, limit)
	if err != nil {
		return nil, err
	}
	return e.read(c.model, found, names, true)
}

func searchCount(e *env, c *call) (any, error) {
	found, err := e.search(c.model, c.args["domain"], "", 0, 0)
	return len(found), err
}
