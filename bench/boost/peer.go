package main

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

//go:embed lightgbm.py
var script []byte

// peer is a LightGBM process that has the table in memory.
type peer struct {
	command *exec.Cmd
	ask     io.WriteCloser
	answers *json.Decoder
	Binned  float64 // seconds
}

// answer is a line of lightgbm.py.
type answer struct {
	Seconds float64   `json:"seconds"`
	Busy    float64   `json:"busy"`   // of all processors
	Scores  []float64 `json:"scores"` // of the held-out rows, as log-odds
	Peak    int       `json:"peak"`   // KiB
}

// startPeer writes both tables into dir and starts Python.
func startPeer(o options, dir string, train, heldOut table) (*peer, error) {
	paths := []string{"lightgbm_peer.py", "train.bin", "held_out.bin"}
	for i := range paths {
		paths[i] = filepath.Join(dir, paths[i])
	}
	if err := errors.Join(os.WriteFile(paths[0], script, 0o600), train.write(paths[1]), heldOut.write(paths[2])); err != nil {
		return nil, err
	}
	p := &peer{command: exec.Command(o.Python, append(paths, strconv.Itoa(width), strconv.Itoa(categories), strconv.Itoa(o.Trees))...)}
	p.command.Stderr = os.Stderr
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.ask, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("there is no LightGBM to learn beside: %w", err)
	}
	p.answers = json.NewDecoder(out)
	first, err := p.next()
	p.Binned = first.Seconds
	return p, err
}

func (p *peer) next() (answer, error) {
	var a answer
	if err := p.answers.Decode(&a); err != nil {
		return a, fmt.Errorf("there is no LightGBM to learn beside: Python ended: %w", errors.Join(err, p.command.Wait()))
	}
	return a, nil
}

// learn has it learn once.
func (p *peer) learn(request string) (answer, error) {
	if _, err := fmt.Fprintln(p.ask, request); err != nil {
		return answer{}, err
	}
	return p.next()
}

func (p *peer) stop() error {
	return errors.Join(p.ask.Close(), p.command.Wait())
}

// write writes the table as lightgbm.py reads it.
func (t table) write(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	var line [8 * (width + 1)]byte
	err = t.each(func(x *[width]float64, positive bool) error {
		label := 0.0
		if positive {
			label = 1
		}
		for c, v := range append(x[:], label) {
			binary.LittleEndian.PutUint64(line[8*c:], math.Float64bits(v))
		}
		_, err := out.Write(line[:])
		return err
	})
	return errors.Join(err, out.Flush(), file.Close())
}
