package policy

import (
	"io"
	"io/fs"
	"os"
	"strings"

	"assent/decision"
	"assent/rego"
)

// Embedded is the bundle built into this release.
func Embedded() (Bundle, error) { return LoadFS(rego.FS) }

// LoadDir reads a bundle from a folder. Errors as LoadFS, and CodeNotFound for
// what is no folder.
func LoadDir(dir string) (Bundle, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return Bundle{}, decision.Errorf(decision.CodeNotFound, "The policy folder cannot be read.")
	}
	return LoadFS(os.DirFS(dir))
}

// LoadFS reads a bundle from a file system: every .rego and .json file that
// is not hidden. Other files are no part of a policy. Errors name the file that
// may not be part of one: CodeInvalid, CodeTooLarge.
func LoadFS(fsys fs.FS) (Bundle, error) {
	b := Bundle{Files: map[string]string{}}
	visited := 0
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return unreadable(name, err)
		}
		if visited++; visited > maxVisited || len(b.Files) > maxBundleFiles {
			return decision.Errorf(decision.CodeTooLarge, "%s is one too many: a policy folder holds at most %d policy files, and %d files and folders at all.", name, maxBundleFiles, maxVisited)
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != "."
		switch {
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden || !isPolicyFile(name):
			return nil
		}
		b.Files[name], err = readFile(fsys, name)
		return err
	})
	if err != nil {
		return Bundle{}, err
	}
	return b, b.validate()
}

// readFile reads a regular file, after following links: a device never ends,
// and a pipe waits for who writes to it.
func readFile(fsys fs.FS, name string) (string, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return "", unreadable(name, err)
	}
	if !info.Mode().IsRegular() {
		return "", decision.Errorf(decision.CodeInvalid, "%s is no regular file.", name)
	}
	file, err := fsys.Open(name)
	if err != nil {
		return "", unreadable(name, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	switch {
	case err != nil:
		return "", unreadable(name, err)
	case len(content) > maxFileBytes:
		return "", decision.Errorf(decision.CodeTooLarge, "%s is too long: a policy file may have at most %d bytes.", name, maxFileBytes)
	}
	return string(content), nil
}

func unreadable(name string, err error) error {
	return &decision.Error{Code: decision.CodeInvalid, Message: name + " cannot be read.", Err: err}
}
