package decision

import (
	"context"
	"maps"
	"time"

	"github.com/shopspring/decimal"
)

// Change is something about a record that could realistically be otherwise. A
// kind lists its changes with the easiest first.
type Change struct {
	Path     string // the field that it is about; of one field, only one change at a time
	Sentence string // completes "It would execute by itself if …"; holds no value of the record
	// fields are the values that would be otherwise; none where it is so already
	// or cannot be.
	fields func(Snapshot) Record
}

// Bounds of a search: no page waits longer for what is only good to know.
const (
	mostEvaluations = 200
	searchFor       = time.Second
)

// Counterfactual finds the smallest set of the kind's changes, the easiest
// first among equals, with which the same model and policy say execute where
// they say approve: one change, or two. It is pure: history stays as it was,
// and what is computed from the fields is computed again. None is found where
// the verdict is no approve, where a step failed, and beyond the bounds.
func Counterfactual(ctx context.Context, s Snapshot, assessor Assessor, policy Policy) []Change {
	kind, _ := KindNamed(s.Kind)
	as, _ := Evaluate(ctx, s, assessor, policy)
	if len(s.Failures) > 0 || as.Verdict.Outcome != Approve || as.Verdict.Failure != "" {
		return nil
	}
	left := mostEvaluations
	executes := func(changes ...Change) bool {
		other, possible := s.with(kind, changes)
		if !possible || left == 0 || ctx.Err() != nil {
			return false
		}
		left--
		e, _ := Evaluate(ctx, other, assessor, policy)
		return e.Verdict.Outcome == Execute && e.Recommendation.Action.Name == as.Recommendation.Action.Name
	}
	for _, c := range kind.Changes {
		if executes(c) {
			return []Change{c}
		}
	}
	for i, a := range kind.Changes {
		for _, b := range kind.Changes[i+1:] {
			if a.Path != b.Path && executes(a, b) {
				return []Change{a, b}
			}
		}
	}
	return nil
}

// with is the snapshot with some changes; false where one of them changes
// nothing, or the kind does not allow the result.
func (s Snapshot) with(kind Kind, changes []Change) (Snapshot, bool) {
	other := s
	other.Fields, other.Missing, other.Context = maps.Clone(s.Fields), maps.Clone(s.Missing), maps.Clone(s.Context)
	for _, c := range changes {
		fields := c.fields(s)
		if len(fields) == 0 {
			return s, false
		}
		for path, value := range fields {
			other.Fields[path] = value
			delete(other.Missing, path)
		}
	}
	for _, f := range kind.Features {
		if f.From == nil {
			continue
		}
		delete(other.Context, f.Path)
		if value := f.From(other); value != nil {
			other.Context[f.Path] = value
			delete(other.Missing, f.Path)
		}
	}
	return other, kind.Check == nil || len(kind.Check(other)) == 0
}

// WouldExecute says what would have had to be otherwise for a decision that
// people were asked about; see Counterfactual. What cannot be found out is left
// unsaid: it never fails.
func (s *Service) WouldExecute(ctx context.Context, story Story) []Change {
	d := story.Decision
	if story.Snapshot == nil || d.Verdict.Outcome != Approve {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, searchFor)
	defer cancel()
	model, err := s.modelOf(ctx, d, *story.Snapshot)
	if err != nil {
		return nil
	}
	policy, err := s.policyOf(ctx, *story.Snapshot)
	if err != nil {
		return nil
	}
	return Counterfactual(ctx, *story.Snapshot, model, policy)
}

var orderChanges = append([]Change{
	becomes("payment.state", "done", "the payment were complete"),
	becomes("signals.avs", "match", "the card issuer confirmed the address"),
	becomes("signals.cvc", "match", "the card code were confirmed"),
	{"shipping.street", "the goods went to the invoice address", toInvoiceAddress},
	becomes("shipping.express", false, "it were no express delivery"),
}, less("amount_total", "the order")...)

var refundChanges = append([]Change{
	becomes("goods_returned", true, "the goods were back"),
	becomes("receipt", true, "the customer showed a receipt"),
}, less("amount", "the refund")...)

var deliveryChanges = daysLater("promised_date", 7)

// becomes sets a field where it is not so already.
func becomes(path string, value any, sentence string) Change {
	return Change{path, sentence, func(s Snapshot) Record {
		if s.Fields[path] == value {
			return nil
		}
		return Record{path: value}
	}}
}

// less makes an amount smaller, by ever more.
func less(path, what string) []Change {
	var out []Change
	for _, part := range []struct {
		share decimal.Decimal
		words string
	}{
		{decimal.New(75, -2), "a quarter smaller"}, {decimal.New(5, -1), "half as large"}, {decimal.New(25, -2), "a quarter as large"},
	} {
		out = append(out, Change{path, what + " were " + part.words, func(s Snapshot) Record {
			amount, known := s.Fields.Money(path)
			currency, _ := s.Fields.Text("currency")
			if !known || !amount.IsPositive() {
				return nil
			}
			return Record{path: amount.Mul(part.share).Round(CurrencyDigits(currency))}
		}})
	}
	return out
}

// daysLater moves a time, by up to so many days.
func daysLater(path string, days int) []Change {
	var out []Change
	for n := 1; n <= days; n++ {
		words := "were promised a day later"
		if n > 1 {
			words = "were promised " + decimal.NewFromInt(int64(n)).String() + " days later"
		}
		out = append(out, Change{path, "it " + words, func(s Snapshot) Record {
			at, known := s.Fields[path].(time.Time)
			if !known {
				return nil
			}
			return Record{path: at.AddDate(0, 0, n)}
		}})
	}
	return out
}

// toInvoiceAddress sends the goods where the invoice goes.
func toInvoiceAddress(s Snapshot) Record {
	out, differs := Record{}, false
	for _, part := range []string{"name", "street", "city", "country", "zip"} {
		if value, known := s.Fields["billing."+part]; known {
			out["shipping."+part] = value
			differs = differs || s.Fields["shipping."+part] != value
		}
	}
	if !differs {
		return nil
	}
	return out
}
