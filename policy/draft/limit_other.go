//go:build !unix

package draft

// limit leaves processor time and memory to the garbage collector's limit and
// to the parent, which kills a child that takes too long.
func limit(_, _ int64) error { return nil }
