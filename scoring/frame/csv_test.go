package frame_test

import (
	"strings"
	"testing"

	"assent/scoring/frame"
)

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	columns := []frame.Column{{Name: "amount", Type: frame.Number}, {Name: "city", Type: frame.Category}}
	source := func(yield func(*frame.Row) error) error {
		for _, r := range []frame.Row{
			{ID: "a", Positive: true, Values: []frame.Value{frame.Of(0.1), frame.Level(`Ulm, "old"`)}},
			{ID: "b", Values: []frame.Value{{}, {}}},
		} {
			if err := yield(&r); err != nil {
				return err
			}
		}
		return nil
	}
	var out strings.Builder
	if err := frame.WriteCSV(&out, columns, source); err != nil {
		t.Fatal(err)
	}
	if want := "id,label,amount,c:city\na,1,0.1,\"Ulm, \"\"old\"\"\"\nb,0,,\n"; out.String() != want {
		t.Errorf("have %q, want %q", out.String(), want)
	}
}
