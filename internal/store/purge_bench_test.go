// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

// How much is purged, and beside what.
const (
	expiredSessions = 20_000 // where USHER_BENCH_SESSIONS does not say otherwise
	openSessions    = 2_000
	turnSeconds     = 1 // where USHER_BENCH_SECONDS does not
	purgeTurns      = 3 // times without the purge and as many with it, where USHER_BENCH_TURNS does not
)

// BenchmarkPurge removes expired sessions while open ones are looked up and
// people sign in, and says what those beside it notice. The load comes at a
// fixed rate, and how long each call takes is counted from when it should have
// begun: a call that waits for another counts.
//
//	USHER_BENCH_SESSIONS=10000000 USHER_BENCH_SECONDS=10 USHER_BENCH_TURNS=10 go test -run '^$' -bench Purge -benchtime 1x -timeout 3h ./internal/store
//
// The database lies in TMPDIR; ten million sessions take 20 GB there, or less
// where USHER_BENCH_SEALED says that less than 700 bytes are kept for sign-out.
func BenchmarkPurge(b *testing.B) {
	count, seconds := setting("USHER_BENCH_SESSIONS", expiredSessions), setting("USHER_BENCH_SECONDS", turnSeconds)
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{
		{"sqlite", func(b testing.TB) string { return "sqlite:" + filepath.Join(b.TempDir(), "u.db") }},
		{"postgres", postgres},
	} {
		b.Run(engine.name, func(b *testing.B) {
			for range b.N {
				purgeBeside(b, engine.dsn(b), count, time.Duration(seconds)*time.Second)
			}
		})
	}
}

func setting(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return usual
}

func purgeBeside(b *testing.B, dsn string, count int, turn time.Duration) {
	b.StopTimer()
	filling := time.Now()
	fillSessions(b, dsn, count, time.Now().Add(-48*time.Hour)) // the last of ten million expires ten seconds later
	b.Logf("%d expired sessions; filling took %s; the file has %d MiB", count, time.Since(filling).Round(time.Second), size(dsn)>>20)
	batches := &batches{}
	db := open(b, dsn, store.Options{Timeout: 30 * time.Second, Watch: batches.watch})
	l := newLoad(b, db)
	l.during(turn) // warm
	l.take()
	quiet, busy := series{}, series{}
	removed := 0
	b.StartTimer()
	for range setting("USHER_BENCH_TURNS", purgeTurns) {
		l.during(turn)
		quiet.add(l.take())
		ctx, stop := context.WithTimeout(b.Context(), turn)
		var all sync.WaitGroup
		all.Go(func() { l.during(turn) })
		removed += sweep(ctx, b, db)
		all.Wait()
		stop()
		busy.add(l.take())
	}
	time.Sleep(2 * time.Second) // the last turn was cut off: its batch may still hold the purge's lock
	left := time.Now()
	rest := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		rest = sweep(b.Context(), b, db)
	}()
	for going := true; going; {
		l.during(turn)
		select {
		case <-done:
			going = false
		default:
		}
	}
	long := time.Since(left)
	b.StopTimer()
	end := l.take()
	b.Logf("in turns: %d removed; then to the end: %d in %s, %.0f a second", removed, rest, long.Round(time.Second), float64(rest)/long.Seconds())
	b.Logf("%d batches, median %s, p99 %s, longest %s", batches.count(), batches.at(0.5), batches.at(0.99), batches.at(1))
	b.Logf("%-40s %10s %10s %10s %10s", "", "n", "p50", "p99", "longest")
	for _, what := range l.kinds() {
		b.Logf("%-40s %10d %10s %10s %10s", what+", without the purge", len(quiet[what]), quiet.at(what, 0.5), quiet.at(what, 0.99), quiet.at(what, 1))
		b.Logf("%-40s %10d %10s %10s %10s", what+", beside the purge", len(busy[what]), busy.at(what, 0.5), busy.at(what, 0.99), busy.at(what, 1))
		b.Logf("%-40s %10d %10s %10s %10s", what+", until all was gone", len(end[what]), end.at(what, 0.5), end.at(what, 0.99), end.at(what, 1))
	}
	if left := sessionsLeft(b, dsn); left > openSessions+l.signed() {
		b.Errorf("%d sessions are left, %d of them expired", left, left-openSessions-l.signed())
	}
}

// sweep purges until nothing is left or ctx ends.
func sweep(ctx context.Context, b *testing.B, db *store.DB) int {
	n, err := db.Sweep(ctx)
	if err != nil && ctx.Err() == nil {
		b.Error(err)
	}
	return n
}

// batches are how long each batch of the purge took that removed something.
type batches struct {
	mu  sync.Mutex
	all []time.Duration
}

func (s *batches) watch(ctx context.Context, doing string) (context.Context, func(error)) {
	if doing != "removing what is past its time" {
		return ctx, func(error) {}
	}
	began := time.Now()
	return ctx, func(error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if took := time.Since(began); took > time.Millisecond { // the others found nothing
			s.all = append(s.all, took)
		}
	}
}

func (s *batches) count() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.all) }

func (s *batches) at(share float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return series{"": s.all}.at("", share)
}

// A series is how long calls took, by what they were.
type series map[string][]time.Duration

func (s series) add(more series) {
	for what, took := range more {
		s[what] = append(s[what], took...)
	}
}

// at gives the time within which a share of the calls were done.
func (s series) at(what string, share float64) time.Duration {
	all := slices.Sorted(slices.Values(s[what]))
	if len(all) == 0 {
		return 0
	}
	return all[min(len(all)-1, int(share*float64(len(all))))].Round(10 * time.Microsecond)
}

// A load is people at work: most requests find their session in memory, some
// must ask the database, and now and then one signs in. They are asked for over
// HTTP by another process: clocks in a process that purges would be late themselves.
type load struct {
	b       *testing.B
	db      *store.DB
	cookies []http.Header
	memory  *session.Manager
	reading *session.Manager
	address string
	mu      sync.Mutex
	took    series
	done    int // sign-ins
}

const benchHost = "reports.corp.example"

func newLoad(b *testing.B, db *store.DB) *load {
	rules := &session.Rules{Idle: time.Hour, Lifetime: 10 * time.Hour,
		Admit: func(_ string, p usher.Person) (usher.Operator, *usher.Cause) {
			return usher.Operator{Subject: p.Subject, Groups: []string{"Admin"}}, nil
		}}
	manager := func(cache int) *session.Manager {
		return session.New(session.Options{Store: db, Rules: func() *session.Rules { return rules }, Now: time.Now, Random: rand.Reader, Cache: cache})
	}
	l := &load{b: b, db: db, memory: manager(0), reading: manager(1), took: series{}}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { l.memory.Run(ctx) })
	running.Go(func() { l.reading.Run(ctx) })
	b.Cleanup(func() { stop(); running.Wait() })
	for i := range openSessions {
		cookie, _, err := l.memory.Open(b.Context(), session.Opening{Login: fmt.Sprint("login ", i), Host: benchHost, Account: "a", Person: someone(fmt.Sprint(i)).Person})
		if err != nil {
			b.Fatal(err)
		}
		l.cookies = append(l.cookies, http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
	}
	l.serve()
	return l
}

// serve answers the other process.
func (l *load) serve() {
	var n atomic.Int64
	ask := func(m *session.Manager) error {
		_, _, err := m.Lookup(context.Background(), benchHost, l.cookies[int(n.Add(1))%len(l.cookies)])
		return err
	}
	kinds := l.kinds()
	does := map[string]func() error{kinds[0]: func() error { return ask(l.memory) }, kinds[1]: func() error { return ask(l.reading) }, kinds[2]: l.signIn}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := does[r.URL.Query().Get("what")](); err != nil {
			l.b.Error(err)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	l.b.Cleanup(srv.Close)
	l.address = srv.URL
}

func (l *load) kinds() []string {
	return []string{"verdict from memory", "verdict that reads the database", "sign-in (three commits)"}
}

// during puts the load on for a while.
func (l *load) during(long time.Duration) {
	self, err := os.Executable()
	if err != nil {
		l.b.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), self, l.address, long.String()) //nolint:gosec // this program
	cmd.Env = append(os.Environ(), childRole+"=load")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	took := series{}
	if err == nil {
		err = json.Unmarshal(out, &took)
	}
	if err != nil {
		l.b.Errorf("the load: %v", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took.add(took)
}

// putLoadOn is the other process: it asks an address for so long, and writes
// how long each answer took from when it was due.
func putLoadOn(address, long string) {
	d, err := time.ParseDuration(long)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	var all sync.WaitGroup
	var mu sync.Mutex
	took, until := series{}, time.Now().Add(d)
	kinds := (&load{}).kinds()
	for i, perSecond := range []int{1000, 200, 20} {
		at := address + "/?what=" + url.QueryEscape(kinds[i])
		begin := time.Now()
		all.Go(func() {
			var calls sync.WaitGroup
			for n := 0; ; n++ {
				due := begin.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
				if due.After(until) {
					break
				}
				time.Sleep(time.Until(due)) // an open loop is made of time
				calls.Go(func() {
					res, err := c.Get(at)
					if err != nil {
						fmt.Fprintln(os.Stderr, err)
						return
					}
					_ = res.Body.Close()
					one := time.Since(due)
					mu.Lock()
					defer mu.Unlock()
					took[kinds[i]] = append(took[kinds[i]], one)
				})
			}
			calls.Wait()
		})
	}
	all.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(took); err != nil {
		os.Exit(1)
	}
}

func (l *load) signIn() error {
	id := "new " + strings.ToLower(rand.Text())
	p, a := started(id)
	if err := l.db.Begin(context.Background(), p, a); err != nil {
		return err
	}
	if _, err := l.db.TakePending(context.Background(), id); err != nil {
		return err
	}
	a, s := finished(a)
	err := l.db.Finish(context.Background(), a, s, nil)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	return err
}

func (l *load) signed() int { l.mu.Lock(); defer l.mu.Unlock(); return l.done }

func (l *load) take() series {
	l.mu.Lock()
	defer l.mu.Unlock()
	took := l.took
	l.took = series{}
	return took
}

// sessionsLeft counts the rows.
func sessionsLeft(b *testing.B, dsn string) (n int) {
	f, err := newFiller(dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.pool.Close() }()
	if err := f.pool.QueryRowContext(b.Context(), `SELECT count(*) FROM sessions`).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// size is how large a SQLite file is; zero for others.
func size(dsn string) int64 {
	info, err := os.Stat(strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		return 0
	}
	return info.Size()
}
