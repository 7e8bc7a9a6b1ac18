package lightgbm

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds of a file.
const (
	mostBytes = 1 << 30
	mostLine  = 1 << 26
)

// lines walks a file's lines.
type lines struct {
	all []string
	at  int // lines that were taken, so that the last one taken has this number
}

func split(r io.Reader) (*lines, error) {
	l := &lines{}
	scanner := bufio.NewScanner(io.LimitReader(r, mostBytes))
	scanner.Buffer(nil, mostLine)
	for scanner.Scan() {
		l.all = append(l.all, scanner.Text())
	}
	if err := scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, faultAt(len(l.all)+1, fmt.Sprintf("must be shorter than %d bytes", mostLine))
	} else if err != nil {
		return nil, fmt.Errorf("lightgbm: %w", err)
	}
	return l, nil
}

func faultAt(line int, want string) error { return fmt.Errorf("lightgbm: line %d: %s", line, want) }

// fault is about the line that was taken last.
func (l *lines) fault(want string) error { return faultAt(l.at, want) }

func (l *lines) next() (line string, ok bool) {
	if l.at++; l.at > len(l.all) {
		return "", false
	}
	return l.all[l.at-1], true
}

// fields takes lines of key=value up to a blank line or the file's end.
func (l *lines) fields() (fields, error) {
	out := fields{"": {at: l.at + 1}} // for faults of what is not there
	for {
		line, ok := l.next()
		if !ok || line == "" {
			return out, nil
		}
		key, value, _ := strings.Cut(line, "=")
		if _, twice := out[key]; twice {
			return nil, l.fault("must not be a key that came before")
		}
		out[key] = field{value, l.at}
	}
}

// fields is a block of lines by key.
type fields map[string]field

type field struct {
	value string
	at    int // line
}

func (f fields) fault(key, want string) error {
	return faultAt(f[key].at, key+" "+want)
}

func (f fields) text(key string) (string, error) {
	field, ok := f[key]
	if !ok {
		return "", faultAt(f[""].at, "must be followed, before a blank line, by one with "+key)
	}
	return field.value, nil
}

func (f fields) list(key string) ([]string, error) {
	text, err := f.text(key)
	return strings.Fields(text), err
}

func (f fields) integers(key string, count int) ([]int, error) {
	return numbers(f, key, count, strconv.Atoi)
}

func (f fields) reals(key string, count int) ([]float64, error) {
	return numbers(f, key, count, func(text string) (float64, error) { return strconv.ParseFloat(text, 64) })
}

func numbers[N any](f fields, key string, count int, parse func(string) (N, error)) ([]N, error) {
	words, err := f.list(key)
	if err != nil {
		return nil, err
	}
	if len(words) != count {
		return nil, f.fault(key, fmt.Sprintf("must have %d numbers", count))
	}
	out := make([]N, count)
	for i, word := range words {
		if out[i], err = parse(word); err != nil {
			return nil, f.fault(key, fmt.Sprintf("must have numbers only; number %d is none", i+1))
		}
	}
	return out, nil
}

// integer reads a single number that is not below zero.
func (f fields) integer(key string) (int, error) {
	list, err := f.integers(key, 1)
	if err != nil {
		return 0, err
	}
	if list[0] < 0 {
		return 0, f.fault(key, "must not be below zero")
	}
	return list[0], nil
}
