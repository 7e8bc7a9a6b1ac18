package odoo

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// Secret is text that is never printed, logged or marshalled.
type Secret string

// String hides the secret from fmt.
func (Secret) String() string { return "***" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "***" }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Protocol chooses the API.
type Protocol string

// The protocols.
const (
	Auto    Protocol = "" // JSON-2 where the server has it, else JSON-RPC
	JSONRPC Protocol = "jsonrpc"
	JSON2   Protocol = "json2"
)

// Config is one Odoo instance and the bot user we are there. Only URL and Key
// are always needed; zero limits mean the defaults, which are low because
// Odoo's own limits are not documented.
type Config struct {
	URL      string   // scheme and host, e.g. https://example.odoo.com; a path prefix is allowed
	Database string   // needed for JSON-RPC, and where a server holds several
	Login    string   // needed for JSON-RPC
	Key      Secret   // an API key; a password works up to 18
	Protocol Protocol // Auto unless the instance needs another

	Timeout     time.Duration // per call, at least a minute: Odoo itself retries a contended call for that long; 90 s
	MaxBody     int64         // largest answer, bytes; 8 MiB
	Rate        float64       // calls a second; 5. Negative: unlimited
	Burst       int           // calls at once after a pause; 5
	Concurrency int           // calls in flight; 2
	Failures    uint32        // unanswered calls in a row that open the breaker; 5
	OpenFor     time.Duration // how long it stays open before one call is tried; 15 s
	DeniedFor   time.Duration // no calls after denied credentials; 2 min, as Odoo locks an address out for one after 5 failures

	Context   Context           // for every call; lang en_US and tz UTC unless set, so that messages are the ones we know
	Transport http.RoundTripper // the network; a pooled http.Transport
	Now       func() time.Time  // the clock for DeniedFor; time.Now
}

// withDefaults fills what is zero and refuses what cannot work.
func (c Config) withDefaults() (Config, *url.URL, error) {
	base, err := url.Parse(c.URL)
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https"):
		return c, nil, errors.New("odoo: url must be http or https with a host")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return c, nil, errors.New("odoo: url must hold no credentials, query or fragment")
	case c.Key == "":
		return c, nil, errors.New("odoo: key must not be empty")
	case c.Protocol != Auto && c.Protocol != JSONRPC && c.Protocol != JSON2:
		return c, nil, errors.New("odoo: protocol must be empty, jsonrpc or json2")
	case c.Timeout != 0 && c.Timeout < time.Minute:
		return c, nil, errors.New("odoo: timeout must be at least one minute")
	case c.MaxBody < 0 || c.Burst < 0 || c.Concurrency < 0 || c.OpenFor < 0 || c.DeniedFor < 0:
		return c, nil, errors.New("odoo: limits must not be negative")
	}
	fill(&c.Timeout, 90*time.Second)
	fill(&c.MaxBody, 8<<20)
	fill(&c.Rate, 5)
	fill(&c.Burst, 5)
	fill(&c.Concurrency, 2)
	fill(&c.Failures, 5)
	fill(&c.OpenFor, 15*time.Second)
	fill(&c.DeniedFor, 2*time.Minute)
	c.Context = Context{"lang": "en_US", "tz": "UTC"}.With(c.Context)
	if c.Transport == nil {
		c.Transport = pooled(c.Concurrency)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, base, nil
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// pooled keeps one idle connection per call in flight.
func pooled(n int) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = n
	return t
}
