package main

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
)

// Every decision of a day replays byte for byte; what is erased says so, and
// the chain still verifies.
func TestReplay(t *testing.T) {
	t.Parallel()
	s := copied(t)
	c := readJournal(t, s.dir)
	all := len(c.decisions)
	if out, want := s.ok("replay"), fmt.Sprintf("%d decisions: %[1]d the same byte for byte, 0 erased\n", all); out != want {
		t.Errorf("have %q, want %q", out, want)
	}
	first, last := c.decisions[0].ID, c.decisions[all-1].ID
	if out := s.ok("replay", first, last); !strings.HasPrefix(out, "2 decisions: 2 the same") {
		t.Errorf("have %s", out)
	}
	if out := s.ok("erase", first); !strings.Contains(out, "erased") || strings.Contains(out, " 0 erased") {
		t.Errorf("have %s", out)
	}
	if out := s.ok("erase", first); !strings.Contains(out, " 0 erased") {
		t.Errorf("erased twice: %s", out)
	}
	if out, want := s.ok("replay"), fmt.Sprintf("%d decisions: %d the same byte for byte, 1 erased\n", all, all-1); out != want {
		t.Errorf("have %q, want %q", out, want)
	}
	if out := s.ok("audit", "verify"); !strings.Contains(out, "erased: verified") || strings.Contains(out, " 0 erased") {
		t.Errorf("have %s", out)
	}
	s.fails(exitError, "no such", "erase", "nothing")
	s.fails(exitError, "no such", "replay", "nothing")
	s.fails(exitError, "no such company", "replay", "--company=other")
}

// A decision whose journalled verdict is not what its snapshot gives differs,
// and --diff shows both.
func TestReplayDiffers(t *testing.T) {
	t.Parallel()
	s := copied(t)
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	a.noTriggers()
	id := a.text(`SELECT id FROM decisions WHERE outcome = 'approve' LIMIT 1`)
	a.exec(`UPDATE journal SET body = replace(body, '"verdict":{"outcome":"approve"', '"verdict":{"outcome":"execute"') WHERE id = ?`, id)
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.fails(exitBroken, id+" differs\n", "replay")
	r := s.run("replay", "--diff", id)
	if !strings.Contains(r.out, "\n  was {") || !strings.Contains(r.out, "\n  is  {") || !strings.Contains(r.out, "1 decisions: 0 the same") {
		t.Errorf("have %s", r.out)
	}
}

// What another release made is replayed where that can be done, and named
// where it cannot; the rest of the journal is replayed all the same.
func TestReplayOfAnotherRelease(t *testing.T) {
	t.Parallel()
	s := copied(t)
	c := readJournal(t, s.dir)
	a := &attacker{shell: s, db: openRaw(t, s.dir)}
	a.noTriggers()
	all := len(c.decisions)
	model := a.text(`SELECT id FROM decisions WHERE kind = 'order' LIMIT 1`)
	a.exec(`UPDATE journal SET body = json_set(body, '$.revisions.model', 'older') WHERE id = ?`, model)
	code := a.text(`SELECT id FROM decisions WHERE kind = 'refund' LIMIT 1`)
	a.exec(`UPDATE journal SET body = replace(body, '"code":"`+codeRevision()+`"', '"code":"v0.9"') WHERE id = ?`, code)
	if err := a.db.Close(); err != nil {
		t.Fatal(err)
	}
	out := s.ok("replay")
	for _, want := range []string{
		model + " not replayed: conflict: The decision was made with a model that this release cannot have",
		fmt.Sprintf("%d decisions: %d the same byte for byte, 0 erased, 1 made with what this release has not\n", all, all-1),
		"1 of them made by code v0.9; this is " + codeRevision(),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestRevisionIn(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string][]debug.BuildSetting{
		"v1.2.3":      nil,
		"abc":         {{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}},
		"abc+changed": {{Key: "vcs.modified", Value: "true"}, {Key: "vcs.revision", Value: "abc"}},
	} {
		if have := revisionIn(&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: settings}); have != want {
			t.Errorf("have %s, want %s", have, want)
		}
	}
}
