package main

import (
	"fmt"
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
	a := &attacker{s, openRaw(t, s.dir)}
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
