package lightgbm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// pandas begins the last line: the categories of each column of categories
// that pandas had, in the columns' order, as JSON.
const pandas = "pandas_categorical:"

// name gives levels the names that pandas had for their codes. Without any, a
// level is its code.
func (h *header) name(lines *lines) error {
	at := slices.IndexFunc(lines.all, func(line string) bool { return strings.HasPrefix(line, pandas) })
	if at < 0 {
		return nil
	}
	var lists [][]json.RawMessage
	if err := json.Unmarshal([]byte(strings.TrimPrefix(lines.all[at], pandas)), &lists); err != nil {
		return faultAt(at+1, "must be null or lists of categories as JSON")
	}
	if len(lists) == 0 {
		return nil
	}
	for c := range h.columns {
		if h.codes[c] == nil {
			continue
		}
		if len(lists) == 0 {
			return faultAt(at+1, "must have a list for each category in feature_infos")
		}
		if err := h.nameLevels(c, lists[0]); err != nil {
			return faultAt(at+1, err.Error())
		}
		lists = lists[1:]
	}
	if len(lists) > 0 {
		return faultAt(at+1, "must have no more lists than categories in feature_infos")
	}
	return nil
}

func (h *header) nameLevels(column int, names []json.RawMessage) error {
	for code, level := range h.codes[column] {
		if code >= len(names) {
			return fmt.Errorf("must have a category for each code of %s", h.columns[column].Name)
		}
		h.columns[column].Levels[level] = plain(names[code])
	}
	return nil
}

// plain is the text of a string, and of anything else its JSON.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
