package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"assent/scoring/metric"
	"assent/scoring/train"
)

// Card says what a model is, in figures that can be checked: what it was
// trained on, how it did on time it had not seen, and whether that is enough.
type Card struct {
	Name     string         `json:"name"` // e.g. "trained/order"
	Kind     string         `json:"kind"`
	Champion string         `json:"champion"`   // the learner or blend that won the backtest
	Code     string         `json:"code"`       // revision of the code that trained it
	Trained  time.Time      `json:"trained_at"` // UTC
	Seed     uint64         `json:"seed"`
	Data     Data           `json:"data"`
	Backtest []train.Origin `json:"backtest"` // by origin, oldest first
	// Metrics are of the held-out rows of all origins together, calibrated by
	// what the other origins taught.
	Metrics     map[string]float64 `json:"metrics"`
	Calibration Calibration        `json:"calibration"`
	ColdStart   []train.Step       `json:"cold_start,omitempty"` // how it does with fewer labels
	Gates       []metric.Gate      `json:"gates"`
	// Recalibrated says that metrics, calibration and gates are of newer cases
	// than what it learnt from; nil for a model as it was trained.
	Recalibrated *Recalibration `json:"recalibrated,omitempty"`
	Notes        []string       `json:"notes,omitempty"` // e.g. columns that were left out, and why
}

// Data is what a model was trained on.
type Data struct {
	SHA256    string    `json:"sha256"` // of the rows as they were learnt from
	Rows      int       `json:"rows"`
	Positives int       `json:"positives"`
	From      time.Time `json:"from,omitzero"` // of the first row
	To        time.Time `json:"to,omitzero"`   // of the last row
}

// Recalibration is what a model's calibration was renewed on.
type Recalibration struct {
	Model string `json:"model"` // revision of the model as it was
	Data  Data   `json:"data"`
}

// Calibration is how far probabilities were off, before and after.
type Calibration struct {
	Method string  `json:"method"`
	Before float64 `json:"ece_before"` // expected calibration error, ten bins of equal count
	After  float64 `json:"ece_after"`
}

// Passes says that there are gates and every one of them holds.
func (c Card) Passes() bool {
	for _, g := range c.Gates {
		if !g.Pass {
			return false
		}
	}
	return len(c.Gates) > 0
}

// Eval is the hash of what the evaluation found: hex SHA-256 of data, backtest,
// metrics, calibration, gates and recalibration as JSON. A promotion is journalled with it.
func (c Card) Eval() string {
	found, err := json.Marshal([]any{c.Data, c.Backtest, c.Metrics, c.Calibration, c.Gates, c.Recalibrated})
	if err != nil {
		return "" // a figure that is no number: nothing a promotion could rest on
	}
	sum := sha256.Sum256(found)
	return hex.EncodeToString(sum[:])
}
