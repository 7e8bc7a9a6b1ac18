package storetest

import (
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"assent/decision"
)

// Database is one fresh database of an engine, and the ways around the store.
type Database struct {
	Store decision.Store
	// Exec runs SQL as the database's owner with a connection of its own, as
	// an operator or an intruder would.
	Exec func(sql string) error
	// Tamper is SQL only this engine has that would change the journal's
	// first entry of the company "main". All of it must be refused.
	Tamper []string
	// Loosen is SQL only this engine has that takes a protection away, by what
	// the store then finds altered. One after the other is run.
	Loosen []Loosening
	// Misfile is SQL only this engine has by which the approval a001 of the
	// company "main" is found by other roles than its own.
	Misfile string
	// Second opens the same database once more, as another replica does. An
	// engine that has no replicas must refuse with CodeConflict.
	Second func(t *testing.T) (decision.Store, error)
}

// Loosening is one way to take a protection away.
type Loosening struct{ SQL, Where string }

// testCase is one promise of decision.Store.
type testCase struct {
	name string
	run  func(t *testing.T, db Database)
}

// cases is the suite, in the order of the interface.
func cases() []testCase {
	var all []testCase
	for _, group := range [][]testCase{
		journalCases, isolationCases, idempotencyCases, projectionCases, listCases, dueCases, sealedCases, historyCases(),
		appendOnlyCases, alteredCases, viewCases, bodyCases, directoryCases, artefactCases, vectorCases, lifeCases, modelCases,
	} {
		all = append(all, group...)
	}
	return all
}

// Run runs every case on a database of its own. The number of cases that ran
// is logged, and written to a file called name in the folder that
// ASSENT_CONFORMANCE_OUT names, so that engines can be held to the same.
func Run(t *testing.T, name string, open func(t *testing.T) Database) {
	var ran atomic.Int64
	t.Run("cases", func(t *testing.T) {
		for _, c := range cases() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				ran.Add(1)
				c.run(t, open(t))
			})
		}
	})
	t.Logf("conformance %s cases=%d", name, ran.Load())
	folder := os.Getenv("ASSENT_CONFORMANCE_OUT")
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(strconv.FormatInt(ran.Load(), 10)+"\n"), 0o644); err != nil {
		t.Error(err)
	}
}
