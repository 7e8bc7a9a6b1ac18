package tabular

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"time"

	"assent/scoring/frame"
)

// data are a spec's rows, training and test together, in order of time: what
// was known of test rows before a test row's own time may be used for it.
type data struct {
	table    *table
	training []bool
	aside    []bool // training rows that are not learnt from
	held     bool   // the test is of files of its own
	ids      []string
	groups   []string
	at       []int64              // microseconds; frame.NoTime without time
	known    []int64              // when the label became known
	due      []int64              // when it would be in any case; 0 says nothing
	label    []int8               // 1, 0, or unknown
	computed map[string][]float64 // features; NaN is missing
	missing  []string             // words that stand for no number
	hash     string               // of all files
}

const unknown int8 = -1

// load reads a spec's files.
func (s Spec) load(root, heldOut fs.FS) (*data, error) {
	digest := sha256.New()
	train, err := readTable(root, s.Files.Train, digest)
	if err != nil {
		return nil, err
	}
	d := &data{table: train, computed: map[string][]float64{}, missing: s.Missing}
	d.training = slices.Repeat([]bool{true}, train.rows)
	if heldOut != nil && s.Files.Test != "" {
		test, err := readTable(heldOut, s.Files.Test, digest)
		if err != nil {
			return nil, err
		}
		train.add(test)
		d.training, d.held = append(d.training, make([]bool, test.rows)...), true
	}
	if assembler := assemblers[s.Assemble]; assembler != nil {
		if err := assembler(d, root, heldOut, digest); err != nil {
			return nil, err
		}
	}
	d.hash = hex.EncodeToString(digest.Sum(nil))
	if err := d.derive(s); err != nil {
		return nil, err
	}
	if err := d.read(s); err != nil {
		return nil, err
	}
	d.aside = make([]bool, len(d.training))
	if !d.held {
		d.split(s)
	}
	return d, nil
}

// read fills in ids, times and labels, and sorts by time.
func (d *data) read(s Spec) error {
	n := d.table.rows
	d.ids, d.groups = make([]string, n), make([]string, n)
	if err := d.columns(s); err != nil {
		return err
	}
	d.at, d.known = slices.Repeat([]int64{frame.NoTime}, n), make([]int64, n)
	if s.Time != nil {
		for i := range d.at {
			t, err := s.Time.at(d.table, i)
			if err != nil {
				return err
			}
			d.at[i] = t
		}
	}
	copy(d.known, d.at)
	d.due = make([]int64, n)
	if s.Known.Due != "" {
		if err := d.dueAt(s.Known); err != nil {
			return err
		}
	}
	if s.Time != nil && (s.Known.Column != "" || s.Known.After > 0) {
		if err := d.knownAt(s.Known); err != nil {
			return err
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.at[a], d.at[b]) })
	d.reorder(order)
	return nil
}

func (d *data) columns(s Spec) error {
	labels, err := d.table.text(s.Label.Column)
	if err != nil {
		return err
	}
	d.label = make([]int8, d.table.rows)
	for i, v := range labels {
		switch v {
		case s.Label.Positive:
			d.label[i] = 1
		case "":
			d.label[i] = unknown
		}
	}
	for i := range d.ids {
		d.ids[i] = strconv.Itoa(i + 1)
	}
	if s.ID != "" {
		if d.ids, err = d.table.text(s.ID); err != nil {
			return err
		}
		d.ids = slices.Clone(d.ids)
	}
	if s.Group != "" {
		groups, err := d.table.text(s.Group)
		if err != nil {
			return err
		}
		copy(d.groups, groups)
	}
	return nil
}

// at reads a row's time.
func (c *Clock) at(t *table, row int) (int64, error) {
	values, err := t.text(c.Column)
	if err != nil {
		return 0, err
	}
	fault := func(want string) error { return t.fault(row, c.Column, want) }
	var out int64
	if unit := units[c.Unit]; c.Unit != "" {
		x, err := strconv.ParseFloat(values[row], 64)
		if err != nil || unit == 0 {
			return 0, fault("must be a number of " + c.Unit)
		}
		out = int64(x * float64(unit/time.Microsecond))
	} else {
		at, ok := parseTime(values[row], c.Format)
		if !ok {
			return 0, fault("must be a time")
		}
		out = at.UnixMicro()
	}
	if c.Plus == nil {
		return out, nil
	}
	more, err := c.Plus.at(t, row)
	return out + more, err
}

var units = map[string]time.Duration{"days": 24 * time.Hour, "hours": time.Hour, "minutes": time.Minute, "seconds": time.Second}

// never is when a label becomes known that does not.
const never = math.MaxInt64 / 4

func (d *data) knownAt(k Known) error {
	after := time.Duration(k.After).Microseconds()
	if k.Column == "" {
		for i := range d.known {
			d.known[i] += after
		}
		return nil
	}
	values, err := d.table.text(k.Column)
	if err != nil {
		return err
	}
	for i, v := range values {
		at, ok := parseTime(v, k.Format)
		switch {
		case !ok:
			d.known[i] = never
		default:
			d.known[i] = max(at.UnixMicro()+after, d.at[i])
		}
	}
	return nil
}

// dueAt reads the promises, which are over a day later.
func (d *data) dueAt(k Known) error {
	values, err := d.table.text(k.Due)
	if err != nil {
		return err
	}
	for i, v := range values {
		if at, ok := parseTime(v, k.Format); ok {
			d.due[i] = at.Add(24 * time.Hour).UnixMicro()
		}
	}
	return nil
}

func (d *data) reorder(order []int) {
	d.table.reorder(order)
	d.training, d.ids, d.groups = reordered(d.training, order), reordered(d.ids, order), reordered(d.groups, order)
	d.at, d.known, d.label = reordered(d.at, order), reordered(d.known, order), reordered(d.label, order)
	d.due = reordered(d.due, order)
	for name, values := range d.computed {
		d.computed[name] = reordered(values, order)
	}
}

func reordered[T any](values []T, order []int) []T {
	out := make([]T, len(order))
	for i, row := range order {
		out[i] = values[row]
	}
	return out
}

// ownShare is the part of its own data that a spec without a held-out file is
// judged by.
const ownShare = 0.2

// split makes the last part by time the test, or a part of the groups. With
// time, earlier rows of the test's groups are nobody's: they make history, and
// are neither learnt from nor judged by.
func (d *data) split(s Spec) {
	n := len(d.training)
	test := map[string]bool{}
	for i := range d.training {
		last := i >= n-int(float64(n)*ownShare)
		if s.Time == nil {
			last = float64(frame.Spread(d.key(i))%1000) < 1000*ownShare
		}
		if last {
			d.training[i], test[d.key(i)] = false, true
		}
	}
	for i := range d.training {
		d.aside[i] = d.training[i] && test[d.key(i)]
	}
}

// key is a row's group, or itself.
func (d *data) key(i int) string {
	if d.groups[i] != "" {
		return "g" + d.groups[i]
	}
	return "r" + d.ids[i]
}

// firstTest is when the first test row is scored.
func (d *data) firstTest() int64 {
	for i, training := range d.training {
		if !training {
			return d.at[i]
		}
	}
	return math.MaxInt64
}
