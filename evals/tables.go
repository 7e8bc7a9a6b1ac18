package evals

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"assent/scoring/frame"
	"assent/scoring/train"
)

// WriteTables writes train.csv, valid.csv (the last part by time, for early
// stopping) and test.csv with exactly the features that a run learns from and
// is judged by, and task.json.
func (s Spec) WriteTables(o Options, folder string) error {
	if s.Made() {
		return errors.New("its data is made, not read: there are no features of files")
	}
	p, err := s.prepare(o)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	rows := make([]int32, len(p.train))
	for i := range rows {
		rows[i] = int32(i)
	}
	first, last := train.Last(rows)
	pick := func(at []int32) []int {
		out := make([]int, len(at))
		for i, row := range at {
			out[i] = p.train[row]
		}
		return out
	}
	for name, of := range map[string][]int{"train.csv": pick(first), "valid.csv": pick(last), "test.csv": p.test} {
		if err := p.writeTable(filepath.Join(folder, name), of); err != nil {
			return err
		}
	}
	task, err := json.Marshal(map[string]any{"spec": s.Name, "task": s.Task, "seed": o.Seed})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "task.json"), task, 0o644)
}

func (p *prepared) writeTable(path string, rows []int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(frame.WriteCSV(f, p.columns, p.source(rows)), f.Close())
}
