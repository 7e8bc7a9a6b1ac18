package export_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assent/internal/export"
)

var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// TestReadDisputes: all that a row may say, in whatever order the columns are.
func TestReadDisputes(t *testing.T) {
	t.Parallel()
	file := "\ufeffreason, name ,opened_on,who,lost_on,won_on,amount,currency,record_id,key,decision\n" +
		"fraud,S00036,2026-01-05,ada,2026-02-05 09:30:00,2026-03-05T10:30:00+01:00,89.90,EUR,,,\n" +
		"other,,2026-01-06,,,,,,37,,\n" +
		"duplicate,,2026-01-06,,,,,,,S00038-1,\n" +
		"\n" +
		"not_received,,2026-11-24,,,,,,,,0199f0c2\n" +
		"other,,2026-01-06,bob,,,,,37,,\n" +
		"other,,2026-01-07,,,,,,37,,\n"
	disputes, again, err := export.ReadDisputes(strings.NewReader(file), today)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, d := range disputes {
		line := fmt.Sprintf("%d %s%d%s%s %s %s", d.Line, d.Order, d.Record, d.Key, d.Decision, d.Reason, d.Opened.Format("0102"))
		for _, at := range []time.Time{d.Lost, d.Won} {
			if !at.IsZero() {
				line += " " + at.Format(time.RFC3339)
			}
		}
		if d.Amount != nil {
			line += fmt.Sprint(" ", d.Amount.Amount, d.Amount.Currency)
		}
		have = append(have, line)
	}
	want := []string{
		"2 S000360 fraud 0105 2026-02-05T09:30:00Z 2026-03-05T09:30:00Z 89.9EUR", "3 37 other 0106", "4 0S00038-1 duplicate 0106", "6 00199f0c2 not_received 1124", "8 37 other 0107",
	}
	if fmt.Sprint(have) != fmt.Sprint(want) || fmt.Sprint(again) != "[7]" {
		t.Errorf("again %v, have\n%s", again, strings.Join(have, "\n"))
	}
}

// TestReadDisputesRefuses: whatever is wrong is named by line, column and what
// is allowed, and never by its value; and nothing of the file is taken.
func TestReadDisputesRefuses(t *testing.T) {
	t.Parallel()
	const header = "name,opened_on,reason,lost_on,won_on,amount,currency,record_id\n"
	const good = "S1,2026-01-05,fraud,,,,,\n"
	for name, c := range map[string]struct{ file, says string }{
		"nothing":            {"", "has no header"},
		"no names":           {"opened_on,reason\n", "there must be a column that names the order: one of name, record_id, key, decision"},
		"no reasons":         {"name,opened_on\n", "there is no column reason"},
		"no times":           {"name,reason\n", "there is no column opened_on"},
		"a broken line":      {header + good + "S\"2,2026-01-05,fraud,,,,,\n", "line 3, column 2: bare \" in non-quoted-field"},
		"a short line":       {header + good + "S2,2026-01-05\n", "line 3, column 1: wrong number of fields"},
		"nobody's":           {header + good + ",2026-01-05,fraud,,,,,\n", "line 3, column 1: name the order must be named once, by one of name, record_id, key, decision"},
		"two names":          {header + "S1,2026-01-05,fraud,,,,,canary\n", "line 2, column 25: record_id the order must be named once"},
		"no id":              {header + ",2026-01-05,fraud,,,,,0\n", "line 2, column 23: record_id must be the id of a sale.order"},
		"a huge id":          {header + ",2026-01-05,fraud,,,,,99999999999999999999\n", "record_id must be the id of a sale.order"},
		"an unknown reason":  {header + "S1,2026-01-05,canary,,,,,\n", "line 2, column 15: reason must be one of fraud, not_received, not_as_described, duplicate, other"},
		"no reason":          {header + "S1,2026-01-05,,,,,,\n", "reason must be one of"},
		"no time":            {header + "S1,,fraud,,,,,\n", "line 2, column 4: opened_on is required: a time such as"},
		"what is no time":    {header + "S1,05.01.2026,fraud,,,,,\n", "line 2, column 4: opened_on must be a time such as"},
		"the future":         {header + "S1,2026-11-25,fraud,,,,,\n", "line 2, column 4: opened_on must not lie in the future"},
		"a future end":       {header + good + "S2,2026-01-05,fraud,2026-12-01,,,,\n", "line 3, column 21: lost_on must not lie in the future"},
		"an end before":      {header + "S1,2026-01-05,fraud,,2026-01-04,,,\n", "won_on must not be before opened_on"},
		"an amount in words": {header + "S1,2026-01-05,fraud,,,canary,EUR,\n", "amount must be a number with a point"},
		"an exponent":        {header + "S1,2026-01-05,fraud,,,1e999999999,EUR,\n", "amount must be a number with a point"},
		"less than nothing":  {header + "S1,2026-01-05,fraud,,,-1,EUR,\n", "amount must be a number with a point"},
		"no amount":          {header + "S1,2026-01-05,fraud,,,,EUR,\n", "amount must be a number with a point"},
		"no currency":        {header + "S1,2026-01-05,fraud,,,1,,\n", "currency must be the ISO 4217 currency of the amount"},
		"two answers":        {header + good + "S1,2026-01-05,fraud,2026-02-01,,,,\n", "line 3: the same dispute as in line 2, and it says something else"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disputes, again, err := export.ReadDisputes(strings.NewReader(c.file), today)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "canary") || disputes != nil || again != nil {
				t.Errorf("have %v and %v", err, disputes)
			}
		})
	}
}
