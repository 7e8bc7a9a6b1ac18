package reading

import (
	"encoding/json"

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
	var f facts
	if err := json.Unmarshal(body, &f); err != nil {
		return err
	}
	r.Links, r.Values = f.Links, f.Values
	return nil
}

// Until is the bound of a query on when rows happened, in microseconds.
func Until(q decision.HistoryQuery) int64 {
	if q.Until.IsZero() {
		return 1<<63 - 1
	}
	return q.Until.UnixMicro()
}
