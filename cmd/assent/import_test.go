package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const olist = "../../docs/imports/olist.json"

// packed compresses the made-up shop in testdata, as the mapping wants it.
// Its 40 orders include one paid in two parts, one without payments, one
// without items, and one with neither, which is left out.
func packed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"train_orders.csv", "train_payments.csv", "train_items.csv"} {
		pack(t, filepath.Join(dir, name+".gz"), read(t, filepath.Join("testdata", "olist", name)))
	}
	return dir
}

func pack(t *testing.T, path, content string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(file)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// A shop's export becomes requests, and a batch answers each of them in order.
func TestImportAndBatch(t *testing.T) {
	t.Parallel()
	s := installed(t)
	dir, key := packed(t), s.key()
	r := s.run("import", olist, dir)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.status != exitInvalid || len(lines) != 39 || !strings.Contains(r.err, "39 rows, 1 left out") || !strings.Contains(r.err, "/fields/amount_total required") {
		t.Fatalf("%d: %d lines\n%s", r.status, len(lines), r.err)
	}
	if again := s.run("import", olist, dir, "--skip-invalid"); again.status != exitOK || again.out != r.out {
		t.Errorf("on purpose: %d", again.status)
	}
	if n := strings.Count(s.ok("import", olist, dir, "--limit=5"), "\n"); n != 5 {
		t.Errorf("%d lines with a limit of 5", n)
	}
	url := s.serve().url
	first := batch(t, url, key, r.out)
	again := batch(t, url, key, r.out)
	if len(first) != len(lines) || len(again) != len(lines) {
		t.Fatalf("%d and %d answers to %d lines", len(first), len(again), len(lines))
	}
	for i, line := range lines {
		asked := parse[requestLine](t, line)
		one, two := first[i], again[i]
		if one.Index != i || one.Status != http.StatusCreated || one.Decision.Key != asked.Key || one.Decision.Subject.ID != asked.Subject.ID {
			t.Errorf("line %d: %+v", i, one)
		}
		if two.Status != http.StatusOK || two.Decision.ID != one.Decision.ID || one.Decision.ID == "" {
			t.Errorf("line %d again: %+v", i, two)
		}
	}
}

type batchAnswer struct {
	Index, Status   int
	Trailer         bool
	Count, Accepted int
	Decision        struct {
		ID, Key, Verdict string
		Subject          struct{ ID int64 }
	}
}

// batch sends lines and gives the answers without the trailer, which must be
// right.
func batch(t *testing.T, url, key, lines string) []batchAnswer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/decisions/batch", strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var all []batchAnswer
	for scanner := bufio.NewScanner(answer.Body); scanner.Scan(); {
		all = append(all, parse[batchAnswer](t, scanner.Text()))
	}
	if len(all) == 0 || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s, %d lines", answer.Status, len(all))
	}
	last := len(all) - 1
	if end := all[last]; !end.Trailer || end.Count != last || end.Accepted != last {
		t.Errorf("trailer %+v after %d answers", end, last)
	}
	return all[:last]
}

// What happened before the first decision is imported as history, and the
// next decision sees it.
func TestImportHistory(t *testing.T) {
	t.Parallel()
	s := installed(t)
	dir := packed(t)
	var orders, payments strings.Builder
	orders.WriteString("order_id,order_purchase_timestamp,order_estimated_delivery_date,customer_unique_id,customer_zip_code_prefix\n")
	payments.WriteString("order_id,payment_type,payment_value\n")
	now := time.Now().UTC()
	for i, hours := range []int{1, 5, 20, 30, 200} { // three of them within a day
		at := now.Add(-time.Duration(hours) * time.Hour).Format(time.DateTime)
		fmt.Fprintf(&orders, "%d,%s,%s,4711,10115\n", i+1, at, at)
		fmt.Fprintf(&payments, "%d,credit_card,%d.00\n", i+1, 100*(i+1))
	}
	pack(t, filepath.Join(dir, "train_orders.csv.gz"), orders.String())
	pack(t, filepath.Join(dir, "train_payments.csv.gz"), payments.String())
	before := readJournal(t, s.dir).entries
	for range 2 { // twice is once
		if r := s.run("import", "--history", olist, dir); r.status != exitOK || r.out != "" || !strings.Contains(r.err, "5 rows, 0 left out") {
			t.Fatalf("%d %s%s", r.status, r.out, r.err)
		}
	}
	if c := readJournal(t, s.dir); len(c.decisions) != 0 || c.entries != before+2 {
		t.Errorf("%d decisions, %d entries more", len(c.decisions), c.entries-before)
	}
	lines := s.ok("import", olist, dir, "--limit=1")
	fresh := strings.Replace(strings.Replace(lines, `"id":1}`, `"id":99}`, 1), `"import:order:1"`, `"fresh"`, 1)
	c := caller{t, "", s.key()}
	c.url = s.serve().url
	var told struct{ Context map[string]json.Number }
	d := c.decide(fresh)
	if status := c.get(d.Links.Explanation, &told); status != http.StatusOK {
		t.Fatal(status)
	}
	// 100, 200 and 300 BRL at 0.16.
	if told.Context["history.partner_orders_24h"] != "3" || told.Context["history.partner_amount_24h"] != "96" {
		t.Errorf("context %v", told.Context)
	}
	s.ok("audit", "verify")
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	s := installed(t)
	dir := packed(t)
	mapping := read(t, olist)
	for says, content := range map[string]string{
		"mapping":                  "{",
		"unknown field":            strings.Replace(mapping, `"kind"`, `"knd"`, 1),
		"not a field of order":     strings.Replace(mapping, `"shipping.zip"`, `"shipping.zap"`, 1),
		"there is no column":       strings.Replace(mapping, "customer_zip_code_prefix", "zip", 1),
		"train_orderz.csv.gz":      strings.Replace(mapping, "train_orders", "train_orderz", 1),
		"must be one that Assent ": strings.Replace(mapping, `"sale.order"`, `"res.users"`, 1),
	} {
		s.fails(exitError, says, "import", s.file("mapping.json", content), dir)
	}
	s.fails(exitError, "no such company", "import", "--history", "--company=other", olist, dir)
	poor := setup(t)
	poor.ok("migrate")
	poor.ok("company", "add", "main", "--currency=EUR")
	poor.fails(exitUsage, "/fields/currency must be one of EUR", "import", "--history", olist, dir)
}

// The example of the manual does what the manual says.
func TestImportManual(t *testing.T) {
	t.Parallel()
	s := installed(t)
	manual := read(t, "../../docs/imports/README.md")
	blocks := regexp.MustCompile("(?s)```(json|csv|)\n(.*?)```").FindAllStringSubmatch(manual, 4)
	mapping := s.file("mapping.json", blocks[0][2])
	s.file("orders.csv", blocks[1][2])
	s.file("payments.csv", blocks[2][2])
	r := s.run("import", mapping, filepath.Dir(mapping))
	if want := blocks[3][2]; r.status != exitInvalid || r.err != want {
		t.Errorf("status %d, have\n%swant\n%s", r.status, r.err, want)
	}
	type fields struct {
		Amount   json.Number `json:"amount_total"`
		Currency string
		Payment  struct{ Method string }
		Partner  int64 `json:"partner_id"`
	}
	var all []fields
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		request := parse[requestLine](t, line)
		if request.Company != "" || request.Channel != "web" || request.Key == "" {
			t.Errorf("%+v", request)
		}
		all = append(all, parse[fields](t, string(request.Fields)))
	}
	if len(all) != 2 || all[0].Amount != "90.4" || all[0].Payment.Method != "card" || all[1].Amount != "12.00" || all[1].Payment.Method != "" ||
		all[1].Currency != "EUR" || all[0].Partner <= 0 || all[0].Partner == all[1].Partner {
		t.Errorf("%+v", all)
	}
}
