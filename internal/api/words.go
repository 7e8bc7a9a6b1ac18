package api

import (
	"reflect"

	"assent/decision"

	"github.com/danielgtaylor/huma/v2"
)

// Words of the domain, with the values that each may have. huma takes them
// from here for the OpenAPI document and to check parameters: a typing error
// must not look like an empty list.
type (
	kindWord      string
	outcomeWord   string
	statusWord    string
	roleWord      string
	typeWord      string // of an exception
	stateWord     string // likewise
	modelWord     string
	channelWord   string
	classWord     string
	applierWord   string
	modeWord      string
	executionWord string
)

// Schema lists the kinds.
func (kindWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.KindNames()...) }

// Schema lists the outcomes.
func (outcomeWord) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, o := range decision.AllOutcomes {
		s.Enum = append(s.Enum, o.String())
	}
	return s
}

// Schema lists the statuses of a decision.
func (statusWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.Statuses...) }

// Schema lists the roles.
func (roleWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.Roles...) }

// Schema lists the types of exceptions.
func (typeWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.ExceptionTypes...) }

// Schema lists the states of an exception.
func (stateWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.States...) }

// Schema lists the models of all kinds.
func (modelWord) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	known := map[string]bool{}
	for _, kind := range decision.Kinds() {
		for _, model := range kind.Models {
			if !known[model] {
				s.Enum = append(s.Enum, model)
			}
			known[model] = true
		}
	}
	return s
}

// Schema is the rule for channels: which there are is the callers' business.
func (channelWord) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: decision.CodePattern(decision.MaxChannel)}
}

// Schema lists the classes of actions.
func (classWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.Classes...) }

// Schema lists who may apply an action.
func (applierWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.Appliers...) }

// Schema lists the modes of a kind.
func (modeWord) Schema(huma.Registry) *huma.Schema { return enumSchema(decision.Modes...) }

// Schema lists the statuses of an execution.
func (executionWord) Schema(huma.Registry) *huma.Schema {
	return enumSchema(decision.ExecutionStatuses...)
}

// describeWords makes every use of the domain's types one of the words.
func describeWords(registry huma.Registry) {
	registry.RegisterTypeAlias(reflect.TypeFor[decision.Money](), reflect.TypeFor[money]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.Outcome](), reflect.TypeFor[outcomeWord]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.Status](), reflect.TypeFor[statusWord]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.ExceptionType](), reflect.TypeFor[typeWord]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.Class](), reflect.TypeFor[classWord]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.Applier](), reflect.TypeFor[applierWord]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.Mode](), reflect.TypeFor[modeWord]())
	registry.RegisterTypeAlias(reflect.TypeFor[decision.ExecutionStatus](), reflect.TypeFor[executionWord]())
}

func enumSchema[T ~string](values ...T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// texts are words as plain strings.
func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}
