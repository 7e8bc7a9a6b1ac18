package odootest

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
)

// Entry is one effect in the write log.
type Entry struct {
	Seq      int64           `json:"seq"`
	Time     string          `json:"time"`     // the server's clock, UTC
	Request  int64           `json:"request"`  // HTTP request that caused it
	Delivery int             `json:"delivery"` // 2 for the second run of a duplicated request
	UID      int64           `json:"uid"`
	Model    string          `json:"model"` // of the call
	Method   string          `json:"method"`
	IDs      []int64         `json:"ids,omitempty"`
	Effect   string          `json:"effect"`        // confirm, cancel, note, activity, credit_note, post, write, create, ...
	Record   string          `json:"record"`        // what changed or was made: "sale.order,508"
	On       string          `json:"on,omitempty"`  // the document it belongs to
	Key      string          `json:"key,omitempty"` // the marker in the call, else in the record
	Values   json.RawMessage `json:"values"`        // ids and arguments as received, without credentials
}

// Log returns a copy of the write log.
func (s *Server) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// append numbers the entries and hands them to the log file; s.mu is held, so
// that the file's order is the order of the commits.
func (s *Server) append(entries []Entry) []Entry {
	for i := range entries {
		entries[i].Seq = int64(len(s.log)) + s.opts.Log.first() + 1
		s.log = append(s.log, entries[i])
	}
	s.opts.Log.write(entries)
	return entries
}

// LogFile keeps the write log on disk, one JSON object a line. A nil LogFile
// keeps nothing.
type LogFile struct {
	file    *os.File
	already int64 // entries of earlier runs

	mu      sync.Mutex
	written int64
	err     error

	syncing sync.Mutex // one fsync serves everything written before it
	synced  int64
}

// OpenLog opens or continues a log. A last line that was cut off by a crash is
// removed: its answer was never sent.
func OpenLog(path string) (*LogFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	lines, end, err := whole(file)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &LogFile{file: file, already: lines}, nil
}

// whole counts the complete lines and where the last one ends.
func whole(r io.Reader) (lines, end int64, err error) {
	b := bufio.NewReader(r)
	for {
		line, err := b.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return lines, end, nil
		}
		if err != nil {
			return 0, 0, err
		}
		lines, end = lines+1, end+int64(len(line))
	}
}

// ReadLog reads a log file; a cut last line is left out.
func ReadLog(path string) ([]Entry, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for line := range splitLines(content) {
		var entry Entry
		if err := json.Unmarshal(line, &entry); err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// splitLines yields the lines that end.
func splitLines(content []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(content) > 0 {
			i := slices.Index(content, '\n')
			if i < 0 || !yield(content[:i]) {
				return
			}
			content = content[i+1:]
		}
	}
}

func (l *LogFile) first() int64 {
	if l == nil {
		return 0
	}
	return l.already
}

func (l *LogFile) write(entries []Entry) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, entry := range entries {
		line, err := json.Marshal(entry)
		if err == nil {
			_, err = l.file.Write(append(line, '\n'))
		}
		l.err = errors.Join(l.err, err)
		l.written++
	}
}

// sync returns when the entries are on disk.
func (l *LogFile) sync(entries []Entry) error {
	if l == nil || len(entries) == 0 {
		return nil
	}
	l.mu.Lock()
	mine := l.written
	l.mu.Unlock()
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.synced >= mine {
		return nil
	}
	l.mu.Lock()
	upTo, err := l.written, l.err
	l.mu.Unlock()
	if err == nil {
		err = l.file.Sync()
	}
	if err == nil {
		l.synced = upTo
	}
	return err
}

// Close syncs and closes the file.
func (l *LogFile) Close() error {
	return errors.Join(l.file.Sync(), l.file.Close())
}
