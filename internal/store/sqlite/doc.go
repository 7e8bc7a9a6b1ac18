// Package sqlite keeps everything in one SQLite file, in the process itself.
//
// One connection writes. What waits is committed together, each unit of work
// in a savepoint of its own, decisions before background work. A pool of
// read-only connections serves pages and API, and sees whole transactions
// only. The operating system's lock on a file beside the database refuses a
// second writing process; any number may read.
package sqlite
