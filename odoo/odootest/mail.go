package odootest

import (
	"fmt"
	"slices"
)

func mailModels() []*model {
	return []*model{
		{name: "mail.activity.type", label: "Activity Type", order: ordering("sequence, id"), fields: []field{
			def("char", "name", "Name", req), def("integer", "sequence", "Sequence", preset(10)),
			def("char", "res_model", "Model"), def("boolean", "active", "Active", preset(true)), def("boolean", "keep_done", "Keep Done"),
		}},
		{name: "mail.message.subtype", label: "Message subtypes", order: ordering("id"), fields: []field{
			def("char", "name", "Message Type"), def("boolean", "internal", "Internal Only"),
		}},
		{
			name: "mail.message", label: "Message", order: ordering("id desc"), created: "note",
			fields: []field{
				def("char", "model", "Related Document Model"), def("many2one_reference", "res_id", "Related Document ID", indexed),
				def("html", "body", "Contents"), def("char", "subject", "Subject"),
				def("datetime", "date", "Date", presetBy(func(e *env) any { return e.stamp() })),
				def("selection", "message_type", "Type", choices("email", "Incoming Email", "comment", "Comment", "notification", "System notification",
					"user_notification", "User Specific Notification", "auto_comment", "Automated Targeted Notification", "email_outgoing", "Outgoing Email"), preset("email")),
				def("many2one", "author_id", "Author", to("res.partner")), def("many2one", "subtype_id", "Subtype", to("mail.message.subtype")),
				def("many2one", "mail_activity_type_id", "Mail Activity Type", to("mail.activity.type")),
			},
		},
		activityModel(),
	}
}

func activityModel() *model {
	return &model{
		name: "mail.activity", label: "Activity", order: ordering("date_deadline, id"), created: "activity",
		fields: []field{
			def("many2one", "res_model_id", "Document Model", req, to("ir.model")), def("char", "res_model", "Related Document Model", ro),
			def("many2one_reference", "res_id", "Related Document ID", indexed), def("char", "res_name", "Document Name", ro),
			def("many2one", "activity_type_id", "Activity Type", to("mail.activity.type")),
			def("char", "summary", "Summary"), def("html", "note", "Note"),
			def("date", "date_deadline", "Due Date", req, presetBy(func(e *env) any { return e.today() })),
			def("many2one", "user_id", "Assigned to", to("res.users"), presetBy(func(e *env) any {
				if e.s.opts.Version >= 19 {
					return nil
				}
				return e.uid // the calling bot, who will never look at it
			})),
			def("boolean", "active", "Active", since(17), preset(true)), def("date", "date_done", "Done Date", since(17)),
			def("char", "feedback", "Feedback", since(17)),
			def("selection", "state", "State", choices("overdue", "Overdue", "today", "Today", "planned", "Planned", "done", "Done"), computed(activityState)),
		},
		display: func(_ *env, r row) string { return text(r["summary"]) },
		methods: map[string]method{
			"action_feedback": {params: []string{"feedback", "attachment_ids"}, run: finishActivity},
			"action_done":     {run: finishActivity},
		},
		onCreate: func(e *env, id int64, _ map[string]any) error {
			m := e.s.models["mail.activity"]
			if named := text(e.context["default_res_model"]); named != "" {
				e.setDefault(m, id, "res_model_id", e.s.modelID(named))
			}
			r := e.one(m.name, id)
			target, document := text(e.one("ir.model", idOf(r["res_model_id"]))["model"]), idOf(r["res_id"])
			if target == "" {
				return nil // refused as a field that is required
			}
			e.set(m, id, "res_model", target)
			e.set(m, id, "res_name", e.label(target, document))
			return e.assignable(target, document, idOf(r["user_id"]))
		},
	}
}

// assignable refuses activities on records that are not there, may not be
// changed by the user, or have no chatter to follow; and one for somebody else
// sends a mail.
func (e *env) assignable(target string, document, user int64) error {
	m := e.s.models[target]
	switch {
	case e.s.tables[target].rows[document] == nil:
		return missingError(target, document, e.uid)
	case e.mayDo(m, "write") != nil:
		return accessError(fmt.Sprintf(
			"Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, %s (id=%d) doesn't have 'create' access to:\n- Activity (mail.activity)\n\nIf you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies.",
			e.user.Name, e.uid))
	case !m.thread:
		return raise("builtins.AttributeError", 500, fmt.Sprintf("'%s' object has no attribute 'message_subscribe'", target))
	case user != 0 && user != e.uid:
		return e.sender()
	}
	return nil
}

// address is the user's e-mail address, nil without one. A user that was
// seeded without a partner has one.
func (e *env) address(user row) any {
	partner := idOf(user["partner_id"])
	if partner == 0 {
		return text(user["login"]) + "@example.com"
	}
	return e.one("res.partner", partner)["email"]
}

// sender refuses mails and messages of a user without an e-mail address.
func (e *env) sender() error {
	if e.sudo || e.address(e.one("res.users", e.uid)) != nil {
		return nil
	}
	return userError("Unable to send message, please configure the sender's email address.")
}

func activityState(e *env, r row) any {
	switch deadline := text(r["date_deadline"]); {
	case r["active"] == false:
		return "done"
	case deadline < e.today():
		return "overdue"
	case deadline == e.today():
		return "today"
	}
	return "planned"
}

// finishActivity posts what was done and deletes the activity, or archives it
// on 19 and where its type is kept. It returns the message's id.
func finishActivity(e *env, c *call) (any, error) {
	var last any = false
	for _, id := range c.ids {
		r := e.one(c.model.name, id)
		message, err := e.post(text(r["res_model"]), idOf(r["res_id"]), map[string]any{
			"body": e.doneBody(r, text(c.args["feedback"])), "message_type": "notification", "mail_activity_type_id": r["activity_type_id"],
		})
		if err != nil {
			return nil, err
		}
		last = message
		e.effect("activity_done", c.model, id)
		kept := truth(e.one("mail.activity.type", idOf(r["activity_type_id"]))["keep_done"])
		if e.s.opts.Version >= 19 || kept && e.s.opts.Version >= 17 {
			e.change(c.model.name, id, "active", false)
			e.change(c.model.name, id, "date_done", e.today())
			e.change(c.model.name, id, "feedback", c.args["feedback"])
		} else {
			e.remove(c.model, id)
		}
	}
	return last, nil
}

// doneBody keeps the activity's own note, so that a marker in it survives in
// the chatter.
func (e *env) doneBody(r row, feedback string) string {
	body := fmt.Sprintf("<div><p><span>%s</span> done</p>", e.label("mail.activity.type", idOf(r["activity_type_id"])))
	if feedback != "" {
		body += "<div>Feedback: " + feedback + "</div>"
	}
	if note := text(r["note"]); note != "" {
		body += "<div>Original note:</div><div>" + note + "</div>"
	}
	return body + "</div>"
}

// chatter lists the messages on a record, newest first.
func (e *env) chatter(model string, document int64) []int64 {
	list := e.s.tables["mail.message"].where("res_id", document)
	list = slices.DeleteFunc(slices.Clone(list), func(id int64) bool { return e.one("mail.message", id)["model"] != model })
	slices.Reverse(list)
	return list
}

// threadMethods are what models with a chatter answer to.
func threadMethods() map[string]method {
	post := []string{"body", "subject", "message_type", "email_from", "author_id", "parent_id", "subtype_xmlid", "subtype_id", "partner_ids", "attachment_ids"}
	return map[string]method{
		"message_post":      {params: append(slices.Clone(post), "body_is_html"), run: postMessage},
		"activity_schedule": {params: []string{"act_type_xmlid", "date_deadline", "summary", "note", "user_id", "activity_type_id"}, run: scheduleActivity},
	}
}

// postMessage writes an internal note. From 17 on the body is plain text
// unless the caller says otherwise; before, it is HTML.
func postMessage(e *env, c *call) (any, error) {
	if len(c.ids) != 1 {
		return nil, valueError(fmt.Sprintf("Expected singleton: %s(%s)", c.model.name, pythonTuple(c.ids)))
	}
	body := text(c.args["body"])
	if e.s.opts.Version >= 17 && !truth(c.args["body_is_html"]) {
		body = escaped(body)
	}
	values := map[string]any{"body": body, "message_type": "notification"}
	for _, name := range []string{"subject", "message_type", "author_id", "subtype_id"} {
		if v, given := c.args[name]; given {
			values[name] = v
		}
	}
	id, err := e.post(c.model.name, c.ids[0], values)
	if err != nil {
		return nil, err
	}
	e.effect("note", e.s.models["mail.message"], id)
	return recordset{model: "mail.message", ids: []int64{id}, form: formPosted}, nil
}

func (e *env) post(model string, document int64, values map[string]any) (int64, error) {
	if err := e.sender(); err != nil {
		return 0, err
	}
	values["model"], values["res_id"] = model, document
	if values["author_id"] == nil {
		values["author_id"] = e.one("res.users", e.uid)["partner_id"]
	}
	return e.create(e.s.models["mail.message"], values)
}

// scheduleActivity makes an activity without the caller knowing the model's
// id, but up to 18 its result is only text.
func scheduleActivity(e *env, c *call) (any, error) {
	made := recordset{model: "mail.activity"}
	for _, document := range c.ids {
		values := map[string]any{"res_model_id": e.s.modelID(c.model.name), "res_id": document}
		for _, name := range []string{"date_deadline", "summary", "note", "user_id", "activity_type_id"} {
			if v, given := c.args[name]; given {
				values[name] = v
			}
		}
		id, err := e.create(e.s.models["mail.activity"], values)
		if err != nil {
			return nil, err
		}
		made.ids = append(made.ids, id)
		e.effect("activity", e.s.models["mail.activity"], id)
	}
	return made, nil
}
