package evals

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"assent/scoring/metric"
)

// Spec says what is learnt from, what it is judged by, and how.
type Spec struct {
	Name  string `yaml:"name"`
	Task  string `yaml:"task"` // what a positive label is: "fraud", "late"
	Doc   string `yaml:"doc"`
	Files Files  `yaml:"files"`
	Label Label  `yaml:"label"`
	// Time is when a row is scored; without it rows have no order.
	Time  *Clock `yaml:"time,omitempty"`
	ID    string `yaml:"id,omitempty"`    // column; default is the row's number
	Group string `yaml:"group,omitempty"` // column; rows of one group are never split
	// Known is when a label becomes known; default is with the row itself.
	Known Known `yaml:"known,omitempty"`
	// Embargo leaves out training rows whose label was not known before the
	// first test row.
	Embargo bool `yaml:"embargo,omitempty"`
	// Missing are words that stand for an unknown number, beside an empty text.
	Missing []string `yaml:"missing,omitempty"`
	// Leaks are columns that are known only afterwards, each with the reason:
	// nothing is computed of them. A label's time may be one.
	Leaks map[string]string `yaml:"leaks,omitempty"`
	// Excluded columns are never features as they are, each with the reason. They
	// may name an entity, or be derived from.
	Excluded map[string]string `yaml:"excluded,omitempty"`
	Derive   []Derived         `yaml:"derive,omitempty"`
	History  []Past            `yaml:"history,omitempty"`
	// Assemble names code that joins files and computes features that a spec
	// cannot say; "" is one file.
	Assemble string    `yaml:"assemble,omitempty"`
	Features []Input   `yaml:"features"`
	Learn    Learn     `yaml:"learn,omitempty"`
	Warmup   int       `yaml:"warmup,omitempty"` // first rows that only make history
	Slices   []string  `yaml:"slices,omitempty"` // columns by which the test is cut
	Money    *Money    `yaml:"money,omitempty"`
	Bars     yamlBars  `yaml:"bars,omitempty"`
	Peers    yamlPeers `yaml:"peers,omitempty"` // published or untuned figures, by name
	Notes    []string  `yaml:"notes,omitempty"`

	// run judges what the program makes itself, instead of files.
	run func(context.Context, Spec, Options) (Result, error)
}

// Made says that the spec needs no files: its data is made of the seed.
func (s Spec) Made() bool { return s.run != nil }

type (
	yamlBars  map[string]string             // metric: ">= 0.86" or "<= 0.005" or "in [0.48, 0.60]"
	yamlPeers map[string]map[string]float64 // name: metric: figure
)

// Files under the data's root and the held-out root.
type Files struct {
	Train string `yaml:"train"` // .csv, .csv.gz or .ndjson
	Test  string `yaml:"test,omitempty"`
}

// Label is the truth.
type Label struct {
	Column   string `yaml:"column"`
	Positive string `yaml:"positive"` // its value for a positive; an empty value is no label
}

// Clock reads a time: a column of times, or a count of units since nothing in
// particular, to which another may be added.
type Clock struct {
	Column string `yaml:"column"`
	Format string `yaml:"format,omitempty"` // of Go's time package; several by "|"
	Unit   string `yaml:"unit,omitempty"`   // days, hours: the column is a number
	Plus   *Clock `yaml:"plus,omitempty"`
}

// Known is when a label becomes known: at a column's time, or the row's, and
// after a delay.
type Known struct {
	Column string   `yaml:"column,omitempty"`
	Format string   `yaml:"format,omitempty"`
	After  Duration `yaml:"after,omitempty"`
	// Due is the column of the time when the label is known at the latest,
	// whatever it is: a promise that is over. Only from then on does a case count
	// in what the base rate is followed by; a late one is known to be late then.
	Due string `yaml:"due,omitempty"`
}

// Derived is a column computed of others of the same row.
type Derived struct {
	Name string   `yaml:"name"`
	By   string   `yaml:"by"` // see derivations
	Of   []string `yaml:"of"`
	Arg  string   `yaml:"arg,omitempty"`
}

// Past is a column computed of earlier rows.
type Past struct {
	Name string   `yaml:"name"`
	Fold string   `yaml:"fold"` // see folds
	Key  []string `yaml:"key"`  // columns that make the entity; none is all rows
	Of   string   `yaml:"of,omitempty"`

	Window Duration `yaml:"window,omitempty"` // how far back; 0 is without bound
	Newest int      `yaml:"newest,omitempty"` // at most so many rows; 0 is all
	Prior  float64  `yaml:"prior,omitempty"`  // rows that the parent's value counts as
	Parent string   `yaml:"parent,omitempty"` // an earlier rate; default is the rate of all rows
	After  Duration `yaml:"after,omitempty"`  // labels count this long after their row, instead of when known
	// Fitted: in the test, labels of all training rows count and none of the
	// test, as they do in the model itself.
	Fitted bool `yaml:"fitted,omitempty"`
}

// Input is a feature.
type Input struct {
	Name     string `yaml:"name"`
	Type     string `yaml:"type,omitempty"` // number (default) or category
	Monotone int    `yaml:"monotone,omitempty"`
	Doc      string `yaml:"doc,omitempty"`
}

// Learn are the knobs of learning; zero ones are the learners' defaults.
type Learn struct {
	Only    []string            `yaml:"only,omitempty"`
	Hidden  map[string][]string `yaml:"hidden,omitempty"`
	Shares  map[string]float64  `yaml:"shares,omitempty"` // instead of those that the backtest chooses
	Bins    int                 `yaml:"bins,omitempty"`
	Boost   Boost               `yaml:"boost,omitempty"`
	Penalty []float64           `yaml:"penalties,omitempty"`
	Rolling *Rolling            `yaml:"rolling,omitempty"`
	Raw     bool                `yaml:"raw,omitempty"` // no calibration
}

// Boost are the knobs of boosted trees; see boost.Params.
type Boost struct {
	Rounds      int     `yaml:"rounds,omitempty"` // exactly; 0 stops by the last part of the training
	Leaves      int     `yaml:"leaves,omitempty"`
	MinRows     int     `yaml:"min_rows,omitempty"`
	MinHessian  float64 `yaml:"min_hessian,omitempty"`
	L2          float64 `yaml:"l2,omitempty"`
	Rate        float64 `yaml:"rate,omitempty"`
	ColumnShare float64 `yaml:"column_share,omitempty"`
	RowShare    float64 `yaml:"row_share,omitempty"`
	Bags        int     `yaml:"bags,omitempty"`
}

// Rolling is calibrate.Rolling.
type Rolling struct {
	Window Duration `yaml:"window"`
	Prior  float64  `yaml:"prior"`
	Trust  float64  `yaml:"trust"`
}

// Money is what mistakes cost, for the cost curve.
type Money struct {
	Currency string  `yaml:"currency"`
	Value    string  `yaml:"value"`  // column with a row's money
	Loss     float64 `yaml:"loss"`   // share of it lost with an undetected positive
	Margin   float64 `yaml:"margin"` // share of it lost with a negative turned away
	Review   float64 `yaml:"review"` // cost of a look
}

// Duration is a time.Duration that may also be in days: "30d".
type Duration time.Duration

// UnmarshalYAML reads "30d", "720h" or "90m".
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	text := node.Value
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n float64
		if _, err := fmt.Sscan(days, &n); err != nil {
			return fmt.Errorf("line %d: must be a duration such as 30d or 12h", node.Line)
		}
		*d = Duration(n * float64(24*time.Hour))
		return nil
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("line %d: must be a duration such as 30d or 12h", node.Line)
	}
	*d = Duration(v)
	return nil
}

//go:embed specs/*.yaml
var builtIn embed.FS

// Specs lists the built-in specs by name.
func Specs() ([]Spec, error) {
	entries, err := fs.ReadDir(builtIn, "specs")
	if err != nil {
		return nil, err
	}
	var out []Spec
	for _, e := range entries {
		data, err := builtIn.ReadFile(path.Join("specs", e.Name()))
		if err != nil {
			return nil, err
		}
		s, err := Parse(e.Name(), data)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	out = append(out, abuseSpec())
	slices.SortFunc(out, func(a, b Spec) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Parse reads a spec and refuses what it does not know; file names it in
// errors, with the line.
func Parse(file string, data []byte) (Spec, error) {
	var s Spec
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil {
		return Spec{}, fmt.Errorf("%s: %w", file, err)
	}
	if err := s.check(); err != nil {
		return Spec{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// protected are words of columns that no model may look at, whatever they are
// good for.
var protected = []string{"sex", "gender", "age", "birth", "birthday", "birthdate", "dob", "race", "religion", "ethnicity", "nationality", "disability"}

// camel finds where a word of several begins the next: customerAge.
var camel = regexp.MustCompile(`([a-z])([A-Z])`)

// Protected says whether a column's name is of what no model may look at.
func Protected(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(camel.ReplaceAllString(name, "$1 $2")), func(r rune) bool { return !('a' <= r && r <= 'z') })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(protected, w) })
}

func (s Spec) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.Name == "" || s.Task == "" || s.Files.Train == "" || s.Label.Column == "" || s.Label.Positive == "" || len(s.Features) == 0 {
		fault("name, task, files.train, label.column, label.positive and features are needed")
	}
	used := func(what, column string) {
		switch {
		case Protected(column):
			fault("%s: no model looks at this", what)
		case s.Leaks[column] != "":
			fault("%s: %s leaks: %s", what, column, s.Leaks[column])
		}
	}
	seen := map[string]bool{}
	for _, f := range s.Features {
		used("feature "+f.Name, f.Name)
		switch {
		case s.Excluded[f.Name] != "":
			fault("feature %s: is excluded: %s", f.Name, s.Excluded[f.Name])
		case f.Type != "" && f.Type != "number" && f.Type != "category":
			fault("feature %s: type must be number or category", f.Name)
		case seen[f.Name]:
			fault("feature %s: is there twice", f.Name)
		}
		seen[f.Name] = true
	}
	for _, d := range s.Derive {
		if derivations[d.By] == nil {
			fault("derived %s: by must be one of %s", d.Name, names(derivations))
		}
		for _, of := range d.Of {
			used("derived "+d.Name, of)
		}
	}
	rates := map[string]bool{}
	for _, h := range s.History {
		switch {
		case !slices.Contains(foldNames, h.Fold):
			fault("history %s: fold must be one of %s", h.Name, strings.Join(foldNames, ", "))
		case h.Parent != "" && !rates[h.Parent]:
			fault("history %s: parent must be a rate before it", h.Name)
		case s.Time == nil && (h.Fold == "count" || h.Fold == "since"):
			fault("history %s: without time nothing is earlier", h.Name)
		}
		for _, k := range append(slices.Clone(h.Key), h.Of) {
			used("history "+h.Name, k)
		}
		rates[h.Name] = h.Fold == "rate"
	}
	for name, bar := range s.Bars {
		if _, err := metric.ParseBar(bar); err != nil {
			fault("bar of %s: %v", name, err)
		}
	}
	return errors.Join(faults...)
}
