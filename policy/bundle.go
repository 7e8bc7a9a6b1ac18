package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"assent/decision"
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
	maxFileBytes   = 1 << 20
	maxVisited     = 10_000 // files and folders looked at: a wrong folder may be a whole disk
)

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
