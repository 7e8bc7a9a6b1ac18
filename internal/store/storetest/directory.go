package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

func user(id, email string) decision.User {
	return decision.User{ID: id, Company: company, Email: email, Name: "Zoë", Roles: []string{"finance"}, Aliases: []string{"odoo:7"}}
}

func apiKey(id string) decision.APIKey {
	return decision.APIKey{
		ID: id, Company: company, Hash: "hash-" + id, Label: "shop", Kinds: []string{"order"},
		Rights: []decision.Right{decision.RightDecide}, Created: start,
	}
}

var directoryCases = []testCase{
	{"directory: companies are put, replaced and listed", func(t *testing.T, db Database) {
		none, err := db.Store.Companies(t.Context())
		noError(t, err)
		if len(none) != 0 {
			t.Fatal("a new database has companies")
		}
		b := decision.Company{ID: "b", OdooID: 2, Currency: "USD"}
		a := decision.Company{ID: "a", OdooID: 1, Currency: "EUR", Rates: map[string]decimal.Decimal{"USD": *amount("0.92")}}
		changed := a
		changed.Currency = "CHF"
		for _, c := range []decision.Company{b, a, changed} {
			noError(t, db.Store.PutCompany(t.Context(), c))
		}
		got, err := db.Store.Companies(t.Context())
		noError(t, err)
		equal(t, "companies", got, []decision.Company{changed, b})
		one, err := db.Store.Company(t.Context(), "a")
		noError(t, err)
		equal(t, "company", one, changed)
		_, err = db.Store.Company(t.Context(), "c")
		wantCode(t, err, decision.CodeNotFound)
	}},
	{"directory: users are found by id and by address", func(t *testing.T, db Database) {
		zoe, bob := user("u2", "Zoe@Example.com"), user("u1", "bob@example.com")
		noError(t, db.Store.PutUser(t.Context(), zoe))
		noError(t, db.Store.PutUser(t.Context(), bob))
		got, err := db.Store.User(t.Context(), company, "u2")
		noError(t, err)
		equal(t, "by id", got, zoe)
		got, err = db.Store.UserByEmail(t.Context(), company, "zoe@example.COM")
		noError(t, err)
		equal(t, "by address", got, zoe)
		all, err := db.Store.Users(t.Context(), company)
		noError(t, err)
		equal(t, "all", all, []decision.User{bob, zoe})

		zoe.Disabled, zoe.Email = true, "z@example.com"
		noError(t, db.Store.PutUser(t.Context(), zoe))
		got, err = db.Store.User(t.Context(), company, "u2")
		noError(t, err)
		equal(t, "replaced", got, zoe)
		_, err = db.Store.UserByEmail(t.Context(), company, "zoe@example.com")
		wantCode(t, err, decision.CodeNotFound)
	}},
	{"directory: an address is one user's", func(t *testing.T, db Database) {
		noError(t, db.Store.PutUser(t.Context(), user("u1", "zoe@example.com")))
		wantCode(t, db.Store.PutUser(t.Context(), user("u2", "ZOE@example.com")), decision.CodeConflict)
		elsewhere := user("u3", "zoe@example.com")
		elsewhere.Company = "other"
		noError(t, db.Store.PutUser(t.Context(), elsewhere))
	}},
	{"directory: of those who are added under one id, one is", func(t *testing.T, db Database) {
		errs := together(20, func(n int) error {
			return db.Store.AddUser(t.Context(), user(decision.FirstUser, fmt.Sprintf("u%d@example.com", n)))
		})
		added := -1
		for n, err := range errs {
			switch {
			case err != nil:
				wantCode(t, err, decision.CodeConflict)
			case added >= 0:
				t.Errorf("both %d and %d were added", added, n)
			default:
				added = n
			}
		}
		got, err := db.Store.User(t.Context(), company, decision.FirstUser)
		noError(t, err)
		equal(t, "added", got, user(decision.FirstUser, fmt.Sprintf("u%d@example.com", added)))
		elsewhere := user(decision.FirstUser, got.Email)
		elsewhere.Company = "other"
		noError(t, db.Store.AddUser(t.Context(), elsewhere))
		wantCode(t, db.Store.AddUser(t.Context(), user("u2", got.Email)), decision.CodeConflict)
	}},
	{"directory: a missing user is not found", func(t *testing.T, db Database) {
		noError(t, db.Store.PutUser(t.Context(), user("u1", "zoe@example.com")))
		_, err := db.Store.User(t.Context(), company, "u2")
		wantCode(t, err, decision.CodeNotFound)
		_, err = db.Store.User(t.Context(), "other", "u1")
		wantCode(t, err, decision.CodeNotFound)
		_, err = db.Store.UserByEmail(t.Context(), "other", "zoe@example.com")
		wantCode(t, err, decision.CodeNotFound)
		all, err := db.Store.Users(t.Context(), "other")
		noError(t, err)
		equal(t, "users of another company", len(all), 0)
	}},
	{"directory: keys are found by hash", func(t *testing.T, db Database) {
		a, b := apiKey("k1"), apiKey("k2")
		noError(t, db.Store.PutAPIKey(t.Context(), b))
		noError(t, db.Store.PutAPIKey(t.Context(), a))
		b.Disabled = true
		noError(t, db.Store.PutAPIKey(t.Context(), b))
		got, err := db.Store.KeyByHash(t.Context(), "hash-k2")
		noError(t, err)
		equal(t, "key", got, b)
		all, err := db.Store.APIKeys(t.Context(), company)
		noError(t, err)
		equal(t, "keys", all, []decision.APIKey{a, b})
		_, err = db.Store.KeyByHash(t.Context(), "hash-k3")
		wantCode(t, err, decision.CodeNotFound)
		double := apiKey("k3")
		double.Hash = "hash-k1"
		wantCode(t, db.Store.PutAPIKey(t.Context(), double), decision.CodeConflict)
	}},
	{"directory: a sign-in link works once", func(t *testing.T, db Database) {
		link := decision.SignIn{Hash: "h", Company: company, User: "u1", Expires: after(time.Hour)}
		noError(t, db.Store.PutSignIn(t.Context(), link))
		for range 2 { // a look does not use it up
			seen, err := db.Store.SignIn(t.Context(), "h")
			noError(t, err)
			equal(t, "link", seen, link)
		}
		taken := 0
		for _, err := range together(20, func(int) error {
			got, err := db.Store.TakeSignIn(t.Context(), "h")
			if err == nil && got != link {
				return fmt.Errorf("got %+v", got)
			}
			return err
		}) {
			if err == nil {
				taken++
			} else {
				wantCode(t, err, decision.CodeNotFound)
			}
		}
		equal(t, "times taken", taken, 1)
		_, err := db.Store.SignIn(t.Context(), "h")
		wantCode(t, err, decision.CodeNotFound)
	}},
	{"directory: sessions lapse and end", func(t *testing.T, db Database) {
		ctx := t.Context()
		noError(t, db.Store.PutSession(ctx, "token", []byte{0, 1, 0xff}, after(time.Hour)))
		wantSession(t, db, "token", after(time.Hour-time.Microsecond), []byte{0, 1, 0xff})
		wantSession(t, db, "token", after(time.Hour), nil)
		wantSession(t, db, "unknown", start, nil)
		noError(t, db.Store.PutSession(ctx, "token", []byte("new"), after(3*time.Hour)))
		wantSession(t, db, "token", after(2*time.Hour), []byte("new"))
		noError(t, db.Store.DeleteSession(ctx, "token"))
		wantSession(t, db, "token", start, nil)
		noError(t, db.Store.DeleteSession(ctx, "token"))
	}},
	{"directory: what has lapsed is deleted, and nothing else", func(t *testing.T, db Database) {
		ctx := t.Context()
		elsewhere := time.FixedZone("", 5*3600) // the same instant, another text
		noError(t, db.Store.PutSession(ctx, "old", []byte("x"), after(time.Hour)))
		noError(t, db.Store.PutSession(ctx, "new", []byte("x"), after(time.Hour+time.Microsecond)))
		noError(t, db.Store.PutSignIn(ctx, decision.SignIn{Hash: "old", Expires: after(time.Hour).In(elsewhere)}))
		noError(t, db.Store.PutSignIn(ctx, decision.SignIn{Hash: "new", Expires: after(time.Hour + time.Microsecond)}))
		noError(t, db.Store.DeleteLapsed(ctx, after(time.Hour)))
		wantSession(t, db, "old", start, nil)
		wantSession(t, db, "new", start, []byte("x"))
		wantLink(t, db, "old", false)
		wantLink(t, db, "new", true)
	}},
}

func wantLink(t testing.TB, db Database, hash string, want bool) {
	t.Helper()
	_, err := db.Store.TakeSignIn(t.Context(), hash)
	if want {
		noError(t, err)
		return
	}
	wantCode(t, err, decision.CodeNotFound)
}

func wantSession(t testing.TB, db Database, token string, now time.Time, want []byte) {
	t.Helper()
	data, found, err := db.Store.Session(t.Context(), token, now)
	noError(t, err)
	if found != (want != nil) || string(data) != string(want) {
		t.Fatalf("session %s at %v: %q, found %t", token, now, data, found)
	}
}

var artefactCases = []testCase{
	{"artefact: comes back whole, and may be put again", func(t *testing.T, db Database) {
		content := []byte("package refund\n\x00\xff")
		noErrors(t, together(10, func(int) error { return db.Store.PutArtefact(t.Context(), "policy", "rev", content) }))
		got, err := db.Store.Artefact(t.Context(), "policy", "rev")
		noError(t, err)
		equal(t, "content", got, content)
		noError(t, db.Store.View(t.Context(), func(r decision.Reader) error {
			viewed, err := r.Artefact(t.Context(), "policy", "rev")
			equal(t, "content in a view", viewed, content)
			return err
		}))
	}},
	{"artefact: a revision never names other content", func(t *testing.T, db Database) {
		noError(t, db.Store.PutArtefact(t.Context(), "policy", "rev", []byte("one")))
		wantCode(t, db.Store.PutArtefact(t.Context(), "policy", "rev", []byte("two")), decision.CodeConflict)
		noError(t, db.Store.PutArtefact(t.Context(), "model", "rev", []byte("two")))
		noError(t, db.Store.PutArtefact(t.Context(), "model", "empty", nil))
		listed, err := db.Store.ArtefactRevisions(t.Context(), "model")
		noError(t, err)
		equal(t, "revisions", listed, []string{"empty", "rev"})
	}},
	{"artefact: a missing one is not found", func(t *testing.T, db Database) {
		_, err := db.Store.Artefact(t.Context(), "policy", "rev")
		wantCode(t, err, decision.CodeNotFound)
		wantCode(t, db.Store.View(t.Context(), func(r decision.Reader) error {
			_, err := r.Artefact(t.Context(), "policy", "rev")
			return err
		}), decision.CodeNotFound)
	}},
}
