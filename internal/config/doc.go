// SPDX-License-Identifier: Apache-2.0

// Package config reads the configuration file, which describes one instance,
// and remembers where everything in it is written.
//
// It refuses bad syntax and judges nothing: a mask that does not compile or a
// callback over http loads well, and the doctor judges it. What is refused is
// refused all at once, each problem with line and column, what was seen, what
// was wanted and what to do.
//
// One table holds every key of the file (keys.go and the tables beside it): it
// drives the reader, the suggestions for misspelled keys, the JSON Schema for
// editors and the reference in the manual, so that these cannot disagree.
//
// The package also shows the file with its secrets replaced, makes and applies
// edits of single lines that keep comments, and watches the file for changes.
package config
