package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"assent/decision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"
)

// objectSchema is the JSON Schema of an object with the declared fields.
// Dotted paths become nested objects; an object is required if anything
// inside it is.
func objectSchema(fields []decision.Field) *huma.Schema {
	root := newObject()
	for _, f := range fields {
		at := root
		parts := strings.Split(f.Path, ".")
		for _, part := range parts[:len(parts)-1] {
			if at.Properties[part] == nil {
				at.Properties[part] = newObject()
			}
			if f.Required {
				require(at, part)
			}
			at = at.Properties[part]
		}
		name := parts[len(parts)-1]
		at.Properties[name] = fieldSchema(f)
		if f.Required {
			require(at, name)
		}
	}
	return root
}

func newObject() *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
}

func require(s *huma.Schema, name string) {
	for _, known := range s.Required {
		if known == name {
			return
		}
	}
	s.Required = append(s.Required, name)
}

// fieldSchema is the schema of one declared field. What JSON Schema cannot
// say goes into the description and into x- keywords.
func fieldSchema(f decision.Field) *huma.Schema {
	s := typeSchema(f)
	s.Description = description(f)
	if f.Example != "" {
		s.Examples = []any{json.RawMessage(f.Example)}
	}
	s.Minimum, s.Maximum = cmp.Or(number(f.Min), s.Minimum), number(f.Max)
	s.Extensions = map[string]any{}
	if f.Unit != "" {
		s.Extensions["x-unit"] = f.Unit
	}
	if f.Personal {
		s.Extensions["x-personal"] = true
	}
	if f.NotAfter {
		s.Extensions["x-not-in-future"] = true
	}
	return s
}

func typeSchema(f decision.Field) *huma.Schema {
	switch f.Type {
	case decision.TypeMoney, decision.TypeNumber:
		return &huma.Schema{Type: huma.TypeNumber}
	case decision.TypeInteger:
		return &huma.Schema{Type: huma.TypeInteger, Format: "int64"}
	case decision.TypeID:
		return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: new(1.0)}
	case decision.TypeBoolean:
		return &huma.Schema{Type: huma.TypeBoolean}
	case decision.TypeTime:
		return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	case decision.TypeEnum:
		return enumSchema(f.Enum...)
	case decision.TypeLines:
		return &huma.Schema{Type: huma.TypeArray, Items: objectSchema(f.Items), MinItems: new(1), MaxItems: new(decision.MaxLines)}
	case decision.TypeCode:
		return codeSchema(128)
	}
	return &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(decision.MaxText)}
}

// codeSchema is the schema of what decision.IsCode accepts.
func codeSchema(most int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^[A-Za-z0-9._:/+-]+$`, MinLength: new(1), MaxLength: &most}
}

func enumSchema[T ~string](values ...T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func description(f decision.Field) string {
	text := f.Doc
	switch f.Type {
	case decision.TypeMoney:
		text += " A plain decimal in the request's currency."
	case decision.TypeTime:
		text += " RFC 3339, or Odoo's `YYYY-MM-DD HH:MM:SS` in UTC."
	}
	if f.Unit != "" {
		text += fmt.Sprintf(" Unit: %s.", f.Unit)
	}
	if f.NotAfter {
		text += " Not in the future."
	}
	if f.Personal {
		text += " Personal: sealed, never logged or answered."
	}
	return text
}

func number(d *decimal.Decimal) *float64 {
	if d == nil {
		return nil
	}
	return new(d.InexactFloat64())
}

// kindSchemas puts the schemas of every kind among the components of the
// document, and returns the one of POST /v1/decisions: one of the kinds, told
// apart by the key "kind".
func kindSchemas(components map[string]*huma.Schema) *huma.Schema {
	either := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "kind", Mapping: map[string]string{}}}
	for _, kind := range decision.Kinds() {
		name := title(kind.Name)
		fields := objectSchema(kind.Fields)
		fields.Description = "What the decision is about. " + kind.Doc
		components[name+"Fields"] = fields
		components[name+"Request"] = requestSchema(kind, true)
		either.OneOf = append(either.OneOf, ref(name+"Request"))
		either.Discriminator.Mapping[kind.Name] = ref(name + "Request").Ref
	}
	components["DecisionRequest"] = either
	return ref("DecisionRequest")
}

// requestSchema is the body that asks for a decision of one kind.
func requestSchema(kind decision.Kind, named bool) *huma.Schema {
	s := objectSchema(envelopeOf(kind, named))
	s.Description = kind.Doc
	key := codeSchema(decision.MaxKey)
	key.Description = s.Properties["key"].Description
	s.Properties["key"] = key
	s.Properties["fields"] = ref(title(kind.Name) + "Fields")
	s.Properties["action"] = actionSchema(kind)
	return s
}

// actionSchema lists the actions a caller may propose for a kind, each with
// its own parameters.
func actionSchema(kind decision.Kind) *huma.Schema {
	s := &huma.Schema{Description: "What the caller wants done, where the kind leaves it open."}
	for _, name := range kind.Actions {
		spec, _ := decision.ActionNamed(name)
		one := newObject()
		one.Description = spec.Doc
		one.Properties["name"] = enumSchema(spec.Name)
		one.Properties["params"] = objectSchema(spec.Params)
		one.Required = []string{"name"}
		if len(one.Properties["params"].Required) > 0 {
			require(one, "params")
		}
		s.OneOf = append(s.OneOf, one)
	}
	return s
}

func ref(name string) *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/" + name} }

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
