package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"assent/decision"
)

const artefactQuery = "SELECT content FROM artefacts WHERE kind = ? AND revision = ?"

// PutArtefact stores content under its revision; other content under the same
// revision is a CodeConflict error.
func (s *Store) PutArtefact(ctx context.Context, kind, revision string, content []byte) error {
	return s.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		var stored []byte
		err := w.row(artefactQuery, []any{kind, revision}, &stored)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return w.exec("INSERT INTO artefacts (kind, revision, content) VALUES (?, ?, ?)", kind, revision, blob(content))
		case err != nil:
			return fault(err)
		case !bytes.Equal(stored, content):
			return decision.Errorf(decision.CodeConflict, "The revision already names other content.")
		}
		return nil
	})
}

// Artefact finds content by its revision.
func (s *Store) Artefact(ctx context.Context, kind, revision string) ([]byte, error) {
	var content []byte
	err := s.row(ctx, artefactQuery, []any{kind, revision}, &content)
	return content, missing(err, "artefact")
}
