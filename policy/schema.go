package policy

import (
	"encoding/json"
	"maps"

	"assent/decision"
)

// Schema is the JSON Schema (draft 7) of a kind's policy input, as decoded
// JSON. CodeNotFound for an unknown kind.
func Schema(kind string) (map[string]any, error) {
	k, ok := decision.KindNamed(kind)
	if !ok {
		return nil, decision.Errorf(decision.CodeNotFound, "There is no such kind.")
	}
	schema := objectSchema(envelope(k), inputLeaf)
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = "Policy input of kind " + kind
	return schema, nil
}

// FieldsSchema is the JSON Schema of a request object that holds the given
// fields, nested by their dotted paths.
func FieldsSchema(fields []decision.Field) map[string]any {
	return objectSchema(nest(fields, func(f decision.Field) shape { return leaf(lastKey(f.Path), f, nil) }), requestLeaf)
}

// objectSchema describes nested shapes. An object is required if something
// in it is.
func objectSchema(shapes []shape, leafSchema func(decision.Field) map[string]any) map[string]any {
	properties, required := map[string]any{}, []any{}
	for _, s := range shapes {
		property := leafSchema(s.field)
		if len(s.children) > 0 {
			property = objectSchema(s.children, leafSchema)
			if s.doc != "" {
				property["description"] = s.doc
			}
		}
		properties[s.key] = property
		if s.required() {
			required = append(required, s.key)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (s shape) required() bool {
	if s.field.Required {
		return true
	}
	for _, c := range s.children {
		if c.required() {
			return true
		}
	}
	return false
}

// requestLeaf describes a field as a caller writes it.
func requestLeaf(f decision.Field) map[string]any {
	schema := baseLeaf(f)
	maps.Copy(schema, described(f))
	switch f.Type {
	case decision.TypeTime:
		schema["type"], schema["format"] = "string", "date-time"
	case decision.TypeText:
		schema["type"], schema["minLength"], schema["maxLength"] = "string", 1, f.Limit()
	case decision.TypeCode:
		schema["type"], schema["pattern"] = "string", decision.CodePattern(f.Limit())
	case decision.TypeCountry:
		schema["type"], schema["pattern"] = "string", decision.CountryPattern
	case decision.TypeCurrency:
		schema["type"], schema["pattern"] = "string", decision.CurrencyPattern
	case decision.TypeID:
		schema["type"], schema["minimum"] = "integer", 1
	case decision.TypeLines:
		schema["type"], schema["minItems"], schema["maxItems"] = "array", 1, decision.MaxLines
		schema["items"] = FieldsSchema(f.Items)
	}
	return schema
}

// inputLeaf describes a leaf as Rego sees it.
func inputLeaf(f decision.Field) map[string]any {
	schema := baseLeaf(f)
	switch f.Type {
	case decision.TypeTime:
		schema["type"] = "integer"
		f.Example, f.Unit = "1795512600", "seconds since 1970, UTC"
	case decision.TypeText, decision.TypeCode, decision.TypeCountry, decision.TypeCurrency:
		schema["type"] = "string"
		if f.Personal {
			f.Doc, f.Example = f.Doc+" Here its SHA-256, without a key.", hashedExample(f.Example)
		}
	case decision.TypeID:
		schema["type"] = "string"
		f.Example = `"` + f.Example + `"`
	case decision.TypeLines:
		schema["type"] = "array"
		schema["items"] = objectSchema(lineShapes(f.Items), inputLeaf)
		f.Example = ""
	case typeScores, typeReasons:
		schema["type"] = "object"
	}
	maps.Copy(schema, described(f))
	return schema
}

// hashedExample is the example, a JSON text, as a policy sees it.
func hashedExample(literal string) string {
	var text string
	if json.Unmarshal([]byte(literal), &text) != nil {
		return "" // no example is better than a wrong one
	}
	return `"` + hashedText(text) + `"`
}

// baseLeaf gives the type and bounds that requests and input share.
func baseLeaf(f decision.Field) map[string]any {
	schema := map[string]any{}
	switch f.Type {
	case decision.TypeMoney, decision.TypeNumber:
		schema["type"] = "number"
	case decision.TypeInteger:
		schema["type"] = "integer"
	case decision.TypeBoolean:
		schema["type"] = "boolean"
	case decision.TypeEnum:
		schema["type"], schema["enum"] = "string", toAny(f.Enum)
	}
	if f.Min != nil {
		schema["minimum"] = json.Number(f.Min.String())
	}
	if f.Max != nil {
		schema["maximum"] = json.Number(f.Max.String())
	}
	return schema
}

// described gives a leaf's words: doc, unit and example.
func described(f decision.Field) map[string]any {
	schema := map[string]any{}
	if f.Doc != "" {
		schema["description"] = f.Doc
	}
	if f.Unit != "" {
		schema["x-unit"] = f.Unit
	}
	if f.Personal {
		schema["x-personal"] = true
	}
	var example any
	if f.Example != "" && json.Unmarshal([]byte(f.Example), &example) == nil {
		schema["examples"] = []any{example}
	}
	return schema
}

func toAny(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}
