package tabular_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const plainOrders = "id,at,value,late\na,2026-01-01,5,0\nb,2026-01-02,,1\n"

func valueSpec() []string {
	return []string{"time: {column: at}", "features: [{name: value}]"}
}

// TestFormats: the same rows in every format are the same features.
func TestFormats(t *testing.T) {
	t.Parallel()
	later := folder("later.csv", "id,at,value,late\nc,2026-02-01,7,0\n")
	for _, c := range []struct{ name, file, content string }{
		{"csv", "orders.csv", plainOrders},
		{"csv of a spreadsheet", "orders.csv", "\ufeff" + "id,at,value,late\r\na,2026-01-01,5,0\r\nb,2026-01-02,,1\r\n"},
		{"columns in another order", "orders.csv", "late,value,note,id,at\n0,5,\"two\nlines, and \"\"more\"\"\",a,2026-01-01\n1,,,b,2026-01-02\n"},
		{"csv.gz", "orders.csv.gz", zipped(t, plainOrders)},
		{"ndjson", "orders.ndjson", `{"id":"a","at":"2026-01-01","value":5,"late":0}` + "\n" + `{"late":1,"id":"b","value":null,"at":"2026-01-02"}` + "\n"},
		{"ndjson without a field", "orders.jsonl", `{"id":"a","at":"2026-01-01","value":5.0,"late":"0"}` + "\n" + `{"late":"1","id":"b","at":"2026-01-02"}`},
		{"ndjson.gz", "orders.ndjson.gz", zipped(t, `{"id":"a","at":"2026-01-01","value":5,"late":0}`+"\n"+`{"id":"b","at":"2026-01-02","late":1}`+"\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := spec(t, valueSpec()...)
			s.Files.Train = c.file
			train, test := features(t, s, folder(c.file, c.content), later)
			for want, have := range map[*cells]cells{
				{"a": {"id": "a", "label": "0", "value": "5"}, "b": {"id": "b", "label": "1", "value": ""}}: train,
				{"c": {"id": "c", "label": "0", "value": "7"}}:                                              test,
			} {
				if diff := cmp.Diff(*want, have); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestBrokenFiles: an error names the file, and the line and column where one
// is at fault, and never what stands there.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, content string
		want                []string
	}{
		{"no file", "other.csv", plainOrders, []string{"orders.csv"}},
		{"empty", "orders.csv", "", []string{"orders.csv", "header"}},
		{"too few fields", "orders.csv", "id,at,value,late\na,2026-01-01,5,0\nb,2026-01-02\n", []string{"orders.csv", "line 3", "fields"}},
		{"too many fields", "orders.csv", "id,at,value,late\na,2026-01-01,5,0,secret\n", []string{"orders.csv", "line 2", "fields"}},
		{"quote inside", "orders.csv", "id,at,value,late\na,2026-01-01,5,0\nb,2026-01-02,5\"secret,1\n", []string{"orders.csv", "line 3", "column 15", "\""}},
		{"quote without end", "orders.csv", "id,at,value,late\na,2026-01-01,\"secret,0\n", []string{"orders.csv", "line 2", "\""}},
		{"no such column", "orders.csv", "id,at,price,late\na,2026-01-01,5,0\n", []string{"orders.csv", "no column value"}},
		{"no label column", "orders.csv", "id,at,value\na,2026-01-01,5\n", []string{"orders.csv", "no column late"}},
		{"no time", "orders.csv", "id,at,value,late\na,2026-01-01,5,0\nb,secret,5,1\n", []string{"orders.csv", "line 3", "column at", "time"}},
		{"no time after a field of two lines", "orders.csv", "id,at,value,late\na,2026-01-01,\"5\n6\",0\nb,secret,5,1\n", []string{"orders.csv", "line 4", "column at"}},
		{"no time in ndjson", "orders.ndjson", `{"id":"a","at":"secret","value":5,"late":0}`, []string{"orders.ndjson", "line 1", "column at"}},
		{"id twice", "orders.csv", "id,at,value,late\na,2026-01-01,5,0\na,2026-01-02,5,1\n", []string{"row 2", "id of an earlier row"}},
		{"no gzip", "orders.csv.gz", plainOrders, []string{"orders.csv.gz", "gzip"}},
		{"cut gzip", "orders.csv.gz", zipped(t, plainOrders)[:30], []string{"orders.csv.gz", "EOF"}},
		{"no json", "orders.ndjson", "{\"id\":\"a\",\"at\":\"2026-01-01\",\"value\":5,\"late\":0}\n{\"id\":secret}\n", []string{"orders.ndjson", "line 2", "JSON object"}},
		{"json within json", "orders.ndjson", `{"id":"a","at":"2026-01-01","value":{"secret":5},"late":0}`, []string{"orders.ndjson", "line 1", "column value"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := spec(t, valueSpec()...)
			if c.file != "other.csv" {
				s.Files.Train = c.file
			}
			have := fault(t, s, folder(c.file, c.content), nil)
			contains(t, have, c.want...)
			if bytes.Contains([]byte(have), []byte("secret")) {
				t.Errorf("%q says a value", have)
			}
		})
	}
}

// TestBrokenTestFile: what is wrong with the test is said of the test.
func TestBrokenTestFile(t *testing.T) {
	t.Parallel()
	data := folder("orders.csv", plainOrders)
	for name, c := range map[string]struct {
		heldOut fs.FS
		want    []string
	}{
		"no file":        {folder(), []string{"later.csv"}},
		"too few fields": {folder("later.csv", "id,at,value,late\nc\n"), []string{"later.csv", "line 2"}},
		"no time":        {folder("later.csv", "id,at,value,late\nc,2026-02-01,1,0\nd,soon,1,0\n"), []string{"later.csv", "line 3", "column at"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contains(t, fault(t, spec(t, valueSpec()...), data, c.heldOut), c.want...)
		})
	}
}

// TestDataHash is of every file that is read, and of nothing else.
func TestDataHash(t *testing.T) {
	t.Parallel()
	s := spec(t, append(valueSpec(), "learn: {only: [boosted_trees], boost: {rounds: 1}}")...)
	hash := func(train, test string) string {
		r, err := s.Run(t.Context(), options(folder("orders.csv", train, "unread.csv", train), folder("later.csv", test)))
		if err != nil {
			t.Fatal(err)
		}
		return r.Data
	}
	train, test := noise(1, 1200), noise(2, 200)
	if one, two := hash(train, test), hash(train, test); one != two {
		t.Error("the same files have two hashes")
	}
	if hash(train, test) == hash(train, noise(3, 200)) || hash(train, test) == hash(noise(3, 1200), test) {
		t.Error("other files have the same hash")
	}
}
