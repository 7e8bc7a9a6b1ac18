package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// caller uses the API with a key.
type caller struct {
	t   *testing.T
	url string
	key string
}

// get and post store the answer in into, whatever its status is.
func (c caller) get(path string, into any) int {
	c.t.Helper()
	return c.call(http.MethodGet, path, "", into)
}

func (c caller) post(path, body string, into any, header ...string) int {
	c.t.Helper()
	return c.call(http.MethodPost, path, body, into, header...)
}

func (c caller) call(method, path, body string, into any, header ...string) int {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Error(err) // not Fatal: goroutines call this
		return 0
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Error(err)
	}
	switch into := into.(type) {
	case nil:
	case *string:
		*into = string(text)
	default:
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(into); err != nil {
			c.t.Errorf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return answer.StatusCode
}

// decided is what tests look at in an answer.
type decided struct {
	ID, Verdict, Status, Approval, Execution, Key string
	Replayed                                      bool
	Reasons                                       []struct{ Code, Text string }
	Links                                         struct{ Explanation, Console string }
	Assessment                                    *struct {
		Probability, Confidence *float64
		Model, Revision         string
		Reasons                 []struct{ Code, Text string }
	}
}

// problem is what tests look at in a refusal.
type problem struct {
	Status       int
	Code, Detail string
	Errors       []struct{ Pointer, Parameter, Code, Detail string }
}

// UnmarshalJSON leaves out the approval's details but its id.
func (d *decided) UnmarshalJSON(data []byte) error {
	type plain decided
	var with struct {
		*plain
		Approval struct{ ID string }
	}
	with.plain = (*plain)(d)
	err := json.Unmarshal(data, &with)
	d.Approval = with.Approval.ID
	return err
}

// decide asks for a decision that must be made.
func (c caller) decide(body string, header ...string) decided {
	c.t.Helper()
	var d decided
	if status := c.post("/v1/decisions", body, &d, header...); status != http.StatusCreated && status != http.StatusOK {
		c.t.Fatalf("status %d: %+v for %s", status, d, body)
	}
	return d
}

// final waits until nothing can happen to a decision any more.
func (c caller) final(id string) decided {
	c.t.Helper()
	var d decided
	until(c.t, "a final status", func() bool {
		var raw struct{ Final bool }
		var text string
		if c.call(http.MethodGet, "/v1/decisions/"+id, "", &text, "Prefer", "wait=10") != http.StatusOK {
			c.t.Fatal(text)
		}
		if err := json.Unmarshal([]byte(text), &raw); err != nil {
			c.t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			c.t.Fatal(err)
		}
		return raw.Final
	})
	return d
}

// visitor is a person with a browser's cookies.
type visitor struct {
	t    *testing.T
	http *http.Client
}

func browser(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar}}
}

// signIn opens the link and confirms; it returns the page that follows.
func (v visitor) signIn(link string) string {
	v.t.Helper()
	if status, page := v.get(link); status != http.StatusOK || !strings.Contains(page, "<form") {
		v.t.Fatalf("%d\n%s", status, page)
	}
	status, page := v.post(link, nil)
	if status != http.StatusOK {
		v.t.Fatalf("%d\n%s", status, page)
	}
	return page
}

func (v visitor) get(url string) (int, string) {
	v.t.Helper()
	return v.read(v.http.Get(url))
}

func (v visitor) post(link string, form url.Values) (int, string) {
	v.t.Helper()
	return v.read(v.http.PostForm(link, form))
}

func (v visitor) read(answer *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, string(page)
}

func parse[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
