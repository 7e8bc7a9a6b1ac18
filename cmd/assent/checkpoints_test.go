package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"assent/decision"
)

// A line that was not finished loses itself only, not the next one.
func TestCheckpointAfterATornLine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "checkpoints.ndjson")
	point := func(seq int64) decision.Checkpoint {
		return decision.AuditKey("key").Sign(decision.Checkpoint{Company: "main", Seq: seq, Hash: "h", At: time.Unix(0, 0).UTC()})
	}
	add := func(seq int64) {
		t.Helper()
		if err := appendCheckpoint(file, point(seq)); err != nil {
			t.Fatal(err)
		}
	}
	add(1)
	add(2)
	if err := os.Truncate(file, int64(len(read(t, file))-20)); err != nil {
		t.Fatal(err)
	}
	add(3)
	add(4)
	k, err := readCheckpoints(file)
	if err != nil || len(k.points) != 3 || len(k.torn) != 1 || k.torn[0] != 2 || len(k.wrong) > 0 {
		t.Fatalf("%+v, %v", k, err)
	}
	for i, seq := range []int64{1, 3, 4} {
		if k.points[i] != point(seq) {
			t.Errorf("point %d is %+v", i, k.points[i])
		}
	}
}
