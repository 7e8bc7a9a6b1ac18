package main

import (
	"slices"
	"strings"
	"testing"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 5)
	decide := append([]string{"decide"}, flags...)
	asked := s.pipe(order(t, fake, 1), append(decide, "--key=one")...)
	first := parse[decided](t, asked.out)
	if asked.status != exitOK || first.Verdict != "execute" || first.Key != "one" || first.Replayed {
		t.Fatalf("%d %+v\n%s", asked.status, first, asked.err)
	}
	again := s.run(append(decide, "--key=one", s.file("order.json", order(t, fake, 1)))...)
	if d := parse[decided](t, again.out); again.status != exitOK || d.ID != first.ID || !d.Replayed {
		t.Errorf("from a file: %d %+v", again.status, d)
	}
	if reuse := s.pipe(order(t, fake, 2), append(decide, "--key=one")...); reuse.status != exitUsage || parse[problem](t, reuse.out).Code != "idempotency_mismatch" {
		t.Errorf("the key again: %d %s", reuse.status, reuse.out)
	}
	read := s.pipe(`{"kind": "order", "subject": {"model": "sale.order", "id": 3}}`, decide...)
	if d := parse[decided](t, read.out); read.status != exitOK || d.ID == "" || d.Assessment == nil || d.Assessment.Probability == nil {
		t.Errorf("read from Odoo: %d %+v %s", read.status, d, read.err)
	}
	if list := s.ok("keys", "list", "--company=main"); strings.Count(list, "\n") != 1 {
		t.Errorf("keys were left behind:\n%s", list)
	}
	s.ok("audit", "verify")
}

// A dry run may happen beside the service, and leaves nothing.
func TestDecideDryRun(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 2)
	s.serve()
	before := readJournal(t, s.dir).entries
	r := s.pipe(stranger(t, fake, 1), append([]string{"decide", "--dry-run"}, flags...)...)
	if d := parse[decided](t, r.out); r.status != exitOK || d.ID != "" || d.Verdict != "approve" || d.Status != "" || len(d.Reasons) == 0 {
		t.Errorf("%d %+v %s", r.status, d, r.err)
	}
	if after := readJournal(t, s.dir).entries; after != before {
		t.Errorf("%d entries more", after-before)
	}
}

// Bad input is refused with the problem the API gives, and nothing is
// journalled.
func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 1)
	before := readJournal(t, s.dir).entries
	good := order(t, fake, 1)
	with := func(old, new string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, test := range map[string]struct {
		body     string
		code     string
		pointers []string
	}{
		"nothing":          {"", "malformed", nil},
		"NaN":              {with(`"psp_score": 3`, `"psp_score": NaN`), "malformed", []string{"/fields/signals/psp_score"}},
		"invalid UTF-8":    {with("10115", "\xff\xfe"), "malformed", []string{"/fields/billing/zip"}},
		"too large":        {with("10115", strings.Repeat("1", 10<<20)), "too_large", nil},
		"wrong type":       {with(`"orders": 12`, `"orders": "twelve"`), "invalid", []string{"/fields/customer/orders"}},
		"unknown field":    {with(`"state": "draft"`, `"state": "draft", "colour": "red"`), "invalid", []string{"/fields/colour"}},
		"missing field":    {with(`"currency": "EUR",`, ``), "invalid", []string{"/fields/currency"}},
		"negative amount":  {with(`"amount_total": `, `"amount_total": -`), "invalid", []string{"/fields/amount_total"}},
		"unknown currency": {with("EUR", "XTS"), "invalid", []string{"/fields/currency"}},
		"future order":     {with("2026-01-05", "2999-01-05"), "invalid", []string{"/fields/date_order"}},
		"other company":    {with(`"kind"`, `"company": "other", "kind"`), "invalid", []string{"/company"}},
		"no such record":   {`{"kind": "order", "subject": {"model": "sale.order", "id": 4711}}`, "not_found", nil},
	} {
		r := s.pipe(test.body, append([]string{"decide"}, flags...)...)
		p := parse[problem](t, r.out)
		var pointers []string
		for _, e := range p.Errors {
			pointers = append(pointers, e.Pointer)
			if e.Detail == "" || e.Code == "" {
				t.Errorf("%s: nothing said about %s", name, e.Pointer)
			}
		}
		if r.status != exitUsage || p.Code != test.code || !slices.Equal(pointers, test.pointers) || p.Detail == "" {
			t.Errorf("%s: status %d, %+v", name, r.status, p)
		}
		for _, value := range []string{"twelve", "4711", "XTS"} {
			if strings.Contains(r.out, value) {
				t.Errorf("%s: the answer repeats %s", name, value)
			}
		}
	}
	s.fails(exitError, "no such file", "decide", "/nonexistent")
	s.fails(exitError, "no such company", "decide", "--company=other", s.file("good.json", good))
	if r := s.pipe(good, append([]string{"decide", "--key=two words"}, flags...)...); r.status != exitUsage || parse[problem](t, r.out).Errors[0].Parameter != "Idempotency-Key" {
		t.Errorf("bad key: %d %s", r.status, r.out)
	}
	fake.Down()
	if r := s.pipe(`{"kind": "order", "subject": {"model": "sale.order", "id": 1}}`, append([]string{"decide"}, flags...)...); r.status != exitError || parse[problem](t, r.out).Code != "unavailable" {
		t.Errorf("no Odoo: %d %s", r.status, r.out)
	}
	if after := readJournal(t, s.dir).entries; after != before {
		t.Errorf("%d entries more", after-before)
	}
}
