package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// replayed is what a replay found, as a page shows it.
type replayed struct {
	Tone, What  string
	Differences []difference
}

// difference is one value that came out differently.
type difference struct{ Path, Want, Have string }

// replay evaluates the decision again and shows what came out. It is a POST,
// because it costs an evaluation and must not be prefetched.
func (c *console) replay(w http.ResponseWriter, r *http.Request, v visit) error {
	id := chi.URLParam(r, "id")
	result, err := c.Decisions.Replay(r.Context(), v.User.Company, id)
	if err != nil && decision.CodeOf(err) != decision.CodeConflict {
		return err
	}
	view := replayedOf(result, err)
	if v.Htmx {
		return show(w, r, http.StatusOK, replayPart(id, &view))
	}
	s, err := c.story(r.Context(), v, id)
	if err != nil {
		return err
	}
	s.Replay = &view
	return show(w, r, http.StatusOK, storyPage(v, s))
}

// replayedOf puts a replay into words. A conflict means that this release or
// its models are not those of the decision.
func replayedOf(r decision.Replayed, err error) replayed {
	switch {
	case err != nil:
		return replayed{Tone: "warn", What: problemOf(err).Message}
	case r.Erased:
		return replayed{Tone: "warn", What: "The snapshot was erased on purpose, so there is nothing to compare. The chain still verifies."}
	case r.Same:
		return replayed{Tone: "good", What: "Same bytes: assessment, recommendation and verdict come out exactly as journalled."}
	}
	return replayed{Tone: "bad", What: "Different from the journal:", Differences: differences(r.Want, r.Have)}
}

// differences lists the values that are not equal, by path.
func differences(want, have json.RawMessage) []difference {
	left, right := map[string]string{}, map[string]string{}
	flatten("", want, left)
	flatten("", have, right)
	all := maps.Clone(left)
	maps.Copy(all, right)
	var out []difference
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if left[path] != right[path] {
			out = append(out, difference{path, orNothing(left[path]), orNothing(right[path])})
		}
	}
	return out
}

// flatten writes every value that is no object or list under its JSON pointer.
func flatten(path string, raw json.RawMessage, into map[string]string) {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	switch {
	case json.Unmarshal(raw, &object) == nil && object != nil:
		for name, child := range object {
			flatten(path+"/"+name, child, into)
		}
	case json.Unmarshal(raw, &list) == nil && list != nil:
		for i, child := range list {
			flatten(fmt.Sprintf("%s/%d", path, i), child, into)
		}
	default:
		into[path] = string(raw)
	}
}

// orNothing stands for a value that is not there.
func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}
