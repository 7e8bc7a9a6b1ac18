package bench

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"assent/decision"
	"assent/internal/simulator"
	"assent/internal/store/sqlite"
	"assent/policy"
	"assent/scoring"
)

// BenchmarkDecide is the whole way of one decision after the other, gather to
// commit, over SQLite and through a retailer's day: customers come back, and
// warehouses, postcodes and mail providers are shared.
func BenchmarkDecide(b *testing.B) {
	retailer := simulator.New(1, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), 3000)
	for _, kind := range []string{"order", "delivery", "refund"} {
		b.Run(kind, func(b *testing.B) {
			clock := &time.Time{}
			s := service(b, retailer.Company(), clock)
			var events []simulator.Event
			for _, e := range retailer.Events() {
				if e.Request.Kind == kind && e.Request.Proposed == nil {
					events = append(events, e)
				}
			}
			n := 0
			for b.Loop() {
				e := events[n%len(events)]
				e.Request.Subject.ID += int64(n / len(events) * 1_000_000)
				*clock = e.At.AddDate(0, 0, n/len(events))
				n++
				if _, err := s.Decide(b.Context(), e.Request); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// service is live, with the scorecards and the policy of this release.
func service(b *testing.B, company decision.Company, clock *time.Time) *decision.Service {
	b.Helper()
	fatal := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "assent.db"), sqlite.Options{Migrate: true})
	fatal(err)
	b.Cleanup(func() { _ = store.Close() }) // what is left is in the temp folder
	bundle, err := policy.Embedded()
	fatal(err)
	fatal(store.PutArtefact(b.Context(), decision.PolicyArtefact, bundle.Revision(), bundle.Encode()))
	fatal(store.PutCompany(b.Context(), company))
	ids := 0
	s := &decision.Service{
		Store: store, Keyring: decision.Keyring{Audit: decision.AuditKey("bench"), Masters: map[string][]byte{"1": make([]byte, 32)}, Current: "1", Identity: []byte("bench"), Random: rand.Reader},
		Models: decision.Assessors{"order": scoring.Order(), "delivery": scoring.Delivery(), "refund": scoring.Refund()}, Policies: policy.NewLibrary(store),
		Now: func() time.Time { return *clock }, NewID: func() string { ids++; return fmt.Sprintf("0190-%012x", ids) }, Code: "bench", Log: slog.New(slog.DiscardHandler),
	}
	s.Ledger = &decision.Ledger{Store: store, Key: s.Keyring.Audit}
	*clock = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	_, err = s.Activate(b.Context(), company.ID, bundle.Revision(), "bench")
	fatal(err)
	modes := map[string]decision.Mode{}
	for _, k := range decision.Kinds() {
		modes[k.Name] = decision.Live
	}
	_, err = s.Switch(b.Context(), company.ID, decision.AnyEpoch, decision.Switches{Modes: modes}, "bench", "go_live")
	fatal(err)
	return s
}
