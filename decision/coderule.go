package decision

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxCode bounds a code, in bytes, where nothing says otherwise.
const MaxCode = 128

// codeMarks may stand in a code beside letters and digits. The hyphen is last,
// where a pattern takes it for itself.
const codeMarks = "._:/+-"

// IsCode says whether s is a code of 1 to most bytes: what codes, keys and
// correlation ids may be.
func IsCode(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune(codeMarks, rune(c)) {
			return false
		}
	}
	return true
}

// CodeRule says in words what IsCode accepts.
func CodeRule(most int) string {
	return fmt.Sprintf("1 to %d letters, digits and %s", most, strings.Join(strings.Split(codeMarks, ""), " "))
}

// CodePattern is what IsCode accepts as a regular expression, for schemas.
func CodePattern(most int) string { return fmt.Sprintf("^[A-Za-z0-9%s]{1,%d}$", codeMarks, most) }

// Coded makes a code of a name that people gave, such as a carrier's: the same
// one wherever the name is read. What a code cannot spell is told apart by a
// hash.
func Coded(name string) string {
	plain := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	code := strings.Join(plain, "-")
	spelt := !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf })
	switch {
	case strings.TrimSpace(name) == "":
		return ""
	case spelt && code != "" && len(code) <= MaxCode:
		return code
	}
	return strings.TrimPrefix(code[:min(len(code), MaxCode/2)]+"-"+hashOf(name)[:8], "-")
}
