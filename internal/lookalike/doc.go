// SPDX-License-Identifier: Apache-2.0

// Package lookalike recognizes names that a person would take for one another:
// names that differ by blanks, invisible characters, case, dashes, quotes,
// look-alike letters, composition, or a slip or two of the keyboard.
//
// It explains why names do not match; it never makes them match. Nothing that
// lets a person in may call it.
package lookalike
