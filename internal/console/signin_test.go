package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assent/decision"
)

// link makes a sign-in link that is good for an hour.
func (h *house) link(name string) string {
	h.t.Helper()
	path, err := NewSignIn(context.Background(), h.store, rand.Reader, h.users[name], h.clock(), time.Hour)
	must(h.t, err)
	return path
}

func (h *house) firstRun() string {
	h.t.Helper()
	path, err := NewFirstRun(context.Background(), h.store, rand.Reader, company.ID, h.clock(), time.Hour)
	must(h.t, err)
	return path
}

func TestLinkWorksOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	link := h.link("ben")
	h.browser().post(link, nil).want(t, http.StatusSeeOther)
	h.browser().post(link, nil).want(t, http.StatusUnauthorized, "This link was used already, is too old, or was never given out.")
	h.browser().post("/signin/made-up", nil).want(t, http.StatusUnauthorized, "This link was used already")
	for _, link := range []string{link, "/signin/made-up"} {
		h.browser().get(link).want(t, http.StatusUnauthorized, "This link was used already", "!Sign in to Assent")
	}
}

func TestLookingAtALinkDoesNotUseIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	link := h.link("ben")
	scanner := h.browser()
	for range 3 {
		got := scanner.get(link)
		got.want(t, http.StatusOK, "Sign in to Assent", "This link is personal and works once.")
		if cookies := got.header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Errorf("a look sets cookies: %v", cookies)
		}
	}
	scanner.do(http.MethodHead, link, nil, nil)
	b := h.browser()
	b.post(link, nil).want(t, http.StatusSeeOther)
	b.get("/").want(t, http.StatusOK, "Ben Finance")
}

func TestLinkLapses(t *testing.T) {
	t.Parallel()
	h := setup(t)
	link := h.link("ben")
	h.pass(time.Hour)
	b := h.browser()
	b.get(link).want(t, http.StatusUnauthorized, "too old")
	b.post(link, nil).want(t, http.StatusUnauthorized, "too old")
	b.get("/").want(t, http.StatusSeeOther)
}

func TestLinkOfADisabledUser(t *testing.T) {
	t.Parallel()
	h := setup(t)
	link := h.link("ben")
	h.disable("ben")
	h.browser().get(link).want(t, http.StatusUnauthorized, "Ask operations")
	h.browser().post(link, nil).want(t, http.StatusUnauthorized, "Ask operations")
}

// A reset ends what a person has to sign in with, and nobody else's.
func TestResetEndsLinksAndSessions(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ben, cleo, link := h.as("ben"), h.as("cleo"), h.link("ben")
	after, err := EndSignIns(context.Background(), h.store, h.users["ben"])
	must(t, err)
	h.users["ben"] = after
	ben.get("/").want(t, http.StatusSeeOther)
	h.browser().get(link).want(t, http.StatusUnauthorized, "Ask operations")
	h.browser().post(link, nil).want(t, http.StatusUnauthorized, "Ask operations")
	cleo.get("/").want(t, http.StatusOK, "Cleo Compliance")
	h.as("ben").get("/").want(t, http.StatusOK, "Ben Finance")
	ben.get("/").want(t, http.StatusSeeOther)
}

func (h *house) disable(name string) {
	h.t.Helper()
	u := h.users[name]
	u.Disabled = true
	must(h.t, h.store.PutUser(context.Background(), u))
}

func TestFirstUser(t *testing.T) {
	t.Parallel()
	h := unpeopled(t)
	link, other := h.firstRun(), h.firstRun()
	b := h.browser()
	b.get(link).want(t, http.StatusOK, "You are the first person here.")
	b.post(link, url.Values{"name": {" "}, "email": {"Ada <ada@example.com>"}}).
		want(t, http.StatusUnprocessableEntity, "Write your name", "Write an e-mail address such as ada@example.com.")
	b.post(link, url.Values{"name": {"Ada First"}, "email": {"ada@example.com"}}).want(t, http.StatusSeeOther)
	b.get("/switches").want(t, http.StatusOK, "Ada First all roles")

	users, err := h.store.Users(context.Background(), company.ID)
	must(t, err)
	if len(users) != 1 || users[0].Email != "ada@example.com" || len(users[0].Roles) != len(decision.Roles) {
		t.Fatalf("users are %+v", users)
	}
	for _, late := range []string{link, other} {
		h.browser().get(late).want(t, http.StatusUnauthorized, "This link was used already", "!You are the first person here")
	}
	h.browser().post(other, url.Values{"name": {"Eve Second"}, "email": {"eve@example.com"}}).want(t, http.StatusUnauthorized)
	if users, _ := h.store.Users(context.Background(), company.ID); len(users) != 1 {
		t.Errorf("a second first user: %+v", users)
	}
}

// Two replicas, each with a link of its own, and a store that answers both that
// nobody is there yet.
func TestFirstUserFromTwoReplicas(t *testing.T) {
	t.Parallel()
	h := unpeopled(t)
	forms, answers := [2]url.Values{{"name": {"Ada"}, "email": {"ada@example.com"}}, {"name": {"Eve"}, "email": {"eve@example.com"}}}, [2]int{}
	both := &sync.WaitGroup{}
	both.Add(len(forms))
	var replicas sync.WaitGroup
	for n, form := range forms {
		config := h.config("")
		config.Directory = lateDirectory{h.store, both}
		pages, link := New(config), h.firstRun()
		replicas.Go(func() {
			req := httptest.NewRequest(http.MethodPost, link, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			recorder := httptest.NewRecorder()
			pages.ServeHTTP(recorder, req)
			answers[n] = recorder.Code
		})
	}
	replicas.Wait()
	if slices.Sort(answers[:]); answers != [2]int{http.StatusSeeOther, http.StatusUnauthorized} {
		t.Errorf("the two were answered %v", answers)
	}
	if users, err := h.store.Users(context.Background(), company.ID); err != nil || len(users) != 1 {
		t.Errorf("users are %+v (%v)", users, err)
	}
}

// lateDirectory says who is there once everybody has asked.
type lateDirectory struct {
	decision.Directory
	asked *sync.WaitGroup
}

func (d lateDirectory) Users(ctx context.Context, company string) ([]decision.User, error) {
	users, err := d.Directory.Users(ctx, company)
	d.asked.Done()
	d.asked.Wait()
	return users, err
}

func TestOrdinaryLinkMakesNoUser(t *testing.T) {
	t.Parallel()
	h := unpeopled(t)
	link := h.firstRun()
	// Without its mark, the token of a first-run link is another, unknown one.
	h.browser().post(strings.Replace(link, firstPrefix, "", 1), url.Values{"name": {"Eve"}, "email": {"eve@example.com"}}).want(t, http.StatusUnauthorized)
	if users, _ := h.store.Users(context.Background(), company.ID); len(users) != 0 {
		t.Errorf("users are %+v", users)
	}
}

func TestSessionEndsWithoutUse(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	h.pass(sessionIdle - time.Minute)
	b.get("/").want(t, http.StatusOK)
	h.pass(sessionIdle - time.Minute)
	b.get("/").want(t, http.StatusOK)
	h.pass(sessionIdle + time.Minute)
	b.get("/").want(t, http.StatusSeeOther)
}

func TestSessionEndsAfterItsLifetime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	for used := time.Duration(0); used < sessionLifetime; used += 50 * time.Minute {
		b.get("/").want(t, http.StatusOK)
		h.pass(50 * time.Minute)
	}
	got := b.get("/")
	got.want(t, http.StatusSeeOther)
	if to := got.header.Get("Location"); to != "/signin" {
		t.Errorf("led to %q", to)
	}
}

func TestSessionFollowsTheDirectory(t *testing.T) {
	t.Parallel()
	h := setup(t)
	omar, ben := h.as("omar"), h.as("ben")
	demoted := h.users["omar"]
	demoted.Roles = []string{decision.RoleAnalyst}
	must(t, h.store.PutUser(context.Background(), demoted))
	h.disable("ben")
	omar.get("/switches").want(t, http.StatusForbidden, "This needs the role operations.")
	ben.get("/").want(t, http.StatusSeeOther)
	ben.post("/signout", nil).want(t, http.StatusSeeOther)
}

// A session of somebody who was disabled is over for good.
func TestSessionDoesNotOutliveItsUser(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("ben")
	cookie := http.Header{"Cookie": {b.cookie().Name + "=" + b.cookie().Value}, "Origin": {h.server.URL}}
	h.disable("ben")
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusUnauthorized, "Your session has ended. Nothing was changed")
	must(t, h.store.PutUser(context.Background(), h.users["ben"]))
	b.get("/").want(t, http.StatusSeeOther)
	h.browser().do(http.MethodGet, "/", nil, cookie).want(t, http.StatusSeeOther)
	if got := h.approval(a); got.Status != decision.AwaitingApproval {
		t.Errorf("who left has approved: %+v", got)
	}
	h.as("ben").get("/").want(t, http.StatusOK, "Ben Finance")
}

func TestSignOutEndsTheSessionItself(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	cookie := b.cookie()
	b.post("/signout", nil).want(t, http.StatusSeeOther)
	b.get("/").want(t, http.StatusSeeOther)
	h.browser().do(http.MethodGet, "/", nil, http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}).want(t, http.StatusSeeOther)
}

func (b *browser) cookie() *http.Cookie {
	b.t.Helper()
	address, err := url.Parse(b.house.server.URL)
	must(b.t, err)
	cookies := b.client.Jar.Cookies(address)
	if len(cookies) != 1 {
		b.t.Fatalf("cookies are %v", cookies)
	}
	return cookies[0]
}

func TestSignInRenewsTheToken(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	before := b.cookie().Value
	b.post(h.link("ada"), nil).want(t, http.StatusSeeOther)
	if after := b.cookie().Value; after == before {
		t.Error("the token outlived a sign-in")
	}
	b.get("/").want(t, http.StatusOK, "Ada Finance", "!Ben Finance")
	h.browser().do(http.MethodGet, "/", nil, http.Header{"Cookie": {"assent_session=" + before}}).want(t, http.StatusSeeOther)
}

func TestOnlyHashesAreStored(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	if _, found, err := h.store.Session(context.Background(), b.cookie().Value, h.clock()); err != nil || found {
		t.Errorf("the cookie's token is a key of the store: %v %v", found, err)
	}
	token := strings.TrimPrefix(h.link("ben"), "/signin/")
	if _, err := h.store.TakeSignIn(context.Background(), token); decision.CodeOf(err) != decision.CodeNotFound {
		t.Errorf("the link's token is a key of the store: %v", err)
	}
}

func TestCookieIsBoundToTheSite(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for base, want := range map[string]struct {
		name   string
		secure bool
	}{"http://localhost:8080": {"assent_session", false}, "https://assent.example.com": {"__Host-assent_session", true}} {
		recorder := httptest.NewRecorder()
		h.handler(base).ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, h.link("ben"), nil))
		cookies := recorder.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%s: cookies are %v", base, cookies)
		}
		c := cookies[0]
		if c.Name != want.name || c.Secure != want.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: cookie is %+v", base, c)
		}
	}
}
