package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"assent/decision"
)

// Companies lists every company in id order.
func (s *Store) Companies(ctx context.Context) ([]decision.Company, error) {
	return list[decision.Company](ctx, s, "SELECT body FROM companies ORDER BY company")
}

// PutCompany inserts or replaces a company.
func (s *Store) PutCompany(ctx context.Context, c decision.Company) error {
	return s.put(ctx, "INSERT INTO companies (company, body) VALUES (?, ?) ON CONFLICT (company) DO UPDATE SET body = excluded.body", c, c.ID)
}

// User finds a user by id.
func (s *Store) User(ctx context.Context, company, id string) (decision.User, error) {
	return one[decision.User](ctx, s, "user", "SELECT body FROM users WHERE company = ? AND id = ?", company, id)
}

// UserByEmail ignores the case of ASCII letters.
func (s *Store) UserByEmail(ctx context.Context, company, email string) (decision.User, error) {
	return one[decision.User](ctx, s, "user", "SELECT body FROM users WHERE company = ? AND email = lower(?)", company, email)
}

// Users lists a company's users in id order.
func (s *Store) Users(ctx context.Context, company string) ([]decision.User, error) {
	return list[decision.User](ctx, s, "SELECT body FROM users WHERE company = ? ORDER BY id", company)
}

// PutUser inserts or replaces a user; another user's address is a
// CodeConflict error.
func (s *Store) PutUser(ctx context.Context, u decision.User) error {
	return s.put(ctx, "INSERT INTO users (company, id, body) VALUES (?, ?, ?) ON CONFLICT (company, id) DO UPDATE SET body = excluded.body", u, u.Company, u.ID)
}

// KeyByHash finds an API key by the hash of its secret.
func (s *Store) KeyByHash(ctx context.Context, hash string) (decision.APIKey, error) {
	return one[decision.APIKey](ctx, s, "API key", "SELECT body FROM api_keys WHERE hash = ?", hash)
}

// APIKeys lists a company's keys in id order.
func (s *Store) APIKeys(ctx context.Context, company string) ([]decision.APIKey, error) {
	return list[decision.APIKey](ctx, s, "SELECT body FROM api_keys WHERE company = ? ORDER BY id", company)
}

// PutAPIKey inserts or replaces a key.
func (s *Store) PutAPIKey(ctx context.Context, k decision.APIKey) error {
	return s.put(ctx, "INSERT INTO api_keys (company, id, body) VALUES (?, ?, ?) ON CONFLICT (company, id) DO UPDATE SET body = excluded.body", k, k.Company, k.ID)
}

// PutSignIn stores a one-time link.
func (s *Store) PutSignIn(ctx context.Context, l decision.SignIn) error {
	return s.put(ctx, "INSERT INTO sign_ins (hash, body) VALUES (?, ?)", l, l.Hash)
}

// TakeSignIn returns and deletes a link.
func (s *Store) TakeSignIn(ctx context.Context, hash string) (decision.SignIn, error) {
	var body []byte
	err := s.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		return missing(w.row("DELETE FROM sign_ins WHERE hash = ? RETURNING body", []any{hash}, &body), "sign-in link")
	})
	if err != nil {
		return decision.SignIn{}, err
	}
	return decode[decision.SignIn](body)
}

// Session finds the data of a session that has not lapsed.
func (s *Store) Session(ctx context.Context, token string, now time.Time) ([]byte, bool, error) {
	var data []byte
	err := s.row(ctx, "SELECT data FROM sessions WHERE token_hash = ? AND expires > ?", []any{hashToken(token), now.UnixMicro()}, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, fault(err)
}

// PutSession inserts or replaces a session.
func (s *Store) PutSession(ctx context.Context, token string, data []byte, expires time.Time) error {
	return s.exec(ctx, `INSERT INTO sessions (token_hash, data, expires) VALUES (?, ?, ?)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires = excluded.expires`,
		hashToken(token), blob(data), expires.UnixMicro())
}

// DeleteSession ends a session; an unknown token is no error.
func (s *Store) DeleteSession(ctx context.Context, token string) error {
	return s.exec(ctx, "DELETE FROM sessions WHERE token_hash = ?", hashToken(token))
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// blob is data as a value that is never NULL.
func blob(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// put runs a statement whose last parameter is the JSON of row.
func (s *Store) put(ctx context.Context, text string, row any, keys ...any) error {
	body, err := json.Marshal(row)
	if err != nil {
		return err
	}
	return s.exec(ctx, text, append(keys, string(body))...)
}

func one[T any](ctx context.Context, s *Store, what, text string, args ...any) (T, error) {
	var body []byte
	if err := s.row(ctx, text, args, &body); err != nil {
		var none T
		return none, missing(err, what)
	}
	return decode[T](body)
}

func list[T any](ctx context.Context, s *Store, text string, args ...any) ([]T, error) {
	rows, err := s.db.query(ctx, text, args...)
	if err != nil {
		return nil, fault(err)
	}
	out, err := collect(rows, func(rows *sql.Rows) (T, error) {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			var none T
			return none, err
		}
		return decode[T](body)
	})
	return out, fault(err)
}

func decode[T any](body []byte) (T, error) {
	var row T
	err := json.Unmarshal(body, &row)
	return row, err
}
