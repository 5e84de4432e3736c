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

// crowd is asked of ever more often.
func crowd() func() uint64 {
	var n atomic.Uint64
	return func() uint64 { return n.Add(10_000) }
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

func sweepFor(t *testing.T, db *store.DB, long time.Duration, asked func() uint64) int {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	n, err := db.Sweep(ctx, asked)
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	return n
}

func TestSweepGivesWay(t *testing.T) {
	const old = 20_000
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "u.db"), store.Options{})
	oldTickets(t, db, old)
	if n := sweepFor(t, db, time.Second, crowd()); n == 0 || n > old/2 {
		t.Errorf("while many ask %d of %d went within a second; wanted some, and most to wait", n, old)
	} else if rest := sweepFor(t, db, time.Minute, nil); rest != old-n {
		t.Errorf("when nobody asked any more %d went; wanted the other %d", rest, old-n)
	}
}

// TestSweepFallsBehindSoFar: where people write all day, the purge keeps up after all.
func TestSweepFallsBehindSoFar(t *testing.T) {
	const old = 2000
	ctx := t.Context()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "u.db"), store.Options{Keep: store.Retention{Owed: 100}})
	for i := range old {
		if err := db.PutTicket(ctx, usher.Ticket{ID: strconv.Itoa(i), Issued: time.Unix(1, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := sweepFor(t, db, time.Minute, crowd()); n != old {
		t.Errorf("%d of %d went; wanted all, for they were written here", n, old)
	}
	oldTickets(t, db, 10*old) // and what others wrote waits
	if n := sweepFor(t, db, time.Second, crowd()); n > 5*old {
		t.Errorf("when it had kept up %d of %d more went within a second; wanted most to wait", n, 10*old)
	}
}

// TestSweepBoundsStrangers: what bounds those who begin sign-ins waits for nobody.
func TestSweepBoundsStrangers(t *testing.T) {
	const over, keep = 2000, 5
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "u.db"), store.Options{Keep: store.Retention{Open: keep}})
	if err := store.Exec(t.Context(), db, `INSERT INTO pendings (state_hash, browser_hash, reference, account, callback_url, sealed, return_to, bind, begun)
		WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
		SELECT 'state ' || n, '', '', '', '', '', '', '', ? + n FROM numbers`, over+keep, time.Now().UnixMicro()-over-keep); err != nil {
		t.Fatal(err)
	}
	if n := sweepFor(t, db, 40*time.Second, crowd()); n != over {
		t.Errorf("%d of %d sign-ins under way went; wanted all, however many ask", n, over)
	}
	if pendings := count(t, db, "pendings"); pendings != keep {
		t.Errorf("%d sign-ins are left under way; wanted %d", pendings, keep)
	}
}

// TestSweepLooksElsewhere: a long one does not forget the other tables.
func TestSweepLooksElsewhere(t *testing.T) {
	ctx := t.Context()
	var ahead atomic.Int64
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "u.db"), store.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	oldTickets(t, db, 50_000)
	if err := db.PutPending(ctx, usher.Pending{StateHash: "state", Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	many, asked := crowd(), 0
	sweepFor(t, db, 2*time.Second, func() uint64 {
		if asked++; asked == 3 {
			ahead.Store(int64(time.Hour)) // while it is at the tickets, the sign-in's time ends
		}
		return many()
	})
	if asked < 5 {
		t.Fatalf("it looked %d times who asks; wanted it to go on", asked)
	}
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
