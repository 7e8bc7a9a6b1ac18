package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"assent/decision"
	"assent/rego"
)

// Bundle is the content of one policy revision: Rego files with their tests,
// limits and lists, by slash-separated path. Treat it as read-only.
type Bundle struct {
	Files map[string]string `json:"files"`
}

// Bounds of a bundle, far above any real one: a draft comes from a browser.
const (
	maxBundleFiles = 500
	maxBundleBytes = 8 << 20
)

// Embedded is the bundle built into this release.
func Embedded() (Bundle, error) { return LoadFS(rego.FS) }

// LoadDir reads a bundle from a folder. A decision.CodeInvalid error names the
// file that may not be part of one.
func LoadDir(dir string) (Bundle, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return Bundle{}, decision.Errorf(decision.CodeNotFound, "The policy folder cannot be read.")
	}
	return LoadFS(os.DirFS(dir))
}

// LoadFS reads a bundle from a file system: every .rego and .json file that
// is not hidden. Other files are no part of a policy.
func LoadFS(fsys fs.FS) (Bundle, error) {
	b := Bundle{Files: map[string]string{}}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && name != "."
		switch {
		case err != nil:
			return err
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden || !isPolicyFile(name):
			return nil
		}
		content, err := fs.ReadFile(fsys, name)
		b.Files[name] = string(content)
		return err
	})
	if err != nil {
		return Bundle{}, fmt.Errorf("read policy files: %w", err)
	}
	return b, b.validate()
}

func isPolicyFile(name string) bool {
	ext := path.Ext(name)
	return ext == ".rego" || ext == ".json"
}

// Encode gives the canonical bytes: same files, same bytes.
func (b Bundle) Encode() []byte {
	// A map of strings always encodes, with its keys sorted.
	data, _ := json.Marshal(b)
	return data
}

// Revision is the hex SHA-256 of the canonical bytes.
func (b Bundle) Revision() string { return hash(b.Encode()) }

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// DecodeBundle reads what Encode wrote. A bundle that is not well-formed is a
// decision.CodeInvalid error.
func DecodeBundle(data []byte) (Bundle, error) {
	var b Bundle
	if len(data) > 2*maxBundleBytes {
		return b, decision.Errorf(decision.CodeTooLarge, "A policy bundle may have at most %d bytes.", maxBundleBytes)
	}
	if err := json.Unmarshal(data, &b); err != nil {
		return b, &decision.Error{Code: decision.CodeInvalid, Message: "The policy bundle cannot be read.", Err: err}
	}
	return b, b.validate()
}

// validate checks names, number, size and encoding of the files.
func (b Bundle) validate() error {
	size := 0
	for _, name := range b.names() {
		size += len(b.Files[name])
		switch {
		case !fs.ValidPath(name) || !isPolicyFile(name) || strings.Count(name, "/") > 1:
			return decision.Errorf(decision.CodeInvalid, "A policy bundle holds .rego and .json files, at most one folder deep.")
		case !utf8.ValidString(b.Files[name]):
			return decision.Errorf(decision.CodeInvalid, "%s is not UTF-8 text.", name)
		}
	}
	if len(b.Files) == 0 {
		return decision.Errorf(decision.CodeInvalid, "There are no policy files.")
	}
	if len(b.Files) > maxBundleFiles || size > maxBundleBytes {
		return decision.Errorf(decision.CodeTooLarge, "A policy bundle may have at most %d files and %d bytes.", maxBundleFiles, maxBundleBytes)
	}
	return nil
}

// names lists the files in order.
func (b Bundle) names() []string { return slices.Sorted(maps.Keys(b.Files)) }

// folder is the kind, or "lib", that a file belongs to; "" at the top.
func folder(name string) string {
	dir, _, nested := strings.Cut(name, "/")
	if !nested {
		return ""
	}
	return dir
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.rego") }
