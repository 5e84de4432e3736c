// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/usher-signin/usher"
)

// A Retention says how long records are kept. A zero field means the default.
type Retention struct {
	Attempts   time.Duration // 90 days
	Unfinished time.Duration // attempts that nobody came back from: 7 days
	Events     time.Duration // 400 days
	Revisions  time.Duration // 400 days; the latest of each node stays
	Sessions   time.Duration // after their absolute end: an hour, for nodes whose clocks are behind
}

const day = 24 * time.Hour

func (k Retention) withDefaults() Retention {
	for _, f := range []struct {
		field *time.Duration
		usual time.Duration
	}{{&k.Attempts, 90 * day}, {&k.Unfinished, 7 * day}, {&k.Events, 400 * day}, {&k.Revisions, 400 * day}, {&k.Sessions, time.Hour}} {
		if *f.field <= 0 {
			*f.field = f.usual
		}
	}
	return k
}

// purgeBatch is how many rows of a table one call removes.
const purgeBatch = 500

// A past is what is past its time in a table.
type past struct {
	statement string // removes the rows older than the first parameter, as many as the second
	keep      time.Duration
}

// Purge removes what is past its time, one small batch from each table, so that
// serving goes on beside it, and says how many rows went. Call it again while
// that is not zero. Where another node is at it, it does nothing.
func (db *DB) Purge(ctx context.Context) (int, error) {
	const doing = "removing what is past its time"
	total := 0
	for _, p := range db.pasts() {
		n, err := write(ctx, db, doing, func(ctx context.Context, r runner) (int, error) {
			if db.dialect.tryLock != "" {
				var mine bool
				if err := r.row(ctx, db.dialect.tryLock, "purge").Scan(&mine); err != nil || !mine {
					return 0, err
				}
			}
			return r.exec(ctx, p.statement, db.opts.Now().Add(-p.keep).UnixMicro(), purgeBatch)
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

func (db *DB) pasts() []past {
	keep := db.opts.Keep
	return []past{
		{`DELETE FROM pendings WHERE state_hash IN (SELECT state_hash FROM pendings WHERE begun < ? LIMIT ?)`, usher.MaxPendingAge + time.Minute},
		{`DELETE FROM taken WHERE state_hash IN (SELECT state_hash FROM taken WHERE at < ? LIMIT ?)`, rememberTaken},
		{`DELETE FROM rehearsals WHERE state_hash IN (SELECT state_hash FROM rehearsals WHERE begun < ? LIMIT ?)`, usher.MaxPendingAge + usher.MaxRehearsalKept},
		{`DELETE FROM rehearsals WHERE state_hash IN (SELECT state_hash FROM rehearsals WHERE returned > 0 AND returned < ? LIMIT ?)`, usher.MaxRehearsalKept},
		{`DELETE FROM tickets WHERE id IN (SELECT id FROM tickets WHERE issued < ? LIMIT ?)`, 2 * usher.MaxTicketAge},
		{`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires < ? LIMIT ?)`, keep.Sessions},
		{`DELETE FROM grants WHERE login IN (SELECT login FROM grants WHERE expires < ? LIMIT ?)`, time.Hour},
		{`DELETE FROM logouts WHERE (provider, id) IN (SELECT provider, id FROM logouts WHERE at < ? LIMIT ?)`, usher.MaxLogoutAge + usher.MaxPendingAge},
		{`DELETE FROM ended_logins WHERE login IN (SELECT login FROM ended_logins WHERE ended < ? LIMIT ?)`, day},
		{`DELETE FROM attempts WHERE reference IN (SELECT reference FROM attempts WHERE begun < ? LIMIT ?)`, keep.Attempts},
		{`DELETE FROM attempts WHERE reference IN (SELECT reference FROM attempts WHERE outcome = 'begun' AND begun < ? LIMIT ?)`, keep.Unfinished},
		{`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? LIMIT ?)`, keep.Events},
		{`DELETE FROM revisions WHERE (node, loaded) IN (SELECT older.node, older.loaded FROM revisions AS older WHERE older.loaded < ?
			AND EXISTS (SELECT 1 FROM revisions AS newer WHERE newer.node = older.node AND newer.loaded > older.loaded) LIMIT ?)`, keep.Revisions},
		{`DELETE FROM nodes WHERE node IN (SELECT node FROM nodes WHERE seen < ? LIMIT ?)`, day},
	}
}
