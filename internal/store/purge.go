// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/usher-signin/usher"
)

// How long things are kept.
const (
	keepTaken    = 10 * time.Minute
	keepAttempts = 90 * 24 * time.Hour
	keepUnended  = 24 * time.Hour // attempts that nobody came back from
	purgeBatch   = 500
)

// Purge removes one small batch of what is past its time from each table, so
// that serving goes on beside it, and says how many rows went.
func (db *DB) Purge(ctx context.Context) (int, error) {
	now := db.now()
	total := 0
	for _, p := range []struct {
		table, key, where string
		args              []any
	}{
		{"pendings", "state_hash", "begun < ?", []any{micros(now.Add(-2 * usher.MaxPendingAge))}},
		{"taken", "state_hash", "at < ?", []any{micros(now.Add(-keepTaken))}},
		{"tickets", "id", "issued < ?", []any{micros(now.Add(-2 * usher.MaxTicketAge))}},
		{"sessions", "id", "expires < ?", []any{micros(now)}},
		{"attempts", "reference", "begun < ? OR (outcome = ? AND begun < ?)",
			[]any{micros(now.Add(-keepAttempts)), string(usher.OutcomeBegun), micros(now.Add(-keepUnended))}},
	} {
		// Names come from the list above, values are bound.
		n, err := db.exec(ctx, "removing what is past its time", "DELETE FROM "+p.table+" WHERE "+p.key+" IN (SELECT "+p.key+" FROM "+p.table+" WHERE "+p.where+" LIMIT ?)",
			append(p.args, purgeBatch)...)
		if err != nil {
			return total, err
		}
		total += int(n)
	}
	return total, nil
}
