package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"assent/decision"
)

var modeDocs = map[decision.Mode]string{
	decision.Shadow:  "Decisions are recorded. Nothing is asked and nothing is done.",
	decision.Suggest: "Every effective action asks a person.",
	decision.Live:    "What the policy executes is executed, within the hour's budget.",
}

// switchesView is the page of the company's controls.
type switchesView struct {
	Now     decision.Switches // in force
	Want    decision.Switches // asked for
	Reason  string
	Epoch   int64
	Changes []fact // what would change, for the confirmation; nil shows the form
	Fault   string
	Spent   []kindSpent
}

// kindSpent is what a kind executed by itself in this hour.
type kindSpent struct {
	Kind   string
	Count  int
	Amount string
}

func (c *console) showSwitches(w http.ResponseWriter, r *http.Request, v visit) error {
	return show(w, r, http.StatusOK, switchesPage(v, switchesOf(v)))
}

// switchesOf starts the form at what is in force.
func switchesOf(v visit) switchesView {
	view := switchesView{Now: v.Head.Switches, Want: v.Head.Switches, Epoch: v.Head.Epoch}
	for _, kind := range decision.KindNames() {
		spent := v.Head.Spent[kind].In(v.Now)
		view.Spent = append(view.Spent, kindSpent{kind, spent.Count, grouped(spent.Amount.StringFixed(2))})
	}
	return view
}

// changeSwitches shows what would change; the second time, with confirm, it
// changes it, if nothing else was changed in between.
func (c *console) changeSwitches(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	view := switchesOf(v)
	view.Reason = r.PostForm.Get("reason")
	view.Want = wanted(r).Over(v.Head.Switches, view.Reason)
	view.Changes = changes(view.Now, view.Want)
	// What was read as no number is no epoch, and so differs.
	epoch, _ := strconv.ParseInt(r.PostForm.Get("epoch"), 10, 64)
	switch {
	case epoch != v.Head.Epoch:
		return c.switchesMoved(w, r, v, view.Want)
	case len(view.Changes) == 0:
		view.Fault = "Nothing was different."
		return show(w, r, http.StatusUnprocessableEntity, switchesPage(v, view))
	case !slices.Contains(decision.SwitchReasons, view.Reason):
		view.Fault, view.Changes = "Choose a reason.", nil
		return show(w, r, http.StatusUnprocessableEntity, switchesPage(v, view))
	case r.PostForm.Get("confirm") != "yes":
		return show(w, r, http.StatusOK, switchesPage(v, view))
	}
	switch _, err := c.Decisions.Switch(r.Context(), v.User.Company, epoch, view.Want, v.User.ID, view.Reason); {
	case decision.CodeOf(err) == decision.CodeConflict: // in the instant since this page was read
		if err := c.greet(r.Context(), &v); err != nil {
			return err
		}
		return c.switchesMoved(w, r, v, view.Want)
	case err != nil:
		return err
	}
	c.flash(r.Context(), "The switches are changed. The journal has it under your name.")
	http.Redirect(w, r, "/switches", http.StatusSeeOther)
	return nil
}

// switchesMoved shows what is in force by now, beside what was asked for.
func (c *console) switchesMoved(w http.ResponseWriter, r *http.Request, v visit, want decision.Switches) error {
	view := switchesOf(v)
	view.Want, view.Fault = want, "Somebody changed the switches, the policies or the models since you opened this page. Look again."
	return show(w, r, http.StatusConflict, switchesPage(v, view))
}

// wanted reads the form: a kind that it does not name stays as it is.
func wanted(r *http.Request) decision.SwitchPatch {
	want := decision.SwitchPatch{Modes: map[string]decision.Mode{}, Paused: map[string]bool{}}
	if kill := r.PostForm.Get("kill"); kill != "" {
		on := kill == "on"
		want.Kill = &on
	}
	for _, kind := range decision.KindNames() {
		if mode := r.PostForm.Get("mode." + kind); mode != "" {
			want.Modes[kind] = decision.Mode(mode)
		}
		if pause := r.PostForm.Get("pause." + kind); pause != "" {
			want.Paused[kind] = pause == "yes"
		}
	}
	return want
}

// changes lists what differs, in words.
func changes(now, want decision.Switches) []fact {
	var out []fact
	if now.Kill != want.Kill {
		out = append(out, fact{"Kill switch", map[bool]string{true: "turn on: nothing is executed in Odoo", false: "turn off: parked executions go on"}[want.Kill]})
	}
	for _, kind := range decision.KindNames() {
		if from, to := now.Mode(kind), want.Modes[kind]; to != "" && from != to {
			out = append(out, fact{humanise(kind), "from " + string(from) + " to " + string(to) + ": " + modeDocs[to]})
		}
		_, was := now.Paused[kind]
		_, is := want.Paused[kind]
		if was != is {
			out = append(out, fact{humanise(kind), map[bool]string{true: "pause: every effective action asks a person", false: "end the pause"}[is]})
		}
	}
	return out
}

// yesNo is a pause as the confirmation sends it on.
func yesNo(paused map[string]string, kind string) string {
	if _, yes := paused[kind]; yes {
		return "yes"
	}
	return "no"
}
