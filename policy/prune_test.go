package policy

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// A policy decides the same on what it reads as on everything there is.
func TestWhatAPolicyDoesNotReadChangesNothing(t *testing.T) {
	t.Parallel()
	b, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range decision.Kinds() {
		p, whole := e.programs[kind.Name], newCodec(kind)
		samples, err := e.Samples(kind, 100, 17)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range samples {
			r := s.recommendation()
			part, _ := p.eval(t.Context(), patience, p.verdict, p.codec.encode(&s.Snapshot, &s.Assessment, &r))
			all, _ := p.eval(t.Context(), patience, p.verdict, whole.encode(&s.Snapshot, &s.Assessment, &r))
			if part == nil || all == nil || part.Compare(all) != 0 {
				t.Errorf("%s %d: %v on a part, %v on everything", kind.Name, i, part, all)
			}
		}
	}
}

func TestInputReads(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, rule string
		want       []string
	}{
		{"a field", "p if input.subject.state", []string{"subject.state"}},
		{"inside lines", "p if input.subject.lines[_].quantity > 3", []string{"subject.lines"}},
		{"an object", "p if count(input.missing) > 0", []string{"missing"}},
		{"a computed key", "p if input.subject[input.channel]", []string{"channel", "subject"}},
		{"in a comprehension", "p := {x | x := input.subject.id}", []string{"subject.id"}},
		{"the whole input", "p := input", nil},
		{"the whole input under a name", "p if {\n\tx := input\n\tx.kind\n}", nil},
		{"a computed first key", "p if input[data.order.key]", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := ast.ParseModule("order/a.rego", "package order\n\nkey := \"kind\"\n\n"+tt.rule+"\n")
			if err != nil {
				t.Fatal(err)
			}
			have := inputReads(map[string]*ast.Module{"a": m})
			if len(have) != len(tt.want) {
				t.Fatalf("have %v, want %v", have, tt.want)
			}
			for i, path := range tt.want {
				if have[i] != path {
					t.Errorf("have %v, want %v", have, tt.want)
				}
			}
		})
	}
}
