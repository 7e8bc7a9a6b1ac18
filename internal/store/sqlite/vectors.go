package sqlite

import (
	"context"
	"encoding/binary"
	"math"

	"assent/decision"
	"assent/internal/store/nearest"
	"assent/internal/store/reading"
)

const lengthText = "SELECT length FROM vector_spaces WHERE company = $1 AND space = $2"

// PutVector stores or replaces a vector; the first one sets the length of its
// space.
func (s *Store) PutVector(ctx context.Context, company, space, id, label string, vector []float32) error {
	if err := nearest.Check(vector); err != nil {
		return err
	}
	return s.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		if err := w.exec("INSERT INTO vector_spaces (company, space, length) VALUES (?, ?, ?) ON CONFLICT (company, space) DO NOTHING",
			company, space, len(vector)); err != nil {
			return err
		}
		var length int
		if err := w.row(numbered(lengthText), []any{company, space}, &length); err != nil {
			return fault(err)
		}
		if err := nearest.CheckLength(vector, length); err != nil {
			return err
		}
		return w.exec(`INSERT INTO vectors (company, space, id, label, length, vector) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (company, space, id) DO UPDATE SET label = excluded.label, vector = excluded.vector`,
			company, space, id, label, length, encodeVector(vector))
	})
}

// Nearest compares with every vector of the space.
func (s *Store) Nearest(ctx context.Context, company, space string, vector []float32, k int) ([]decision.Neighbour, error) {
	if err := nearest.Check(vector); err != nil {
		return nil, err
	}
	length, found, err := reading.One(ctx, s, scanLength, lengthText, company, space)
	if err != nil || !found {
		return nil, err // nothing is near in an empty space
	}
	if err := nearest.CheckLength(vector, length); err != nil {
		return nil, err
	}
	candidates, err := reading.All(ctx, s, scanCandidate, "SELECT id, label, vector FROM vectors WHERE company = $1 AND space = $2", company, space)
	return nearest.Best(vector, candidates, k), err
}

func scanLength(rows reading.Rows) (length int, err error) {
	err = rows.Scan(&length)
	return length, err
}

func scanCandidate(rows reading.Rows) (c nearest.Candidate, err error) {
	var blob []byte
	err = rows.Scan(&c.ID, &c.Label, &blob)
	c.Vector = decodeVector(blob)
	return c, err
}

func encodeVector(vector []float32) []byte {
	blob := make([]byte, 0, 4*len(vector))
	for _, x := range vector {
		blob = binary.LittleEndian.AppendUint32(blob, math.Float32bits(x))
	}
	return blob
}

func decodeVector(blob []byte) []float32 {
	vector := make([]float32, len(blob)/4)
	for i := range vector {
		vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(blob[4*i:]))
	}
	return vector
}
