package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo/odootest"
)

// lived is a demo's day with its Odoo still there.
func lived(t *testing.T, orders int, faults ...odootest.Fault) (d *day, dir string) {
	t.Helper()
	return livedAt(t, time.Now, orders, faults...)
}

func livedAt(t *testing.T, now func() time.Time, orders int, faults ...odootest.Fault) (d *day, dir string) {
	t.Helper()
	dir = t.TempDir()
	p := &process{ctx: t.Context(), config: &Config{}, now: now, stdout: io.Discard, stderr: io.Discard}
	d, err := (&demoCmd{Seed: 1, Orders: orders}).open(p, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.app.store.Close() })
	for _, f := range faults {
		d.fake.Inject(f)
	}
	if err := d.live(t.Context(), newProgress(io.Discard, 1)); err != nil {
		t.Fatal(err)
	}
	return d, dir
}

// What the journal calls done has happened in Odoo, once; and nothing else has.
func TestDemoEffects(t *testing.T) {
	t.Parallel()
	d, dir := lived(t, 60)
	c := readJournal(t, dir)
	left := effectsOf(d.fake)
	done := 0
	for _, id := range slices.Sorted(maps.Keys(c.executions)) {
		x := c.executions[id]
		if x.result != "done" || x.of.Apply != "service" {
			continue
		}
		done++
		checkAssent(t, x)
		checkEffect(t, d.fake, x, left)
	}
	for what, n := range left {
		if n > 0 {
			t.Errorf("%d times %s, by no execution", n, what)
		}
	}
	if done < 60 {
		t.Errorf("only %d executions", done)
	}
	checkAssigned(t, d, c.executions)
}

// checkAssigned is that each activity is its role's, and the bot's without one.
func checkAssigned(t *testing.T, d *day, executions map[string]*execution) {
	t.Helper()
	assigned := map[string]int{}
	for _, e := range d.fake.Log() {
		var id int64
		if n, _ := fmt.Sscanf(e.Record, "mail.activity,%d", &id); n == 0 {
			continue
		}
		role, _ := executions[strings.TrimPrefix(e.Key, "assent:")].params["role"].(string)
		want := d.app.odooUsers[role]
		if role == "" {
			want = odootest.DemoBot
		}
		assigned[role]++
		if have := d.fake.Record("mail.activity", id)["user_id"]; want == 0 || !strings.HasPrefix(fmt.Sprint(have), fmt.Sprintf("[%d ", want)) {
			t.Errorf("an activity for %q is of %v, want %d", role, have, want)
		}
	}
	if len(d.app.odooUsers) != len(decision.Roles) || len(assigned) < 2 {
		t.Errorf("users %v, activities by role %v", d.app.odooUsers, assigned)
	}
}

// effectsOf counts the write log by what happened to what, by whom.
func effectsOf(fake *odootest.Server) map[string]int {
	n := map[string]int{}
	for _, e := range fake.Log() {
		subject := e.On
		if subject == "" || strings.HasPrefix(e.Record, "stock.picking,") {
			subject = e.Record // a delivery is not about its order
		}
		n[e.Effect+" "+subject+" "+e.Key]++
	}
	return n
}

// checkAssent is that somebody entitled to it wanted an effective action.
func checkAssent(t *testing.T, x *execution) {
	t.Helper()
	class := (decision.Action{Name: x.action}).Class()
	if class == decision.Effective && x.of.Outcome != "execute" && (x.of.Approval == "" || x.of.state != "done") {
		t.Errorf("%s %s was applied without assent", x.action, x.id)
	}
}

// checkEffect takes the effects of an execution off the log.
func checkEffect(t *testing.T, fake *odootest.Server, x *execution, left map[string]int) {
	t.Helper()
	subject := fmt.Sprintf("%s,%d", x.of.Subject.Model, x.of.Subject.ID)
	take := func(effect, on, key string, times int) {
		t.Helper()
		what := effect + " " + on + " " + key
		if left[what] != times {
			t.Errorf("%s %s: %q happened %d times, want %d", x.action, x.id, what, left[what], times)
		}
		delete(left, what)
	}
	key := "assent:" + x.id
	switch x.action {
	case "confirm":
		take("confirm", subject, key, 1)
		if state := fake.Record("sale.order", x.of.Subject.ID)["state"]; state != "sale" {
			t.Errorf("%s is %v", subject, state)
		}
	case "activity", "manual":
		take("activity", subject, key, 1)
	case "hold":
		take("activity", subject, key, 1)
		take("note", subject, key, 1)
	case "note":
		take("note", subject, key, 1)
	case "credit_note":
		take("credit_note", subject, key, 1)
		take("post", subject, key, 1)
		delete(left, "write "+subject+" "+key) // to the cent, in as many writes as that takes
		checkCredit(t, fake, x, key)
	case "price_write", "discount_write", "reschedule":
		field := map[string]string{"price_write": "price_unit", "discount_write": "discount", "reschedule": "scheduled_date"}[x.action]
		model, id := x.of.Subject.Model, x.of.Subject.ID
		if line, ok := x.params["line_id"].(float64); ok {
			model, id = "sale.order.line", int64(line)
		}
		take("write", subject, key, 1)
		if have := fake.Record(model, id)[field]; !same(have, x.params[field]) {
			t.Errorf("%s of %s,%d is %v, want %v", field, model, id, have, x.params[field])
		}
	default:
		t.Errorf("no check for the effect of %s", x.action)
	}
}

// same compares a value of Odoo's with one of the journal's.
func same(odoo, journal any) bool {
	if text, ok := journal.(string); ok { // a time
		return strings.NewReplacer("T", " ", "Z", "").Replace(text) == fmt.Sprint(odoo)
	}
	return number(odoo).Equal(number(journal))
}

func number(v any) decimal.Decimal { return decimal.RequireFromString(fmt.Sprint(v)) }

// checkCredit is that the credit note has the amount that was decided.
func checkCredit(t *testing.T, fake *odootest.Server, x *execution, key string) {
	t.Helper()
	for _, e := range fake.Log() {
		if e.Effect != "credit_note" || e.Key != key {
			continue
		}
		var id int64
		fmt.Sscanf(e.Record, "account.move,%d", &id)
		note := fake.Record("account.move", id)
		if have := note["amount_total"]; !same(have, x.params["amount"]) || note["state"] != "posted" {
			t.Errorf("credit note of %s: %v %v, want %v posted", x.id, have, note["state"], x.params["amount"])
		}
	}
}

// A day on which Odoo refuses and people take what is left over: executions
// that failed and exceptions that are not open are not in the summary.
func TestSummaryOfABadDay(t *testing.T) {
	t.Parallel()
	d, dir := lived(t, 30,
		odootest.Fault{Kind: odootest.Raise, Method: "action_confirm", Skip: 5, Times: 4, Name: "odoo.exceptions.UserError", Message: "No."},
		odootest.Fault{Kind: odootest.Raise, Method: "message_post", Skip: 3, Times: 2, Name: "odoo.exceptions.AccessError", Message: "No."})
	operations := d.people[slices.IndexFunc(d.people, func(u decision.User) bool { return u.Roles[0] == decision.RoleOperations })]
	claimed := false
	for id, typ := range readJournal(t, dir).exceptions {
		if typ == "dead_letter" && !claimed {
			claimed = true
			if _, err := d.app.approvals.Claim(t.Context(), d.company.ID, id, operations); err != nil {
				t.Fatal(err)
			}
		}
	}
	summary, err := d.app.summarise(&process{ctx: t.Context()}, d.company.ID)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	summary.print(&out)
	c := readJournal(t, dir)
	c.compare(t, out.String())
	failed := 0
	for _, x := range c.executions {
		if x.result == "fail" {
			failed++
		}
	}
	if failed < 6 || !claimed || !strings.Contains(c.open(), "dead_letter") {
		t.Errorf("not bad enough: %d failed, open: %s", failed, c.open())
	}
}

// The day is the same whatever the hour at which it is shown, and what waits
// at its end is not too late yet.
func TestDemoAtAnyHour(t *testing.T) {
	t.Parallel()
	shown := map[int]string{}
	for _, hour := range []int{1, 23} {
		now := time.Date(2026, 11, 24, hour, 59, 30, 0, time.UTC)
		d, dir := livedAt(t, func() time.Time { return now }, 8)
		shown[hour] = strings.Join(readJournal(t, dir).table(), "\n")
		late, err := d.app.approvals.Expire(t.Context(), d.company.ID, now)
		if err != nil || late > 0 {
			t.Errorf("%d o'clock: %d expire at once, %v", hour, late, err)
		}
	}
	if shown[1] != shown[23] {
		t.Errorf("the hour matters: %v", shown)
	}
}
