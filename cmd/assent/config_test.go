package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assent/odoo/odootest"
)

// A flag wins over its variable, which wins over the file.
func TestConfiguration(t *testing.T) {
	s := setup(t)
	where := func(name string) string { return filepath.Join(filepath.Dir(s.dir), name) }
	file := s.file("config.json", fmt.Sprintf(`{"dir": %q, "odoo-url": "http://odoo.invalid", "odoo_timeout": "61s", "odoo-concurrency": 7, "log_json": true}`, where("by-file")))
	migrates := func(want string, args ...string) {
		t.Helper()
		var out strings.Builder
		if status := run(t.Context(), append(args, "migrate"), strings.NewReader(""), &out, &out); status != exitOK {
			t.Fatalf("%v: %d %s", args, status, out.String())
		}
		if _, err := os.Stat(filepath.Join(where(want), "assent.db")); err != nil {
			t.Errorf("%v: %v in %s", args, err, out.String())
		}
		os.RemoveAll(where(want))
	}
	migrates("by-file", "--config", file)
	t.Setenv("ASSENT_CONFIG", file)
	migrates("by-file")
	t.Setenv("ASSENT_DIR", where("by-variable"))
	migrates("by-variable")
	migrates("by-flag", "--dir", where("by-flag"))
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	s := installed(t)
	for _, test := range []struct {
		args []string
		says string
	}{
		{nil, "expected one of"},
		{[]string{"--nope"}, "unknown flag --nope"},
		{[]string{"serv"}, "unexpected argument serv"},
		{[]string{"foo"}, "Commands of assent: serve, demo, decide,"},
		{[]string{"users"}, "Commands of assent users: add, list, role,"},
		{[]string{"serve", "--listen"}, "--listen"},
		{[]string{"serve", "--policy", "/nonexistent"}, "--policy"},
		{[]string{"keys", "create", "--company=main"}, "--label"},
		{[]string{"company", "add", "x"}, "--currency"},
		{[]string{"company", "add", "x", "--currency=eur"}, "ISO 4217"},
		{[]string{"company", "add", "x y", "--currency=EUR"}, "ID and --currency: must be a code"},
		{[]string{"company", "add", "x", "--currency=EUR", "--rates=USD=-1"}, "positive"},
		{[]string{"import", "nothing.json", "."}, "nothing.json"},
		{[]string{"--log-level=loud", "migrate"}, "--log-level"},
		{[]string{"--config=" + s.file("typo.json", `{"odo-url": "x"}`), "migrate"}, `"odo-url" is no flag`},
		{[]string{"--config=" + s.file("list.json", `["dir"]`), "migrate"}, "one JSON object"},
		{[]string{"--config=" + s.file("two.json", `{} {}`), "migrate"}, "one JSON object"},
		{[]string{"--config=nowhere.json", "migrate"}, "no such file"},
		{[]string{"--odoo-users=finance", "serve"}, "--odoo-users"},
	} {
		s.fails(exitUsage, test.says, test.args...)
	}
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"--store=mysql://x", "migrate"}, "--store must be"},
		{[]string{"--odoo-url=odoo", "--odoo-key=k", "serve"}, "url must be http or https"},
		{[]string{"--odoo-url=http://x.invalid", "serve"}, "key must not be empty"},
		{[]string{"--odoo-url=http://x.invalid", "--odoo-key-file=/nonexistent", "serve"}, "--odoo-key-file cannot be read"},
		{[]string{"--odoo-url=http://x.invalid", "--odoo-key=k", "--odoo-timeout=3s", "serve"}, "at least one minute"},
		{[]string{"--odoo-url=http://x.invalid", "--odoo-key=k", "--odoo-lease=90s", "serve"}, "--odoo-lease must be at least twice"},
		{[]string{"--odoo-users=boss=7", "serve"}, "--odoo-users: there is no such role; allowed are [finance "},
		{[]string{"--odoo-users=finance=ada", "serve"}, "--odoo-users: role finance needs the id of a user in Odoo"},
		{[]string{"--odoo-users=finance=7;operations=0", "serve"}, "--odoo-users: role operations needs the id"},
		{[]string{"--odoo-users=finance=1.5", "serve"}, "--odoo-users: role finance needs the id"},
		{[]string{"--odoo-users=finance=", "--odoo-url=http://x.invalid", "--odoo-key=k", "serve"}, "--odoo-users: role finance needs the id"},
		{[]string{"--config=" + s.file("users.json", `{"odoo_users": {"finance": 7, "boss": 8}}`), "serve"}, "--odoo-users: there is no such role"},
		{[]string{"serve", "--listen=127.0.0.1:no"}, "no"},
		{[]string{"demo", "--listen=nowhere"}, "nowhere"},
	} {
		s.fails(exitError, test.says, test.args...)
	}
}

// Every command explains itself, and no secret is in an explanation.
func TestHelp(t *testing.T) {
	t.Setenv("ASSENT_ODOO_KEY", "sesame-1")
	t.Setenv("ASSENT_STORE", "postgres://assent:sesame-2@db.invalid/assent")
	s := setup(t)
	for _, command := range []string{"", "serve", "demo", "decide", "replay", "audit verify", "policy check", "policy test", "import", "erase", "switch",
		"company add", "company list", "keys create", "keys list", "keys disable", "users add", "users role", "users alias", "users reset", "migrate", "doctor"} {
		r := s.run(append(strings.Fields(command), "--help")...)
		if r.status != exitOK || !strings.Contains(r.out, "Usage: assent") || strings.Contains(r.out+r.err, "sesame") {
			t.Errorf("%s: %d\n%s%s", command, r.status, r.out, r.err)
		}
	}
}

// What is secret is in no output and no log, whatever happens: the keys of
// the installation, of Odoo, of callers, and what customers told us.
func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 3)
	key := s.key()
	link := strings.TrimSpace(s.ok("users", "add", "ada@example.com", "--company=main", "--name=Ada", "--role=finance"))
	var said strings.Builder
	service := s.serve(append(flags, "--log-level=debug", "--log-json")...)
	c := caller{t, service.url, key}
	done := c.decide(order(t, fake, 1))
	c.final(done.ID)
	c.decide(stranger(t, fake, 2))
	for _, body := range []string{
		strings.Replace(order(t, fake, 3), `"draft"`, `"drafty"`, 1), strings.Replace(order(t, fake, 3), `"fields"`, `"felds"`, 1),
		order(t, fake, 3)[:200], `{"kind":"order","subject":{"model":"sale.order","id":99}}`,
	} {
		var text string
		if status := c.post("/v1/decisions", body, &text); status < 400 {
			t.Errorf("status %d", status)
		}
		said.WriteString(text)
	}
	fake.Inject(odootest.Fault{Kind: odootest.Raise, Name: "odoo.exceptions.AccessDenied", Message: "Access Denied for " + odootest.DemoKey})
	c.post("/v1/decisions", `{"kind":"order","subject":{"model":"sale.order","id":2}}`, nil)
	browser(t).signIn(service.url + link)
	service.stop()
	for _, command := range [][]string{{"audit", "verify"}, {"replay", "--diff"}, {"switch"}, {"keys", "list", "--company=main"}, {"company", "list"}, append([]string{"doctor"}, flags...)} {
		r := s.run(command...)
		said.WriteString(r.out + r.err)
	}
	down := s.run("--store=postgres://assent:sesame@127.0.0.1:1/assent?connect_timeout=2", "serve")
	if down.status != exitError || !strings.Contains(down.err, "assent: ") {
		t.Errorf("no database: %d %s", down.status, down.err)
	}
	said.WriteString(down.err + service.out.String() + service.err.String())

	secrets := map[string]string{"Odoo's key": odootest.DemoKey, "the API key": key, "the link": strings.TrimPrefix(link, "/signin/"),
		"an e-mail address": "customer1@example.com", "a phone number": "+9995550001", "a database password": "sesame"}
	for name, value := range installationKeys(t, s.dir) {
		secrets[name] = value
	}
	for name, value := range secrets {
		if text := said.String(); strings.Contains(text, value) {
			i := strings.Index(text, value)
			t.Errorf("%s is in …%s", name, text[max(0, i-200):i+len(value)])
		}
	}
	if !strings.Contains(said.String(), `"route":"/v1/decisions/{id}"`) {
		t.Error("the log is empty")
	}
}

// installationKeys are the secrets of keys.json in the forms they may have.
func installationKeys(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for i, match := range regexp.MustCompile(`"([A-Za-z0-9+/]{43}=)"`).FindAllStringSubmatch(read(t, filepath.Join(dir, "keys.json")), -1) {
		raw, err := base64.StdEncoding.DecodeString(match[1])
		if err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("secret %d", i)] = match[1]
		all[fmt.Sprintf("secret %d in hex", i)] = fmt.Sprintf("%x", raw)
		listed, err := json.Marshal(raw)
		if err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("secret %d in JSON", i)] = string(listed)
	}
	if len(all) != 9 {
		t.Fatalf("%d secrets", len(all))
	}
	return all
}

// A command's own flags come first, and a key of the API is never taken for
// one of a decision.
func TestHelpOfACommand(t *testing.T) {
	t.Setenv("ASSENT_KEY", "an API key")
	s := installed(t)
	help := s.ok("decide", "--help")
	if own, common := strings.Index(help, "--dry-run"), strings.Index(help, "Flags of every command:"); own < 0 || common < own || strings.Index(help, "--odoo-url") < common {
		t.Errorf("in which order?\n%s", help)
	}
	if strings.Contains(help, "ASSENT_KEY") {
		t.Errorf("it reads ASSENT_KEY\n%s", help)
	}
	fake, flags := fakeOdoo(t, 18, 1)
	if d := parse[decided](t, s.pipe(order(t, fake, 1), append([]string{"decide"}, flags...)...).out); d.Key == "" || d.Key == "an API key" {
		t.Errorf("key %q", d.Key)
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.fails(exitError, "run assent migrate", "doctor")
	s.serve().stop()
	if out := s.ok("doctor"); strings.Contains(out, "odoo       ok") || !strings.Contains(out, "odoo       note   not configured: nothing is executed") {
		t.Errorf("without Odoo\n%s", out)
	}
	half := s.run("doctor", "--odoo-url=http://127.0.0.1:1")
	if half.status != exitError || !strings.Contains(half.out, "store      ok\n") || !strings.Contains(half.out, "odoo       FAILS  ") || !strings.Contains(half.out, "key must not be empty") ||
		!strings.Contains(half.out, "check --odoo-url, --odoo-db, --odoo-user and the key") {
		t.Errorf("with half of an Odoo: %d\n%s", half.status, half.out)
	}
	s.fails(exitError, "odoo       FAILS  --odoo-users: there is no such role", "doctor", "--odoo-url=http://127.0.0.1:1", "--odoo-key=k", "--odoo-users=boss=7")
	fake, flags := fakeOdoo(t, 18, 1)
	r := s.run(append([]string{"doctor"}, flags...)...)
	if r.status != exitOK || strings.Count(r.out, " ok\n") != 9 || strings.Contains(r.out, "FAILS") {
		t.Errorf("%d\n%s%s", r.status, r.out, r.err)
	}
	if !strings.Contains(r.out, "note   activities for finance, category_manager, warehouse_lead, support_lead, compliance, analyst, operations go to the bot user") {
		t.Errorf("it does not say who gets activities\n%s", r.out)
	}
	users := s.file("users.json", `{"odoo_users": {"finance": 2, "operations": "1"}}`)
	r = s.run(append([]string{"doctor", "--config", users}, flags...)...)
	if r.status != exitOK || !strings.Contains(r.out, "odoo users ok\n") || !strings.Contains(r.out, "activities for category_manager, warehouse_lead, support_lead, compliance, analyst go to the bot") {
		t.Errorf("%d\n%s%s", r.status, r.out, r.err)
	}
	s.fails(exitError, "odoo users FAILS  there is no such user in Odoo for analyst, support_lead\n", append([]string{"doctor", "--odoo-users=analyst=98;support_lead=99;finance=2"}, flags...)...)
	wrong := append([]string{"doctor"}, odooFlags(strings.TrimPrefix(flags[0], "--odoo-url="), "odoo", odootest.DemoLogin, "wrong")...)
	s.fails(exitError, "odoo       FAILS  access_denied", wrong...)
	s.fails(exitError, "odoo       FAILS  unreachable", append([]string{"doctor"}, odooFlags("http://127.0.0.1:1", "odoo", "x", "x")...)...)
	fake.AddUser(odootest.User{ID: 60, Login: "few", Key: "few", Companies: []int64{1}, Groups: []string{"sale"}})
	few := s.ok(append([]string{"doctor"}, odooFlags(strings.TrimPrefix(flags[0], "--odoo-url="), "odoo", "few", "few")...)...)
	if !strings.Contains(few, "odoo bot   note   may not write account.move, create account.move.reversal, write res.partner: ") {
		t.Errorf("a user of few rights\n%s", few)
	}
	fake.Seed("res.partner", map[string]any{"id": 7, "email": false})
	s.fails(exitError, "odoo bot   FAILS  the user has no e-mail address", append([]string{"doctor"}, flags...)...)
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	a.exec(`UPDATE company_head SET body = json_set(body, '$.policy', 'gone')`)
	a.db.Close()
	s.fails(exitError, "in force   FAILS  company main", "doctor")
	if err := os.Chmod(filepath.Join(s.dir, "keys.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "can be read by others: chmod 600", "doctor")
	if err := os.WriteFile(filepath.Join(s.dir, "assent.db"), []byte("not a database at all, but long enough to look"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "store      FAILS", "doctor")
}
