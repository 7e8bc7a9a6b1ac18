package main

import (
	"os"
	"path/filepath"
	"strings"
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

// What is no checkpoint is said and makes the audit fail: it may have been the
// one that tells. What a crash cut short is only said. The others are compared
// in any case.
func TestAuditOfABadFileOfCheckpoints(t *testing.T) {
	t.Parallel()
	s := copied(t)
	good := read(t, filepath.Join(s.dir, "checkpoints.ndjson"))
	for name, wrong := range map[string]string{
		"object": `{"a":1}`, "nothing": "null", "empty": "", "number": "{1", "text": "checkpoint", "more": strings.TrimSpace(good) + "x", "list": "[",
	} {
		first, last := s.file(name+"1", wrong+"\n"+good), s.file(name+"2", good+wrong+"\n")
		s.fails(exitBroken, first+": line 1 is no checkpoint\nmain: ", "audit", "verify", "--checkpoints", first)
		s.fails(exitBroken, last+": line 2 is no checkpoint\nmain: ", "audit", "verify", "--checkpoints", last)
		s.fails(exitBroken, `{"database":[{"where":"`+last+`: line 2","what":"is no checkpoint"}]}`, "audit", "verify", "--json", "--checkpoints", last)
	}
	for i := 1; i < len(good)-1; i += 29 {
		torn := good[:i]
		for name, content := range map[string]string{
			"tail": good + torn, "ended": good + torn + "\n", "middle": torn + "\n" + good, "zeros": good + torn + "\x00\x00", "only zeros": good + "\x00\x00\n",
		} {
			r := s.run("audit", "verify", "--checkpoints", s.file("torn", content))
			if r.status != exitOK || !strings.Contains(r.out, " 1 checkpoints,") || !strings.Contains(r.err, "was cut short") {
				t.Fatalf("%s %q: %d\n%s%s", name, torn, r.status, r.out, r.err)
			}
		}
	}
	if r := s.run("audit", "verify", "--checkpoints", s.file("unended", strings.TrimSpace(good))); r.status != exitOK || r.err != "" {
		t.Errorf("without an end: %d\n%s%s", r.status, r.out, r.err)
	}
}
