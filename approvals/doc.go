// Package approvals runs the human queues: approvals that a verdict of
// approve opened, and exceptions that a person must resolve.
//
// The rules about who may sign are in decision/approve.go. This package puts
// them to work under the company's lock, so that of several people who act
// on the same task exactly one wins and the others learn who it was.
package approvals
