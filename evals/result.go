package evals

import (
	"slices"

	"assent/scoring/metric"
	"assent/scoring/train"
)

// Result is what one run of a spec found; it is written as OUT/<spec>.json.
type Result struct {
	Spec      string                        `json:"spec"`
	Task      string                        `json:"task"`
	Rows      Rows                          `json:"rows"`
	Metrics   map[string]metric.Interval    `json:"metrics"`
	Baselines map[string]map[string]float64 `json:"baselines"` // by name: figures of peers, published or measured here
	Gates     []metric.Gate                 `json:"gates"`
	Model     Model                         `json:"model"`
	Seconds   Seconds                       `json:"seconds"`
	Data      string                        `json:"data_sha256"` // of every file that was read

	Made bool `json:"made,omitempty"` // the data was made by the eval itself, of the seed
	// Figures say what the metrics are that are not of record, in their order.
	Figures  []metric.Figure `json:"figures,omitempty"`
	Notes    []string        `json:"notes,omitempty"`    // what a reader must know of how it was done
	Report   Report          `json:"report"`             // what the page shows of a yes or no beyond the figures
	Sections []Section       `json:"sections,omitempty"` // what it shows of other tasks
}

// Passes says whether every gate holds.
func (r Result) Passes() bool {
	return !slices.ContainsFunc(r.Gates, func(g metric.Gate) bool { return !g.Pass })
}

// Section is one part of the page: a table, a plot, or both.
type Section struct {
	Title string     `json:"title"`
	Doc   string     `json:"doc,omitempty"` // what a reader sees in it
	Head  []string   `json:"head,omitempty"`
	Rows  [][]string `json:"rows,omitempty"` // as wide as Head
	Plot  *Plot      `json:"plot,omitempty"`
}

// Plot is lines over one axis.
type Plot struct {
	X      Axis     `json:"x"`
	Y      Axis     `json:"y"`
	Series []Series `json:"series"`
}

// Axis of a plot, from From to To.
type Axis struct {
	Label   string  `json:"label"`
	From    float64 `json:"from"`
	To      float64 `json:"to"`
	Percent bool    `json:"percent,omitempty"` // values are shares
}

// Series is one line.
type Series struct {
	Name   string         `json:"name"`
	Points []metric.Point `json:"points"`
}

// Rows counts the rows that were learnt from and judged by.
type Rows struct {
	Train int `json:"train"`
	Test  int `json:"test"`
}

// Model names what was judged.
type Model struct {
	Name     string `json:"name"`     // the learners and their shares
	Revision string `json:"revision"` // content hash
}

// Seconds is what it took.
type Seconds struct {
	Train   float64 `json:"train"`
	Predict float64 `json:"predict"`
}

// Report is what the page shows beyond the figures. Everything in it is of the
// test rows unless it says otherwise.
type Report struct {
	HeldOut     bool           `json:"held_out"` // false: judged by the last part of its own data
	Base        float64        `json:"base"`     // rate of positives in the test
	TrainBase   float64        `json:"train_base"`
	PR          []metric.Point `json:"pr"`
	ROC         []metric.Point `json:"roc"`
	Before      []metric.Bin   `json:"reliability_before"` // of the model's own probabilities
	After       []metric.Bin   `json:"reliability_after"`  // calibrated
	Histogram   []Bar          `json:"histogram"`
	Cost        *Cost          `json:"cost,omitempty"` // nil where a spec names no money
	Backtest    []train.Origin `json:"backtest"`       // of the training data
	Features    []Feature      `json:"features"`       // largest importance first
	Slices      []Slice        `json:"slices"`         // worst first
	Challenger  *Challenger    `json:"challenger,omitempty"`
	Confusion   Confusion      `json:"confusion"`
	FalseAlarms []Case         `json:"false_alarms"` // negatives with the highest probabilities, ids only
	Misses      []Case         `json:"misses"`       // positives with the lowest
}

// Bar is one bar of the histogram of probabilities.
type Bar struct {
	From     float64 `json:"from"`
	To       float64 `json:"to"`
	Positive int     `json:"positive"`
	Negative int     `json:"negative"`
}

// Cost is the expected cost of a threshold, in a currency.
type Cost struct {
	Currency string         `json:"currency"`
	Curve    []metric.Point `json:"curve"` // X the threshold, Y the cost of a case
	Best     float64        `json:"best"`  // threshold
}

// Feature is what a feature is worth, and how it moved since training.
type Feature struct {
	Name       string  `json:"name"`
	Doc        string  `json:"doc,omitempty"`
	Importance float64 `json:"importance"` // mean absolute contribution, log-odds
	PSI        float64 `json:"psi"`        // test against training
	Missing    float64 `json:"missing"`    // share of the test
}

// Slice is how one part of the test did.
type Slice struct {
	Name     string          `json:"name"` // "channel = web"
	Rows     int             `json:"rows"`
	Positive int             `json:"positive"`
	AUC      metric.Interval `json:"auc"`
	Expected float64         `json:"expected"` // mean probability
	Observed float64         `json:"observed"` // rate of positives
}

// Challenger is the runner-up, on the same rows.
type Challenger struct {
	Name         string                     `json:"name"`
	Differences  map[string]metric.Interval `json:"differences"`   // challenger less champion
	OnlyChampion int                        `json:"only_champion"` // rows where only it is right, at the threshold
	OnlyOther    int                        `json:"only_challenger"`
	McNemar      float64                    `json:"mcnemar_p"`
}

// Confusion counts the test at a threshold: that of one per cent false alarms.
type Confusion struct {
	Threshold     float64 `json:"threshold"`
	TruePositive  int     `json:"true_positive"`
	FalsePositive int     `json:"false_positive"`
	TrueNegative  int     `json:"true_negative"`
	FalseNegative int     `json:"false_negative"`
}

// Case is one row, by its id.
type Case struct {
	ID          string  `json:"id"`
	Probability float64 `json:"probability"`
}
