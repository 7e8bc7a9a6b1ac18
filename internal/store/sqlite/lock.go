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

func lockFile(path string) (*fileLock, error) {
	file, held, err := openLocked(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: lock: %w", err)
	}
	if held {
		e := decision.Errorf(decision.CodeConflict,
			"Another process%s has this database open for writing; stop it, or open the database for reading only.", holder(path))
		return nil, e
	}
	if err := file.Truncate(0); err == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0) // only for the message above
	}
	return &fileLock{file}, nil
}

func holder(path string) string {
	content, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(content))
	if err != nil || pid == "" {
		return ""
	}
	return " (" + pid + ")"
}

func (l *fileLock) release() {
	if l != nil {
		_ = l.file.Close() // closing releases the lock
	}
}
