package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"assent/decision"
)

// secretsFile is how the keyring is kept: outside the database, so that who
// can write the database can neither read snapshots nor forge the chain.
type secretsFile struct {
	Audit    []byte            `json:"audit"`
	Masters  map[string][]byte `json:"masters"`
	Current  string            `json:"current"`
	Identity []byte            `json:"identity"`
}

// loadKeyring reads the secrets.
func loadKeyring(file string) (decision.Keyring, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return decision.Keyring{}, fmt.Errorf("read the secrets: %w", err)
	}
	var s secretsFile
	if err := json.Unmarshal(data, &s); err != nil {
		return decision.Keyring{}, fmt.Errorf("the secrets file %s is not the JSON we wrote", file)
	}
	if len(s.Audit) < 32 || len(s.Identity) < 32 || len(s.Masters[s.Current]) != 32 {
		return decision.Keyring{}, fmt.Errorf("the secrets file %s lacks an audit, identity or current master key of 32 bytes", file)
	}
	return s.keyring(), nil
}

func (s secretsFile) keyring() decision.Keyring {
	return decision.Keyring{Audit: s.Audit, Masters: s.Masters, Current: s.Current, Identity: s.Identity, Random: rand.Reader}
}

// ensureKeyring loads the secrets, and makes them on the very first start. A
// store that has entries already was written with other secrets: new ones
// would make its chain unverifiable and its snapshots unreadable.
func ensureKeyring(file string, storeEmpty bool) (decision.Keyring, error) {
	keys, err := loadKeyring(file)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if !storeEmpty {
		return keys, fmt.Errorf("%s is missing, but the store has entries: restore the secrets it was written with", file)
	}
	s := newSecrets()
	return s.keyring(), s.write(file)
}

func newSecrets() secretsFile {
	random := func() []byte {
		b := make([]byte, 32)
		rand.Read(b) // never fails: crypto/rand aborts the program instead
		return b
	}
	return secretsFile{Audit: random(), Masters: map[string][]byte{"1": random()}, Current: "1", Identity: random()}
}

// write creates the file for its owner only, never over an existing one, and
// durable before anything is encrypted with it.
func (s secretsFile) write(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
