package api

import (
	"strings"

	"assent/decision"
	"assent/policy"

	"github.com/danielgtaylor/huma/v2"
)

// objectSchema is the JSON Schema of a body that is declared as fields, as
// package policy derives it for everybody who needs one.
func objectSchema(fields []decision.Field) *huma.Schema {
	return &huma.Schema{Extensions: policy.FieldsSchema(fields)}
}

// kindSchemas puts the schemas of every kind among the components of the
// document, and returns the one of POST /v1/decisions: one of the kinds, told
// apart by the key "kind".
func kindSchemas(components map[string]*huma.Schema) *huma.Schema {
	either := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "kind", Mapping: map[string]string{}}}
	for _, kind := range decision.Kinds() {
		name := title(kind.Name)
		fields := objectSchema(kind.Fields)
		fields.Description = "What is known about the record. What is unknown is left out, never null."
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
	properties := s.Extensions["properties"].(map[string]any)
	properties["fields"] = ref(title(kind.Name) + "Fields")
	properties["action"] = actionSchema(kind)
	return s
}

// actionSchema lists the actions a caller may propose for a kind, each with
// its own parameters.
func actionSchema(kind decision.Kind) *huma.Schema {
	s := &huma.Schema{Description: "What the caller wants done, where the kind leaves it open."}
	for _, name := range kind.Actions {
		spec, _ := decision.ActionNamed(name)
		params := objectSchema(spec.Params)
		one := &huma.Schema{
			Type: huma.TypeObject, Description: spec.Doc, AdditionalProperties: false, Required: []string{"name"},
			Properties: map[string]*huma.Schema{"name": enumSchema(spec.Name), "params": params},
		}
		if params.Extensions["required"] != nil {
			one.Required = append(one.Required, "params")
		}
		s.OneOf = append(s.OneOf, one)
	}
	return s
}

func ref(name string) *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/" + name} }

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
