package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var firstRun = regexp.MustCompile(`First run of company main: become its first user at (http://\S+)`)

// A new installation prints a link by which somebody becomes its first user;
// once there is one, no more.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	s := setup(t)
	service := s.serve()
	match := firstRun.FindStringSubmatch(service.out.String())
	if match == nil {
		t.Fatalf("no link in %s", service.out)
	}
	ada := browser(t)
	if status, page := ada.get(service.url + "/"); status != 200 || !strings.Contains(page, "personal link that works once") {
		t.Errorf("a stranger sees %d %.500s", status, page)
	}
	if status, page := ada.get(match[1]); status != 200 || !strings.Contains(page, `name="email"`) {
		t.Fatalf("%d %s", status, page)
	}
	if status, page := ada.post(match[1], url.Values{"name": {"Ada"}, "email": {"nonsense"}}); status != 422 || !strings.Contains(page, "e-mail address such as") {
		t.Errorf("a wrong address: %d %.500s", status, page)
	}
	status, page := ada.post(match[1], url.Values{"name": {"Ada Example"}, "email": {"ada@example.com"}})
	if status != 200 || !strings.Contains(page, "Ada Example") {
		t.Errorf("%d %s", status, page)
	}
	if status, _ := browser(t).post(match[1], url.Values{"name": {"Eve"}, "email": {"eve@example.com"}}); status != 401 {
		t.Errorf("the link works twice: %d", status)
	}
	service.stop()
	if again := s.serve(); strings.Contains(again.out.String(), "First run") {
		t.Errorf("it has a user: %s", again.out)
	}
}

// What serve makes on first use is there for its owner only.
func TestFilesOfAnInstallation(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.serve().stop()
	for name, want := range map[string]os.FileMode{".": os.ModeDir | 0o700, "keys.json": 0o600, "assent.db": 0o600, "assent.db.lock": 0o600, "checkpoints.ndjson": 0o600} {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	keys := filepath.Join(s.dir, "keys.json")
	if err := os.Rename(keys, keys+".gone"); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"serve"}, {"keys", "create", "--company=main", "--label=x"}, {"company", "add", "main", "--currency=EUR"}} {
		s.fails(exitError, "restore the secrets it was written with", command...)
	}
	s.fails(exitError, "read the secrets", "audit", "verify")
	if _, err := os.Stat(keys); !os.IsNotExist(err) {
		t.Errorf("new secrets were made: %v", err)
	}
	other := setup(t)
	other.serve().stop()
	if err := os.Rename(filepath.Join(other.dir, "keys.json"), keys); err != nil {
		t.Fatal(err)
	}
	s.fails(exitBroken, "entry 1 was changed", "audit", "verify") // not the keys it was written with
	if err := os.WriteFile(keys, []byte(`{"audit":"AAAA"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "lacks an audit, identity or current master key", "serve")
}

func TestSecondServe(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.serve()
	s.fails(exitError, fmt.Sprintf("Another process (%d) has this database open for writing; stop it", os.Getpid()), "serve", "--listen=127.0.0.1:0")
	s.ok("audit", "verify") // reading is fine
	s.ok("company", "list")
}

// People are added, get roles, and come in by links that work once.
func TestUsers(t *testing.T) {
	t.Parallel()
	s := installed(t)
	link := strings.TrimSpace(s.ok("users", "add", "ada@example.com", "--company=main", "--name=Ada", "--role=finance,support_lead", "--alias=odoo:7"))
	s.fails(exitError, "already a person with this address", "users", "add", "ADA@example.com", "--company=main", "--name=Ada", "--role=finance")
	s.fails(exitUsage, "--role: allowed are", "users", "add", "bob@example.com", "--company=main", "--name=Bob", "--role=boss")
	s.fails(exitUsage, "--role: allowed are", "users", "role", "ada@example.com", "boss", "--company=main")
	s.fails(exitError, "no such", "users", "role", "bob@example.com", "finance", "--company=main")
	s.fails(exitError, "no such", "users", "reset", "bob@example.com", "--company=main")
	s.fails(exitError, "no such company", "users", "add", "bob@example.com", "--company=other", "--name=Bob", "--role=finance")

	service := s.serve()
	if strings.Contains(service.out.String(), "First run") {
		t.Error("there is a user already")
	}
	ada := browser(t)
	if page := ada.signIn(service.url + link); !strings.Contains(page, "Ada") {
		t.Errorf("no inbox in %s", page)
	}
	if status, _ := ada.get(service.url + "/switches"); status != http.StatusForbidden {
		t.Errorf("finance at the switches: %d", status)
	}
	service.stop()
	s.ok("users", "role", "ada@example.com", "operations", "--company=main")
	second := strings.TrimSpace(s.ok("users", "reset", "ada@example.com", "--company=main"))
	service = s.serve()
	if status, _ := browser(t).post(service.url+link, nil); status != http.StatusUnauthorized {
		t.Errorf("the first link again: %d", status)
	}
	ada = browser(t)
	ada.signIn(service.url + second)
	if status, page := ada.get(service.url + "/switches"); status != http.StatusOK || !strings.Contains(page, "kill") {
		t.Errorf("operations at the switches: %d", status)
	}
}

// A reset ends what the person could sign in with so far.
func TestReset(t *testing.T) {
	t.Parallel()
	s := installed(t)
	first := strings.TrimSpace(s.ok("users", "add", "ada@example.com", "--company=main", "--name=Ada", "--role=finance"))
	second := strings.TrimSpace(s.ok("users", "reset", "ada@example.com", "--company=main"))
	service := s.serve()
	if status, _ := browser(t).post(service.url+first, nil); status != http.StatusUnauthorized {
		t.Errorf("the link of before the reset: %d", status)
	}
	ada := browser(t)
	ada.signIn(service.url + second)
	service.stop()
	s.ok("users", "reset", "ada@example.com", "--company=main")
	service = s.serve()
	defer service.stop()
	if _, page := ada.get(service.url + "/"); strings.Contains(page, "Ada") {
		t.Error("the session of before the reset is open")
	}
}

// An alias is written as requests write it, and means one person of the
// company, even one who is disabled.
func TestAliases(t *testing.T) {
	t.Parallel()
	s := installed(t)
	s.ok("company", "add", "other", "--currency=EUR")
	add := func(company, name string, aliases ...string) []string {
		args := []string{"users", "add", name + "@example.com", "--company=" + company, "--name=" + name, "--role=finance"}
		for _, a := range aliases {
			args = append(args, "--alias="+a)
		}
		return args
	}
	s.ok(add("main", "ada", "odoo:7", "odoo:8")...)
	id := strings.Fields(strings.Split(s.ok("users", "list", "--company=main"), "\n")[1])[0]
	for _, wrong := range []string{"7", "odoo:07", "odoo: 7", "Odoo:7", "odoo:0", "odoo:-7", "user:", "user:A B", "ada", id} {
		s.fails(exitUsage, "alias: must be odoo:ID", add("main", "bob", wrong)...)
	}
	for _, taken := range []string{"odoo:7", "odoo:8", "user:" + id} {
		s.fails(exitError, "another person of this company is named so already", add("main", "bob", "odoo:9", taken)...)
	}
	s.ok("users", "disable", "ada@example.com", "--company=main")
	s.fails(exitError, "named so already", add("main", "bob", "odoo:7")...)
	if list := s.ok("users", "list", "--company=main"); strings.Contains(list, "bob") {
		t.Errorf("one who was refused is there\n%s", list)
	}
	s.ok(add("main", "bob", "odoo:9", "user:legacy-bob")...)
	s.ok(add("other", "ada", "odoo:7")...)

	alias := func(args ...string) []string {
		return append([]string{"users", "alias", "--company=main", "bob@example.com"}, args...)
	}
	s.fails(exitUsage, "alias: must be odoo:ID", alias("odoo:9", "nine")...)
	s.fails(exitError, "named so already", alias("odoo:7")...)
	s.fails(exitError, "no such user", "users", "alias", "--company=main", "eve@example.com", "odoo:1")
	if list := s.ok("users", "list", "--company=main"); !strings.Contains(list, "odoo:9,user:legacy-bob") {
		t.Errorf("a refused change was made\n%s", list)
	}
	s.ok(alias("odoo:9", "odoo:10")...) // his own again is fine
	if list := s.ok("users", "list", "--company=main"); !strings.Contains(list, "odoo:9,odoo:10") {
		t.Errorf("no new alias in\n%s", list)
	}
	s.ok(alias()...)
	if list := s.ok("users", "list", "--company=main"); strings.Contains(list, "odoo:9") {
		t.Errorf("the aliases are still there\n%s", list)
	}
}

// A person who leaves is out at once: in the browser where they are signed in,
// by a link that was not used, and with their own keys. Enabled, they sign in
// anew.
func TestDisabledUser(t *testing.T) {
	t.Parallel()
	s := installed(t)
	link := strings.TrimSpace(s.ok("users", "add", "ada@example.com", "--company=main", "--name=Ada", "--role=finance"))
	personal, shared := s.key("--rights=read,approve", "--user=ada@example.com"), s.key("--rights=read")
	s.fails(exitError, "no such", "users", "disable", "bob@example.com", "--company=main")
	ada := browser(t)
	check := func(state string, own int) {
		t.Helper()
		service := s.serve()
		defer service.stop()
		if _, page := ada.get(service.url + "/decisions"); strings.Contains(page, "Ada") != (own == http.StatusOK) {
			t.Errorf("%s: the open session shows %.500s", state, page)
		}
		if status := (caller{t, service.url, personal}).get("/v1/decisions", nil); status != own {
			t.Errorf("%s: the personal key gives %d, want %d", state, status, own)
		}
		if status := (caller{t, service.url, shared}).get("/v1/decisions", nil); status != http.StatusOK {
			t.Errorf("%s: somebody else's key gives %d", state, status)
		}
		if !strings.Contains(s.ok("users", "list", "--company=main"), state) {
			t.Errorf("the list does not say %s", state)
		}
	}
	service := s.serve()
	ada.signIn(service.url + link)
	service.stop()
	check("active", http.StatusOK)
	s.ok("users", "disable", "ADA@example.com", "--company=main")
	check("disabled", http.StatusUnauthorized)
	unused := strings.TrimSpace(s.ok("users", "reset", "ada@example.com", "--company=main"))
	service = s.serve()
	if status, _ := browser(t).post(service.url+unused, nil); status != http.StatusUnauthorized {
		t.Errorf("the unused link gives %d", status)
	}
	service.stop()
	s.ok("users", "enable", "ada@example.com", "--company=main")
	again := strings.TrimSpace(s.ok("users", "reset", "ada@example.com", "--company=main"))
	service = s.serve()
	ada.signIn(service.url + again)
	service.stop()
	check("active", http.StatusOK)
}

// API keys have rights and kinds, and are refused as soon as they are
// disabled.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := installed(t)
	s.ok("users", "add", "ada@example.com", "--company=main", "--name=Ada", "--role=finance")
	all, orders := s.key("--rights=decide,read"), s.key("--kinds=order", "--label=only-orders")
	s.fails(exitUsage, "--rights: allowed are", "keys", "create", "--company=main", "--label=x", "--rights=all")
	s.fails(exitUsage, "--kinds: allowed are [order delivery", "keys", "create", "--company=main", "--label=x", "--kinds=orders")
	s.fails(exitUsage, "only a person approves", "keys", "create", "--company=main", "--label=x", "--rights=approve")
	s.fails(exitError, "no such user; see assent users list and assent users add", "keys", "create", "--company=main", "--label=x", "--rights=approve", "--user=bob@example.com")
	s.fails(exitError, "no such company; there is main", "keys", "create", "--company=other", "--label=x")
	list := s.ok("keys", "list", "--company=main")
	if strings.Contains(list, all) || strings.Contains(list, orders) || strings.Count(list, "active") != 2 || !strings.Contains(list, "only-orders") {
		t.Errorf("list\n%s", list)
	}
	service := s.serve()
	refund := `{"kind":"refund","requested_by":"odoo:9","subject":{"model":"account.move","id":1},"fields":{"state":"posted","currency":"EUR","amount":5,"amount_total":50,"amount_credited":0,"partner_id":3}}`
	for key, want := range map[string]int{all: 201, orders: 403, "": 401, all + "x": 401, all[:len(all)-1] + "_": 401} {
		if status := (caller{t, service.url, key}).post("/v1/decisions", refund, nil); status != want {
			t.Errorf("key …%.12s: %d, want %d", key, status, want)
		}
	}
	service.stop()
	id := regexp.MustCompile(`(?m)^(\S+) +test `).FindStringSubmatch(list)[1]
	s.ok("keys", "disable", id, "--company=main")
	s.fails(exitError, "no such key", "keys", "disable", "nothing", "--company=main")
	if list := s.ok("keys", "list", "--company=main"); strings.Count(list, "disabled") != 1 {
		t.Errorf("list\n%s", list)
	}
	service = s.serve()
	if status := (caller{t, service.url, all}).post("/v1/decisions", refund, nil); status != 401 {
		t.Errorf("the disabled key: %d", status)
	}
}
