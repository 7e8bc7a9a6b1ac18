package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"assent/decision"
)

func (h *house) head() decision.Head {
	h.t.Helper()
	head, err := h.store.Head(context.Background(), company.ID)
	must(h.t, err)
	return head
}

// switchForm is the form as the page would send it.
func (h *house) switchForm(more ...string) url.Values {
	form := url.Values{"epoch": {strconv.FormatInt(h.head().Epoch, 10)}, "reason": {"incident"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestKillSwitch(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("omar")
	b.post("/switches", h.switchForm("kill", "on")).want(t, http.StatusOK, "Confirm the change reason: incident", "Kill switch turn on: nothing is executed in Odoo")
	if h.head().Switches.Kill {
		t.Fatal("the first look already changed it")
	}
	b.post("/switches", h.switchForm("kill", "on", "confirm", "yes")).want(t, http.StatusSeeOther)
	if !h.head().Switches.Kill {
		t.Fatal("not changed after the confirmation")
	}
	b.get("/switches").want(t, http.StatusOK, "The switches are changed.", "The kill switch is on: nothing is executed")
	h.as("ben").get("/").want(t, http.StatusOK, "The kill switch is on: nothing is executed")

	entries, err := h.store.Entries(context.Background(), company.ID, h.head().Seq-1, 1)
	must(t, err)
	if got := string(entries[0].Body); got != `{"switches":`+string(encode(t, h.head().Switches))+`,"by":"`+h.users["omar"].ID+`","reason":"incident"}` {
		t.Errorf("journalled as %s", got)
	}
}

func TestModesAndPauses(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("omar")
	b.post("/switches", h.switchForm("mode.order", "shadow", "pause.refund", "yes")).want(t, http.StatusOK,
		"Order from live to shadow: Decisions are recorded.", "Refund pause: every effective action asks a person", "!Delivery from")
	b.post("/switches", h.switchForm("mode.order", "shadow", "pause.refund", "yes", "confirm", "yes")).want(t, http.StatusSeeOther)
	got := h.head().Switches
	if got.Mode("order") != decision.Shadow || got.Paused["refund"] != "incident" || got.Mode("change") != decision.Live || got.Kill {
		t.Errorf("switches are %+v", got)
	}
	b.post("/switches", h.switchForm("pause.refund", "no", "confirm", "yes")).want(t, http.StatusSeeOther)
	if _, paused := h.head().Switches.Paused["refund"]; paused {
		t.Error("still paused")
	}
	b.post("/switches", h.switchForm("mode.order", "reckless", "confirm", "yes")).want(t, http.StatusUnprocessableEntity, "must be one of shadow, suggest, live")
}

func TestSwitchesWantAReasonAndADifference(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("omar")
	before := h.head().Seq
	b.post("/switches", h.switchForm("kill", "on", "reason", "", "confirm", "yes")).want(t, http.StatusUnprocessableEntity, "Choose a reason.")
	b.post("/switches", h.switchForm("kill", "on", "reason", "my own words", "confirm", "yes")).want(t, http.StatusUnprocessableEntity, "Choose a reason.")
	b.post("/switches", h.switchForm("kill", "off", "mode.order", "live", "confirm", "yes")).want(t, http.StatusUnprocessableEntity, "Nothing was different.")
	if after := h.head().Seq; after != before {
		t.Errorf("%d entries were written", after-before)
	}
}

func TestSwitchesChangedInBetween(t *testing.T) {
	t.Parallel()
	h := setup(t)
	form := h.switchForm("kill", "on", "confirm", "yes")
	h.switches(decision.Switches{Modes: map[string]decision.Mode{"order": decision.Suggest}})
	h.as("omar").post("/switches", form).want(t, http.StatusConflict, "Somebody changed the switches, the policies or the models since you opened this page.")
	if h.head().Switches.Kill {
		t.Error("changed in spite of it")
	}
}

func TestSwitchesAreForOperations(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, who := range []string{"ben", "cleo", "sam"} {
		b := h.as(who)
		b.get("/").want(t, http.StatusOK, "!Switches")
		b.get("/switches").want(t, http.StatusForbidden, "This needs the role operations.")
		b.post("/switches", h.switchForm("kill", "on", "confirm", "yes")).want(t, http.StatusForbidden)
	}
	if h.head().Switches.Kill {
		t.Error("changed by somebody else")
	}
}

// racing lets somebody else change the switches in the instant between the
// look and the change.
type racing struct {
	Decisions
	first func()
}

func (r racing) Switch(ctx context.Context, company string, epoch int64, sw decision.Switches, by, reason string) (decision.Head, error) {
	r.first()
	return r.Decisions.Switch(ctx, company, epoch, sw, by, reason)
}

func TestSwitchesChangedAtTheSameInstant(t *testing.T) {
	t.Parallel()
	h := setup(t)
	config := h.config("")
	config.Decisions = racing{h.decisions, func() {
		h.switches(decision.Switches{Modes: map[string]decision.Mode{"order": decision.Shadow}})
	}}
	h.through(New(config))
	h.as("omar").post("/switches", h.switchForm("kill", "on", "confirm", "yes")).want(t, http.StatusConflict, "Somebody changed the switches, the policies or the models since you opened this page.")
	if now := h.head().Switches; now.Kill || now.Mode("order") != decision.Shadow {
		t.Errorf("the first change is lost: %+v", now)
	}
}
