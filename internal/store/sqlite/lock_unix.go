//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// openLocked opens path with an exclusive lock; held says that another open
// file has it.
func openLocked(path string) (file *os.File, held bool, err error) {
	file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		_ = file.Close()
		return nil, errors.Is(err, syscall.EWOULDBLOCK), ignore(err, syscall.EWOULDBLOCK)
	}
	return file, false, nil
}

// unlock releases the lock at once: closing would leave it with a child that
// was forked just now, until that runs its own program.
func unlock(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
