package policy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// patience is the deadline of an evaluation where nobody waits: a busy
// machine must not look like a policy that asks a person.
const patience = 5 * time.Second

// Violation is a field whose absence makes a policy easier.
type Violation struct {
	Kind   string           `json:"kind"`
	Path   string           `json:"path"` // under input
	Before decision.Outcome `json:"before"`
	After  decision.Outcome `json:"after"` // without the field
	Sample int              `json:"sample"`
}

// String says it in a sentence.
func (v Violation) String() string {
	return fmt.Sprintf("%s: without %s sample %d goes from %s to %s", v.Kind, v.Path, v.Sample, v.Before, v.After)
}

// MissingFieldGate takes every field of every sample away, one at a time, and
// reports each that made the policy easier: without a required field the
// outcome must be approve, without any other key of the input approve and
// reject must not become execute. One violation is reported for each field.
func MissingFieldGate(ctx context.Context, e *Engine, samples []Sample) ([]Violation, error) {
	g := gate{found: map[string]Violation{}}
	for i, s := range samples {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, ok := e.programs[s.Snapshot.Kind]
		if !ok {
			return nil, decision.Errorf(decision.CodeNotFound, "The policy does not know kind %s.", s.Snapshot.Kind)
		}
		g.sample = i
		var failure string
		if g.before, failure = p.try(ctx, s); failure != "" {
			return nil, decision.Errorf(decision.CodeInvalid, "The policy of %s fails on sample %d with %s.", p.kind.Name, i, failure)
		}
		g.fields(ctx, p, s)
		g.keys(ctx, p, s)
	}
	violations := make([]Violation, 0, len(g.found))
	for _, key := range slices.Sorted(maps.Keys(g.found)) {
		violations = append(violations, g.found[key])
	}
	return violations, nil
}

// try gives the outcome of a sample.
func (p *program) try(ctx context.Context, s Sample) (decision.Outcome, string) {
	r := s.recommendation()
	return p.outcomeOf(ctx, patience, p.codec.encode(&s.Snapshot, &s.Assessment, &r))
}

type gate struct {
	sample int
	before decision.Outcome
	found  map[string]Violation
}

// judge compares the outcome without a path with the one before.
func (g *gate) judge(kind decision.Kind, path string, required bool, after decision.Outcome) {
	if after == decision.Execute && g.before != decision.Execute || required && after != decision.Approve {
		key := kind.Name + " " + path
		if _, known := g.found[key]; !known {
			g.found[key] = Violation{kind.Name, path, g.before, after, g.sample}
		}
	}
}

// fields takes fields, features and the model's numbers out of the snapshot,
// as if the caller or the history had not had them: the kind may then propose
// another action, and the codec says what is missing.
func (g *gate) fields(ctx context.Context, p *program, s Sample) {
	for _, f := range p.kind.Fields {
		if _, given := s.Snapshot.Fields[f.Path]; given {
			g.without(ctx, p, "subject."+f.Path, f.Required, s, func(s *Sample) { s.Snapshot.Fields = without(s.Snapshot.Fields, f.Path) })
		}
	}
	for _, f := range p.kind.Features {
		// No proposal rests on a feature: only what the policy reads of it counts.
		if _, given := s.Snapshot.Context[f.Path]; given && p.codec.reads("context."+f.Path) {
			g.without(ctx, p, "context."+f.Path, false, s, func(s *Sample) { s.Snapshot.Context = without(s.Snapshot.Context, f.Path) })
		}
	}
	g.without(ctx, p, "assessment.probability", false, s, func(s *Sample) { s.Assessment.Probability = nil })
	g.without(ctx, p, "assessment.confidence", false, s, func(s *Sample) { s.Assessment.Confidence = nil })
	g.without(ctx, p, "assessment", false, s, func(s *Sample) { s.Assessment = decision.Assessment{} })
}

func (g *gate) without(ctx context.Context, p *program, path string, required bool, s Sample, take func(*Sample)) {
	take(&s)
	after, _ := p.try(ctx, s)
	g.judge(p.kind, path, required, after)
}

func without(r decision.Record, path string) decision.Record {
	r = maps.Clone(r)
	delete(r, path)
	return r
}

// keys takes each key out of the finished input, whatever put it there.
func (g *gate) keys(ctx context.Context, p *program, s Sample) {
	r := s.recommendation()
	input := p.codec.encode(&s.Snapshot, &s.Assessment, &r)
	visitKeys(input, nil, func(path []string) {
		after, _ := p.outcomeOf(ctx, patience, cut(input, path))
		f, declared := p.kind.Field(strings.Join(path[1:], "."))
		g.judge(p.kind, strings.Join(path, "."), path[0] == "subject" && declared && f.Required, after)
	})
}

// visitKeys visits every key of nested objects.
func visitKeys(value ast.Value, prefix []string, visit func([]string)) {
	object, ok := value.(ast.Object)
	if !ok {
		return
	}
	for _, key := range object.Keys() {
		path := append(slices.Clone(prefix), string(key.Value.(ast.String)))
		visit(path)
		visitKeys(object.Get(key).Value, path, visit)
	}
}

// cut copies nested objects without one key.
func cut(value ast.Value, path []string) ast.Value {
	object := value.(ast.Object)
	var pairs [][2]*ast.Term
	for _, key := range object.Keys() {
		child := object.Get(key)
		switch {
		case !key.Equal(ast.StringTerm(path[0])):
			pairs = append(pairs, [2]*ast.Term{key, child})
		case len(path) > 1:
			pairs = append(pairs, [2]*ast.Term{key, ast.NewTerm(cut(child.Value, path[1:]))})
		}
	}
	return ast.NewObject(pairs...)
}
