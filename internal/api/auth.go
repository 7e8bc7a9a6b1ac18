package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"assent/decision"

	"golang.org/x/time/rate"
)

// keyPrefix makes a secret recognisable, for people and for scanners of
// repositories and logs.
const keyPrefix = "ask_"

// NewKey makes a secret of 256 random bits, and the hash that is stored for
// it. The secret is shown once and kept nowhere.
func NewKey(random io.Reader) (secret, hash string, err error) {
	var bits [32]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return "", "", err
	}
	secret = keyPrefix + base64.RawURLEncoding.EncodeToString(bits[:])
	return secret, HashKey(secret), nil
}

// HashKey is the hash under which a secret is stored. Plain SHA-256 is right
// here: the secret is random, not a person's.
func HashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

var keyLength = len(keyPrefix) + base64.RawURLEncoding.EncodedLen(32)

// keyTTL is how long a key is believed without asking the store again, and
// so how long a disabled key still works.
const keyTTL = 5 * time.Second

// Failed attempts of one address: a burst, then one a second. Only what
// failed is refused by them: every key is looked up, so that whoever floods
// an address (a proxy's, where all callers share it) with bad keys locks no
// good one out. A look-up is one read by an index, and 256 bits are not
// guessed however many are tried; the limit spares the caller's log and ours.
const (
	failuresBurst = 20
	failuresRate  = rate.Limit(1)
	mostRemember  = 10_000 // keys and addresses kept in memory
)

// keys authenticates API keys.
type keys struct {
	find func(ctx context.Context, hash string) (decision.APIKey, error)
	now  func() time.Time

	mu       sync.Mutex
	known    map[string]knownKey
	failures map[string]*rate.Limiter // by remote address
}

type knownKey struct {
	decision.APIKey
	at time.Time
}

// authenticate finds the key of a request. Errors: unauthorized, rate
// limited, or the store's.
func (k *keys) authenticate(r *http.Request) (decision.APIKey, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || len(secret) != keyLength || !strings.HasPrefix(secret, keyPrefix) {
		return decision.APIKey{}, errNoKey
	}
	hash, now := HashKey(secret), k.now()
	if key, fresh := k.recall(hash, now); fresh {
		return key, usable(key)
	}
	key, err := k.find(r.Context(), hash)
	if decision.CodeOf(err) == decision.CodeNotFound {
		return decision.APIKey{}, k.failed(r.RemoteAddr, now)
	}
	if err != nil {
		return decision.APIKey{}, err
	}
	if subtle.ConstantTimeCompare([]byte(key.Hash), []byte(hash)) != 1 {
		return decision.APIKey{}, errNoKey
	}
	k.remember(key, now)
	return key, usable(key)
}

var errNoKey = decision.Errorf(decision.CodeUnauthorized, "This needs a valid API key as a bearer token.")

func usable(key decision.APIKey) error {
	if key.Disabled {
		return errNoKey
	}
	return nil
}

func (k *keys) recall(hash string, now time.Time) (key decision.APIKey, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	entry, known := k.known[hash]
	return entry.APIKey, known && now.Sub(entry.at) < keyTTL
}

func (k *keys) remember(key decision.APIKey, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= mostRemember {
		k.known = map[string]knownKey{}
	}
	k.known[key.Hash] = knownKey{key, now}
}

// failed counts an unknown key, and is how it is refused: as unauthorized, or
// as rate limited once the address has no failures left.
func (k *keys) failed(address string, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failures == nil || len(k.failures) >= mostRemember {
		k.failures = map[string]*rate.Limiter{}
	}
	limiter := k.failures[host(address)]
	if limiter == nil {
		limiter = rate.NewLimiter(failuresRate, failuresBurst)
		k.failures[host(address)] = limiter
	}
	if !limiter.AllowN(now, 1) {
		return newProblem(codeRateLimited, "Too many unknown keys came from this address.")
	}
	return errNoKey
}

// host is the peer's address as the connection has it. Forwarding headers
// are the caller's own words and are not believed.
func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

type callerKey struct{}

// callerOf is the API key behind a request that passed authenticated.
func callerOf(ctx context.Context) decision.APIKey {
	key, _ := ctx.Value(callerKey{}).(decision.APIKey)
	return key
}

// authenticated lets only requests with a valid key through.
func (a *api) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, err := a.keys.authenticate(r)
		if err == nil {
			err = a.stillHere(r.Context(), key)
		}
		if err != nil {
			writeProblem(w, r, a.logged(r.Context(), err))
			return
		}
		traceOf(r.Context()).key = key.ID
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, key)))
	})
}

// stillHere refuses a personal key once its person has left, even for reading.
// People are looked up each time: who leaves is out with the next request.
func (a *api) stillHere(ctx context.Context, key decision.APIKey) error {
	if key.User == "" {
		return nil
	}
	user, err := a.Store.User(ctx, key.Company, key.User)
	if decision.CodeOf(err) == decision.CodeNotFound || err == nil && user.Disabled {
		return errNoKey
	}
	return err
}

// allow demands one of some rights of the caller, for a kind or for any.
func allow(key decision.APIKey, kind string, rights ...decision.Right) error {
	if may(key, kind, rights...) {
		return nil
	}
	if may(key, "", rights...) {
		return decision.Errorf(decision.CodeForbidden, "This key is limited to other kinds.")
	}
	return decision.Errorf(decision.CodeForbidden, "This key lacks the right %s.", strings.Join(texts(rights), " or "))
}

func may(key decision.APIKey, kind string, rights ...decision.Right) bool {
	return slices.ContainsFunc(rights, func(right decision.Right) bool { return key.May(right, kind) })
}

// person is the user behind a personal key.
func (a *api) person(ctx context.Context, key decision.APIKey) (decision.User, error) {
	if key.User == "" {
		return decision.User{}, decision.Errorf(decision.CodeForbidden, "This needs a key that belongs to a person.")
	}
	user, err := a.Store.User(ctx, key.Company, key.User)
	switch {
	case decision.CodeOf(err) == decision.CodeNotFound || err == nil && user.Disabled:
		return decision.User{}, decision.Errorf(decision.CodeForbidden, "The person this key belongs to may no longer act.")
	}
	return user, err
}
