package reading

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
)

// Facts are read as JSON reads them, whatever is in them, and plainly where
// they are plain.
func TestFacts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching("[a-z0-9_:]{0,8}"), rapid.String())
		number := rapid.Custom(func(t *rapid.T) decimal.Decimal {
			return decimal.New(rapid.Int64().Draw(t, "n"), -rapid.Int32Range(0, 6).Draw(t, "digits"))
		})
		row := decision.HistoryRow{Links: rapid.MapOfN(text, text, 0, 3).Draw(t, "links"), Values: rapid.MapOfN(text, number, 0, 3).Draw(t, "values")}
		body, err := Facts(row)
		if err != nil {
			t.Fatal(err)
		}
		if body == nil {
			return
		}
		var want facts
		if err := json.Unmarshal([]byte(*body), &want); err != nil {
			t.Fatal(err)
		}
		var have decision.HistoryRow
		if err := AddFacts(&have, []byte(*body)); err != nil || fmt.Sprint(have.Links, have.Values) != fmt.Sprint(want.Links, want.Values) {
			t.Fatalf("%s: have %v %v, %v", *body, have.Links, have.Values, err)
		}
	})
	for body, plain := range map[string]bool{
		`{"links":{"a":"b"}}`: true, `{"values":{"a":"1","b":"-0.5"}}`: true, `{"links":{"a":"b","c":""},"values":{"a":"1"}}`: true,
		`{}`: false, `{"links":{}}`: false, `{"links":{"a":"\\n"}}`: false, `{"values":{"a":1}}`: false, `{"links":{"a":"b"} }`: false, `{"values":{"a":"x"}}`: false, `{"links":{"a":"b"`: false, `null`: false,
	} {
		if _, ok := plainFacts(body); ok != plain {
			t.Errorf("%s: plain %t", body, ok)
		}
	}
	var row decision.HistoryRow
	if err := AddFacts(&row, []byte(`{"values":{"a":"x"}}`)); err == nil {
		t.Error("a text is a number")
	}
}
