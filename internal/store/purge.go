// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/usher-signin/usher"
)

// A Retention says how long records are kept. A zero field means the default.
type Retention struct {
	Open       int           // sign-ins under way, however many there are: 100,000, the latest; older ones have to begin anew
	Attempts   time.Duration // 90 days
	Unfinished time.Duration // attempts that nobody came back from: 7 days
	Events     time.Duration // 400 days
	Revisions  time.Duration // 400 days; the latest of each node stays
	Sessions   time.Duration // after their absolute end: an hour, for nodes whose clocks are behind
	Owed       int           // rows by which the purge of an embedded engine may fall behind what is written, until fewer ask: 500,000
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
	if k.Open <= 0 {
		k.Open = 100_000
	}
	if k.Owed <= 0 {
		k.Owed = 500_000
	}
	return k
}

// mostBatch is how many rows of a table one transaction of the purge removes at most.
const mostBatch = 500

// A past is what is past its time in a table.
type past struct {
	statement string // removes the rows older than the first parameter, as many as the second
	keep      time.Duration
}

// urgent says that a past bounds what strangers leave, whatever its age. That
// waits for no quiet hour.
func (p past) urgent() bool { return p.keep == 0 }

// lookAgain is how long the purge may be at some tables without a look into the others.
const lookAgain = time.Minute

// Sweep removes what is past its time, in small batches with rests between
// them, until nothing is left or ctx ends, and says how many rows went. Asked
// says how many requests were answered so far by the process that it shares
// with an embedded engine: it gives way to them. Nil: to none.
func (db *DB) Sweep(ctx context.Context, asked func() uint64) (int, error) {
	p := db.pace(asked)
	total := 0
	var work []past
	var looked time.Time // into all tables
	for {
		began := db.opts.Now()
		all := len(work) == 0 || began.Sub(looked) >= lookAgain
		if all {
			work, looked = db.pasts(), began
		}
		n, full, err := db.purge(ctx, work, p.portion())
		total += n
		if db.owed.Add(-int64(n)) < 0 || all && len(full) == 0 {
			db.owed.Store(0)
		}
		if err != nil || all && len(full) == 0 {
			return total, err
		}
		work = full
		presses := db.owed.Load() > int64(db.opts.Keep.Owed) || slices.ContainsFunc(full, past.urgent)
		now := db.opts.Now()
		select {
		case <-ctx.Done():
			return total, nil
		case <-time.After(p.rest(now, now.Sub(began), presses)):
		}
	}
}

// Purge removes what is past its time, one small batch from each table, so that
// serving goes on beside it, and says how many rows went. Call it again while
// that is not zero, or have Sweep do so. Where another node is at it, it does nothing.
func (db *DB) Purge(ctx context.Context) (int, error) {
	n, _, err := db.purge(ctx, db.pasts(), usualPortion())
	return n, err
}

// purge does one batch of each, and gives those that were full.
func (db *DB) purge(ctx context.Context, work []past, each portion) (total int, full []past, err error) {
	for _, p := range work {
		batch := max(each.least, int(db.batch.Load()))
		began := db.opts.Now()
		n, err := change(ctx, db, "removing what is past its time", func(ctx context.Context, r runner) (int, error) {
			if db.dialect.tryLock != "" {
				var mine bool
				if err := r.row(ctx, db.dialect.tryLock, "purge").Scan(&mine); err != nil || !mine {
					return 0, err
				}
			}
			return r.exec(ctx, p.statement, db.opts.Now().Add(-p.keep).UnixMicro(), batch)
		})
		if err != nil {
			return total, nil, err
		}
		total += n
		if n >= batch {
			full = append(full, p)
			db.batch.Store(int64(nextBatch(batch, db.opts.Now().Sub(began), each)))
		}
	}
	return total, full, nil
}

// nextBatch says how large a batch should be after a full one that took so
// long, waiting for others included: where many write, each is smaller.
func nextBatch(batch int, took time.Duration, wanted portion) int {
	switch {
	case took > 2*wanted.lasts:
		batch /= 2
	case took < wanted.lasts/2:
		batch *= 2
	}
	return min(max(batch, wanted.least), mostBatch)
}

func (db *DB) pasts() []past {
	keep := db.opts.Keep
	return []past{
		// Whoever floods the gateway from many networks shortens how long a sign-in may take, and keeps nobody out.
		{`DELETE FROM pendings WHERE state_hash IN (SELECT state_hash FROM pendings WHERE begun < (SELECT begun FROM pendings ORDER BY begun DESC LIMIT 1 OFFSET ` + strconv.Itoa(keep.Open-1) + `)
			AND begun < ? ORDER BY begun LIMIT ?)`, 0},
		{`DELETE FROM pendings WHERE state_hash IN (SELECT state_hash FROM pendings WHERE begun < ? ORDER BY begun LIMIT ?)`, usher.MaxPendingAge + time.Minute},
		{`DELETE FROM taken WHERE state_hash IN (SELECT state_hash FROM taken WHERE at < ? ORDER BY at LIMIT ?)`, rememberTaken},
		{`DELETE FROM rehearsals WHERE state_hash IN (SELECT state_hash FROM rehearsals WHERE begun < ? ORDER BY begun LIMIT ?)`, usher.MaxPendingAge + usher.MaxRehearsalKept},
		{`DELETE FROM rehearsals WHERE state_hash IN (SELECT state_hash FROM rehearsals WHERE returned > 0 AND returned < ? ORDER BY returned LIMIT ?)`, usher.MaxRehearsalKept},
		{`DELETE FROM tickets WHERE id IN (SELECT id FROM tickets WHERE issued < ? ORDER BY issued LIMIT ?)`, 2 * usher.MaxTicketAge},
		{`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires < ? ORDER BY expires LIMIT ?)`, keep.Sessions},
		{`DELETE FROM grants WHERE login IN (SELECT login FROM grants WHERE expires < ? ORDER BY expires LIMIT ?)`, time.Hour},
		{`DELETE FROM logouts WHERE (provider, id) IN (SELECT provider, id FROM logouts WHERE at < ? ORDER BY at LIMIT ?)`, usher.MaxLogoutAge + usher.MaxPendingAge},
		{`DELETE FROM ended_logins WHERE login IN (SELECT login FROM ended_logins WHERE ended < ? ORDER BY ended LIMIT ?)`, day},
		{`DELETE FROM attempts WHERE reference IN (SELECT reference FROM attempts WHERE begun < ? ORDER BY begun LIMIT ?)`, keep.Attempts},
		{`DELETE FROM attempts WHERE reference IN (SELECT reference FROM attempts WHERE outcome = 'begun' AND begun < ? ORDER BY begun LIMIT ?)`, keep.Unfinished},
		{`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at LIMIT ?)`, keep.Events},
		{`DELETE FROM revisions WHERE (node, loaded) IN (SELECT older.node, older.loaded FROM revisions AS older WHERE older.loaded < ?
			AND EXISTS (SELECT 1 FROM revisions AS newer WHERE newer.node = older.node AND newer.loaded > older.loaded) ORDER BY older.loaded LIMIT ?)`, keep.Revisions},
		{`DELETE FROM nodes WHERE node IN (SELECT node FROM nodes WHERE seen < ? ORDER BY seen LIMIT ?)`, day},
	}
}
