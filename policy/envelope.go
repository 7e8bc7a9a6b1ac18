package policy

import (
	"slices"
	"strings"

	"assent/decision"
)

// shape is one key of the policy's input: an object with children, or a leaf
// that declares its type and where its value comes from. The codec and the
// JSON Schema both walk the same shapes, so they cannot disagree.
type shape struct {
	key      string
	doc      string
	children []shape        // of an object
	field    decision.Field // of a leaf; Path is where missing reports it
	value    func(*source) any
	foreign  bool // money in the request's currency, converted on the way
	reported bool // listed under missing when it is unknown
}

// source is what one input is made from.
type source struct {
	snapshot       *decision.Snapshot
	assessment     *decision.Assessment
	recommendation *decision.Recommendation
}

// Types of leaves that no field of a request has.
const (
	typeScores  decision.Type = "scores"  // object: code to number
	typeReasons decision.Type = "reasons" // object: path to code
)

// envelope declares the input of a kind.
func envelope(kind decision.Kind) []shape {
	return []shape{
		leaf("kind", decision.Field{Type: decision.TypeEnum, Enum: []string{kind.Name}, Required: true, Example: `"` + kind.Name + `"`, Doc: "Which decision is asked."},
			func(s *source) any { return s.snapshot.Kind }),
		leaf("company", decision.Field{Type: decision.TypeCode, Required: true, Example: `"main"`, Doc: "The company."},
			func(s *source) any { return s.snapshot.Company }),
		leaf("channel", decision.Field{Type: decision.TypeCode, Example: `"web"`, Doc: "Sales channel; absent when unknown."},
			func(s *source) any { return s.snapshot.Channel }),
		leaf("now", decision.Field{Type: decision.TypeTime, Required: true, Example: `"2026-11-24T09:30:00Z"`, Doc: "Time of the decision, the only clock."},
			func(s *source) any { return s.snapshot.Now }),
		{key: "subject", doc: "The Odoo record, with its fields.", children: subjectShapes(kind)},
		{key: "assessment", doc: "What the model says; empty for kinds without one.", children: assessmentShapes},
		{key: "action", doc: "The recommended action.", children: actionShapes(kind)},
		leaf("missing", decision.Field{Type: typeReasons, Required: true, Doc: "Dotted path of everything unknown: why."}, nil),
		{key: "context", doc: "Features computed from history, amounts in the company's currency.", children: contextShapes(kind)},
	}
}

func leaf(key string, field decision.Field, value func(*source) any) shape {
	if field.Path == "" {
		field.Path = key
	}
	return shape{key: key, doc: field.Doc, field: field, value: value}
}

// subjectShapes are the record's identity and the kind's declared fields.
func subjectShapes(kind decision.Kind) []shape {
	identity := []shape{
		leaf("db", decision.Field{Path: "subject.db", Type: decision.TypeCode, Example: `"odoo"`, Doc: "Odoo database; absent for the company's only one."},
			func(s *source) any { return s.snapshot.Subject.DB }),
		leaf("model", decision.Field{Path: "subject.model", Type: decision.TypeEnum, Enum: kind.Models, Required: true, Doc: "Odoo model."},
			func(s *source) any { return s.snapshot.Subject.Model }),
		leaf("id", decision.Field{Path: "subject.id", Type: decision.TypeID, Required: true, Example: "36", Doc: "Odoo id."},
			func(s *source) any { return s.snapshot.Subject.ID }),
	}
	return append(identity, nest(kind.Fields, func(f decision.Field) shape {
		s := leaf(lastKey(f.Path), f, func(s *source) any { return s.snapshot.Fields[f.Path] })
		s.foreign, s.reported = true, true
		return s
	})...)
}

func contextShapes(kind decision.Kind) []shape {
	return nest(kind.ContextFields(), func(f decision.Field) shape {
		s := leaf(lastKey(f.Path), f, func(s *source) any { return s.snapshot.Context[f.Path] })
		s.reported = true
		return s
	})
}

var assessmentShapes = []shape{
	leaf("model", decision.Field{Path: "assessment.model", Type: decision.TypeCode, Doc: "Name of the model."},
		func(s *source) any { return s.assessment.Model }),
	leaf("revision", decision.Field{Path: "assessment.revision", Type: decision.TypeCode, Doc: "Content hash of the model."},
		func(s *source) any { return s.assessment.Revision }),
	{key: "probability", doc: "Calibrated probability, 0 to 1.", reported: true,
		field: decision.Field{Path: "assessment.probability", Type: decision.TypeNumber, Absent: "no_assessment", Doc: "Calibrated probability, 0 to 1."},
		value: func(s *source) any { return known(s.assessment.Probability) }},
	leaf("confidence", decision.Field{Path: "assessment.confidence", Type: decision.TypeNumber, Doc: "Share of the model's evidence that was known, 0 to 1."},
		func(s *source) any { return known(s.assessment.Confidence) }),
	leaf("class", decision.Field{Path: "assessment.class", Type: decision.TypeCode, Doc: "Class, for classifiers."},
		func(s *source) any { return s.assessment.Class }),
	leaf("reasons", decision.Field{Path: "assessment.reasons", Type: typeScores, Doc: "Contribution of each reason code to the log-odds."},
		func(s *source) any { return s.assessment.Reasons }),
}

func known(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// actionShapes are the recommended action with every parameter that one of
// the kind's actions declares.
func actionShapes(kind decision.Kind) []shape {
	return []shape{
		leaf("name", decision.Field{Path: "action.name", Type: decision.TypeEnum, Enum: kind.Actions, Required: true, Doc: "Name of the action."},
			func(s *source) any { return s.recommendation.Action.Name }),
		leaf("class", decision.Field{Path: "action.class", Type: decision.TypeEnum, Enum: []string{string(decision.Effective), string(decision.Protective)}, Required: true, Doc: "Protective actions are reversible and move nothing."},
			func(s *source) any { return string(s.recommendation.Action.Class()) }),
		leaf("at_stake", decision.Field{Path: "action.at_stake", Type: decision.TypeMoney, Doc: "Money at stake in the company's currency."}, atStake),
		{key: "params", doc: "Parameters of the action.", children: nest(actionParams(kind), func(f decision.Field) shape {
			s := leaf(lastKey(f.Path), f, func(s *source) any { return s.recommendation.Action.Params[f.Path] })
			s.foreign = true
			return s
		})},
	}
}

func atStake(s *source) any {
	if s.recommendation.AtStake == nil {
		return nil
	}
	return s.recommendation.AtStake.Amount
}

// actionParams is the union of the parameters of a kind's actions, by path.
func actionParams(kind decision.Kind) []decision.Field {
	var params []decision.Field
	for _, name := range kind.Actions {
		spec, _ := decision.ActionNamed(name)
		for _, p := range spec.Params {
			if !slices.ContainsFunc(params, func(f decision.Field) bool { return f.Path == p.Path }) {
				p.Required = false
				params = append(params, p)
			}
		}
	}
	return params
}

// nest turns dotted paths into objects, in order of first appearance.
func nest(fields []decision.Field, make func(decision.Field) shape) []shape {
	var shapes []shape
	for _, f := range fields {
		shapes = insert(shapes, strings.Split(f.Path, "."), make(f))
	}
	return shapes
}

func insert(shapes []shape, path []string, s shape) []shape {
	if len(path) == 1 {
		return append(shapes, s)
	}
	i := slices.IndexFunc(shapes, func(c shape) bool { return c.key == path[0] })
	if i < 0 {
		shapes, i = append(shapes, shape{key: path[0]}), len(shapes)
	}
	shapes[i].children = insert(shapes[i].children, path[1:], s)
	return shapes
}

func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
