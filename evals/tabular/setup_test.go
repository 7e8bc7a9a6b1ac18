package tabular_test

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"assent/evals"
	"assent/evals/tabular"
)

// cells are a feature table by id, then column; a missing value is "".
type cells map[string]map[string]string

// spec parses a spec of orders that may be late; more are its further lines.
func spec(t *testing.T, more ...string) tabular.Spec {
	t.Helper()
	s, err := tabular.Parse("own.yaml", []byte(own(more...)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func own(more ...string) string {
	return strings.Join(append([]string{
		"name: own/late", "task: late", "files: {train: orders.csv, test: later.csv}", `label: {column: late, positive: "1"}`, "id: id",
	}, more...), "\n") + "\n"
}

// folder is a root of files by name and content.
func folder(files ...string) fs.FS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

// lines makes a CSV file.
func lines(rows ...string) string { return strings.Join(rows, "\n") + "\n" }

// features gives what the learners of a spec get, and what they are judged by.
func features(t *testing.T, s tabular.Spec, data, heldOut fs.FS) (train, test cells) {
	t.Helper()
	dir := t.TempDir()
	if err := s.WriteTables(evals.Options{Data: data, HeldOut: heldOut, Seed: 1, Now: time.Now}, dir); err != nil {
		t.Fatal(err)
	}
	train, test = cells{}, cells{}
	for file, into := range map[string]cells{"train.csv": train, "valid.csv": train, "test.csv": test} {
		into.read(t, filepath.Join(dir, file))
	}
	return train, test
}

func (c cells) read(t *testing.T, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[strings.TrimPrefix(name, "c:")] = record[i]
		}
		c[row["id"]] = row
	}
}

// column is a feature's values by id.
func (c cells) column(name string) map[string]string {
	out := map[string]string{}
	for id, row := range c {
		out[id] = row[name]
	}
	return out
}

// fault is the error of a spec that cannot be prepared.
func fault(t *testing.T, s tabular.Spec, data, heldOut fs.FS) string {
	t.Helper()
	err := s.WriteTables(evals.Options{Data: data, HeldOut: heldOut, Seed: 1, Now: time.Now}, t.TempDir())
	if err == nil {
		t.Fatal("no error")
	}
	return err.Error()
}

func contains(t *testing.T, have string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(have, w) {
			t.Errorf("have %q, want it to contain %q", have, w)
		}
	}
}
