package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"assent/decision"
)

var bodyCases = []testCase{
	{"bodies: big ones come back byte for byte", func(t *testing.T, db Database) {
		const size = 3 << 20
		text := bytes.Repeat([]byte("0123456789abcdef"), size/16)
		big := decision.Sealed{ID: "s", Master: "1", Key: []byte("k"), Box: text}
		body := json.RawMessage(`{"seq":1,"big":"` + string(text) + `"}`)
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			head := tx.Head()
			e := nextEntry(head, "big")
			e.Body = body
			if err := tx.AddEntry(ctx, e); err != nil {
				return err
			}
			head.Seq, head.Hash = e.Seq, e.Hash
			tx.SetHead(head)
			if err := tx.Put(ctx, decision.Decisions, "big", body); err != nil {
				return err
			}
			return tx.Seal(ctx, big)
		})
		e, err := db.Store.Entry(t.Context(), company, "big")
		noError(t, err)
		row, _, err := db.Store.Row(t.Context(), company, decision.Decisions, "big")
		noError(t, err)
		s, err := db.Store.Sealed(t.Context(), company, "s")
		noError(t, err)
		if !bytes.Equal(e.Body, body) || !bytes.Equal(row, body) || !bytes.Equal(s.Box, text) {
			t.Fatal("some body is not what was put")
		}
	}},
	{"bodies: ids, keys and companies may be any text without NUL", func(t *testing.T, db Database) {
		for _, name := range []string{"Zürich/漢字 😀", `quote ' " \ %s`, " ", "-1; DROP TABLE journal", "a\nb\tc"} {
			noError(t, db.Store.Do(t.Context(), decision.Work{Company: name, Keys: []string{name}, Do: func(ctx context.Context, tx decision.Tx) error {
				if err := append1(ctx, tx, name); err != nil {
					return err
				}
				return tx.Bind(ctx, decision.Binding{Key: name, Request: name, Decision: name})
			}}))
			if entries := checkChain(t, db.Store, name); len(entries) != 1 || entries[0].ID != name {
				t.Errorf("%q: %v", name, entries)
			}
			b, _, err := db.Store.Binding(t.Context(), name, name)
			noError(t, err)
			equal(t, "binding", b, decision.Binding{Key: name, Request: name, Decision: name})
		}
	}},
	{"bodies: ids compare by their bytes", func(t *testing.T, db Database) {
		for _, id := range []string{"a", "B", "ä", "b", "A", "_"} {
			do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
				return tx.Put(ctx, decision.Decisions, id, json.RawMessage(`{"seq":1}`))
			})
		}
		var ids string
		noError(t, db.Store.AllRows(t.Context(), company, decision.Decisions, func(id string, _ json.RawMessage) error {
			ids += id
			return nil
		}))
		equal(t, "ids", ids, "AB_abä")
	}},
}
