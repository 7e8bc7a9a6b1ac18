package console

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assent/decision"
)

func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("ben")
	for _, header := range []http.Header{
		{"Origin": {"https://evil.example"}},
		{"Sec-Fetch-Site": {"cross-site"}, "Origin": {h.server.URL}},
		{"Sec-Fetch-Site": {"same-site"}},
		{"Origin": {"null"}},
	} {
		b.do(http.MethodPost, "/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}, header).
			want(t, http.StatusForbidden, "Another site sent this form.")
	}
	if got := h.approval(a); got.Status != decision.AwaitingApproval {
		t.Errorf("another site approved: %+v", got)
	}
}

func TestTheBaseURLMayAct(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("ben")
	for origin, want := range map[string]int{"http://assent.example.com": http.StatusSeeOther, "http://assent.example.com:81": http.StatusForbidden} {
		req := httptest.NewRequest(http.MethodPost, "http://10.0.0.7/approvals/"+a.Row.Approval, strings.NewReader("answer=approve"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		req.AddCookie(b.cookie())
		recorder := httptest.NewRecorder()
		h.handler("http://assent.example.com").ServeHTTP(recorder, req)
		if recorder.Code != want {
			t.Errorf("a form from %s gets %d, want %d", origin, recorder.Code, want)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	for _, path := range []string{"/", "/signin", "/nowhere", "/switches", "/decisions"} {
		header := b.get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
			"Cache-Control": "no-store", "Referrer-Policy": "same-origin",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// TestPagesObeyTheContentPolicy looks for what the policy forbids: browsers
// would drop it silently.
func TestPagesObeyTheContentPolicy(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", risky)
	h.change(5, "10")
	for _, who := range []string{"cleo", "omar"} {
		b := h.as(who)
		for _, path := range []string{"/", "/exceptions", "/decisions", "/decisions/" + a.Row.ID, "/approvals/" + a.Row.Approval, "/switches"} {
			body := b.get(path).body
			for _, forbidden := range []string{" style=", "<style", " onclick=", " onchange=", "javascript:", "hx-on", "<script>", "http://", "https://"} {
				if strings.Contains(body, forbidden) {
					t.Errorf("%s holds %q", path, forbidden)
				}
			}
		}
	}
}

func TestNobodyWithoutASession(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.browser()
	for _, path := range []string{"/", "/exceptions", "/decisions", "/decisions/" + a.Row.ID, "/approvals/" + a.Row.Approval, "/switches"} {
		got := b.get(path)
		got.want(t, http.StatusSeeOther, "!Sales order")
		if to := got.header.Get("Location"); to != "/signin" {
			t.Errorf("%s led to %q", path, to)
		}
	}
	for _, path := range []string{"/approvals/" + a.Row.Approval, "/exceptions/x", "/decisions/" + a.Row.ID + "/replay", "/switches"} {
		b.post(path, nil).want(t, http.StatusUnauthorized, "Your session has ended. Nothing was changed")
		if to := b.htmx(path, nil).header.Get("HX-Redirect"); to != "/signin" {
			t.Errorf("%s: htmx is sent to %q", path, to)
		}
	}
	b.get("/signin").want(t, http.StatusOK, "Assent has no passwords.")
}

func TestSomebodyWithoutARole(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("nora")
	for _, path := range []string{"/", "/exceptions", "/decisions", "/decisions/" + a.Row.ID, "/switches"} {
		b.get(path).want(t, http.StatusForbidden, "You have no role yet.", "!Sales order 36")
	}
}

func TestCompaniesAreApart(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	must(t, h.store.PutCompany(context.Background(), decision.Company{ID: "other", OdooID: 2, Currency: "EUR"}))
	stranger := decision.User{ID: newID(), Company: "other", Name: "Olga Other", Email: "olga@example.com", Roles: decision.Roles}
	must(t, h.store.PutUser(context.Background(), stranger))
	h.users["olga"] = stranger
	b := h.as("olga")
	b.get("/").want(t, http.StatusOK, "Nothing waits for you")
	b.get("/decisions").want(t, http.StatusOK, "No decisions yet")
	b.get("/decisions/"+a.Row.ID).want(t, http.StatusNotFound)
	b.get("/approvals/"+a.Row.Approval).want(t, http.StatusNotFound)
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusNotFound)
	if got := h.approval(a); got.Status != decision.AwaitingApproval {
		t.Errorf("another company approved: %+v", got)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("omar")
	b.get("/nowhere").want(t, http.StatusNotFound, "There is no such page.", "Omar Operations")
	b.get("/decisions/none").want(t, http.StatusNotFound, "There is no such", "Omar Operations")
	b.get("/approvals/none").want(t, http.StatusNotFound, "There is no such approval.")
	b.do(http.MethodDelete, "/decisions/none", nil, http.Header{"Origin": {h.server.URL}}).want(t, http.StatusMethodNotAllowed, "cannot be used in that way")
	b.get("/static/none.js").want(t, http.StatusNotFound)
	h.browser().get("/nowhere").want(t, http.StatusNotFound, "There is no such page.", "!Sign out")
}

// TestWhatNothingIsCalled holds for ids that nothing can have, and for filters
// that no column can hold: the store is never asked for them.
func TestWhatNothingIsCalled(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("omar")
	for _, id := range []string{"%00", "%FF", "%ff", "x%00", "x%20y", strings.Repeat("x", 200)} {
		for _, path := range []string{"/decisions/", "/approvals/"} {
			b.get(path+id).want(t, http.StatusNotFound, "There is no such page.", "Omar Operations")
		}
		for _, path := range []string{"/approvals/" + id, "/exceptions/" + id, "/decisions/" + id + "/replay"} {
			b.post(path, url.Values{"answer": {"reject"}, "do": {"resolve"}, "comment": {"no"}}).want(t, http.StatusNotFound, "There is no such page.")
		}
		for _, path := range []string{
			"/decisions?kind=", "/decisions?outcome=", "/decisions?status=", "/decisions?after=", "/?kind=", "/?after=", "/exceptions?type=", "/exceptions?role=", "/exceptions?state=",
		} {
			b.get(path+id).want(t, http.StatusUnprocessableEntity, "That cannot be accepted", "must be", "Omar Operations")
		}
	}
}

func TestTooLargeAForm(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	h.as("ben").post("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {strings.Repeat("x", maxForm)}}).
		want(t, http.StatusRequestEntityTooLarge, "Nothing was changed.")
}

// TestFailuresShowNothing closes the database under the pages.
func TestFailuresShowNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("ben")
	must(t, h.store.Close())
	got := b.get("/")
	if got.status < 500 || strings.Contains(strings.ToLower(got.body), "sql") {
		t.Errorf("status %d: %s", got.status, text(got.body))
	}
	if got.status == http.StatusServiceUnavailable && got.header.Get("Retry-After") == "" {
		t.Error("unavailable, but no Retry-After")
	}
}

// TestFailuresAreLogged reads the log: the error is there, the token of a link
// is not.
func TestFailuresAreLogged(t *testing.T) {
	t.Parallel()
	h := setup(t)
	must(t, h.store.Close())
	var log bytes.Buffer
	config := h.config("")
	config.Log = slog.New(slog.NewTextHandler(&log, nil))
	New(config).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/signin/token-of-a-link", nil))
	if got := log.String(); !strings.Contains(got, "request failed") || !strings.Contains(got, "POST /signin/{token}") || strings.Contains(got, "token-of-a-link") {
		t.Errorf("logged %q", got)
	}
}

func TestPanicIsAnErrorPage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.order(36, "1250", nil)
	b := h.as("ben")
	var log bytes.Buffer
	config := h.config("")
	config.Log = slog.New(slog.NewTextHandler(&log, nil))
	config.Reason = func(_, _ string) string { panic("secret") }
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.AddCookie(b.cookie())
	recorder := httptest.NewRecorder()
	New(config).ServeHTTP(recorder, req)
	answer{recorder.Code, recorder.Header(), recorder.Body.String()}.want(t, http.StatusInternalServerError, "Something went wrong", "!secret")
	if got := log.String(); !strings.Contains(got, "panic") || !strings.Contains(got, "TestPanicIsAnErrorPage") || strings.Contains(got, "secret") {
		t.Errorf("logged %q", got)
	}
}
