package console

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// firstPrefix marks the token of a link that makes the first user.
const firstPrefix = "first-"

// NewSignIn makes a one-time link for a user, good for ttl, and returns its
// path; the caller puts the console's address before it. Only a hash of the
// token is stored.
func NewSignIn(ctx context.Context, dir decision.Directory, rand io.Reader, user decision.User, now time.Time, ttl time.Duration) (urlPath string, err error) {
	return newLink(ctx, dir, rand, "", decision.SignIn{Company: user.Company, User: user.ID, Resets: user.Resets, Expires: now.Add(ttl)})
}

// EndSignIns ends the links and sessions that a user has, all at once: each
// knows how many resets came before it. A link for the user it returns is good.
func EndSignIns(ctx context.Context, dir decision.Directory, user decision.User) (decision.User, error) {
	user.Resets++
	return user, dir.PutUser(ctx, user)
}

// NewFirstRun makes a one-time link by which somebody becomes a company's
// first user, with every role. It does nothing once the company has users.
func NewFirstRun(ctx context.Context, dir decision.Directory, rand io.Reader, company string, now time.Time, ttl time.Duration) (urlPath string, err error) {
	return newLink(ctx, dir, rand, firstPrefix, decision.SignIn{Company: company, Expires: now.Add(ttl)})
}

// newLink draws 256 random bits, so that guessing needs no rate limit.
func newLink(ctx context.Context, dir decision.Directory, rand io.Reader, prefix string, link decision.SignIn) (string, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return "", err
	}
	token := prefix + base64.RawURLEncoding.EncodeToString(secret)
	link.Hash = hashToken(token)
	return "/signin/" + token, dir.PutSignIn(ctx, link)
}

// hashToken is how the directory knows a link.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (c *console) showHowToSignIn(w http.ResponseWriter, r *http.Request, v visit) error {
	if _, found, err := c.visitor(r.Context()); err != nil || found {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return err
	}
	return show(w, r, http.StatusOK, howToSignIn(v))
}

// showSignIn only shows a form: mail scanners and browsers fetch links by
// themselves, and that must not use one up. A link that is worth nothing any
// more is said to be so at once.
func (c *console) showSignIn(w http.ResponseWriter, r *http.Request, v visit) error {
	token := chi.URLParam(r, "token")
	link, err := c.good(c.Directory.SignIn(r.Context(), hashToken(token)))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(token, firstPrefix) {
		_, err := c.userOf(r.Context(), link)
		if err != nil {
			return err
		}
		return show(w, r, http.StatusOK, confirmSignIn(v))
	}
	if err := c.nobodyYet(r.Context(), link); err != nil {
		return err
	}
	return show(w, r, http.StatusOK, firstRun(v, newcomer{}))
}

var errLink = decision.Errorf(decision.CodeUnauthorized,
	"This link was used already, is too old, or was never given out. Ask operations for a new one.")

// signIn takes the link and starts a session.
func (c *console) signIn(w http.ResponseWriter, r *http.Request, v visit) error {
	token := chi.URLParam(r, "token")
	var user decision.User
	var err error
	if strings.HasPrefix(token, firstPrefix) {
		who, ok := newcomerOf(r)
		if !ok { // the link is not used up by a typing error
			return show(w, r, http.StatusUnprocessableEntity, firstRun(v, who))
		}
		user, err = c.createFirst(r.Context(), token, who)
	} else {
		user, err = c.takeLink(r.Context(), token)
	}
	if err != nil {
		return err
	}
	if err := c.begin(r.Context(), user); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// good passes a link on that is there and not too old. One answer for every
// kind of bad link tells a guesser nothing.
func (c *console) good(link decision.SignIn, err error) (decision.SignIn, error) {
	if decision.CodeOf(err) == decision.CodeNotFound || err == nil && !c.Now().Before(link.Expires) {
		return link, errLink
	}
	return link, err
}

// takeLink uses an ordinary link up, whatever comes of it, and finds its user.
func (c *console) takeLink(ctx context.Context, token string) (decision.User, error) {
	link, err := c.good(c.Directory.TakeSignIn(ctx, hashToken(token)))
	if err != nil {
		return decision.User{}, err
	}
	return c.userOf(ctx, link)
}

func (c *console) userOf(ctx context.Context, link decision.SignIn) (decision.User, error) {
	user, err := c.Directory.User(ctx, link.Company, link.User)
	if decision.CodeOf(err) == decision.CodeNotFound || err == nil && (user.Disabled || user.Resets != link.Resets) {
		return decision.User{}, errLink
	}
	return user, err
}

// nobodyYet refuses once the company has users.
func (c *console) nobodyYet(ctx context.Context, link decision.SignIn) error {
	users, err := c.Directory.Users(ctx, link.Company)
	if err == nil && len(users) > 0 {
		return errLink
	}
	return err
}

// createFirst makes the first user with every role, if there is none yet. Each
// start of the service gives out a link, so several people may come at once;
// the store lets one of them have the id.
func (c *console) createFirst(ctx context.Context, token string, who newcomer) (decision.User, error) {
	link, err := c.good(c.Directory.TakeSignIn(ctx, hashToken(token)))
	if err != nil {
		return decision.User{}, err
	}
	if err := c.nobodyYet(ctx, link); err != nil {
		return decision.User{}, err
	}
	user := decision.User{
		ID: decision.FirstUser, Company: link.Company, Name: who.Name, Email: who.Email, Roles: decision.Roles,
	}
	err = c.Directory.AddUser(ctx, user)
	if decision.CodeOf(err) == decision.CodeConflict {
		return decision.User{}, errLink
	}
	return user, err
}

// newcomer is the form of the first user, with what is wrong with it.
type newcomer struct {
	Name, Email           string
	NameError, EmailError string
}

// maxName bounds a name, in bytes.
const maxName = 100

// newcomerOf reads the form, and is false when something is wrong with it.
func newcomerOf(r *http.Request) (newcomer, bool) {
	n := newcomer{Name: strings.TrimSpace(r.PostFormValue("name")), Email: strings.TrimSpace(r.PostFormValue("email"))}
	if n.Name == "" || len(n.Name) > maxName || !utf8.ValidString(n.Name) || strings.ContainsFunc(n.Name, unicode.IsControl) {
		n.NameError = "Write your name, at most 100 characters."
	}
	if address, err := mail.ParseAddress(n.Email); err != nil || address.Address != n.Email {
		n.EmailError = "Write an e-mail address such as ada@example.com."
	}
	return n, n.NameError == "" && n.EmailError == ""
}

// signOut destroys the session in the store, not only the cookie.
func (c *console) signOut(w http.ResponseWriter, r *http.Request, _ visit) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/signin", http.StatusSeeOther)
	return nil
}

// inputType lets browsers offer the right keyboard.
func inputType(name string) string {
	if name == "email" {
		return "email"
	}
	return "text"
}
