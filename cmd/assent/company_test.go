package main

import (
	"os"
	"strings"
	"testing"
)

// What no flag names stays as it is, and one line says what became different.
func TestCompanyKeepsWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.ok("migrate")
	for _, test := range []struct{ args, says string }{
		{"--currency=EUR --odoo-id=3 --rates=USD=0.92;BRL=0.16", "main added: currency EUR, Odoo company 3, rates BRL=0.16;USD=0.92"},
		{"", "main is as it was"},
		{"--currency=EUR --odoo-id=3 --rates=USD=0.920", "main is as it was"},
		{"--odoo-id=4", "main changed: Odoo company from 3 to 4"},
		{"--rates=GBP=1.16;BRL=", "main changed: rates from BRL=0.16;USD=0.92 to GBP=1.16;USD=0.92"},
		{"--currency=USD", "main changed: currency from EUR to USD; rates from GBP=1.16;USD=0.92 to none"},
		{"--currency=EUR --rates=USD=0.92", "main changed: currency from USD to EUR; rates from none to USD=0.92"},
	} {
		if out := s.ok(append([]string{"company", "add", "main"}, strings.Fields(test.args)...)...); out != test.says+"\n" {
			t.Errorf("%s: %s", test.args, out)
		}
	}
	s.fails(exitUsage, "another currency than the company's", "company", "add", "main", "--rates=EUR=1")
	s.fails(exitUsage, "--odoo-id", "company", "add", "main", "--odoo-id=-1")
	s.fails(exitUsage, "a new company needs an ISO 4217 currency", "company", "add", "other")
	if list := s.ok("company", "list"); !strings.Contains(list, "main  4     EUR       USD=0.92\n") || strings.Contains(list, "other") {
		t.Errorf("list\n%s", list)
	}
}

// Amounts of the past are in the company's currency: with the first of them it
// is settled, with and without a service.
func TestCurrencyIsForGood(t *testing.T) {
	t.Parallel()
	history, decided := installed(t), installed(t)
	if r := history.run("import", "--history", "--skip-invalid", olist, packed(t)); r.status != exitOK {
		t.Fatalf("%+v", r)
	}
	fake, flags := fakeOdoo(t, 18, 1)
	if r := decided.pipe(order(t, fake, 1), append([]string{"decide"}, flags...)...); r.status != exitOK {
		t.Fatalf("%+v", r)
	}
	check := func(s shell) {
		t.Helper()
		s.fails(exitError, "The currency of main stays EUR", "company", "add", "main", "--currency=USD")
		if out := s.ok("company", "add", "main", "--odoo-id=1"); out != "main is as it was\n" {
			t.Errorf("something changed: %s", out)
		}
	}
	check(history)
	check(decided)
	decided.serve()
	check(decided)
	decided.ok("audit", "verify")
}

// Which company is meant is asked only where it can be in doubt.
func TestCompanyMayBeLeftOut(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.fails(exitError, "there is no database", "switch")
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("who only reads has made a folder: %v", err)
	}
	s.ok("migrate")
	s.fails(exitError, "There is no company yet; see assent company add", "keys", "create", "--label=x")
	s.ok("company", "add", "shop", "--currency=EUR")
	s.ok("switch")
	s.ok("replay")
	s.ok("users", "add", "ada@example.com", "--name=Ada", "--role=finance")
	s.ok("company", "add", "other", "--currency=EUR")
	for _, command := range [][]string{{"switch"}, {"replay"}, {"keys", "list"}, {"users", "reset", "ada@example.com"}, {"erase", "x"}} {
		s.fails(exitUsage, "name one by --company: other, shop", command...)
	}
	s.ok("users", "reset", "ada@example.com", "--company=shop")
}

// A link can be followed, or it is said what is missing.
func TestSignInLinks(t *testing.T) {
	t.Parallel()
	s := installed(t)
	bare := s.run("users", "add", "ada@example.com", "--name=Ada", "--role=finance")
	if !strings.HasPrefix(bare.out, "/signin/") || !strings.Contains(bare.err, "Put the console's address before it") {
		t.Errorf("%+v", bare)
	}
	whole := s.run("users", "reset", "ada@example.com", "--base-url=https://assent.example.com/")
	if !strings.HasPrefix(whole.out, "https://assent.example.com/signin/") || strings.Contains(whole.err, "before it") {
		t.Errorf("%+v", whole)
	}
}
