// Package postgres keeps everything in PostgreSQL with pgvector, for any
// number of replicas.
//
// A company's head row decides who writes: a batch locks it, reads the
// idempotency keys it will ask for, runs its units of work in memory, and
// sends everything they wrote together with the commit. That makes two round
// trips, plus one for each row that work reads. In one process, what waits
// for the same company is written in one batch; replicas wait for the row.
//
// Connections that serve take the role assent_app; see package migrations.
package postgres
