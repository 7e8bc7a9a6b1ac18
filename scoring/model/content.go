package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"assent/scoring/boost"
	"assent/scoring/calibrate"
	"assent/scoring/frame"
	"assent/scoring/linear"
)

// Content is everything a model is: what is hashed, stored and served.
type Content struct {
	Card    Card           `json:"card"`
	Set     string         `json:"set"`     // feature set, as feature.Named knows it
	Columns []frame.Column `json:"columns"` // what it reads of the set, in order

	// The parts and how much of the log-odds each gives; shares add up to 1. A
	// part without a share is not there.
	Shares   Shares        `json:"shares"`
	Additive *linear.Model `json:"additive,omitempty"`
	Boosted  *boost.Model  `json:"boosted_trees,omitempty"`
	Prior    string        `json:"scorecard,omitempty"` // revision of the scorecard it is blended with

	Calibration calibrate.Map `json:"calibration"` // of the blend's log-odds
	// Importance is the mean absolute contribution of each column over the rows
	// trained on: what a missing value costs in confidence.
	Importance []float64 `json:"importance"`
}

// Shares of the log-odds.
type Shares struct {
	Additive float64 `json:"additive,omitempty"`
	Boosted  float64 `json:"boosted_trees,omitempty"`
	Prior    float64 `json:"scorecard,omitempty"`
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

func (c Content) check() error {
	sum := c.Shares.Additive + c.Shares.Boosted + c.Shares.Prior
	bad := func(share float64) bool { return math.IsNaN(share) || share < 0 || share > 1 }
	switch {
	case len(c.Columns) == 0:
		return fmt.Errorf("model: columns must not be empty")
	case slices.ContainsFunc([]float64{c.Shares.Additive, c.Shares.Boosted, c.Shares.Prior}, bad) || math.Abs(sum-1) > 1e-9:
		return fmt.Errorf("model: shares must be 0 to 1 and add up to 1")
	case (c.Additive == nil) != (c.Shares.Additive == 0), (c.Boosted == nil) != (c.Shares.Boosted == 0), (c.Prior == "") != (c.Shares.Prior == 0):
		return fmt.Errorf("model: a part must have a share, and a share a part")
	case len(c.Importance) != len(c.Columns):
		return fmt.Errorf("model: importance must have one number a column")
	case slices.ContainsFunc(c.Importance, func(x float64) bool { return !(x >= 0) || math.IsInf(x, 0) }):
		return fmt.Errorf("model: importance must not be below zero")
	}
	return nil
}
