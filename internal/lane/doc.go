// SPDX-License-Identifier: Apache-2.0

// Package lane answers the questions that front servers ask again and again on
// connections which they keep open, in front of net/http and for its handler.
//
// A front server asks for a verdict before every request that it passes on:
// what a question costs is paid by all of them, and most of it is net/http
// keeping ready for what a question never is - a body, an upgrade, an answer
// without an end, a peer who must be noticed leaving. A [Lane] reads one plain
// shape of request, which question.go describes, from declared front servers only.
// Everything else it hands to net/http with every byte that it has read, and
// that connection stays there.
package lane
