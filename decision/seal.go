package decision

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Sealed is an encrypted object with its own key, wrapped by a master key.
// Destroying Key erases the object for good, while the chain still verifies.
type Sealed struct {
	ID     string
	Master string // version of the master key that wrapped Key
	Key    []byte // wrapped data key: nonce and ciphertext
	Box    []byte // content: nonce and ciphertext
}

// Keyring holds the secrets of an installation. None of them is in the
// database.
type Keyring struct {
	Audit    AuditKey
	Masters  map[string][]byte // by version, 32 bytes each
	Current  string            // version that wraps new keys
	Identity []byte            // keys the hashes of identifiers in history
	Random   io.Reader         // crypto/rand.Reader
}

// Seal encrypts plain under a fresh key. id is bound to the ciphertext, so
// that boxes cannot be swapped.
func (k Keyring) Seal(id string, plain []byte) (Sealed, error) {
	dataKey := make([]byte, 32)
	if _, err := io.ReadFull(k.Random, dataKey); err != nil {
		return Sealed{}, err
	}
	wrapped, err := k.encrypt(k.Masters[k.Current], dataKey, id)
	if err != nil {
		return Sealed{}, err
	}
	box, err := k.encrypt(dataKey, plain, id)
	if err != nil {
		return Sealed{}, err
	}
	return Sealed{ID: id, Master: k.Current, Key: wrapped, Box: box}, nil
}

// Open decrypts a sealed object; CodeErased once its key is destroyed.
func (k Keyring) Open(s Sealed) ([]byte, error) {
	if len(s.Key) == 0 {
		return nil, Errorf(CodeErased, "The content was erased; its hash in the journal still verifies.")
	}
	master, ok := k.Masters[s.Master]
	if !ok {
		return nil, fmt.Errorf("decision: no master key of version %q", s.Master)
	}
	dataKey, err := decrypt(master, s.Key, s.ID)
	if err != nil {
		return nil, err
	}
	return decrypt(dataKey, s.Box, s.ID)
}

// HashIdentifier is the keyed hash under which an identifier is kept in
// history: HMAC-SHA256, 128 bits, with the key's version. The value is
// trimmed and folded to lower case first.
func (k Keyring) HashIdentifier(entity, value string) string {
	mac := hmac.New(sha256.New, k.Identity)
	mac.Write([]byte(strconv.Itoa(len(entity)) + entity + strings.ToLower(strings.TrimSpace(value))))
	return "1:" + hex.EncodeToString(mac.Sum(nil)[:16])
}

func (k Keyring) encrypt(key, plain []byte, id string) ([]byte, error) {
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(k.Random, nonce); err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, plain, []byte(id)), nil
}

func decrypt(key, box []byte, id string) ([]byte, error) {
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	if len(box) < aead.NonceSize() {
		return nil, fmt.Errorf("decision: sealed object is too short")
	}
	return aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], []byte(id))
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
