package decision

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"
)

// EntryType says what a journal entry records, and so which body it has.
type EntryType string

// The entry types, each with the Go type of its body.
const (
	EntryDecision   EntryType = "decision"   // Decision
	EntryApproval   EntryType = "approval"   // ApprovalStep
	EntryAttempt    EntryType = "attempt"    // Attempt
	EntryReceipt    EntryType = "receipt"    // Receipt
	EntryOutcome    EntryType = "outcome"    // OutcomeRecord
	EntryException  EntryType = "exception"  // ExceptionStep
	EntryActivation EntryType = "activation" // Activation
	EntryPromotion  EntryType = "promotion"  // Promotion
	EntrySwitch     EntryType = "switch"     // SwitchChange
	EntryErasure    EntryType = "erasure"    // Erasure
	EntryImport     EntryType = "import"     // ImportRecord
)

// Entry is one link of a company's chain. Bodies hold ids, codes, numbers
// and hashes, never personal text.
type Entry struct {
	Company string
	Seq     int64 // gapless from 1, in commit order
	ID      string
	Type    EntryType
	At      time.Time // UTC, microseconds
	Prev    string    // hash of the entry before, hex; "" for the first
	Hash    string    // hex
	Body    json.RawMessage
}

// AuditKey authenticates the chain. It is held outside the database, so that
// who can write the database cannot forge the chain.
type AuditKey []byte

// Hash is HMAC-SHA256 over the length-prefixed previous hash, company, seq,
// id, type, time and body.
func (k AuditKey) Hash(e Entry) string {
	mac := hmac.New(sha256.New, k)
	for _, part := range [][]byte{
		[]byte(e.Prev), []byte(e.Company), binary.BigEndian.AppendUint64(nil, uint64(e.Seq)),
		[]byte(e.ID), []byte(e.Type), []byte(e.At.UTC().Format(time.RFC3339Nano)), e.Body,
	} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write(part)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// Checkpoint is a signed statement of how long the chain is. It leaves the
// process, so that cutting the chain's tail is found.
type Checkpoint struct {
	Company string    `json:"company"`
	Seq     int64     `json:"seq"`
	Hash    string    `json:"hash"`
	At      time.Time `json:"at"`
	MAC     string    `json:"mac"`
}

// Sign fills in MAC.
func (k AuditKey) Sign(c Checkpoint) Checkpoint {
	c.MAC = k.checkpointMAC(c)
	return c
}

// Verify says whether the checkpoint was signed with this key.
func (k AuditKey) Verify(c Checkpoint) bool {
	return hmac.Equal([]byte(c.MAC), []byte(k.checkpointMAC(c)))
}

func (k AuditKey) checkpointMAC(c Checkpoint) string {
	c.MAC = ""
	c.At = c.At.UTC()
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("checkpoint\x00"))
	mac.Write(mustCanonical(c))
	return hex.EncodeToString(mac.Sum(nil))
}
