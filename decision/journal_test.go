package decision

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var testEntry = Entry{
	Company: "main", Seq: 7, ID: "id", Type: EntryDecision, At: noon.Add(1500 * time.Microsecond),
	Prev: "aa", Body: json.RawMessage(`{"x":1}`),
}

// The hash is a promise to every journal that exists: it may not change.
func TestEntryHash(t *testing.T) {
	t.Parallel()
	key := AuditKey("audit key of the tests, 32 bytes")
	golden(t, "entry_hash.txt", []byte(key.Hash(testEntry)+"\n"+key.Sign(testCheckpoint).MAC+"\n"))
}

// Every part counts, and no byte can move from one part to the next.
func TestEntryHashParts(t *testing.T) {
	t.Parallel()
	key := AuditKey("k")
	seen := map[string]string{}
	for name, change := range map[string]func(*Entry){
		"none": func(*Entry) {}, "company": func(e *Entry) { e.Company = "mainx" }, "seq": func(e *Entry) { e.Seq++ },
		"id": func(e *Entry) { e.ID = "idd" }, "type": func(e *Entry) { e.Type = EntryReceipt }, "at": func(e *Entry) { e.At = e.At.Add(time.Microsecond) },
		"prev": func(e *Entry) { e.Prev = "ab" }, "no prev": func(e *Entry) { e.Prev = "" }, "body": func(e *Entry) { e.Body = json.RawMessage(`{"x":2}`) },
		"moved": func(e *Entry) { e.ID, e.Type = "idd", "ecision" }, "moved back": func(e *Entry) { e.Prev, e.Company = "aamain", "" },
	} {
		e := testEntry
		change(&e)
		hash := key.Hash(e)
		if len(hash) != 64 || seen[hash] != "" {
			t.Errorf("%s and %s have the hash %s", name, seen[hash], hash)
		}
		seen[hash] = name
	}
	if key.Hash(testEntry) == AuditKey("l").Hash(testEntry) {
		t.Error("the key does not count")
	}
	zone := testEntry
	zone.At = zone.At.In(time.FixedZone("", 3600))
	if key.Hash(zone) != key.Hash(testEntry) {
		t.Error("the zone counts, although the time is the same")
	}
}

var testCheckpoint = Checkpoint{Company: "main", Seq: 7, Hash: "ab", At: noon}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	key := AuditKey("k")
	signed := key.Sign(testCheckpoint)
	if !key.Verify(signed) || AuditKey("l").Verify(signed) || key.Verify(testCheckpoint) {
		t.Fatalf("%+v", signed)
	}
	var sent Checkpoint
	if err := json.Unmarshal(encode(t, signed), &sent); err != nil || !key.Verify(sent) {
		t.Errorf("does not verify after its way: %+v, %v", sent, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := signed
		switch rapid.IntRange(0, 4).Draw(t, "field") {
		case 0:
			c.Seq += rapid.Int64Range(1, 99).Draw(t, "seq")
		case 1:
			c.Hash = rapid.StringMatching("[0-9a-f]{3}").Draw(t, "hash")
		case 2:
			c.Company = rapid.StringMatching("[a-z]{2}").Draw(t, "company")
		case 3:
			c.At = c.At.Add(time.Duration(rapid.Int64Range(1, 1e9).Draw(t, "ns")))
		case 4:
			c.MAC = strings.ToUpper(c.MAC)
		}
		if key.Verify(c) {
			t.Fatalf("%+v verifies", c)
		}
	})
}
