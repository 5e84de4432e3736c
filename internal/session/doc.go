// SPDX-License-Identifier: Apache-2.0

// Package session turns a cookie into a session and back.
//
// The cookie holds a random value and nothing else; the store holds its hash.
// What an operator may do is judged at each look-up from the session's person
// and the rules in force, never from anything kept in the session.
//
// A look-up is answered from a bounded cache in memory. The cache is trusted
// only while this node keeps hearing from the store which sessions were ended:
// it asks twice a second, and when it has heard nothing for [StaleAfter] it
// says [usher.ErrUnavailable] rather than let anybody through.
package session
