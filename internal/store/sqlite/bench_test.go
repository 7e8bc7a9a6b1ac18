package sqlite_test

import (
	"path/filepath"
	"testing"

	"assent/decision"
	"assent/internal/store/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B) decision.Store {
		return open(b, filepath.Join(b.TempDir(), "assent.db"))
	})
}
