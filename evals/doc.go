// Package evals measures models on data that they were not tuned on. A spec
// says what is learnt from and judged by; a run of it gives figures with their
// intervals, holds them against bars, and writes a page that an analyst can
// read offline.
package evals
