package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed lightgbm.py
var script string

// lightgbm is a process that trains LightGBM whenever it is asked.
type lightgbm struct {
	process *exec.Cmd
	stderr  *strings.Builder // not to be read while the process runs
	ask     io.WriteCloser
	answer  *json.Decoder
	binning float64
}

// params are those of boost.Params{}, by LightGBM's names.
func params(threads int) map[string]any {
	return map[string]any{
		"objective": "binary", "num_threads": threads, "verbose": -1, "seed": 1,
		"num_leaves": 31, "max_bin": 255, "learning_rate": 0.05, "lambda_l2": 1,
		"min_data_in_leaf": 20, "min_sum_hessian_in_leaf": 1e-3,
		"cat_smooth": 10, "cat_l2": 10, "max_cat_threshold": 32, "min_data_per_group": 100,
	}
}

func (c *compare) start(ctx context.Context, dir string, threads int) (*lightgbm, error) {
	var categories []int
	for c := numbers; c < width; c++ {
		categories = append(categories, c)
	}
	args := []string{"-c", script}
	for name, each := range map[string]func(func(*example) error) error{"train": c.train, "held": c.held} {
		if err := write(filepath.Join(dir, name), each); err != nil {
			return nil, err
		}
	}
	args = append(args, filepath.Join(dir, "train"), filepath.Join(dir, "held"))
	for _, a := range []any{params(threads), c.Trees, categories, width} {
		text, err := json.Marshal(a)
		if err != nil {
			return nil, err
		}
		args = append(args, string(text))
	}
	return launch(exec.CommandContext(ctx, c.Python, args...))
}

func launch(process *exec.Cmd) (*lightgbm, error) {
	stderr := &strings.Builder{}
	process.Stderr = stderr
	ask, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	answer, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	l := &lightgbm{process: process, stderr: stderr, ask: ask, answer: json.NewDecoder(answer)}
	var ready struct {
		Binning float64 `json:"binning"`
	}
	err = l.read(&ready)
	l.binning = ready.Binning
	return l, err
}

func (l *lightgbm) train() (run, error) {
	if _, err := io.WriteString(l.ask, "train\n"); err != nil {
		return run{}, err
	}
	var r run
	err := l.read(&r)
	return r, err
}

// read reads an answer. Without one the process has ended, and said why.
func (l *lightgbm) read(answer any) error {
	if err := l.answer.Decode(answer); err != nil {
		l.stop()
		return fmt.Errorf("%w\n%s", err, strings.TrimSpace(l.stderr.String()))
	}
	return nil
}

func (l *lightgbm) stop() {
	l.ask.Close()
	l.process.Wait()
}

// train and held give the rows to learn from, and others of another seed.
func (c *compare) train(do func(*example) error) error { return examples(c.Seed, c.Rows, do) }
func (c *compare) held(do func(*example) error) error  { return examples(c.Seed+1, c.Held, do) }

func examples(seed uint64, rows int, do func(*example) error) error {
	d, e := newDraw(seed), example{}
	for range rows {
		d.next(&e)
		if err := do(&e); err != nil {
			return err
		}
	}
	return nil
}

// write stores examples as float64, little endian: the values, then the label.
func write(path string, each func(func(*example) error) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	buffer := bufio.NewWriterSize(file, 1<<20)
	err = each(func(e *example) error {
		label := 0.0
		if e.positive {
			label = 1
		}
		var record []byte
		for _, x := range append(e.plain[:], label) {
			record = binary.LittleEndian.AppendUint64(record, math.Float64bits(x))
		}
		_, err := buffer.Write(record)
		return err
	})
	if err != nil {
		return err
	}
	return buffer.Flush()
}
