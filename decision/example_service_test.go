package decision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"assent/decision"
	"assent/internal/store/sqlite"
)

// One decision end to end: asked, executed once however often it is asked,
// replayed, and the chain verified.
func ExampleService_Decide() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "assent")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := sqlite.Open(ctx, filepath.Join(dir, "assent.db"), sqlite.Options{Migrate: true})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	shop := newShop(store, dir) // wires Service and Executor as cmd/assent does
	if err := store.PutCompany(ctx, mainCompany); err != nil {
		log.Fatal(err)
	}
	_ = store.PutArtefact(ctx, decision.PolicyArtefact, p1, []byte("p1"))
	_, _ = shop.Activate(ctx, "main", p1, "example")
	_, _ = shop.Switch(ctx, "main", decision.AnyEpoch, decision.Switches{Modes: map[string]decision.Mode{"order": decision.Live}}, "example", "go_live")

	ask := decision.Request{
		Company: "main", Kind: "order", Subject: decision.Subject{Model: "sale.order", ID: 36}, Key: "shop:36",
		Fields: json.RawMessage(`{"state":"draft","date_order":"2026-11-24T11:00:00Z","currency":"EUR","amount_total":48.5,"partner_id":14}`),
	}
	for range 2 {
		answer, err := shop.Decide(ctx, ask)
		fmt.Println(answer.Decision.Outcome, answer.Row.Action.Name, answer.Row.Status, answer.Replayed, err)
	}
	_, _ = shop.exec.Step(ctx, mainCompany, shop.clock.Now())
	answer, _ := shop.Decide(ctx, ask)
	fmt.Println(answer.Row.Status)

	replayed, err := shop.Replay(ctx, "main", answer.Decision.ID)
	fmt.Println("same bytes:", replayed.Same, err)
	err = store.View(ctx, func(r decision.Reader) error {
		audit, err := decision.Verify(ctx, r, shop.Keyring, "main", nil)
		fmt.Println("entries:", audit.Entries, "problems:", len(audit.Problems))
		return err
	})
	fmt.Println(err)
	// Output:
	// execute confirm executing false <nil>
	// execute confirm executing true <nil>
	// done
	// same bytes: true <nil>
	// entries: 5 problems: 0
	// <nil>
}
