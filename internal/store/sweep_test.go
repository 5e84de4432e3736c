// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// busy tells how long the calls of a database took, one after the other. They
// take two milliseconds more than they must, so that how late a timer is counts little.
type busy struct{ took atomic.Int64 }

func (b *busy) watch(ctx context.Context, _ string) (context.Context, func(error)) {
	began := time.Now()
	return ctx, func(error) {
		time.Sleep(2 * time.Millisecond)
		b.took.Add(int64(time.Since(began)))
	}
}

func sweepDB(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	o.Timeout = time.Minute // whatever else the machine does
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "u.db"), o)
}

// oldTickets puts tickets that are long past their time into a database at once.
func oldTickets(t *testing.T, db *store.DB, count int) {
	t.Helper()
	if err := store.Exec(t.Context(), db, `INSERT INTO tickets (id, bind, host, login, session, return_to, issued)
		WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
		SELECT 'old ' || n, '', '', '', '', '', n FROM numbers`, count); err != nil {
		t.Fatal(err)
	}
}

// sweep purges until nothing is left. Asked is asked once before and once after each round.
func sweep(ctx context.Context, t *testing.T, db *store.DB, asked func() uint64) int {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, 3*time.Minute)
	defer stop()
	n, err := db.Sweep(ctx, asked)
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	return n
}

// crowd is asked of ever more often.
func crowd() func() uint64 {
	var n atomic.Uint64
	return func() uint64 { return n.Add(10_000) }
}

// sweepInCrowd purges for some rounds while many ask. It gives how many rows
// went, and which part of the time the rounds took, without the first, which
// looks into all tables: a slow machine makes the rests longer too.
func sweepInCrowd(t *testing.T, db *store.DB, b *busy, rounds int) (n int, share float64) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var began time.Time
	asked, many := 0, crowd()
	n = sweep(ctx, t, db, func() uint64 {
		switch asked++; asked {
		case 2:
			began = time.Now()
			b.took.Store(0)
		case rounds + 1:
			share = float64(b.took.Load()) / float64(time.Since(began))
			stop()
		}
		return many()
	})
	if asked <= rounds {
		t.Fatalf("it looked %d times who asks; wanted it to be at it for %d rounds", asked, rounds)
	}
	return n, share
}

// little is more of the time than the purge should have in a crowd, and less than
// it should have where it gives way no further: 0.005, and some more where its
// batches take so long that its longest rests are too short for it, and a quarter.
const little = .05

func TestSweepGivesWay(t *testing.T) {
	t.Parallel()
	const old = 2000
	b := &busy{}
	db := sweepDB(t, store.Options{Watch: b.watch})
	oldTickets(t, db, old)
	n, share := sweepInCrowd(t, db, b, 6)
	if n == 0 || n == old || share > little {
		t.Errorf("while many ask %d of %d went in %.3f of the time; wanted some, and most of the time theirs", n, old, share)
	}
	if rest := sweep(t.Context(), t, db, nil); rest != old-n {
		t.Errorf("when nobody asked any more %d went; wanted the other %d", rest, old-n)
	}
}

// TestSweepFallsBehindSoFar: where people write all day, the purge keeps up after all.
func TestSweepFallsBehindSoFar(t *testing.T) {
	t.Parallel()
	const written, old = 300, 2000
	ctx := t.Context()
	b := &busy{}
	db := sweepDB(t, store.Options{Watch: b.watch, Keep: store.Retention{Owed: 100}})
	for i := range written {
		if err := db.PutTicket(ctx, usher.Ticket{ID: strconv.Itoa(i), Issued: time.Unix(1, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	b.took.Store(0)
	began := time.Now()
	n := sweep(ctx, t, db, crowd())
	if share := float64(b.took.Load()) / float64(time.Since(began)); n != written || share < little {
		t.Errorf("%d of %d went, in %.3f of the time; wanted all in a quarter, for they were written here", n, written, share)
	}
	oldTickets(t, db, old) // and what others wrote waits
	if _, share := sweepInCrowd(t, db, b, 6); share > little {
		t.Errorf("when it had kept up the purge had %.3f of the time; wanted it to give way again", share)
	}
}

// TestSweepBoundsStrangers: what bounds those who begin sign-ins waits for nobody.
func TestSweepBoundsStrangers(t *testing.T) {
	t.Parallel()
	const over, keep = 500, 5
	b := &busy{}
	db := sweepDB(t, store.Options{Watch: b.watch, Keep: store.Retention{Open: keep}})
	if err := store.Exec(t.Context(), db, `INSERT INTO pendings (state_hash, browser_hash, reference, account, callback_url, sealed, return_to, bind, begun)
		WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
		SELECT 'state ' || n, '', '', '', '', '', '', '', ? + n FROM numbers`, over+keep, time.Now().UnixMicro()-over-keep); err != nil {
		t.Fatal(err)
	}
	b.took.Store(0)
	began := time.Now()
	n := sweep(t.Context(), t, db, crowd())
	if share := float64(b.took.Load()) / float64(time.Since(began)); n != over || share < little {
		t.Errorf("%d of %d sign-ins under way went, in %.3f of the time; wanted all in a quarter, however many ask", n, over, share)
	}
	if pendings := count(t, db, "pendings"); pendings != keep {
		t.Errorf("%d sign-ins are left under way; wanted %d", pendings, keep)
	}
}

// TestSweepLooksElsewhere: a long one does not forget the other tables.
func TestSweepLooksElsewhere(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	db := sweepDB(t, store.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	oldTickets(t, db, 5000)
	if err := db.PutPending(t.Context(), usher.Pending{StateHash: "state", Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	many, asked := crowd(), 0
	sweep(ctx, t, db, func() uint64 {
		switch asked++; asked {
		case 3:
			ahead.Store(int64(time.Hour)) // while it is at the tickets, the sign-in's time ends
		case 6:
			stop()
		}
		return many()
	})
	if n := count(t, db, "pendings"); n != 0 {
		t.Error("the sign-in that nobody finished is still there; wanted it gone")
	}
	if n := count(t, db, "tickets"); n == 0 {
		t.Error("no tickets are left: it was not a long purge")
	}
}

// count counts a table's rows.
func count(t *testing.T, db *store.DB, table string) int {
	t.Helper()
	n, err := store.Count(t.Context(), db, table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
