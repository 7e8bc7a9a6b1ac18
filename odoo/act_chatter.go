package odoo

import (
	"context"
	"fmt"
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
	find := func(ctx context.Context) (int64, error) {
		id, err := a.marked(ctx, "mail.activity", Domain{}.Where("res_model", "=", a.x.Subject.Model).
			Where("res_id", "=", a.x.Subject.ID).Where("note", "ilike", a.marker()))
		if err != nil || id != 0 {
			return id, err
		}
		// A person may have finished it: the activity is then deleted, up to
		// version 18, and its text lives on in the chatter.
		return a.message(ctx)
	}
	return a.create(ctx, "mail.activity", find, func() error {
		model, err := a.modelID(ctx, a.x.Subject.Model)
		if err != nil {
			return err
		}
		values := map[string]any{
			"res_model_id": model, "res_id": a.x.Subject.ID, "summary": "Assent: " + a.title(),
			"note": a.body(), "date_deadline": a.due().Format(DateLayout),
		}
		if user := a.Users[a.text("role")]; user != 0 {
			values["user_id"] = user
		}
		_, err = Create(ctx, a.Caller, "mail.activity", values, a.context())
		return err
	})
}

// note posts an internal note on the record, once.
func (a attempt) note(ctx context.Context) decision.Applied {
	if _, end, ok := a.look(ctx); !ok {
		return end
	}
	return a.create(ctx, "mail.message", a.message, func() error {
		dialect, err := a.Caller.Dialect(ctx)
		if err != nil {
			return err
		}
		return a.Caller.Call(ctx, Call{
			Model: a.x.Subject.Model, Method: "message_post", IDs: []int64{a.x.Subject.ID}, Context: a.context(),
			Args: Args{"body": dialect.NoteBody("Assent: " + a.title() + " " + a.body())},
		}, nil)
	})
}

// message finds the chatter message with this execution's marker.
func (a attempt) message(ctx context.Context) (int64, error) {
	return a.marked(ctx, "mail.message", Domain{}.Where("model", "=", a.x.Subject.Model).
		Where("res_id", "=", a.x.Subject.ID).Where("body", "ilike", a.marker()))
}

// create makes a record that find then finds. It looks before it acts, on
// every attempt: the marker is the only idempotency that Odoo offers.
func (a attempt) create(ctx context.Context, model string, find func(context.Context) (int64, error), make func() error) decision.Applied {
	id, err := find(ctx)
	switch {
	case err != nil:
		return a.classify(err)
	case id != 0:
		return done(codeAlready, fmt.Sprintf("%s:%d", model, id))
	}
	applied := a.changed(ctx, make, func(ctx context.Context) (bool, error) {
		id, err = find(ctx)
		return id != 0, err
	})
	if applied.Result == decision.ResultDone {
		applied.Ref = fmt.Sprintf("%s:%d", model, id)
	}
	return applied
}

// marked finds the record that carries this execution's marker, or 0.
func (a attempt) marked(ctx context.Context, model string, domain Domain) (int64, error) {
	rows, err := SearchRead[struct{ ID int64 }](ctx, a.Caller, model, Query{Domain: domain, Fields: []string{"id"}, Order: "id", Limit: 1},
		a.context().With(Context{"active_test": false})) // archived ones count: they happened
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}

// title says in a few words what is asked of the reader.
func (a attempt) title() string {
	if a.x.Action.Name == "manual" {
		return "you may make this change"
	}
	return a.say([]string{a.text("code")})
}

// body is the plain text a person reads. It is made of codes and ids only.
func (a attempt) body() string {
	reasons := a.say(a.x.Reasons)
	if reasons != "" {
		reasons = "Why: " + reasons + " "
	}
	return fmt.Sprintf("%sDecision %s, correlation %s. [%s]", reasons, a.x.Decision, a.x.Correlation, a.marker())
}

// due is the activity's deadline, counted from when the execution was made.
func (a attempt) due() time.Time {
	days, _ := a.x.Action.Params.Integer("days")
	return a.x.Due.AddDate(0, 0, int(days))
}
