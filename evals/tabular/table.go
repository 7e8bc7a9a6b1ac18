package tabular

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"
)

// table is a file's rows, by column.
type table struct {
	names   []string
	index   map[string]int
	columns [][]string
	rows    int
	file    string
	places  []place // by row
}

// place is where a row begins.
type place struct {
	file string
	line int
}

// readTable reads a CSV or NDJSON file whole, and adds its bytes to digest.
// Errors name file, line and column.
func readTable(root fs.FS, file string, digest hash.Hash) (*table, error) {
	f, err := root.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var from io.Reader = io.TeeReader(f, digest)
	name := file
	if strings.HasSuffix(name, ".gz") {
		if from, err = gzip.NewReader(from); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		name = strings.TrimSuffix(name, ".gz")
	}
	t := &table{index: map[string]int{}, file: file}
	if strings.HasSuffix(name, ".ndjson") || strings.HasSuffix(name, ".jsonl") {
		err = t.readJSON(from)
	} else {
		err = t.readCSV(from)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

func (t *table) readCSV(from io.Reader) error {
	r := csv.NewReader(from)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("has no header: %w", err)
	}
	for _, name := range header {
		t.column(strings.TrimPrefix(name, "\ufeff"))
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err // names line and column
		}
		for c, v := range record {
			t.columns[c] = append(t.columns[c], strings.Clone(v))
		}
		line, _ := r.FieldPos(0)
		t.places = append(t.places, place{t.file, line})
		t.rows++
	}
}

func (t *table) readJSON(from io.Reader) error {
	lines := bufio.NewScanner(from)
	const longest = 1 << 22
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		var record map[string]any
		dec := json.NewDecoder(strings.NewReader(lines.Text()))
		dec.UseNumber()
		if err := dec.Decode(&record); err != nil {
			return fmt.Errorf("line %d: must be a JSON object", n)
		}
		for name, v := range record {
			c := t.column(name)
			for len(t.columns[c]) < t.rows {
				t.columns[c] = append(t.columns[c], "")
			}
			switch v := v.(type) {
			case nil:
				t.columns[c] = append(t.columns[c], "")
			case map[string]any, []any:
				return fmt.Errorf("line %d, column %s: must be a text, a number, true or false", n, name)
			default:
				t.columns[c] = append(t.columns[c], fmt.Sprint(v))
			}
		}
		t.places = append(t.places, place{t.file, n})
		t.rows++
	}
	t.even()
	return lines.Err()
}

// even fills columns up to the number of rows.
func (t *table) even() {
	for c := range t.columns {
		for len(t.columns[c]) < t.rows {
			t.columns[c] = append(t.columns[c], "")
		}
	}
}

// column finds a column, or makes it.
func (t *table) column(name string) int {
	if c, ok := t.index[name]; ok {
		return c
	}
	t.index[name] = len(t.names)
	t.names, t.columns = append(t.names, name), append(t.columns, nil)
	return len(t.names) - 1
}

// text gives a column's values.
func (t *table) text(name string) ([]string, error) {
	c, ok := t.index[name]
	if !ok {
		return nil, fmt.Errorf("%s has no column %s", t.file, name)
	}
	return t.columns[c], nil
}

// fault is an error about a value, which it does not repeat.
func (t *table) fault(row int, column, want string) error {
	at := t.places[row]
	return fmt.Errorf("%s: line %d, column %s: %s", at.file, at.line, column, want)
}

// set puts a column in, or in the place of one.
func (t *table) set(name string, values []string) { t.columns[t.column(name)] = values }

// add appends the rows of another table; a column that one of them lacks is
// empty there.
func (t *table) add(other *table) {
	for c, name := range other.names {
		mine := t.column(name)
		for len(t.columns[mine]) < t.rows {
			t.columns[mine] = append(t.columns[mine], "")
		}
		t.columns[mine] = append(t.columns[mine], other.columns[c]...)
	}
	t.places = append(t.places, other.places...)
	t.rows += other.rows
	t.even()
}

// reorder puts the rows into another order.
func (t *table) reorder(order []int) {
	for c, old := range t.columns {
		next := make([]string, len(order))
		for i, row := range order {
			next[i] = old[row]
		}
		t.columns[c] = next
	}
	t.places = reordered(t.places, order)
	t.rows = len(order)
}
