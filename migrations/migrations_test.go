package migrations_test

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

func names(t *testing.T, folder string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// Latest looks at one engine only.
func TestBothEnginesHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	if a, b := names(t, "sqlite"), names(t, "postgres"); !slices.Equal(a, b) {
		t.Fatalf("sqlite has %v, postgres has %v", a, b)
	}
}

// A row that reads the clock differs between a replay and what it replays.
func TestNoTableReadsTheClock(t *testing.T) {
	t.Parallel()
	clock := regexp.MustCompile(`(?i)\b(now|clock_timestamp|statement_timestamp|random|gen_random_uuid|randomblob)\s*\(|current_(time|date)|'now'`)
	for _, folder := range []string{"sqlite", "postgres"} {
		for _, name := range names(t, folder) {
			content, err := os.ReadFile(folder + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if found := clock.Find(content); found != nil {
				t.Errorf("%s/%s says %s", folder, name, found)
			}
		}
	}
}
