// Command pgready proves that the database in ASSENT_TEST_POSTGRES is one the
// tests can use: it connects, creates the vector extension and computes a
// distance, all in a transaction that it rolls back.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	found, err := probe(ctx, os.Getenv("ASSENT_TEST_POSTGRES"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgready:", err)
		os.Exit(1)
	}
	fmt.Println(found)
}

// probe returns the versions of the server and of pgvector.
func probe(ctx context.Context, dsn string) (string, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return "", fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback(ctx) // nothing of the probe may stay in a database that is somebody's
	if _, err := tx.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS vector`); err != nil {
		return "", fmt.Errorf("create extension vector: %w", err)
	}
	var server, vector string
	var distance float64
	err = tx.QueryRow(ctx, `
		SELECT current_setting('server_version'),
		       (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
		       '[1,2,3]'::vector <-> '[1,2,5]'::vector`).Scan(&server, &vector, &distance)
	if err != nil {
		return "", fmt.Errorf("use extension vector: %w", err)
	}
	if distance != 2 {
		return "", fmt.Errorf("pgvector says that two points 2 apart are %g apart", distance)
	}
	return fmt.Sprintf("PostgreSQL %s with pgvector %s", server, vector), nil
}
