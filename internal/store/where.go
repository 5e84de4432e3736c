// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strings"
	"time"
)

// How many rows a list has.
const (
	usualLimit = 100
	mostRows   = 1000
)

func limited(limit int) int {
	if limit <= 0 {
		return usualLimit
	}
	return min(limit, mostRows)
}

// where gathers the conditions of a list. Columns are words of this package;
// values are bound.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// equal asks for a value; an empty one asks for nothing.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// between asks for since <= column < before; a zero time asks for nothing.
func (w *where) between(column string, since, before time.Time) {
	if !since.IsZero() {
		w.add(column+" >= ?", micros(since))
	}
	if !before.IsZero() {
		w.add(column+" < ?", micros(before))
	}
}

func (w *where) clause() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// bound gives the values, in a slice of its own.
func (w *where) bound() []any { return append([]any(nil), w.args...) }
