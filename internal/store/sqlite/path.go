package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// resolve gives the one path of a database that links lead to: its lock has to
// be the same file for all who come to it. The file need not be there yet.
func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if target, linked := linkOf(path); linked {
			return resolve(target)
		}
		if real, err = filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			real = filepath.Join(real, filepath.Base(path))
		}
	}
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	return real, nil
}

// linkOf is where a link to nothing leads: SQLite would make the file there.
func linkOf(path string) (target string, linked bool) {
	target, err := os.Readlink(path)
	if err == nil && !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(path), target)
	}
	return target, err == nil
}

// keepPrivate makes the database and what SQLite keeps beside it its owner's
// only. SQLite gives new ones the mode of the database.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	_ = f.Close() // nothing was written
	for _, suffix := range []string{"", "-wal", "-shm"} {
		// An earlier release let others read. Who is not the owner cannot change
		// that, and can still write.
		_ = os.Chmod(path+suffix, 0o600)
	}
	return nil
}
