package odootest

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// FaultKind is a way to fail.
type FaultKind string

// The faults. Those marked with After happen after the effect if After is set.
const (
	Refuse    FaultKind = "refuse"    // no connection; over a real socket the connection ends unanswered, see Down
	Reset     FaultKind = "reset"     // the connection breaks (After)
	Delay     FaultKind = "delay"     // waits for Wait (After)
	Hang      FaultKind = "hang"      // waits for Until to be closed, then carries on (After)
	Duplicate FaultKind = "duplicate" // the request is run twice, as a retrying proxy would; the second answer is sent
	Status    FaultKind = "status"    // a proxy's page with status Code, 500 if unset (After)
	Raise     FaultKind = "raise"     // the exception Name with Message, in the protocol's form (After)
	Rollback  FaultKind = "rollback"  // like Raise, but up to 18 webhooks have already left: a phantom
	Login     FaultKind = "login"     // the login page, status 200
	Result    FaultKind = "result"    // the method returns Value and does nothing (After)
	Garbage   FaultKind = "garbage"   // broken JSON with the right content type (After)
)

// Fault is a failure on demand. Model, Method and Writes narrow which requests
// it matches; the zero values match all.
type Fault struct {
	Kind        FaultKind       `json:"kind"`
	Model       string          `json:"model,omitempty"`
	Method      string          `json:"method,omitempty"`
	Writes      bool            `json:"writes,omitempty"`      // only calls that may change something
	Skip        int             `json:"skip,omitempty"`        // matching calls to let through first
	Times       int             `json:"times,omitempty"`       // how often; 0 is for ever
	Probability float64         `json:"probability,omitempty"` // 0 is always
	After       bool            `json:"after,omitempty"`       // the effect has happened, its answer is lost
	Wait        time.Duration   `json:"wait,omitempty"`        // nanoseconds
	Until       <-chan struct{} `json:"-"`
	Code        int             `json:"code,omitempty"`
	Name        string          `json:"name,omitempty"` // e.g. "psycopg2.errors.SerializationFailure"
	Message     string          `json:"message,omitempty"`
	Value       any             `json:"value,omitempty"`
}

// faults holds those that are armed.
type faults struct {
	mu    sync.Mutex
	rand  *rand.Rand
	armed []*Fault
}

// Inject arms a fault. Of several that match, the first injected wins.
func (s *Server) Inject(f Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.armed = append(s.faults.armed, &f)
}

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.armed = nil
}

// Armed lists the faults that can still happen.
func (s *Server) Armed() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	armed := []Fault{}
	for _, f := range s.faults.armed {
		armed = append(armed, *f)
	}
	return armed
}

// pick takes the fault for a request, if any.
func (f *faults) pick(c *call, writes bool) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.armed {
		switch {
		case fault.Model != "" && fault.Model != c.model.name,
			fault.Method != "" && fault.Method != c.method,
			fault.Writes && !writes:
			continue
		case fault.Skip > 0:
			fault.Skip--
			continue
		case fault.Probability > 0 && f.rand.Float64() >= fault.Probability:
			continue
		}
		if fault.Times > 0 {
			if fault.Times--; fault.Times == 0 {
				f.armed = slices.Delete(f.armed, i, i+1)
			}
		}
		picked := *fault
		return &picked
	}
	return nil
}

// apply runs the request with the fault that matches it.
func (f *faults) apply(s *Server, in incoming, writes bool) reply {
	fault := f.pick(in.call, writes)
	if fault == nil {
		return s.deliver(in, 1)
	}
	switch fault.Kind {
	case Delay, Hang:
		return fault.late(s, in)
	case Duplicate:
		s.deliver(in, 1)
		return s.deliver(in, 2)
	case Rollback:
		s.send(s.rehearse(in))
	default:
		if fault.After {
			s.deliver(in, 1)
		}
	}
	return fault.answer(in)
}

func (f *Fault) late(s *Server, in incoming) reply {
	var answer reply
	if f.After {
		answer = s.deliver(in, 1)
	}
	if f.Kind == Delay {
		s.opts.Sleep(f.Wait)
	} else {
		<-f.Until
	}
	if !f.After {
		answer = s.deliver(in, 1)
	}
	return answer
}

// answer is what the client gets instead of the method's result.
func (f *Fault) answer(in incoming) reply {
	switch f.Kind {
	case Refuse:
		return reply{refused: true}
	case Reset:
		return reply{cut: true}
	case Login:
		return loginPage()
	case Raise, Rollback:
		return in.failure(raise(f.Name, statusOf(f.Name), f.Message))
	case Result:
		return in.result(f.Value)
	case Garbage:
		return reply{status: http.StatusOK, contentType: jsonType, body: []byte(`{"jsonrpc": "2.0", "result": [{"id`)}
	}
	code := f.Code
	if code == 0 {
		code = http.StatusInternalServerError
	}
	return page(code, "<html><head><title>"+http.StatusText(code)+"</title></head></html>")
}

// control replaces the armed faults of a running process by the list in the
// body; GET shows them.
func (s *Server) control(method string, body []byte) reply {
	if method == http.MethodPost {
		var list []Fault
		if err := json.Unmarshal(body, &list); err != nil {
			return page(http.StatusBadRequest, "<h1>want a JSON list of faults</h1>")
		}
		s.ClearFaults()
		for _, f := range list {
			s.Inject(f)
		}
	}
	return asJSON(http.StatusOK, s.Armed())
}
