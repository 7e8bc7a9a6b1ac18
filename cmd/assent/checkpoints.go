package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"assent/decision"
)

// appendCheckpoint adds one durable line. Where the last line has no end,
// because a process died or the disk was full, it begins a new one: else
// both were lost.
func appendCheckpoint(file string, c decision.Checkpoint) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	ended, err := endsLine(f)
	if err != nil {
		return err
	}
	if !ended {
		line = append([]byte("\n"), line...)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return err
	}
	return f.Sync()
}

// endsLine says whether what is written next begins a line.
func endsLine(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return true, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return last[0] == '\n', err
}

// kept is what a file of checkpoints holds.
type kept struct {
	file   string
	points []decision.Checkpoint
	torn   []int              // numbers of lines that a crash cut short
	wrong  []decision.Problem // lines that no crash explains: one may have been the one that tells
}

func readCheckpoints(file string) (kept, error) {
	k := kept{file: file}
	content, err := os.ReadFile(file)
	if err != nil {
		return k, err
	}
	number := 0
	for line := range bytes.Lines(content) {
		number++
		var point decision.Checkpoint
		err := json.Unmarshal(line, &point)
		switch {
		case err == nil && point.Company != "" && point.MAC != "":
			k.points = append(k.points, point)
		case isTorn(line):
			k.torn = append(k.torn, number)
		default:
			k.wrong = append(k.wrong, decision.Problem{Where: fmt.Sprintf("%s: line %d", file, number), What: "is no checkpoint"})
		}
	}
	return k, nil
}

// isTorn says that a line is the beginning of a checkpoint and nothing else. A
// machine that lost power may have left zeros where the rest belongs.
func isTorn(line []byte) bool {
	begun := bytes.TrimRight(bytes.TrimSuffix(line, []byte("\n")), "\x00")
	if len(begun) == 0 {
		return len(line) > 1 // zeros only; an empty line is nobody's
	}
	var point decision.Checkpoint
	return begun[0] == '{' && errors.Is(json.NewDecoder(bytes.NewReader(begun)).Decode(&point), io.ErrUnexpectedEOF)
}
