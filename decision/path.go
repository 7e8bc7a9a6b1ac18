package decision

import "strings"

// SetPath puts a value at a dotted path, inside objects that it makes where
// they are not there yet.
func SetPath(tree map[string]any, path string, value any) {
	key, rest, nested := strings.Cut(path, ".")
	if !nested {
		tree[key] = value
		return
	}
	child, ok := tree[key].(map[string]any)
	if !ok {
		child = map[string]any{}
		tree[key] = child
	}
	SetPath(child, rest, value)
}

// AtPath finds the value at a dotted path; found is false where there is none.
func AtPath(tree map[string]any, path string) (value any, found bool) {
	key, rest, nested := strings.Cut(path, ".")
	value, found = tree[key]
	if !nested || !found {
		return value, found
	}
	child, _ := value.(map[string]any)
	return AtPath(child, rest)
}

// PointerKey is one step of a JSON pointer (RFC 6901): a key that a caller
// wrote, escaped and shortened.
func PointerKey(key string) string { return pointerEscape.Replace(Shorten(key)) }

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// Shorten bounds a name that a caller made up before it is repeated in an
// answer or a log: it may be as long as a body, and hold anything.
func Shorten(name string) string {
	const most = 64
	if len(name) > most {
		name = name[:most] + "…"
	}
	return strings.ToValidUTF8(name, "")
}
