package approvals

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"assent/decision"
)

// MaxComment bounds a comment, in bytes.
const MaxComment = 2000

// Service acts on approvals and exceptions. Its fields are its parts.
type Service struct {
	Ledger  *decision.Ledger
	Store   decision.Store
	Keyring decision.Keyring
	Records decision.Records // nil: the record is compared by the executor only
	Now     func() time.Time
	NewID   func() string // UUIDv7
}

// sealed is a comment that waits to be stored; the journal holds its id.
type sealed struct {
	decision.Sealed
}

// seal checks and encrypts a comment; an empty one gives an empty id.
func (s *Service) seal(comment string) (sealed, error) {
	comment = strings.TrimSpace(comment)
	if comment == "" {
		return sealed{}, nil
	}
	if len(comment) > MaxComment || !utf8.ValidString(comment) || strings.ContainsRune(comment, 0) {
		return sealed{}, decision.Invalid("/comment", "length", fmt.Sprintf("must be text of at most %d bytes", MaxComment))
	}
	box, err := s.Keyring.Seal(s.NewID(), []byte(comment))
	return sealed{box}, err
}

// store keeps the comment in the same transaction as the step it belongs to.
func (c sealed) store(ctx context.Context, w *decision.Writer) error {
	if c.ID == "" {
		return nil
	}
	return w.Seal(ctx, c.Sealed)
}

// Comment opens a sealed comment. CodeErased once it was erased.
func (s *Service) Comment(ctx context.Context, company, id string) (string, error) {
	box, err := s.Store.Sealed(ctx, company, id)
	if err != nil {
		return "", err
	}
	text, err := s.Keyring.Open(box)
	return string(text), err
}

// member refuses a person of another company: a role holds in one only.
func member(company string, by decision.User) error {
	if by.Company != company {
		return decision.Errorf(decision.CodeForbidden, "You act for another company.")
	}
	return nil
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
