package odoo

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]IDs{
		`7`: {7}, `[7, 8]`: {7, 8}, `[]`: {}, `false`: nil, `null`: nil,
		`"mail.activity(17,)"`: {17}, `"sale.order(1, 2, 3)"`: {1, 2, 3}, `"sale.order()"`: nil,
	} {
		var have IDs
		if err := json.Unmarshal([]byte(text), &have); err != nil || !cmp.Equal(have, want) {
			t.Errorf("%s: have %v, %v, want %v", text, have, err, want)
		}
	}
	for _, text := range []string{`true`, `"seven"`, `7.5`, `["7"]`, `{"id": 7}`, `"x(99999999999999999999,)"`} {
		if err := json.Unmarshal([]byte(text), new(IDs)); err == nil {
			t.Errorf("%s: want an error", text)
		}
	}
}

func TestRef(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Ref{
		`false`: {}, `[7, "Desk"]`: {7, "Desk"}, `7`: {ID: 7}, `[7, false]`: {ID: 7},
	} {
		var have Ref
		if err := json.Unmarshal([]byte(text), &have); err != nil || have != want {
			t.Errorf("%s: have %v, %v, want %v", text, have, err, want)
		}
	}
	for _, text := range []string{`"Desk"`, `["Desk", 7]`, `7.5`, `true`} {
		if err := json.Unmarshal([]byte(text), new(Ref)); err == nil {
			t.Errorf("%s: want an error", text)
		}
	}
}

func TestTextAndTime(t *testing.T) {
	t.Parallel()
	var row struct {
		Unset, Empty, Set Text
		Never, Day, At    Time
	}
	err := json.Unmarshal([]byte(`{"Unset": false, "Empty": "", "Set": "x", "Never": false, "Day": "2026-11-24", "At": "2026-11-24 05:54:43"}`), &row)
	if err != nil {
		t.Fatal(err)
	}
	if row.Unset.Value != nil || row.Empty.Value == nil || row.Set.Or("") != "x" || row.Unset.Or("none") != "none" {
		t.Errorf("texts: %+v", row)
	}
	if !row.Never.IsZero() || row.Day.Format(DateLayout) != "2026-11-24" || row.At.Time != time.Date(2026, 11, 24, 5, 54, 43, 0, time.UTC) {
		t.Errorf("times: %+v", row)
	}
	for _, text := range []string{`true`, `7`, `"soon"`, `"2026-11-24T05:54:43Z"`} {
		if err := json.Unmarshal([]byte(text), new(Time)); err == nil {
			t.Errorf("%s: want an error", text)
		}
	}
}

// TestDomainIsNotShared: two conditions that start alike do not overwrite each
// other.
func TestDomainIsNotShared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := Domain{}
		for range rapid.IntRange(0, 5).Draw(t, "leaves") {
			base = base.Where("a", "=", 1)
		}
		left, right := base.Where("b", "=", 2), base.Where("c", "=", 3)
		if cmp.Equal(left, right) || len(left) != len(base)+1 {
			t.Fatalf("%v, %v", left, right)
		}
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Version{
		`{"server_version_info": [17, 0, 0, "final", 0, ""]}`: 17, `{"version_info": [19, 0, 0, "final", 0, "e"]}`: 19,
		`{"server_version_info": ["saas~18", 2, 0, "final", 0, ""]}`: 18, `{"version_info": ["saas-19", 1]}`: 19, `{"version_info": [21]}`: 21,
	} {
		var body versionBody
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatal(err)
		}
		if have, err := body.major(Call{}); err != nil || have != want {
			t.Errorf("%s: have %d, %v", text, have, err)
		}
	}
	for text, want := range map[string]Kind{`{}`: KindProtocol, `{"version_info": ["master"]}`: KindProtocol, `{"version_info": [15]}`: KindRequest} {
		var body versionBody
		_ = json.Unmarshal([]byte(text), &body)
		if _, err := body.major(Call{}); KindOf(err) != want {
			t.Errorf("%s: have %v, want %s", text, err, want)
		}
	}
	if !Version(22).Dialect().JSON2 || Version(22).Dialect().ReversalMethod != "refund_moves" || len(Version(0).Dialect().Confirmed) != 2 {
		t.Error("versions outside the table speak like the nearest one in it")
	}
}
