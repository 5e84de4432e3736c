// SPDX-License-Identifier: Apache-2.0

// Package store keeps what happens: pending sign-ins, attempts, sessions,
// tickets, revisions of the configuration, nodes, and what administrators did.
//
// One schema serves SQLite and PostgreSQL; what the engines do differently is
// in dialect.go, sqlite.go and postgres.go. Every value goes in as a bound
// parameter. What may be used once is taken by DELETE ... RETURNING: once, on
// any engine and any node.
//
// # Calls
//
// Every call is bounded by [Options].Timeout, whatever its context allows. A
// call that fails gives a sentence that wraps usher.ErrNotFound where there is
// no such thing, [ErrDuplicate] or [ErrLoginEnded] where it says so, and
// usher.ErrUnavailable where the database did not do its work. When that is the
// answer to a write, the write may or may not have been done.
//
// # Writing to SQLite
//
// SQLite has one writer. All writes go through one queue, and those that wait
// while a commit is on its way to the disk share the next commit (writer.go).
// A write is answered only after the disk has it.
//
// # Clocks
//
// Times are the callers', except one: which sessions were ended lately is asked
// by the database's own clock, so that nodes whose clocks differ miss nothing.
package store
