package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"assent/scoring/blend"
	"assent/scoring/calibrate"
	"assent/scoring/frame"
	"assent/scoring/metric"
)

// Content is everything a model is: what is hashed, stored and served.
type Content struct {
	Card    Card           `json:"card"`
	Set     string         `json:"set"`     // feature set, as feature.Named knows it
	Columns []frame.Column `json:"columns"` // what it reads of the set, in order
	Blend   *blend.Blend   `json:"blend"`
	// Scorecard is the revision of the one that it is blended with.
	Scorecard   string        `json:"scorecard,omitempty"`
	Calibration calibrate.Map `json:"calibration"` // of the blend's log-odds
	// Importance is the mean absolute contribution of each column over the rows
	// trained on: what a missing value costs in confidence.
	Importance []float64 `json:"importance"`
	// References are how the columns were distributed in training, and Scores
	// how the log-odds before calibration were on rows that it had not seen:
	// what drift is measured against. Both may be nothing.
	References []metric.Reference `json:"references,omitempty"`
	Scores     metric.Reference   `json:"scores,omitzero"`
}

// Encode gives the bytes; the same model gives the same.
func (c Content) Encode() ([]byte, error) { return json.Marshal(c) }

// Revision is the content hash of encoded bytes.
func Revision(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Parse decodes content and refuses what could not have been trained.
func Parse(content []byte) (Content, error) {
	var c Content
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Content{}, fmt.Errorf("model: %w", err)
	}
	return c, c.check()
}

func (c Content) referencesHold() bool {
	for i, r := range c.References {
		if r.Type != c.Columns[i].Type || !r.Valid() {
			return false
		}
	}
	return c.Scores.Type == frame.Number && c.Scores.Valid()
}

func (c Content) check() error {
	switch {
	case c.Blend == nil || len(c.Columns) == 0:
		return fmt.Errorf("model: blend and columns must not be empty")
	case !strings.HasPrefix(c.Set, c.Card.Kind+"/"):
		return fmt.Errorf("model: set must be of the card's kind")
	case (c.Scorecard == "") != (c.Blend.Shares[blend.Scorecard] == 0):
		return fmt.Errorf("model: a scorecard must have a share, and its share a scorecard")
	case (c.Scorecard == "" || len(c.Blend.Shares) > 1) && c.Blend.Columns() != len(c.Columns):
		return fmt.Errorf("model: every part must read all columns")
	case len(c.References) != 0 && len(c.References) != len(c.Columns):
		return fmt.Errorf("model: references must be one a column, or none")
	case len(c.References) != 0 && !c.referencesHold():
		return fmt.Errorf("model: references and scores must have a count for each bin, and be of the column's type")
	case len(c.Importance) != len(c.Columns):
		return fmt.Errorf("model: importance must have one number a column")
	case slices.ContainsFunc(c.Importance, func(x float64) bool { return !(x >= 0) || math.IsInf(x, 0) }):
		return fmt.Errorf("model: importance must not be below zero")
	}
	return nil
}
