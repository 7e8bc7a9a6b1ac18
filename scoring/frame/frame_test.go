package frame

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var day = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// columns of most tests: a number and a category.
var columns = []Column{{Name: "amount", Type: Number}, {Name: "country", Type: Category}}

// rowsOf is a source of rows with ids of their own.
func rowsOf(rows ...Row) Source {
	return func(yield func(*Row) error) error {
		for i, r := range rows {
			if r.ID == "" {
				r.ID = fmt.Sprint(i)
			}
			if err := yield(&r); err != nil {
				return err
			}
		}
		return nil
	}
}

func row(number float64, level string) Row { return Row{Values: []Value{Of(number), Level(level)}} }

func mustBuild(t testing.TB, columns []Column, source Source, o Options) *Frame {
	t.Helper()
	f, err := Build(columns, source, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// numbers builds a frame of one number column.
func numbers(t testing.TB, values []float64, o Options) *Frame {
	t.Helper()
	rows := make([]Row, len(values))
	for i, x := range values {
		rows[i].Values = []Value{Of(x)}
	}
	return mustBuild(t, columns[:1], rowsOf(rows...), o)
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	at := func(r Row, at, known time.Time) Row { r.At, r.KnownAt = at, known; return r }
	named := func(r Row, id string) Row { r.ID = id; return r }
	good := row(1, "DE")
	for name, c := range map[string]struct {
		rows []Row
		want string
	}{
		"not a number":     {[]Row{good, row(math.NaN(), "DE")}, "row 2, column amount: must be a finite number"},
		"infinite":         {[]Row{row(math.Inf(-1), "DE")}, "row 1, column amount: must be a finite number"},
		"a value too few":  {[]Row{{Values: []Value{Of(1)}}}, "row 1: must have a value, or a missing one, for every column"},
		"a value too many": {[]Row{good, {Values: make([]Value, 3)}}, "row 2: must have a value"},
		"out of order":     {[]Row{at(good, day, day), at(good, day.Add(-time.Second), day)}, "row 2: must not be older than the row before"},
		"known before":     {[]Row{at(good, day, day.Add(-time.Second))}, "row 1: its label cannot be known before the row itself"},
		"label's time":     {[]Row{at(good, day, time.Time{})}, "row 1: its label cannot be known before"},
		"id twice":         {[]Row{named(good, "a"), named(good, "b"), named(good, "a"), named(good, "b")}, "row 3: has the id of an earlier row"},
	} {
		_, err := Build(columns, rowsOf(c.rows...), Options{})
		var fault *Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for _, bins := range []int{-1, 1, MaxBins + 1} {
		if _, err := Build(columns, rowsOf(good), Options{Bins: bins}); err == nil {
			t.Errorf("%d bins are taken", bins)
		}
	}
}

func TestErrorsHoldNoValues(t *testing.T) {
	t.Parallel()
	r := row(math.Inf(1), "a secret")
	r.ID = "another secret"
	if _, err := Build(columns, rowsOf(r), Options{}); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "Inf") {
		t.Errorf("the error is %v", err)
	}
}

func TestSourceFails(t *testing.T) {
	t.Parallel()
	broken, calls := errors.New("disk gone"), 0
	for pass := 1; pass <= 2; pass++ {
		calls = 0
		_, err := Build(columns, func(yield func(*Row) error) error {
			r := row(1, "DE")
			if calls++; calls == pass {
				return broken
			}
			return yield(&r)
		}, Options{})
		if !errors.Is(err, broken) {
			t.Errorf("pass %d fails with %v", pass, err)
		}
	}
	calls = 0
	_, err := Build(columns, func(yield func(*Row) error) error {
		r := row(1, "DE")
		if calls++; calls > 1 {
			return nil
		}
		return yield(&r)
	}, Options{})
	if err == nil || !strings.Contains(err.Error(), "gave 1 rows, then 0") {
		t.Errorf("a source that gives other rows the second time: %v", err)
	}
}

func TestNoRows(t *testing.T) {
	t.Parallel()
	f := mustBuild(t, columns, rowsOf(), Options{})
	if f.Rows() != 0 || f.Positives(nil) != 0 {
		t.Errorf("%d rows of none", f.Rows())
	}
}

func TestFewValuesHaveBinsOfTheirOwn(t *testing.T) {
	t.Parallel()
	f := numbers(t, []float64{3, 1, 3, 2, 1, 1}, Options{})
	if want := []float64{1.5, 2.5}; !slices.Equal(f.Binnings[0].Edges, want) {
		t.Errorf("edges %v, want %v", f.Binnings[0].Edges, want)
	}
	if want := []uint8{2, 0, 2, 1, 0, 0}; !slices.Equal(f.Codes[0], want) {
		t.Errorf("codes %v, want %v", f.Codes[0], want)
	}
	if want := []float64{1, 2, 3}; !slices.Equal(f.Binnings[0].Means, want) {
		t.Errorf("means %v, want %v", f.Binnings[0].Means, want)
	}
}

func TestEqualValuesHaveOneBin(t *testing.T) {
	t.Parallel()
	f := numbers(t, []float64{5, 5, 5}, Options{})
	if n := f.Binnings[0].Bins(Number); n != 1 || f.Value(0, 1) != Of(5) {
		t.Errorf("%d bins, value %v", n, f.Value(0, 1))
	}
	if got := f.Constant(); !slices.Equal(got, []string{"amount"}) {
		t.Errorf("constant columns are %v", got)
	}
}

// TestNeighboursInFloat has no number between two values: the lower one is the
// edge.
func TestNeighboursInFloat(t *testing.T) {
	t.Parallel()
	next := math.Nextafter(1, 2)
	f := numbers(t, []float64{1, next, -math.MaxFloat64, math.MaxFloat64}, Options{})
	if want := []uint8{1, 2, 0, 3}; !slices.Equal(f.Codes[0], want) {
		t.Errorf("codes %v, want %v: edges %v", f.Codes[0], want, f.Binnings[0].Edges)
	}
}

func TestManyValuesAreCutAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bins := rapid.IntRange(2, MaxBins).Draw(t, "bins")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		values := make([]float64, rapid.IntRange(bins+1, 3000).Draw(t, "rows"))
		for i := range values {
			values[i] = random.NormFloat64()
		}
		got := edges(slices.Clone(values), bins)
		if len(got) != bins-1 || !sort.Float64sAreSorted(got) {
			t.Fatalf("%d edges for %d bins, sorted %v", len(got), bins, sort.Float64sAreSorted(got))
		}
		counts := make([]int, bins)
		for _, x := range values {
			counts[Binning{Edges: got}.Number(x)]++
		}
		if most := slices.Max(counts); most > 2*(len(values)/bins+1) || slices.Min(counts) == 0 {
			t.Fatalf("%d rows in %d bins: %d in the fullest, %d in the emptiest", len(values), bins, most, slices.Min(counts))
		}
	})
}

// TestFrequentValueDoesNotEatBins has half the rows at zero: the rest still
// gets nearly all bins.
func TestFrequentValueDoesNotEatBins(t *testing.T) {
	t.Parallel()
	var values []float64
	for i := range 1000 {
		values = append(values, 0, float64(i+1))
	}
	if n := len(edges(values, 100)); n < 90 {
		t.Errorf("%d edges of at most 99", n)
	}
}

func TestMissingIsNotZero(t *testing.T) {
	t.Parallel()
	f := mustBuild(t, columns, rowsOf(row(0, ""), Row{Values: make([]Value, 2)}, row(1, "DE")), Options{})
	for c := range columns {
		if f.Codes[c][1] != Missing || f.Codes[c][0] == Missing || f.Value(c, 1).Known || !f.Value(c, 0).Known {
			t.Errorf("column %d has codes %v", c, f.Codes[c])
		}
	}
	if got := f.Value(1, 0); got != Level("") {
		t.Errorf("an empty text that is known reads as %v", got)
	}
}

func TestAllMissing(t *testing.T) {
	t.Parallel()
	f := mustBuild(t, columns, rowsOf(Row{Values: make([]Value, 2)}, Row{Values: make([]Value, 2)}), Options{})
	if got := f.Constant(); len(got) != 2 {
		t.Errorf("constant columns are %v, want both", got)
	}
	if e := NewEncoder(f.Columns, f.Binnings); e.Code(0, Of(3)) != 0 || e.Code(1, Level("DE")) != Other {
		t.Error("values that come later have no code")
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	f := mustBuild(t, columns, rowsOf(row(1, "NL"), row(1, "DE"), row(1, "FR"), row(1, "DE"), row(1, "FR"), row(1, "AT")), Options{LevelRows: 2})
	if want := []string{"DE", "FR"}; !slices.Equal(f.Binnings[1].Levels, want) {
		t.Errorf("levels %v, want %v: most frequent first, then by name", f.Binnings[1].Levels, want)
	}
	if want := []uint8{Other, 0, 1, 0, 1, Other}; !slices.Equal(f.Codes[1], want) {
		t.Errorf("codes %v, want %v", f.Codes[1], want)
	}
	e := NewEncoder(f.Columns, f.Binnings)
	if e.Code(1, Level("XX")) != Other || e.Code(1, Value{}) != Missing || e.Code(1, Level("FR")) != 1 {
		t.Error("an unseen, a missing and a known level have the wrong codes")
	}
	if got := f.Value(1, 0); !got.Known || got.Text != "" {
		t.Errorf("another level reads as %v", got)
	}
}

func TestManyLevels(t *testing.T) {
	t.Parallel()
	var rows []Row
	for i := range 400 {
		rows = append(rows, row(1, fmt.Sprint(i)), row(1, fmt.Sprint(i%300)))
	}
	f := mustBuild(t, columns, rowsOf(rows...), Options{})
	if n := f.Binnings[1].Bins(Category); n != MaxBins {
		t.Errorf("%d levels, want %d", n, MaxBins)
	}
}

func TestTimesAndGroups(t *testing.T) {
	t.Parallel()
	a, b, c := row(1, "DE"), row(2, "DE"), row(3, "DE")
	a.Group, b.Group = "customer", "customer"
	c.At, c.KnownAt, c.Positive = day, day.Add(time.Hour), true
	f := mustBuild(t, columns, rowsOf(a, b, c), Options{})
	if f.At[0] != NoTime || f.KnownAt[0] != NoTime || f.At[2] != day.UnixMicro() || f.KnownAt[2]-f.At[2] != time.Hour.Microseconds() {
		t.Errorf("times %v, known at %v", f.At, f.KnownAt)
	}
	if f.Group[0] != f.Group[1] || f.Group[1] == f.Group[2] {
		t.Errorf("groups %v", f.Group)
	}
	if f.Positives([]int32{0, 1}) != 0 || f.Positives([]int32{0, 2}) != 1 {
		t.Error("positives are counted wrongly")
	}
}

// TestCodesAreTheEncoders builds a frame larger than its sample: each code is
// what serving gives the value, and each number lies between its bin's edges.
func TestCodesAreTheEncoders(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rows := make([]Row, rapid.IntRange(1, 400).Draw(t, "rows"))
		for i := range rows {
			rows[i] = row(math.Round(random.NormFloat64()*100)/10, fmt.Sprint(random.IntN(40)))
			if random.IntN(5) == 0 {
				rows[i].Values[random.IntN(2)] = Value{}
			}
		}
		o := Options{Bins: rapid.IntRange(2, 40).Draw(t, "bins"), Sample: rapid.IntRange(1, 100).Draw(t, "sample")}
		f, err := Build(columns, rowsOf(rows...), o)
		if err != nil {
			t.Fatal(err)
		}
		e, b := NewEncoder(f.Columns, f.Binnings), f.Binnings[0]
		for i, r := range rows {
			for c, v := range r.Values {
				if got := e.Code(c, v); got != f.Codes[c][i] {
					t.Fatalf("row %d: code %d, the encoder gives %d", i, f.Codes[c][i], got)
				}
			}
			if code, x := int(f.Codes[0][i]), r.Values[0].Number; r.Values[0].Known &&
				(code > 0 && x <= b.Edges[code-1] || code < len(b.Edges) && x > b.Edges[code] || code >= o.Bins) {
				t.Fatalf("%v is in bin %d of %v", x, code, b.Edges)
			}
		}
	})
}

func TestBuildIsTheSame(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	rows := make([]Row, 5000)
	for i := range rows {
		rows[i] = row(random.ExpFloat64(), fmt.Sprint(random.IntN(400)))
	}
	o := Options{Sample: 500}
	first := mustBuild(t, columns, rowsOf(rows...), o)
	if again := mustBuild(t, columns, rowsOf(rows...), o); !reflect.DeepEqual(first, again) {
		t.Error("the same rows make another frame")
	}
	text, err := json.Marshal(first.Binnings)
	if err != nil {
		t.Fatal(err)
	}
	var back []Binning
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); !bytes.Equal(text, again) || !reflect.DeepEqual(back, first.Binnings) {
		t.Error("binnings do not survive JSON")
	}
}

func TestEncodingAllocatesNothing(t *testing.T) {
	f := mustBuild(t, columns, rowsOf(row(1, "DE"), row(2, "FR")), Options{})
	e, number, level := NewEncoder(f.Columns, f.Binnings), Of(1.5), Level("FR")
	if n := testing.AllocsPerRun(100, func() { e.Code(0, number); e.Code(1, level); e.Code(1, Value{}) }); n > 0 {
		t.Errorf("encoding allocates %v times", n)
	}
}
