package decision

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// EventType declares a fact from outside that is an outcome of decisions.
type EventType struct {
	Name    string // e.g. "dispute.opened"
	Kind    string // of the decisions it is about
	Outcome string // type of the outcome it is; the event's reason is its value
	Doc     string
}

// EventTypes are the facts that are taken. A dispute that is open is a
// suspicion; lost, it is a chargeback; won, the order was honest after all.
var EventTypes = []EventType{
	{"dispute.opened", "order", disputed.Name, "The payer has opened a dispute: a suspicion, and no truth yet."},
	{"dispute.won", "order", disputeWon.Name, "The dispute has ended for the house: the payment stays."},
	{"dispute.lost", "order", chargeback.Name, "The dispute has ended against the house, or was not contested: the payer has the money back."},
}

// EventNames lists the names of all types.
func EventNames() []string {
	names := make([]string, len(EventTypes))
	for i, t := range EventTypes {
		names[i] = t.Name
	}
	return names
}

// DisputeReasons are why payers dispute a payment, as the bank names it.
var DisputeReasons = chargeback.Values

var (
	disputed = OutcomeType{
		Name: "dispute", Values: DisputeReasons,
		Doc: "The payer disputes the payment, for the reason that the bank names. Until it has ended nobody knows whether it was fraud.",
	}
	disputeWon = OutcomeType{
		Name: "dispute_won", Values: DisputeReasons, Doc: "The dispute has ended for the house: it was none of what the payer said.",
		Teaches: []Lesson{yesNo("fraud", nil, []string{"fraud"}), yesNo("chargeback", nil, DisputeReasons)},
	}
)

// settling are the outcomes after which a dispute is no open question any more.
var settling = []string{disputeWon.Name, chargeback.Name, fraudSettled.Name}

// Doubted says whether what outcomes tell leaves a suspicion of fraud open. It
// goes by when things happened: news of a dispute may come after news of its
// end.
func Doubted(told []OutcomeRow) bool {
	return slices.ContainsFunc(told, func(o OutcomeRow) bool {
		return o.Type == disputed.Name && o.Value == "fraud" && !slices.ContainsFunc(told, func(end OutcomeRow) bool {
			return slices.Contains(settling, end.Type) && !end.At.Before(o.At)
		})
	})
}

// Event is one fact from outside.
type Event struct {
	ID     string // the sender's; used once in a company
	Type   string // of EventTypes
	About  About
	Reason string // of DisputeReasons
	Amount *Money
	At     time.Time // when it happened; zero is now
	Source string    // id of the key that sent it
}

// About says which record a fact is about, in one of three ways.
type About struct {
	Decision string   // a decision about it
	Key      string   // the idempotency key of one
	Subject  *Subject // the record
}

// RecordEvent journals a fact as an outcome of every decision about its record:
// each of them was right or wrong about it. fresh is false when all of them knew
// this event. Errors: CodeInvalid, CodeNotFound (nothing was decided about the
// record), CodeKeyReuse (the id is another event's). After any other error some
// may know it, and sending it again tells the others.
func (s *Service) RecordEvent(ctx context.Context, company string, e Event) (told []OutcomeRow, fresh bool, err error) {
	i := slices.IndexFunc(EventTypes, func(t EventType) bool { return t.Name == e.Type })
	switch {
	case i < 0:
		return nil, false, Invalid("/type", "enum", "must be one of "+listed(EventNames()))
	case !IsCode(e.ID, MaxCode):
		return nil, false, Invalid("/id", "pattern", "must be "+CodeRule(MaxCode))
	case !slices.Contains(DisputeReasons, e.Reason):
		return nil, false, Invalid("/reason", "enum", "must be one of "+listed(DisputeReasons))
	}
	typ := EventTypes[i]
	ids, err := s.decisionsAbout(ctx, company, typ.Kind, e.About)
	if err != nil {
		return nil, false, err
	}
	for _, id := range ids {
		o := OutcomeRecord{Decision: id, Type: typ.Outcome, Value: e.Reason, Amount: e.Amount, At: e.At, Source: e.Source, Event: e.ID}
		row, isNew, err := s.recordOutcome(ctx, company, o)
		if err != nil {
			return told, fresh, err
		}
		told, fresh = append(told, row), fresh || isNew
	}
	return told, fresh, nil
}

// decisionsAbout lists every decision of the kind about a record, newest first.
func (s *Service) decisionsAbout(ctx context.Context, company, kind string, about About) ([]string, error) {
	subject, err := s.subjectOf(ctx, company, kind, about)
	if err != nil {
		return nil, err
	}
	var ids []string
	filter := Filter{Limit: 500, Where: map[string][]string{
		"kind": {kind}, "model": {subject.Model}, "record_id": {strconv.FormatInt(subject.ID, 10)},
	}}
	for more := true; more; more = filter.Cursor != "" {
		rows, next, err := PageOf[DecisionRow](ctx, s.Store, company, Decisions, filter)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		filter.Cursor = next
	}
	if len(ids) == 0 {
		return nil, undecided
	}
	return ids, nil
}

// undecided says that a fact is about nothing that was ever asked.
var undecided = Errorf(CodeNotFound, "There is no decision about this record.")

func (s *Service) subjectOf(ctx context.Context, company, kind string, about About) (Subject, error) {
	ways := 0
	for _, given := range []bool{about.Decision != "", about.Key != "", about.Subject != nil} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return Subject{}, Invalid("/subject", "required", "exactly one of decision, key and subject")
	}
	id := about.Decision
	if about.Subject != nil {
		return *about.Subject, nil
	}
	if about.Key != "" {
		bound, found, err := s.Store.Binding(ctx, company, about.Key)
		if err == nil && !found {
			err = undecided
		}
		if err != nil {
			return Subject{}, err
		}
		id = bound.Decision
	}
	row, err := RowOf[DecisionRow](ctx, s.Store, company, Decisions, id)
	if CodeOf(err) == CodeNotFound || err == nil && row.Kind != kind {
		err = undecided
	}
	return Subject{DB: row.DB, Model: row.Model, ID: row.RecordID}, err
}
