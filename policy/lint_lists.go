package policy

import (
	"regexp"
	"strconv"

	"assent/decision"
)

// lookup is a field that some rule of a kind looks up in a list.
type lookup struct {
	kind  string
	field decision.Field
}

// listFindings wants every key of a list in the form of the fields that are
// looked up in it: one in another form is listed, and never found.
func listFindings(b Bundle, d data, lookups map[string][]lookup) []Finding {
	places := jsonFile{content: b.Files[listsFile]}.places()
	var findings []Finding
	for _, list := range sortedKeys(d.lists) {
		for _, key := range sortedKeys(d.lists[list]) {
			at := places["/"+decision.PointerKey(list)+"/"+decision.PointerKey(key)]
			for _, by := range lookups[list] {
				if fault := keyFault(by.field, key); fault != "" {
					findings = append(findings, Finding{
						File: listsFile, Row: at.row, Col: at.col, Code: "list-key",
						Message: "a key of " + list + " must be " + fault + ", as " + by.field.Path + " of " + by.kind + " is",
					})
				}
			}
		}
	}
	return findings
}

// hashed is the form of a personal text in the input.
var hashed = regexp.MustCompile("^[0-9a-f]{64}$")

// keyFault says what a text must be that is to equal a field in the input; ""
// if it may.
func keyFault(f decision.Field, text string) string {
	switch {
	case f.Personal:
		if !hashed.MatchString(text) {
			return "the SHA-256 of the text in lower case, 64 digits 0-9 and a-f"
		}
	case f.Type == decision.TypeID:
		if id, err := strconv.ParseInt(text, 10, 64); err != nil || id <= 0 || strconv.FormatInt(id, 10) != text {
			return "an id, a positive whole number"
		}
	case sortOfType(f.Type) == textSort && f.TextFault(text) != "":
		return f.Allowed()
	}
	return ""
}
