package odootest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Automation is a native "Send Webhook Notification" that fires when records
// of a model reach a state. It has no signature, no retry and a timeout of one
// second; the answer is ignored. 16 has no such thing: nothing is sent.
type Automation struct {
	ActionID int64
	Name     string // "Send Webhook Notification"
	Model    string
	State    string
	Fields   []string
	URL      string
	Times    int // how often it is sent: rules without trigger fields repeat themselves; 0 is once
}

// Automate adds an automation.
func (s *Server) Automate(a Automation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.automations = append(s.automations, a)
}

// post is a webhook to be sent.
type post struct {
	url  string
	body []byte
}

// reached queues the webhooks of a record that reached a state.
func (e *env) reached(m *model, id int64, state string) error {
	if e.s.opts.Version < 17 {
		return nil
	}
	for _, a := range e.s.automations {
		if a.Model != m.name || a.State != state {
			continue
		}
		rows, err := e.read(m, []int64{id}, a.Fields, false)
		if err != nil {
			return err
		}
		body := rows[0]
		body["_action"] = fmt.Sprintf("%s(#%d)", a.Name, a.ActionID)
		body["_id"], body["_model"] = id, m.name
		for range max(a.Times, 1) {
			e.posts = append(e.posts, post{a.URL, pythonJSON(body)})
		}
	}
	return nil
}

// rehearse finds out which webhooks the call will send, without keeping its
// changes: up to 18 they leave inside the transaction, so whoever receives one
// and asks back does not see the record as described yet.
func (s *Server) rehearse(in incoming) []post {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opts.Version >= 19 || len(s.automations) == 0 {
		return nil
	}
	e, err := s.begin(in.user, in.context)
	if err != nil {
		return nil
	}
	_, _ = e.run(in.call)
	posts := e.posts
	e.rollback()
	return posts
}

// send delivers webhooks as Odoo does: one try, one second, whatever happens.
func (s *Server) send(posts []post) {
	client := http.Client{Transport: s.opts.Webhooks}
	for _, p := range posts {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
		if err == nil {
			r.Header = http.Header{
				"Content-Type": {"application/json"}, "User-Agent": {"python-requests/2.28.1"},
				"Accept": {"*/*"}, "Accept-Encoding": {"gzip, deflate"}, "Connection": {"keep-alive"},
			}
			if resp, err := client.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		}
		cancel()
	}
}

// pythonJSON writes a body as json.dumps(sort_keys=True) does: spaces after
// separators and everything outside ASCII escaped.
func pythonJSON(v any) []byte {
	var b strings.Builder
	writePython(&b, v)
	return []byte(b.String())
}

func writePython(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteString("{")
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(", ")
			}
			writePython(b, key)
			b.WriteString(": ")
			writePython(b, v[key])
		}
		b.WriteString("}")
	case []int64:
		b.WriteString("[")
		for i, n := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strconv.FormatInt(n, 10))
		}
		b.WriteString("]")
	case string:
		writeASCII(b, v)
	default:
		encoded, _ := json.Marshal(v) // numbers and booleans are alike
		b.Write(encoded)
	}
}

func writeASCII(b *strings.Builder, s string) {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s)
	for _, r := range strings.TrimSuffix(quoted.String(), "\n") {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(b, "\\u%04x", unit)
		}
	}
}
