package odoo

import (
	"context"
	"fmt"
	"html"
	"slices"
	"time"

	"assent/decision"
)

// hold leaves the record as it is, with an activity for the role and a note
// that says why: Odoo has no hold of its own.
func (a attempt) hold(ctx context.Context) decision.Applied {
	if scheduled := a.activity(ctx); scheduled.Result != decision.ResultDone {
		return scheduled
	}
	return a.note(ctx)
}

// activity schedules an activity on the record, once.
func (a attempt) activity(ctx context.Context) decision.Applied {
	if _, end, ok := a.look(ctx); !ok {
		return end
	}
	if end, ok := a.followed(ctx); !ok {
		return end
	}
	values := map[string]any{
		"res_id": a.x.Subject.ID, "summary": "Assent: " + a.title(),
		"note": html.EscapeString(a.body(a.tag())), "date_deadline": a.due().Format(DateLayout),
	}
	if user := a.Users[a.text("role")]; user != 0 {
		values["user_id"] = user
	}
	// The model goes by name, as the web client sends it: the id that the
	// field itself wants is in ir.model, which only administrators may read.
	cx := a.context().With(Context{"default_res_model": a.x.Subject.Model})
	return a.create(ctx, a.scheduled, func() (func() error, error) {
		return func() error {
			_, err := Create(ctx, a.Caller, "mail.activity", values, cx)
			return err
		}, nil
	})
}

// followed says whether the record has a chatter. An activity on one that has
// none (stock.quant) is an exception in Odoo that says nothing of its effect.
func (a attempt) followed(ctx context.Context) (end decision.Applied, ok bool) {
	spec, _ := decision.ActionNamed("activity")
	if slices.Contains(spec.Models, a.x.Subject.Model) {
		return end, true
	}
	has := map[string]any{}
	q := Call{Model: a.x.Subject.Model, Method: "fields_get", Args: Args{"allfields": []string{"message_ids"}, "attributes": []string{"type"}}, Context: a.context()}
	switch err := a.Caller.Call(ctx, q, &has); {
	case err != nil:
		return a.classify(err), false
	case len(has) == 0:
		return failed(codeNoChatter), false
	}
	return end, true
}

// note posts an internal note on the record, once.
func (a attempt) note(ctx context.Context) decision.Applied {
	if _, end, ok := a.look(ctx); !ok {
		return end
	}
	return a.create(ctx, a.posted, func() (func() error, error) {
		dialect, err := a.Caller.Dialect(ctx)
		return func() error {
			return a.Caller.Call(ctx, Call{
				Model: a.x.Subject.Model, Method: "message_post", IDs: []int64{a.x.Subject.ID}, Context: a.context(),
				Args: Args{"body": dialect.NoteBody("Assent: " + a.title() + " " + a.body(a.noteTag()))},
			}, nil)
		}, err
	})
}

// tag and noteTag end an activity's and a note's text. They differ, because
// an activity's text lives on in the chatter when it is finished: a hold must
// not take that for its note. The brackets keep execution 1 apart from 10.
func (a attempt) tag() string     { return "[" + a.marker() + "]" }
func (a attempt) noteTag() string { return "[" + a.marker() + " note]" }

// scheduled finds this execution's activity. A person may have finished it:
// up to version 18 it is then deleted, and its text lives on in the chatter.
// A hold's note says as well that there was one.
func (a attempt) scheduled(ctx context.Context) (string, error) {
	ref, err := a.tagged(ctx, "mail.activity", Domain{}.Where("res_model", "=", a.x.Subject.Model).Where("note", "ilike", a.tag()))
	if err != nil || ref != "" {
		return ref, err
	}
	either := append(a.chatter(), "|").Where("body", "ilike", a.tag()).Where("body", "ilike", a.noteTag())
	return a.tagged(ctx, "mail.message", either)
}

// posted finds this execution's note.
func (a attempt) posted(ctx context.Context) (string, error) {
	return a.tagged(ctx, "mail.message", a.chatter().Where("body", "ilike", a.noteTag()))
}

func (a attempt) chatter() Domain { return Domain{}.Where("model", "=", a.x.Subject.Model) }

// tagged finds the subject's oldest record of a model in the domain, as
// "model:id", or "".
func (a attempt) tagged(ctx context.Context, model string, domain Domain) (string, error) {
	rows, err := SearchRead[struct{ ID int64 }](ctx, a.Caller, model, Query{
		Domain: domain.Where("res_id", "=", a.x.Subject.ID), Fields: []string{"id"}, Order: "id", Limit: 1,
	}, a.context().With(Context{"active_test": false})) // archived ones count: they happened
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return decision.RefTo(model, rows[0].ID), nil
}

// create makes a record that find then finds. It looks before it acts, on
// every attempt: the marker is the only idempotency that Odoo offers. prepare
// reads what the call needs.
func (a attempt) create(ctx context.Context, find func(context.Context) (string, error), prepare func() (func() error, error)) decision.Applied {
	ref, err := find(ctx)
	if err == nil && ref != "" {
		return done(codeAlready, ref)
	}
	var call func() error
	if err == nil {
		call, err = prepare()
	}
	if err != nil {
		return a.classify(err)
	}
	applied := a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		ref, err = find(ctx)
		return ref != "", err
	})
	if applied.Result == decision.ResultDone {
		applied.Ref = ref
	}
	return applied
}

// title says in a few words what is asked of the reader.
func (a attempt) title() string {
	if a.x.Action.Name == "manual" {
		return "you may make this change"
	}
	return a.say([]string{a.text("code")})
}

// body is the plain text a person reads. It is made of codes and ids only.
func (a attempt) body(tag string) string {
	reasons := a.say(a.x.Reasons)
	if reasons != "" {
		reasons = "Why: " + reasons + " "
	}
	return fmt.Sprintf("%sDecision %s, correlation %s. %s", reasons, a.x.Decision, a.x.Correlation, tag)
}

// due is the activity's deadline, counted from when the execution was made.
func (a attempt) due() time.Time {
	days, _ := a.x.Action.Params.Integer("days")
	return a.x.Due.AddDate(0, 0, int(days))
}
