package reading

import (
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// facts is the JSON of what a row of history holds beside its columns. Numbers
// are strings, so that no reader turns them into binary floats.
type facts struct {
	Links  map[string]string          `json:"links,omitempty"`
	Values map[string]decimal.Decimal `json:"values,omitempty"`
}

// Facts encodes a row's links and values; nil where it has none.
func Facts(r decision.HistoryRow) (*string, error) {
	if len(r.Links) == 0 && len(r.Values) == 0 {
		return nil, nil
	}
	body, err := json.Marshal(facts{r.Links, r.Values})
	text := string(body)
	return &text, err
}

// AddFacts reads what Facts wrote into the row.
func AddFacts(r *decision.HistoryRow, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	if f, ok := plainFacts(string(body)); ok {
		r.Links, r.Values = f.Links, f.Values
		return nil
	}
	var f facts
	if err := json.Unmarshal(body, &f); err != nil {
		return err
	}
	r.Links, r.Values = f.Links, f.Values
	return nil
}

// plainFacts reads facts as Facts writes them, unless there is an escape in
// them or anything else unusual. A decision reads hundreds, and reflection
// over maps is most of what that would cost.
func plainFacts(text string) (f facts, ok bool) {
	if strings.IndexByte(text, '\\') >= 0 || !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return f, false
	}
	rest := text[1 : len(text)-1]
	if inner, found := strings.CutPrefix(rest, `"links":{`); found {
		f.Links = map[string]string{}
		if rest, ok = eachPair(inner, func(name, value string) bool { f.Links[name] = value; return true }); !ok {
			return f, false
		}
		rest = strings.TrimPrefix(rest, ",")
	}
	if inner, found := strings.CutPrefix(rest, `"values":{`); found {
		f.Values = map[string]decimal.Decimal{}
		rest, ok = eachPair(inner, func(name, value string) bool {
			v, err := decimal.NewFromString(value)
			f.Values[name] = v
			return err == nil
		})
		if !ok {
			return f, false
		}
	}
	return f, rest == "" && (f.Links != nil || f.Values != nil)
}

// eachPair reads "name":"value" pairs up to the brace that closes their object,
// and gives what follows it.
func eachPair(text string, pair func(name, value string) bool) (rest string, ok bool) {
	for {
		name, after, found := strings.Cut(strings.TrimPrefix(text, `"`), `":"`)
		if !found || len(text) == 0 || text[0] != '"' {
			return "", false
		}
		value, after, found := strings.Cut(after, `"`)
		if !found || len(after) == 0 || !pair(name, value) {
			return "", false
		}
		if text = after[1:]; after[0] == '}' {
			return text, true
		}
		if after[0] != ',' {
			return "", false
		}
	}
}

// Until is the bound of a query on when rows happened, in microseconds.
func Until(q decision.HistoryQuery) int64 {
	if q.Until.IsZero() {
		return 1<<63 - 1
	}
	return q.Until.UnixMicro()
}
