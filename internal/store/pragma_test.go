// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"testing"
)

// TestSettingsOfSQLite reads back what makes an answered commit survive.
func TestSettingsOfSQLite(t *testing.T) {
	db := file(t)
	get := func(pragma string) step[string] {
		return func(ctx context.Context, r runner) (value string, err error) {
			return value, r.row(ctx, "PRAGMA "+pragma).Scan(&value)
		}
	}
	for _, c := range []struct{ pragma, write, read string }{
		{"journal_mode", "wal", "wal"},
		{"synchronous", "2", "2"},
		{"foreign_keys", "1", "1"},
		{"trusted_schema", "0", "0"},
		{"query_only", "0", "1"},
		{"busy_timeout", "15000", "15000"},
	} {
		if got, err := write(t.Context(), db, "asking", get(c.pragma)); err != nil || got != c.write {
			t.Errorf("%s where writes go: %q, %v; wanted %s", c.pragma, got, err, c.write)
		}
		if got, err := read(t.Context(), db, "asking", get(c.pragma)); err != nil || got != c.read {
			t.Errorf("%s where reads go: %q, %v; wanted %s", c.pragma, got, err, c.read)
		}
	}
}
