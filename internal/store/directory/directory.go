// Package directory stores who may do what, and the artefacts that journal
// entries name: plain rows, with the same statements on both engines.
package directory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"assent/decision"
	"assent/internal/store/reading"
)

// Database reads, and writes one statement a transaction.
type Database interface {
	reading.Database
	Exec(ctx context.Context, text string, args ...any) error
	// Take is Exec for a statement that returns the one column of at most one
	// row it deletes.
	Take(ctx context.Context, text string, args ...any) (value []byte, found bool, err error)
}

// Directory is a decision.Directory and decision.Artefacts.
type Directory struct{ DB Database }

var (
	_ decision.Directory = Directory{}
	_ decision.Artefacts = Directory{}
)

// Companies lists every company in id order.
func (d Directory) Companies(ctx context.Context) ([]decision.Company, error) {
	return list[decision.Company](ctx, d, "SELECT body FROM companies ORDER BY company")
}

// Company finds a company by id.
func (d Directory) Company(ctx context.Context, id string) (decision.Company, error) {
	return find[decision.Company](ctx, d, "company", "SELECT body FROM companies WHERE company = $1", id)
}

// PutCompany inserts or replaces a company.
func (d Directory) PutCompany(ctx context.Context, c decision.Company) error {
	return d.put(ctx, c, "INSERT INTO companies (body, company) VALUES ($1, $2) ON CONFLICT (company) DO UPDATE SET body = excluded.body", c.ID)
}

// User finds a user by id.
func (d Directory) User(ctx context.Context, company, id string) (decision.User, error) {
	return find[decision.User](ctx, d, "user", "SELECT body FROM users WHERE company = $1 AND id = $2", company, id)
}

// UserByEmail ignores the case of ASCII letters.
func (d Directory) UserByEmail(ctx context.Context, company, email string) (decision.User, error) {
	return find[decision.User](ctx, d, "user", "SELECT body FROM users WHERE company = $1 AND email = $2", company, lower(email))
}

// Users lists a company's users in id order.
func (d Directory) Users(ctx context.Context, company string) ([]decision.User, error) {
	return list[decision.User](ctx, d, "SELECT body FROM users WHERE company = $1 ORDER BY id", company)
}

// PutUser inserts or replaces a user; another user's address is a
// CodeConflict error.
func (d Directory) PutUser(ctx context.Context, u decision.User) error {
	return d.put(ctx, u, "INSERT INTO users (body, company, id) VALUES ($1, $2, $3) ON CONFLICT (company, id) DO UPDATE SET body = excluded.body", u.Company, u.ID)
}

// AddUser inserts a user; a known id or address is a CodeConflict error.
func (d Directory) AddUser(ctx context.Context, u decision.User) error {
	return d.put(ctx, u, "INSERT INTO users (body, company, id) VALUES ($1, $2, $3)", u.Company, u.ID)
}

// KeyByHash finds an API key by the hash of its secret.
func (d Directory) KeyByHash(ctx context.Context, hash string) (decision.APIKey, error) {
	return find[decision.APIKey](ctx, d, "API key", "SELECT body FROM api_keys WHERE hash = $1", hash)
}

// APIKeys lists a company's keys in id order.
func (d Directory) APIKeys(ctx context.Context, company string) ([]decision.APIKey, error) {
	return list[decision.APIKey](ctx, d, "SELECT body FROM api_keys WHERE company = $1 ORDER BY id", company)
}

// PutAPIKey inserts or replaces a key.
func (d Directory) PutAPIKey(ctx context.Context, k decision.APIKey) error {
	return d.put(ctx, k, "INSERT INTO api_keys (body, company, id) VALUES ($1, $2, $3) ON CONFLICT (company, id) DO UPDATE SET body = excluded.body", k.Company, k.ID)
}

// PutSignIn stores a one-time link.
func (d Directory) PutSignIn(ctx context.Context, s decision.SignIn) error {
	return d.put(ctx, s, "INSERT INTO sign_ins (body, hash) VALUES ($1, $2)", s.Hash)
}

// SignIn finds a link and leaves it.
func (d Directory) SignIn(ctx context.Context, hash string) (decision.SignIn, error) {
	return find[decision.SignIn](ctx, d, "sign-in link", "SELECT body FROM sign_ins WHERE hash = $1", hash)
}

// TakeSignIn returns and deletes a link.
func (d Directory) TakeSignIn(ctx context.Context, hash string) (decision.SignIn, error) {
	body, found, err := d.DB.Take(ctx, "DELETE FROM sign_ins WHERE hash = $1 RETURNING body", hash)
	return decode[decision.SignIn](body, found, err, "sign-in link")
}

// Session finds the data of a session that has not lapsed.
func (d Directory) Session(ctx context.Context, token string, now time.Time) ([]byte, bool, error) {
	return reading.One(ctx, d.DB, reading.Bytes, "SELECT data FROM sessions WHERE token_hash = $1 AND expires > $2", hashToken(token), now.UnixMicro())
}

// PutSession inserts or replaces a session.
func (d Directory) PutSession(ctx context.Context, token string, data []byte, expires time.Time) error {
	return d.DB.Exec(ctx, `INSERT INTO sessions (token_hash, data, expires) VALUES ($1, $2, $3)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires = excluded.expires`,
		hashToken(token), notNull(data), expires.UnixMicro())
}

// DeleteSession ends a session; an unknown token is no error.
func (d Directory) DeleteSession(ctx context.Context, token string) error {
	return d.DB.Exec(ctx, "DELETE FROM sessions WHERE token_hash = $1", hashToken(token))
}

// DeleteLapsed deletes sessions and links that nobody can use any more. Links
// are few, and their end is in their body: it is compared as the time it is,
// not as text.
func (d Directory) DeleteLapsed(ctx context.Context, now time.Time) error {
	links, err := list[decision.SignIn](ctx, d, "SELECT body FROM sign_ins")
	if err != nil {
		return err
	}
	for _, s := range links {
		if s.Expires.After(now) {
			continue
		}
		if err := d.DB.Exec(ctx, "DELETE FROM sign_ins WHERE hash = $1", s.Hash); err != nil {
			return err
		}
	}
	return d.DB.Exec(ctx, "DELETE FROM sessions WHERE expires <= $1", now.UnixMicro())
}

// PutArtefact stores content under its revision. Other content under the same
// revision is a CodeConflict error.
func (d Directory) PutArtefact(ctx context.Context, kind, revision string, content []byte) error {
	err := d.DB.Exec(ctx, `INSERT INTO artefacts (kind, revision, content) SELECT $1, $2, $3
		WHERE NOT EXISTS (SELECT 1 FROM artefacts WHERE kind = $1 AND revision = $2) ON CONFLICT DO NOTHING`,
		kind, revision, notNull(content))
	if err != nil {
		return err
	}
	stored, err := d.Artefact(ctx, kind, revision)
	if err != nil {
		return err
	}
	if !bytes.Equal(stored, content) {
		return decision.Errorf(decision.CodeConflict, "The revision already names other content.")
	}
	return nil
}

// Artefact finds content by its revision.
func (d Directory) Artefact(ctx context.Context, kind, revision string) ([]byte, error) {
	return reading.Artefact(ctx, d.DB, kind, revision)
}

// lower is what the index of addresses does, on every platform and locale.
func lower(email string) string {
	out := []byte(email)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// hashToken keeps tokens out of the database: who reads it cannot sign in.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func notNull(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// put runs a statement whose first parameter is the JSON of row.
func (d Directory) put(ctx context.Context, row any, text string, keys ...any) error {
	body, err := json.Marshal(row)
	if err != nil {
		return err
	}
	return d.DB.Exec(ctx, text, append([]any{string(body)}, keys...)...)
}

func find[T any](ctx context.Context, d Directory, what, text string, args ...any) (T, error) {
	body, found, err := reading.One(ctx, d.DB, reading.Bytes, text, args...)
	return decode[T](body, found, err, what)
}

func list[T any](ctx context.Context, d Directory, text string, args ...any) ([]T, error) {
	return reading.All(ctx, d.DB, func(rows reading.Rows) (T, error) {
		body, err := reading.Bytes(rows)
		return decode[T](body, true, err, "row")
	}, text, args...)
}

func decode[T any](body []byte, found bool, err error, what string) (T, error) {
	var row T
	if err == nil && !found {
		err = reading.NotFound(what)
	}
	if err == nil {
		err = json.Unmarshal(body, &row)
	}
	return row, err
}

// ArtefactRevisions lists what is stored of a kind.
func (d Directory) ArtefactRevisions(ctx context.Context, kind string) ([]string, error) {
	return reading.All(ctx, d.DB, func(rows reading.Rows) (string, error) {
		var revision string
		err := rows.Scan(&revision)
		return revision, err
	}, "SELECT revision FROM artefacts WHERE kind = $1 ORDER BY revision", kind)
}
