package sqlite

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"assent/decision"
)

// fileLock is the operating system's lock on a file: it ends with the
// process, however that ends. The file holds the process id for people.
type fileLock struct{ file *os.File }

// Held is the CodeConflict error of Open for a database that another process
// writes.
type Held struct {
	Path   string // of the database, as in Store
	Holder string // id of the process; "" is unknown
}

// Error says who has to end first.
func (h *Held) Error() string { return h.Unwrap().Error() }

// Unwrap gives the error its code.
func (h *Held) Unwrap() error {
	who := "Another process"
	if h.Holder != "" {
		who += " (" + h.Holder + ")"
	}
	return decision.Errorf(decision.CodeConflict, "%s has this database open for writing; stop it, or wait until it ends.", who)
}

// lockDatabase locks what is beside the database at path: a lock on the file
// itself would be in the way of SQLite's own.
func lockDatabase(path string) (*fileLock, error) {
	beside := path + ".lock"
	file, held, err := openLocked(beside)
	if err != nil {
		return nil, fmt.Errorf("sqlite: lock: %w", err)
	}
	if held {
		return nil, &Held{path, holder(beside)}
	}
	if err := file.Truncate(0); err == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0) // only for the message above
	}
	return &fileLock{file}, nil
}

func holder(path string) string {
	content, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(content))
	if err != nil {
		return ""
	}
	return pid
}

func (l *fileLock) release() {
	if l != nil {
		unlock(l.file)
		_ = l.file.Close()
	}
}
