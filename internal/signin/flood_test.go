// SPDX-License-Identifier: Apache-2.0

package signin_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver by which rows are counted

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/store"
)

// engines runs a test on each database engine.
func engines(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "usher.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgres(t)) })
}

// postgres gives the address of an empty schema on the tests' server.
func postgres(t *testing.T) string {
	t.Helper()
	base := os.Getenv("USHER_TEST_POSTGRES")
	if base == "" {
		const how = "USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this"
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	name := "usher_" + strings.ToLower(rand.Text()[:12])
	run := func(statement string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, base)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(ctx) }()
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	run("CREATE SCHEMA " + name)
	t.Cleanup(func() { run("DROP SCHEMA " + name + " CASCADE") })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("USHER_TEST_POSTGRES is no address")
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// rows counts what the database keeps.
func (d *desk) rows() (pendings, attempts, events int) {
	d.Helper()
	driver, address := "sqlite", strings.TrimPrefix(d.database, "sqlite:")
	if strings.HasPrefix(d.database, "postgres:") {
		driver, address = "pgx", d.database
	}
	raw, err := sql.Open(driver, address)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if err := raw.QueryRowContext(d.Context(), "SELECT count(*) FROM pendings").Scan(&pendings); err != nil {
		d.Fatal(err)
	}
	refs := map[usher.Reference]bool{}
	for f := (store.AttemptFilter{Limit: 1000}); ; {
		page, err := d.db.Attempts(d.Context(), f)
		if err != nil {
			d.Fatal(err)
		}
		before := len(refs)
		for _, a := range page {
			refs[a.Reference] = true
		}
		if len(refs) == before {
			break
		}
		f.Before = page[len(page)-1].Begun.Add(time.Microsecond)
	}
	ids := map[string]bool{}
	for last := (store.Event{}); ; {
		page, err := d.db.EventsAfter(d.Context(), last.At, last.ID, 1000)
		if err != nil {
			d.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			ids[e.ID] = true
		}
		last = page[len(page)-1]
	}
	return pendings, len(refs), len(ids)
}

// flood has strangers do something so often, many at once, over a time.
func (d *desk) flood(times int, over time.Duration, do func(i int)) {
	const atOnce = 32
	for done := 0; done < times; done += atOnce {
		var all sync.WaitGroup
		for i := done; i < min(times, done+atOnce); i++ {
			all.Go(func() { do(i) })
		}
		all.Wait()
		d.move(over * atOnce / time.Duration(times))
	}
}

// TestFloodOfBeginnings has somebody begin 100,000 sign-ins within twenty minutes,
// and people sign in beside them, from other addresses and from the same.
func TestFloodOfBeginnings(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		d := newDeskAt(t, database)
		times, over, least := 100_000, 20*time.Minute, 60
		if testing.Short() {
			times, over, least = 8_000, over*8/100, 2
		}
		var begun, held atomic.Int64
		long := "/reports/?" + strings.Repeat("q", 1900)
		person := func(client string, kept bool) {
			b, refusal := d.flow.Begin(d.Context(), signin.Beginning{ReturnTo: "/reports/", Client: client, Kept: kept})
			if refusal != nil {
				t.Errorf("a person at %s cannot begin: %v", client, refusal)
				return
			}
			at, err := url.Parse(b.Location)
			if err != nil {
				t.Fatal(err)
			}
			c := b.Cookies[len(b.Cookies)-1]
			done, refusal := d.flow.Finish(d.Context(), signin.Return{Query: url.Values{"state": {at.Query().Get("state")}, "code": {"c"}},
				Header: http.Header{"Cookie": {c.Name + "=" + c.Value}}, Host: host, Client: client})
			if refusal != nil {
				t.Errorf("a person at %s cannot sign in: %v", client, refusal)
				return
			}
			if a := d.attempt(done.Reference); a.Outcome != usher.OutcomeSignedIn || a.Client != client || a.ReturnTo != "/reports/" {
				t.Errorf("recorded as %+v", a)
			}
		}
		d.flood(times, over, func(i int) {
			_, refusal := d.flow.Begin(d.Context(), signin.Beginning{ReturnTo: long, Client: fmt.Sprintf("2001:db8::%x:%x", i>>8, i&0xff), UserAgent: fmt.Sprint(i)})
			switch {
			case refusal == nil:
				begun.Add(1)
			case refusal.Wait > 0 && refusal.Wait < time.Minute && refusal.Reference == "":
				held.Add(1)
			default:
				t.Errorf("refused otherwise: %v", refusal)
			}
			if i%10_000 == 5000 {
				person("192.0.2.7", false)
				person("2001:db8::1", true)
				if _, err := d.db.Sweep(d.Context(), nil); err != nil { // as a gateway does now and then
					t.Error(err)
				}
			}
		})
		if begun.Load()+held.Load() != int64(times) || begun.Load() < 2000 || begun.Load() > 6100 {
			t.Errorf("%d begun, %d asked to wait; wanted 2,000 and then 200 a minute", begun.Load(), held.Load())
		}
		if _, err := d.db.Sweep(d.Context(), nil); err != nil {
			t.Fatal(err)
		}
		pendings, attempts, _ := d.rows()
		if pendings == 0 || pendings > 4300 || attempts < least || attempts > 220 {
			t.Errorf("%d sign-ins under way and %d recorded", pendings, attempts)
		}
		if n := strings.Count(d.log.String(), "too many sign-ins from one network"); n < 1 || n > 1+int(over/time.Minute) {
			t.Errorf("the log says %d times that too many are under way; wanted once a minute at most", n)
		}
		if file, ok := strings.CutPrefix(database, "sqlite:"); ok {
			if info, err := os.Stat(file); err != nil || info.Size() > 24<<20 {
				t.Errorf("the file has grown to %d bytes, %v", info.Size(), err)
			}
		}
		d.move(usher.MaxPendingAge + 2*time.Minute)
		if _, err := d.db.Sweep(d.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if pendings, _, _ := d.rows(); pendings != 0 {
			t.Errorf("%d sign-ins are still under way after their time", pendings)
		}
	})
}

// TestFloodOfCallbacks has strangers bring states that nobody drew: the record
// takes a few, and each is told what was told before.
func TestFloodOfCallbacks(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		d := newDeskAt(t, database)
		counted := atomic.Int64{}
		d.flow.Unrecorded = func(context.Context, usher.Attempt) { counted.Add(1) }
		times, over := 20_000, 10*time.Minute
		if testing.Short() {
			times, over = times/10, over/10
		}
		d.flood(times, over, func(i int) {
			_, refusal := d.flow.Finish(d.Context(), signin.Return{Query: url.Values{"state": {fmt.Sprint("state ", i)}, "code": {"c"}}, Host: host, Client: fmt.Sprintf("198.51.%d.%d", i%200, i%7)})
			if refusal == nil || refusal.Cause.Code != usher.CodeStateCookieMissing {
				t.Errorf("refused with %v", refusal)
			}
		})
		_, attempts, events := d.rows()
		if attempts < 600 || attempts > 700 || events != attempts || int(counted.Load())+attempts != times {
			t.Errorf("%d attempts and %d events are recorded, %d are not; wanted 600 and then 6 a minute", attempts, events, counted.Load())
		}
		_, state, cookies := d.begin()
		if _, refusal := d.finish(state, cookies); refusal != nil {
			t.Errorf("a person beside it: %v", refusal)
		}
	})
}

// TestRefusalsAreTold has one network refused for one reason more often than is
// recorded: whoever asks is given the reference of a refusal like theirs.
func TestRefusalsAreTold(t *testing.T) {
	d := newDesk(t)
	refs := map[usher.Reference]int{}
	for range 100 {
		_, refusal := d.flow.Finish(t.Context(), signin.Return{Query: url.Values{"state": {"nobody's"}}, Host: host, Client: "192.0.2.9"})
		refs[refusal.Reference]++
	}
	if len(refs) != 60 || refs[""] != 0 {
		t.Errorf("%d references, %d without one; wanted 60 and none", len(refs), refs[""])
	}
	for ref := range refs {
		d.attempt(ref)
	}
	_, refusal := d.flow.Finish(t.Context(), signin.Return{Query: url.Values{}, Host: host, Client: "192.0.2.9"})
	if refusal.Cause.Code != usher.CodeStateMissing || refusal.Reference != "" {
		t.Errorf("another reason has the reference %q of one that it is not like", refusal.Reference)
	}
	d.move(time.Minute)
	_, refusal = d.flow.Finish(t.Context(), signin.Return{Query: url.Values{"state": {"nobody's"}}, Host: host, Client: "192.0.2.9"})
	if refs[refusal.Reference] != 0 {
		t.Error("a minute later nothing more is recorded")
	}
}

// TestAnOfficeSignsIn has 2,500 people behind one address sign in one after the
// other: who comes through takes no room.
func TestAnOfficeSignsIn(t *testing.T) {
	if testing.Short() {
		t.Skip("one sign-in after another: nothing for the race detector")
	}
	d := newDesk(t)
	for i := range 2500 {
		b, refusal := d.flow.Begin(t.Context(), signin.Beginning{ReturnTo: "/reports/", Client: "192.0.2.7"})
		if refusal != nil {
			t.Fatalf("person %d cannot begin: %v", i, refusal)
		}
		at, err := url.Parse(b.Location)
		if err != nil {
			t.Fatal(err)
		}
		c := b.Cookies[len(b.Cookies)-1]
		if _, refusal := d.flow.Finish(t.Context(), signin.Return{Query: url.Values{"state": {at.Query().Get("state")}, "code": {"c"}},
			Header: http.Header{"Cookie": {c.Name + "=" + c.Value}}, Host: host, Client: "192.0.2.7"}); refusal != nil {
			t.Fatalf("person %d cannot sign in: %v", i, refusal)
		}
	}
}

// TestVainBeginningsTakeNoRoom has a whole office try again and again while the
// database is away: nothing was kept of it, so nobody has to wait afterwards.
func TestVainBeginningsTakeNoRoom(t *testing.T) {
	for _, kept := range []bool{false, true} {
		d := newDesk(t)
		sound := d.flow.Store
		d.flow.Store = silent{sound}
		b := signin.Beginning{ReturnTo: "/reports/", Client: "192.0.2.7", Kept: kept}
		for i := range 2500 {
			if _, refusal := d.flow.Begin(t.Context(), b); refusal == nil || refusal.Wait > 0 {
				t.Fatalf("attempt %d without a database: %+v", i, refusal)
			}
		}
		d.flow.Store = sound
		if _, refusal := d.flow.Begin(t.Context(), b); refusal != nil {
			t.Errorf("with the database back: %v", refusal)
		}
	}
}
