//go:build postgres

package postgres_test

import (
	"testing"

	"assent/decision"
	"assent/internal/store/postgres"
	"assent/internal/store/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B) decision.Store {
		return open(b, newDatabase(b), postgres.Options{})
	})
}
