package decision

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func testKeyring() Keyring {
	return Keyring{
		Audit:   AuditKey("audit key of the tests, 32 bytes"),
		Masters: map[string][]byte{"1": bytes.Repeat([]byte{1}, 32), "2": bytes.Repeat([]byte{2}, 32)}, Current: "2",
		Identity: []byte("identity"), Random: rand.Reader,
	}
}

func TestSealOpens(t *testing.T) {
	t.Parallel()
	k := testKeyring()
	for _, plain := range []string{"", "text", strings.Repeat("x", 1<<16)} {
		box, err := k.Seal("s1", []byte(plain))
		if err != nil || box.Master != "2" || box.ID != "s1" || plain != "" && bytes.Contains(box.Box, []byte(plain)) {
			t.Fatalf("have %+v, %v", box, err)
		}
		have, err := k.Open(box)
		if err != nil || string(have) != plain {
			t.Errorf("have %q, %v", have, err)
		}
	}
}

// The master key rotates: what was sealed under an older one still opens.
func TestSealRotation(t *testing.T) {
	t.Parallel()
	k := testKeyring()
	k.Current = "1"
	old, err := k.Seal("s", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	k.Current = "2"
	if have, err := k.Open(old); err != nil || string(have) != "x" {
		t.Errorf("have %q, %v", have, err)
	}
	delete(k.Masters, "1")
	if _, err := k.Open(old); err == nil || CodeOf(err) == CodeErased {
		t.Errorf("without its master key: %v", err)
	}
}

// Any flipped bit of key or box, another id, and a swap of boxes is refused;
// a destroyed key is not an attack but an erasure.
func TestSealTampered(t *testing.T) {
	t.Parallel()
	k := testKeyring()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "plain")
		box, err := k.Seal("s1", plain)
		if err != nil {
			t.Fatal(err)
		}
		target := rapid.SampledFrom([]*[]byte{&box.Key, &box.Box}).Draw(t, "target")
		bit := rapid.IntRange(0, 8*len(*target)-1).Draw(t, "bit")
		(*target)[bit/8] ^= 1 << (bit % 8)
		if have, err := k.Open(box); err == nil || CodeOf(err) == CodeErased {
			t.Fatalf("opens as %q, %v", have, err)
		}
	})
	a, _ := k.Seal("a", []byte("plain"))
	b, _ := k.Seal("b", []byte("plain"))
	tampered := map[string]Sealed{
		"boxes swapped":  {ID: "a", Master: a.Master, Key: a.Key, Box: b.Box},
		"all but the id": {ID: "a", Master: b.Master, Key: b.Key, Box: b.Box},
		"another master": {ID: "a", Master: "1", Key: a.Key, Box: a.Box},
		"cut key":        {ID: "a", Master: a.Master, Key: a.Key[:5], Box: a.Box},
		"cut box":        {ID: "a", Master: a.Master, Key: a.Key, Box: a.Box[:5]},
		"no box":         {ID: "a", Master: a.Master, Key: a.Key},
	}
	for name, s := range tampered {
		if have, err := k.Open(s); err == nil || CodeOf(err) == CodeErased {
			t.Errorf("%s: opens as %q, %v", name, have, err)
		}
	}
	if _, err := k.Open(Sealed{ID: "a", Master: "gone"}); CodeOf(err) != CodeErased {
		t.Errorf("erased: %v", err)
	}
}

func TestSealFails(t *testing.T) {
	t.Parallel()
	k := testKeyring()
	for _, enough := range []int64{0, 31, 32 + 11, 32 + 12 + 11} { // data key, its nonce, the box's nonce
		k.Random = io.LimitReader(rand.Reader, enough)
		if _, err := k.Seal("s", nil); err == nil {
			t.Errorf("sealed with %d random bytes", enough)
		}
	}
	k = testKeyring()
	k.Current = "3"
	if _, err := k.Seal("s", nil); err == nil {
		t.Error("sealed without a master key")
	}
}

func TestHashIdentifier(t *testing.T) {
	t.Parallel()
	k, other := testKeyring(), testKeyring()
	other.Identity = []byte("another")
	have := k.HashIdentifier("email", " Ada@Example.com ")
	if have != k.HashIdentifier("email", "ada@example.com") || !strings.HasPrefix(have, "1:") || len(have) != 34 {
		t.Errorf("have %s", have)
	}
	for name, different := range map[string]string{
		"value": k.HashIdentifier("email", "bob@example.com"), "type": k.HashIdentifier("phone", "ada@example.com"),
		"key": other.HashIdentifier("email", "ada@example.com"), "border": k.HashIdentifier("emaila", "da@example.com"),
	} {
		if different == have {
			t.Errorf("another %s has the same hash", name)
		}
	}
}
