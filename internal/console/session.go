package console

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"assent/decision"
)

// How long a session lasts, whatever happens, and without a request.
const (
	sessionLifetime = 12 * time.Hour
	sessionIdle     = time.Hour
)

// What a session holds.
const (
	keyCompany = "company"
	keyUser    = "user"
	keyResets  = "resets" // of the user at sign-in
	keySince   = "since"  // sign-in, Unix seconds
	keyFlash   = "flash"  // what the last form did, shown once
)

func (c *console) newSessions() *scs.SessionManager {
	s := scs.New()
	s.Lifetime, s.IdleTimeout = sessionLifetime, sessionIdle
	s.Store = sessionStore{c.Directory, c.Now}
	s.HashTokenInStore = true // who reads the database cannot take over a session
	s.Cookie.Name, s.Cookie.Secure = "assent_session", c.secure()
	if c.secure() {
		s.Cookie.Name = "__Host-assent_session" // browsers refuse it from other hosts and without https
	}
	s.Cookie.HttpOnly, s.Cookie.SameSite, s.Cookie.Persist = true, http.SameSiteLaxMode, true
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		c.fail(w, r, visit{Now: c.Now()}, err)
	}
	return s
}

// sessionStore keeps sessions in the directory, by our clock: scs counts by
// the wall clock, so what it hands over is turned into time left.
type sessionStore struct {
	directory decision.Directory
	now       func() time.Time
}

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.directory.Session(ctx, token, s.now())
}

// CommitCtx implements scs.CtxStore.
func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.directory.PutSession(ctx, token, data, s.now().Add(time.Until(expiry)))
}

// DeleteCtx implements scs.CtxStore.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.directory.DeleteSession(ctx, token)
}

// Find, Commit and Delete complete scs.Store; scs prefers the ones above.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s sessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// begin makes the session user's, under a new token, so that one planted
// before the sign-in is worth nothing.
func (c *console) begin(ctx context.Context, user decision.User) error {
	if err := c.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.sessions.Put(ctx, keyCompany, user.Company)
	c.sessions.Put(ctx, keyUser, user.ID)
	c.sessions.Put(ctx, keyResets, user.Resets)
	c.sessions.Put(ctx, keySince, c.Now().Unix())
	return nil
}

// visitor finds who the session belongs to. found is false for no session,
// one past its lifetime or of before a reset, and a user who is gone or
// disabled; theirs ends there, so that somebody who is enabled again signs in
// anew.
func (c *console) visitor(ctx context.Context) (user decision.User, found bool, err error) {
	id := c.sessions.GetString(ctx, keyUser)
	since := time.Unix(c.sessions.GetInt64(ctx, keySince), 0)
	if id == "" || c.Now().Sub(since) > sessionLifetime {
		return decision.User{}, false, nil
	}
	user, err = c.Directory.User(ctx, c.sessions.GetString(ctx, keyCompany), id)
	if decision.CodeOf(err) == decision.CodeNotFound || err == nil && (user.Disabled || user.Resets != c.sessions.GetInt(ctx, keyResets)) {
		return decision.User{}, false, c.sessions.Destroy(ctx)
	}
	return user, err == nil, err
}

// flash keeps a sentence for the next page.
func (c *console) flash(ctx context.Context, sentence string) {
	c.sessions.Put(ctx, keyFlash, sentence)
}
