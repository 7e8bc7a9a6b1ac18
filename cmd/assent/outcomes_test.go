package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"assent/odoo/odootest"
)

// parcel is a request about a delivery that is due to leave tomorrow and to
// arrive in three days.
func parcel(id int) string {
	now := time.Now().UTC()
	return fmt.Sprintf(`{"kind":"delivery","subject":{"model":"stock.picking","id":%d},"fields":{"reference":"WH/OUT/%05d","state":"assigned","currency":"EUR","scheduled_date":%q,"promised_date":%q,"order_date":%q}}`,
		id, id, now.Add(aDay).Format(time.RFC3339), now.Add(3*aDay).Format(time.RFC3339), now.Add(-aDay).Format(time.RFC3339))
}

// departures makes transfers that have left after so many days; below zero is
// cancelled.
func departures(fake *odootest.Server, days ...int) {
	for i, n := range days {
		row := map[string]any{"id": 500 + i, "name": fmt.Sprintf("WH/OUT/%05d", 500+i), "company_id": 1, "state": "done", "date_done": time.Now().UTC().Add(time.Duration(n) * aDay).Format(time.DateTime)}
		if n < 0 {
			row["state"], row["date_done"] = "cancel", false
		}
		fake.Seed("stock.picking", row)
	}
}

// What Odoo knows of deliveries is told, here and by the service that holds the
// database, and once; what was cancelled is not late.
func TestOutcomesPull(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 17, 1)
	departures(fake, 1, 2, 3, -1)
	for id := 500; id < 505; id++ {
		if r := s.pipe(parcel(id), "decide"); r.status != exitOK {
			t.Fatal(r.err)
		}
	}
	pull := func(args ...string) string {
		return s.in(5*aDay, append(append([]string{"outcomes", "pull"}, args...), flags...)...)
	}
	if have, want := pull("--kind=delivery"), "delivery: 5 decisions; told: shipped late 2, shipped on_time 1; known before: 0; not ended: 1\n"+
		"delivery: 1 not visible to the integration's user in Odoo, or another record under the same id\n"+
		"delivery: arrivals were not told, since Odoo does not know them; --transit says how long goods are on the road\n"; have != want {
		t.Errorf("have\n%swant\n%s", have, want)
	}
	if have := pull("--transit=1"); !strings.Contains(have, "told: delivered late 1, delivered on_time 2; known before: 0; not ended: 1") || !strings.Contains(have, "refund: 0 decisions; told: nothing") {
		t.Errorf("have\n%s", have)
	}
	before := readJournal(t, s.dir).entries
	if have := pull("--transit=1"); !strings.Contains(have, "delivery: 5 decisions; told: nothing; known before: 3; not ended: 1") || readJournal(t, s.dir).entries != before {
		t.Errorf("the second time\n%s", have)
	}
	if have := pull("--kind=delivery", "--days=1"); !strings.Contains(have, "delivery: 0 decisions") {
		t.Errorf("of decisions since yesterday\n%s", have)
	}
	s.serve(flags...)
	if have := s.ok("outcomes", "pull", "--kind=delivery", "--days=0"); !strings.Contains(have, "delivery: 5 decisions; told: nothing") {
		t.Errorf("beside the service\n%s", have)
	}
}

func TestOutcomesPullRefuses(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 1)
	departures(fake, 0)
	s.pipe(parcel(500), "decide")
	s.fails(exitError, "--odoo-url is missing", "outcomes", "pull")
	for args, says := range map[string]string{
		"--kind=order": "--kind: must be of delivery, refund", "--transit=-1": "--transit: must be days from 0 to 365", "--transit=NaN": "--transit: must be days",
		"--days=-1": "must be whole numbers from 0 on", "--cursor=x": "--cursor: belongs to one --kind",
	} {
		s.fails(exitUsage, says, append([]string{"outcomes", "pull", args}, flags...)...)
	}
	before := readJournal(t, s.dir).entries
	fake.Inject(odootest.Fault{Kind: odootest.Raise, Name: "odoo.exceptions.AccessError", Message: "No, said Ada.", Times: 1})
	s.fails(exitError, "The integration may not read stock.picking in Odoo for this company: give its user that right", append([]string{"outcomes", "pull"}, flags...)...)
	fake.Inject(odootest.Fault{Kind: odootest.Refuse, Times: 1})
	s.fails(exitError, "go on with assent outcomes pull --kind=delivery", append([]string{"outcomes", "pull"}, flags...)...)
	if after := readJournal(t, s.dir).entries; after != before {
		t.Errorf("%d entries more", after-before)
	}
	if have := s.ok(append([]string{"outcomes", "pull"}, flags...)...); !strings.Contains(have, "shipped on_time 1") {
		t.Errorf("once Odoo is back\n%s", have)
	}
}

// sold is a request about an order.
func sold(id int, number string) string {
	return fmt.Sprintf(`{"key":"%s-1","kind":"order","subject":{"model":"sale.order","id":%d},"fields":{"reference":"%s","state":"draft","date_order":%q,"currency":"EUR","amount_total":50,"partner_id":14,"customer":{"email":"ada@example.com"}}}`,
		number, id, number, time.Now().UTC().Format(time.RFC3339))
}

// Disputes in a file are told once, however often the file is taken and however
// it grows; orders that nobody knows are named.
func TestImportDisputes(t *testing.T) {
	t.Parallel()
	s := installed(t)
	for id, number := range map[int]string{1: "S00001", 2: "S00002", 3: "S00003"} {
		if r := s.pipe(sold(id, number), "decide"); r.status != exitOK {
			t.Fatal(r.err)
		}
	}
	const header = "name,record_id,key,opened_on,reason,lost_on,won_on,amount,currency\n"
	today := time.Now().UTC().Format(time.DateOnly)
	open := header + "S00001,,," + today + ",fraud,,,,\n,2,," + today + ",fraud,,,,\n,,S00003-1," + today + ",not_received,,,,\nS00001,,," + today + ",fraud,,,,\nS00099,,," + today + ",fraud,,,,\n"
	file := s.file("disputes.csv", open)
	r := s.run("import", "disputes", file)
	if r.status != exitInvalid || r.out != "4 disputes, 1 left out; news: 3 opened, 0 lost, 0 won\n" ||
		r.err != "left out line 5: the same as an earlier line\nleft out line 6: not_found: There is no decision about an order of this number.\n" {
		t.Errorf("%d\n%s%s", r.status, r.out, r.err)
	}
	if r := s.run("import", "disputes", file, "--skip-invalid"); r.status != exitOK || r.out != "4 disputes, 1 left out; news: 0 opened, 0 lost, 0 won\n" {
		t.Errorf("once more: %d\n%s%s", r.status, r.out, r.err)
	}
	ended := strings.Replace(open, "S00001,,,"+today+",fraud,,,,\n,2,,"+today+",fraud,,,,", "S00001,,,"+today+",fraud,"+today+",,50,EUR\n,2,,"+today+",fraud,,"+today+",,", 1)
	ended = strings.Replace(ended, "S00001,,,"+today+",fraud,,,,\n", "", 1)
	service := s.serve()
	if r := s.run("import", "disputes", s.file("disputes.csv", ended), "--skip-invalid"); r.status != exitOK || r.out != "4 disputes, 1 left out; news: 0 opened, 1 lost, 1 won\n" {
		t.Errorf("with their ends: %d\n%s%s", r.status, r.out, r.err)
	}
	c := caller{t, service.url, s.key()}
	d := c.decide(strings.Replace(sold(4, "S00004"), `"key":"S00004-1",`, "", 1))
	var told struct{ Context map[string]any }
	if status := c.get(d.Links.Explanation, &told); status != http.StatusOK {
		t.Fatal(status)
	}
	if have := fmt.Sprint(told.Context["history.email_frauds"]); have != "1" {
		t.Errorf("%s frauds are known, want that of the lost dispute", have)
	}
	service.stop()
	s.ok("audit", "verify")
}

// A file with a fault is not taken at all.
func TestImportDisputesRefuses(t *testing.T) {
	t.Parallel()
	s := installed(t)
	s.pipe(sold(1, "S00001"), "decide")
	before := readJournal(t, s.dir).entries
	const header = "name,opened_on,reason,amount,currency,lost_on\n"
	good := "S00001,2026-01-05,fraud,,,\n"
	for says, rows := range map[string]string{
		"disputes.csv: line 3, column 2: bare":                            good + "S\"2,2026-01-05,fraud,,,\n",
		"disputes.csv: line 3, column 8: opened_on must not lie in the f": good + "S00002,2999-01-05,fraud,,,\n",
		"disputes.csv: line 3: the same dispute as in line 2":             good + "S00001,2026-01-05,other,,,\n",
		"no such file": "",
	} {
		file := s.file("disputes.csv", header+rows)
		if rows == "" {
			file += ".none"
		}
		r := s.run("import", "disputes", file)
		if r.status == exitOK || !strings.Contains(r.err, says) {
			t.Errorf("%d %s, want %s", r.status, r.err, says)
		}
	}
	if after := readJournal(t, s.dir).entries; after != before {
		t.Errorf("%d entries more", after-before)
	}
	lost := s.file("disputes.csv", header+"S00001,"+time.Now().UTC().Format(time.DateOnly)+",fraud,1,USD,"+time.Now().UTC().Format(time.DateOnly)+"\n")
	s.fails(exitInvalid, "left out line 2: invalid: ", "import", "disputes", lost)
}

// The manual's file of disputes is taken as the manual says.
func TestManualDisputes(t *testing.T) {
	t.Parallel()
	s := installed(t)
	for id, number := range map[int]string{1: "S00036", 2: "S00041"} {
		s.pipe(sold(id, number), "decide")
	}
	_, section, _ := strings.Cut(read(t, "../../docs/training.md"), "\n### Disputes")
	blocks := regexp.MustCompile("(?s)```(csv|)\n(.*?)```").FindAllStringSubmatch(section, 2)
	r := s.run("import", "disputes", s.file("disputes.csv", blocks[0][2]))
	if want := blocks[1][2]; r.status != exitInvalid || r.err+r.out != want {
		t.Errorf("status %d, have\n%swant\n%s", r.status, r.err+r.out, want)
	}
}
