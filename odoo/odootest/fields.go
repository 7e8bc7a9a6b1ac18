package odootest

import (
	"maps"
	"slices"
	"strings"
)

// fieldsGet describes the fields of a model.
func fieldsGet(e *env, c *call) (any, error) {
	names, err := c.names("allfields")
	if err != nil {
		return nil, err
	}
	attributes, err := c.names("attributes")
	if err != nil {
		return nil, err
	}
	if names == nil {
		names = slices.Sorted(maps.Keys(c.model.byName))
	}
	described := map[string]any{}
	for _, name := range names {
		if f := c.model.byName[name]; f != nil { // unknown names are left out
			described[name] = f.describe(attributes)
		}
	}
	return described, nil
}

func (f *field) describe(attributes []string) map[string]any {
	all := map[string]any{
		"type": f.kind, "string": f.label, "readonly": f.readonly, "required": f.required,
		"store": f.compute == nil, "name": f.name,
	}
	if f.rel != "" {
		all["relation"] = f.rel
	}
	if f.places > 0 {
		all["digits"] = []int{16, f.places}
	}
	if f.kind == "selection" {
		all["selection"] = f.options
	}
	if attributes == nil {
		return all
	}
	maps.DeleteFunc(all, func(name string, _ any) bool { return !slices.Contains(attributes, name) })
	return all
}

// load imports rows by external id: a row whose id is known updates its
// record, which makes a create idempotent.
func load(e *env, c *call) (any, error) {
	columns, err := c.names("fields")
	if err != nil {
		return nil, err
	}
	rows, _ := c.args["data"].([]any)
	loaded := []int64{}
	for _, item := range rows {
		cells, _ := item.([]any)
		external, values := "", map[string]any{}
		for i, column := range columns {
			switch {
			case i >= len(cells):
			case column == "id":
				external = text(cells[i])
			default:
				values[column] = cells[i]
			}
		}
		id, err := e.upsert(c.model, external, values)
		if err != nil {
			return nil, err
		}
		loaded = append(loaded, id)
		e.effect("load", c.model, id)
	}
	return map[string]any{"ids": loaded, "messages": []any{}, "nextrow": 0}, nil
}

func (e *env) upsert(m *model, external string, values map[string]any) (int64, error) {
	data := e.s.models["ir.model.data"]
	module, name, _ := strings.Cut(external, ".")
	found, err := e.search(data, []any{[]any{"module", "=", module}, []any{"name", "=", name}}, "", 0, 1)
	if err != nil {
		return 0, err
	}
	if external != "" && len(found) == 1 {
		id := idOf(e.one(data.name, found[0])["res_id"])
		return id, e.write(m, []int64{id}, values)
	}
	id, err := e.create(m, values)
	if err != nil || external == "" {
		return id, err
	}
	_, err = e.create(data, map[string]any{"module": module, "name": name, "model": m.name, "res_id": id})
	return id, err
}
