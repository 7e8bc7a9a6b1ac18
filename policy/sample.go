package policy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/shopspring/decimal"

	"assent/decision"
)

// Sample is an input to try a policy with: what gather and assess would give.
type Sample struct {
	Snapshot   decision.Snapshot
	Assessment decision.Assessment
}

// recommendation is what the kind proposes for the sample.
func (s Sample) recommendation() decision.Recommendation {
	kind, _ := decision.KindNamed(s.Snapshot.Kind)
	return kind.Propose(s.Snapshot, s.Assessment)
}

// Samples makes n inputs of a kind, the same for the same seed. Each starts
// from the examples of the kind's fields, an ordinary case, and then has a few
// values changed or taken away. Amounts gather around the engine's limits, ids
// and codes around its lists; numbers that rules compare with count as limits.
func (e *Engine) Samples(kind decision.Kind, n int, seed uint64) ([]Sample, error) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	base, err := exampleRecord(kind.Fields, now)
	if err != nil {
		return nil, err
	}
	s := sampler{Rand: rand.New(rand.NewPCG(seed, uint64(len(kind.Name)))), kind: kind, now: now, base: base}
	if p, ok := e.programs[kind.Name]; ok {
		s.remember(e.data, p.compiler.Modules)
	}
	samples := make([]Sample, n)
	for i := range samples {
		samples[i] = s.sample(int64(i + 1))
	}
	return samples, nil
}

// exampleRecord reads the examples that fields declare.
func exampleRecord(fields []decision.Field, now time.Time) (decision.Record, error) {
	tree := map[string]any{}
	for _, f := range fields {
		decision.SetPath(tree, f.Path, json.RawMessage(f.Example))
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	record, faults := decision.DecodeFields(raw, fields, "", now, true)
	if len(faults) > 0 {
		return nil, fmt.Errorf("example of %s: %s", faults[0].Pointer, faults[0].Message)
	}
	return record, nil
}

type sampler struct {
	*rand.Rand
	kind    decision.Kind
	now     time.Time
	base    decision.Record
	numbers []decimal.Decimal // limits of the kind, and numbers in its rules
	listed  []string          // keys of all lists
	ids     []int64           // those that are ids
}

// remember collects the numbers and texts that the policy compares with.
func (s *sampler) remember(d data, modules map[string]*ast.Module) {
	for _, name := range sortedKeys(d.limits[s.kind.Name]) {
		if n, ok := d.limits[s.kind.Name][name].Value.(json.Number); ok {
			if v, err := decimal.NewFromString(n.String()); err == nil {
				s.numbers = append(s.numbers, v)
			}
		}
	}
	for _, file := range sortedKeys(modules) {
		if folder(file) == s.kind.Name && !isProtected(file) {
			s.numbers = append(s.numbers, comparedNumbers(modules[file])...)
		}
	}
	for _, list := range sortedKeys(d.lists) {
		s.listed = append(s.listed, sortedKeys(d.lists[list])...)
	}
	for _, text := range s.listed {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			s.ids = append(s.ids, id)
		}
	}
}

// comparedNumbers are the numbers in the conditions of a module, limits among
// them: the compiler has put those in.
func comparedNumbers(m *ast.Module) []decimal.Decimal {
	var numbers []decimal.Decimal
	ast.WalkBodies(m, func(body ast.Body) bool {
		ast.WalkTerms(body, func(t *ast.Term) bool {
			if n, ok := t.Value.(ast.Number); ok {
				if v, err := decimal.NewFromString(string(n)); err == nil {
					numbers = append(numbers, v)
				}
			}
			return false
		})
		return true // WalkTerms has been inside
	})
	return numbers
}

func (s *sampler) chance(percent int) bool { return s.IntN(100) < percent }

func pick[T any](s *sampler, from ...T) T { return from[s.IntN(len(from))] }

func (s *sampler) sample(id int64) Sample {
	out := Sample{
		Snapshot: decision.Snapshot{
			Company: "main", CompanyCurrency: "EUR", Kind: s.kind.Name, Channel: pick(s, "web", "pos", "b2b", ""),
			Subject: decision.Subject{Model: pick(s, s.kind.Models...), ID: id}, Now: s.now, Rate: decimal.NewFromInt(1),
			Fields: s.fields(), Context: decision.Record{}, Missing: map[string]string{}, KnownAt: map[string]time.Time{},
		},
		Assessment: s.assessment(),
	}
	for _, f := range s.kind.ContextFields() {
		if s.chance(97) {
			out.Snapshot.Context[f.Path] = s.feature(f)
		}
	}
	if s.chance(10) {
		out.Snapshot.Fields["currency"], out.Snapshot.Rate = "USD", decimal.RequireFromString("0.92")
	}
	if s.chance(40) {
		out.Snapshot.Proposed = s.proposal()
	}
	return out
}

// fields changes up to four of the example's values.
func (s *sampler) fields() decision.Record {
	record := decision.Record{}
	for path, value := range s.base {
		record[path] = value
	}
	for _, f := range s.kind.Fields {
		if f.Required && f.Type == decision.TypeEnum && s.chance(50) {
			record[f.Path] = pick(s, f.Enum...)
		}
	}
	for range s.IntN(5) {
		f := pick(s, s.kind.Fields...)
		if !f.Required && s.chance(50) {
			delete(record, f.Path)
			continue
		}
		record[f.Path] = s.value(f, record[f.Path])
	}
	return record
}

// value draws a value of the field's type, within its bounds.
func (s *sampler) value(f decision.Field, old any) any {
	switch f.Type {
	case decision.TypeMoney, decision.TypeNumber:
		return bounded(s.number(), f)
	case decision.TypeInteger:
		return bounded(s.number().Floor(), f).IntPart()
	case decision.TypeID:
		return s.id()
	case decision.TypeEnum:
		return pick(s, f.Enum...)
	case decision.TypeBoolean:
		return s.chance(50)
	case decision.TypeTime:
		days := s.IntN(120)
		if !f.NotAfter && s.chance(50) {
			days = -s.IntN(20)
		}
		return s.now.AddDate(0, 0, -days)
	case decision.TypeCode, decision.TypeText, decision.TypeCountry:
		texts := append(slices.Clone(s.listed), "FR", "other", "cash")
		return pick(s, slices.DeleteFunc(texts, func(text string) bool { return f.TextFault(text) != "" })...)
	case decision.TypeCurrency:
		return pick(s, "EUR", "USD")
	}
	return old
}

// id is a listed one, or a small one.
func (s *sampler) id() int64 {
	if len(s.ids) > 0 && s.chance(20) {
		return pick(s, s.ids...)
	}
	return int64(1 + s.IntN(50))
}

// number is a limit, a little beside one, or anything up to 20000.
func (s *sampler) number() decimal.Decimal {
	if len(s.numbers) > 0 && s.chance(60) {
		return pick(s, s.numbers...).Add(decimal.New(int64(s.IntN(3)-1), -2))
	}
	return decimal.New(int64(s.IntN(s.IntN(2_000_000)+1)), -2)
}

func bounded(v decimal.Decimal, f decision.Field) decimal.Decimal {
	if f.Min != nil && v.LessThan(*f.Min) {
		return *f.Min
	}
	if f.Max != nil && v.GreaterThan(*f.Max) {
		return *f.Max
	}
	return v
}

func (s *sampler) feature(f decision.Field) any {
	switch f.Type {
	case decision.TypeMoney:
		return decimal.New(int64(s.IntN(40_000)), -2)
	case decision.TypeNumber:
		return decimal.New(int64(s.IntN(40_000)), -4)
	case decision.TypeBoolean:
		return s.chance(50)
	}
	if s.chance(80) {
		return int64(s.IntN(2))
	}
	return int64(s.IntN(8))
}

func (s *sampler) assessment() decision.Assessment {
	low, any := s.Float64()/10, s.Float64()
	probability, confidence := low, 0.8
	if s.chance(25) {
		probability = any
	}
	if s.chance(15) {
		confidence = s.Float64()
	}
	a := decision.Assessment{Model: "sample", Revision: "sample", Probability: &probability, Confidence: &confidence}
	if s.chance(3) {
		a.Probability = nil
	}
	return a
}

// proposal is one of the kind's actions, mostly an effective one, with the
// parameters of its examples.
func (s *sampler) proposal() *decision.Action {
	names := s.kind.Actions
	effective := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return decision.Action{Name: n}.Class() != decision.Effective })
	if len(effective) > 0 && s.chance(70) {
		names = effective
	}
	spec, _ := decision.ActionNamed(pick(s, names...))
	params, err := exampleRecord(spec.Params, s.now)
	if err != nil {
		return nil
	}
	for _, p := range spec.Params {
		if p.Type == decision.TypeTime {
			params[p.Path] = s.value(p, nil)
		}
	}
	return &decision.Action{Name: spec.Name, Params: params}
}
