package odootest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options configure a Server. The zero value is an Odoo 18 with the wall
// clock, an unseeded chance and no log file.
type Options struct {
	Version  int                 // 16, 17, 18 or 19
	Database string              // "odoo" if empty
	Now      func() time.Time    // the server's clock
	Rand     *rand.Rand          // decides faults with a probability
	Latency  time.Duration       // time every call takes
	Sleep    func(time.Duration) // waits for Latency and for Delay faults
	Log      *LogFile            // also keeps the write log on disk
	Debug    string              // the traceback in error objects; clients must drop it
	Webhooks http.RoundTripper   // sends native webhooks; http.DefaultTransport
	Without  []string            // modules whose fields are not there: delivery, sale, sale_stock
}

// Server is the fake. Its zero value is not usable; see New.
type Server struct {
	opts   Options
	models map[string]*model

	mu          sync.Mutex // one transaction at a time
	tables      map[string]*table
	sequences   map[string]int64
	users       []*User
	automations []Automation
	log         []Entry

	faults   faults
	requests atomic.Int64
	listener listener
}

// User is somebody who can call the API.
type User struct {
	ID        int64
	Login     string
	Name      string
	Key       string // the API key, also accepted as the password
	Companies []int64
	Groups    []string // rights: "admin" has all; see access.go
}

// New makes a server with the technical records every Odoo has and nothing
// else; see Seed and Demo.
func New(opts Options) *Server {
	if opts.Version == 0 {
		opts.Version = 18
	}
	if opts.Database == "" {
		opts.Database = "odoo"
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Rand == nil {
		opts.Rand = rand.New(rand.NewPCG(1, 2))
	}
	if opts.Sleep == nil {
		opts.Sleep = time.Sleep
	}
	if opts.Debug == "" {
		opts.Debug = "Traceback (redacted)"
	}
	s := &Server{opts: opts, models: registry(opts.Version, opts.Without), tables: map[string]*table{}, sequences: map[string]int64{}}
	for name, m := range s.models {
		s.tables[name] = newTable(m)
	}
	s.faults.rand = opts.Rand
	s.seedTechnical()
	return s
}

// release, serie and versionInfo are the forms in which a version is told.
func (s *Server) release() string {
	if s.opts.Version == 18 {
		return "18.0-20250702"
	}
	return s.serie()
}

func (s *Server) serie() string { return fmt.Sprintf("%d.0", s.opts.Version) }

func (s *Server) versionInfo() []any {
	return []any{s.opts.Version, 0, 0, "final", 0, ""}
}

// reply is an answer before it becomes bytes on a connection, or the lack of
// one.
type reply struct {
	status      int
	contentType string
	body        []byte
	cut         bool // the connection breaks instead
	refused     bool // there is no connection
}

const jsonType = "application/json; charset=utf-8"

func asJSON(status int, v any) reply {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // a value the store should not hold
	}
	return reply{status: status, contentType: jsonType, body: bytes.TrimSpace(b.Bytes())}
}

// loginPage is what a server with a website sends for paths it does not know.
func loginPage() reply {
	return page(http.StatusOK, "<!DOCTYPE html><html><head><title>Login | Odoo</title></head><body><form action=\"/web/login\"></form></body></html>")
}

func page(status int, body string) reply {
	return reply{status: status, contentType: "text/html; charset=utf-8", body: []byte(body)}
}

// incoming is one request, parsed.
type incoming struct {
	number  int64
	user    *User
	call    *call
	context map[string]any
	result  func(any) reply        // writes a result in the request's protocol
	failure func(*exception) reply // writes an exception in the request's protocol
}

// handle answers one HTTP request.
func (s *Server) handle(r *http.Request) reply {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 16<<20))
	if err != nil {
		return page(http.StatusRequestEntityTooLarge, "<h1>Request Entity Too Large</h1>")
	}
	path := r.URL.Path
	switch {
	case path == "/jsonrpc" && r.Method == http.MethodPost:
		return s.jsonrpc(body)
	case path == "/web/version" && s.opts.Version >= 19:
		return asJSON(http.StatusOK, map[string]any{"version": s.serie(), "version_info": s.versionInfo()})
	case strings.HasPrefix(path, "/json/2/") && s.opts.Version >= 19:
		return s.json2(r, body)
	case path == "/_fake/faults":
		return s.control(r.Method, body)
	}
	return loginPage()
}

// perform runs a parsed request through the faults and the transaction.
func (s *Server) perform(in incoming) reply {
	in.number = s.requests.Add(1)
	if s.opts.Latency > 0 {
		s.opts.Sleep(s.opts.Latency)
	}
	m, known := in.call.model.methods[in.call.method]
	return s.faults.apply(s, in, known && !m.reads)
}

// deliver runs the call in one transaction and logs its effects.
func (s *Server) deliver(in incoming, delivery int) reply {
	s.send(s.rehearse(in)) // up to 18 webhooks leave before the commit
	s.mu.Lock()
	result, after, entries, x := s.transact(in, delivery)
	s.mu.Unlock()
	if x != nil {
		return in.failure(x)
	}
	if err := s.opts.Log.sync(entries); err != nil {
		return page(http.StatusInternalServerError, "<h1>the write log failed</h1>")
	}
	if s.opts.Version >= 19 {
		s.send(after)
	}
	return in.result(result)
}

// transact commits the call's changes or none of them.
func (s *Server) transact(in incoming, delivery int) (result any, posts []post, entries []Entry, x *exception) {
	e, err := s.begin(in.user, in.context)
	if err == nil {
		result, err = e.run(in.call)
	}
	if err != nil {
		if e != nil {
			e.rollback()
		}
		return nil, nil, nil, asException(err)
	}
	entries = e.entries(in.call)
	for i := range entries {
		entries[i].Request, entries[i].Delivery = in.number, delivery
	}
	return result, e.posts, s.append(entries), nil
}

func asException(err error) *exception {
	if x, ok := err.(*exception); ok {
		return x
	}
	return raise("builtins.RuntimeError", http.StatusInternalServerError, err.Error())
}
