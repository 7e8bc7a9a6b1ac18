package export

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// table is one CSV file in memory, with its rows by key.
type table struct {
	header  map[string]int
	records [][]string
	byKey   map[string][]int
}

func (m Mapping) open(folder fs.FS) (map[string]table, error) {
	tables := map[string]table{}
	for name, path := range m.Files {
		t, err := readTable(folder, path, m.Key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		tables[name] = t
	}
	for _, sources := range m.sources() {
		for _, s := range sources {
			if err := tables[orDefault(s.File, m.Rows)].has(s.Columns); err != nil {
				return nil, err
			}
		}
	}
	return tables, tables[m.Rows].has([]string{m.Time})
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func readTable(folder fs.FS, path, key string) (table, error) {
	f, err := folder.Open(path)
	if err != nil {
		return table{}, err
	}
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(f); err != nil {
			return table{}, err
		}
	}
	all, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return table{}, broken(err)
	}
	if len(all) == 0 {
		return table{}, fmt.Errorf("has no header")
	}
	t := table{header: map[string]int{}, records: all[1:], byKey: map[string][]int{}}
	for i, column := range all[0] {
		t.header[strings.TrimPrefix(column, "\ufeff")] = i
	}
	if err := t.has([]string{key}); err != nil {
		return t, err
	}
	for i, r := range t.records {
		k := t.value(r, key)
		t.byKey[k] = append(t.byKey[k], i)
	}
	return t, nil
}

func (t table) has(columns []string) error {
	missing := slices.IndexFunc(columns, func(c string) bool { _, ok := t.header[c]; return !ok })
	if missing >= 0 {
		return fmt.Errorf("there is no column %s", columns[missing])
	}
	return nil
}

func (t table) value(record []string, column string) string {
	return strings.TrimSpace(record[t.header[column]])
}

// sum adds columns over rows; "" when any value is missing, since a partial sum
// is not the sum.
func (t table) sum(rows []int, columns []string) (string, error) {
	total := decimal.Decimal{}
	for _, i := range rows {
		for _, column := range columns {
			text := t.value(t.records[i], column)
			if text == "" {
				return "", nil
			}
			v, err := decimal.NewFromString(text)
			if err != nil {
				return "", errors.New("column " + column + " " + numberRule)
			}
			total = total.Add(v)
		}
	}
	return total.String(), nil
}
