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
	verdictRate     = 1000     // a second from memory, where USHER_BENCH_RATE does not; a fifth of it reads the database, a fiftieth signs in
	turnSeconds     = 1        // where USHER_BENCH_SECONDS does not
	pauseSeconds    = 8        // of the load, between turns, where USHER_BENCH_PAUSE does not
	longestSeconds  = 6 * 3600 // until the purge is stopped, where USHER_BENCH_LONGEST does not
	purgeTurns      = 3        // times without the purge and as many with it, where USHER_BENCH_TURNS does not
)

// BenchmarkPurge removes expired sessions while open ones are looked up and
// people sign in, and says what those beside it notice: with and without the
// purge in turns, and then until all is gone, with pauses, as people make. The
// load comes at a fixed rate, and how long each call takes is counted from when
// it should have begun: a call that waits for another counts.
//
//	USHER_BENCH_SESSIONS=10000000 USHER_BENCH_SECONDS=10 USHER_BENCH_PAUSE=60 USHER_BENCH_TURNS=10 go test -run '^$' -bench Purge -benchtime 1x -timeout 3h ./internal/store
//
// The database lies in TMPDIR; ten million sessions take 20 GB there, or less
// where USHER_BENCH_SEALED says that less than 700 bytes are kept for sign-out.
func BenchmarkPurge(b *testing.B) {
	count, seconds := setting("USHER_BENCH_SESSIONS", expiredSessions), setting("USHER_BENCH_SECONDS", turnSeconds)
	pause := setting("USHER_BENCH_PAUSE", pauseSeconds)
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{
		{"sqlite", func(b testing.TB) string { return "sqlite:" + filepath.Join(b.TempDir(), "u.db") }},
		{"postgres", postgres},
	} {
		b.Run(engine.name, func(b *testing.B) {
			for range b.N {
				purgeBeside(b, engine.dsn(b), count, time.Duration(seconds)*time.Second, time.Duration(pause)*time.Second)
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

func purgeBeside(b *testing.B, dsn string, count int, turn, pause time.Duration) {
	b.StopTimer()
	filling := time.Now()
	fillSessions(b, dsn, count, time.Now().Add(-48*time.Hour)) // the last of ten million expires ten seconds later
	b.Logf("%d expired sessions; filling took %s; the file has %d MiB", count, time.Since(filling).Round(time.Second), size(dsn)>>20)
	batches := &batches{}
	db := open(b, dsn, store.Options{Timeout: 30 * time.Second, Watch: batches.watch})
	l := newLoad(b, db)
	l.during(turn) // warm
	l.take()
	var quiet, busy, end turns
	removed := 0
	b.StartTimer()
	for range setting("USHER_BENCH_TURNS", purgeTurns) {
		l.during(turn)
		quiet = append(quiet, l.take())
		ctx, stop := context.WithTimeout(b.Context(), turn)
		var all sync.WaitGroup
		all.Go(func() { l.during(turn) })
		removed += l.sweep(ctx)
		all.Wait()
		stop()
		busy = append(busy, l.take())
	}
	time.Sleep(2 * time.Second) // the last turn was cut off: its batch may still hold the purge's lock
	b.Logf("in turns: %d removed, %.0f a second", removed, float64(removed)/(turn*time.Duration(len(busy))).Seconds())
	left := time.Now()
	rest := 0
	done := make(chan struct{})
	ctx, stop := context.WithTimeout(b.Context(), time.Duration(setting("USHER_BENCH_LONGEST", longestSeconds))*time.Second)
	defer stop()
	go func() {
		defer close(done)
		rest = l.sweep(ctx)
	}()
	for going := true; going; {
		l.during(turn)
		end = append(end, l.take())
		select {
		case <-done:
			going = false
		case <-time.After(pause):
		}
	}
	long := time.Since(left)
	b.StopTimer()
	b.Logf("then to the end, the load for %s with pauses of %s: %d in %s, %.0f a second", turn, pause, rest, long.Round(time.Second), float64(rest)/long.Seconds())
	b.Logf("%d batches, median %s, p99 %s, longest %s", batches.count(), batches.at(0.5), batches.at(0.99), batches.at(1))
	b.Logf("%-56s %10s %10s %10s %10s %24s", "", "n", "p50", "p99", "longest", "p99 of a turn, quartiles")
	for _, what := range l.kinds() {
		for _, t := range []struct {
			when  string
			turns turns
		}{{"without the purge", quiet}, {"beside it", busy}, {"until all was gone", end}} {
			all := t.turns.all(what)
			b.Logf("%-56s %10d %10s %10s %10s %24s", what+", "+t.when, len(all), at(all, 0.5), at(all, 0.99), at(all, 1), t.turns.spread(what))
		}
	}
	if ctx.Err() != nil {
		b.Logf("it was stopped; of %d expired sessions %d are left", count, sessionsLeft(b, dsn)-openSessions-l.signed())
	} else if left := sessionsLeft(b, dsn); left > openSessions+l.signed() {
		b.Errorf("%d sessions are left, %d of them expired", left, left-openSessions-l.signed())
	}
}

// sweep purges until nothing is left or ctx ends.
func (l *load) sweep(ctx context.Context) int {
	n, err := l.db.Sweep(ctx, l.asked.Load)
	if err != nil && ctx.Err() == nil {
		l.b.Error(err)
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
	return at(s.all, share)
}

// A series is how long calls took, by what they were.
type series map[string][]time.Duration

func (s series) add(more series) {
	for what, took := range more {
		s[what] = append(s[what], took...)
	}
}

// Turns are what was measured one after the other.
type turns []series

func (t turns) all(what string) (all []time.Duration) {
	for _, one := range t {
		all = append(all, one[what]...)
	}
	return all
}

// spread tells how the turns differ in their p99: of a machine that others
// share, one bad turn says little.
func (t turns) spread(what string) string {
	var p99 []time.Duration
	for _, one := range t {
		p99 = append(p99, at(one[what], 0.99))
	}
	return fmt.Sprintf("%s %s %s", at(p99, 0.25), at(p99, 0.5), at(p99, 0.75))
}

// at gives the time within which a share of the calls were done.
func at(calls []time.Duration, share float64) time.Duration {
	all := slices.Sorted(slices.Values(calls))
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
	asked   atomic.Uint64
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
		l.asked.Add(1)
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
	rate := setting("USHER_BENCH_RATE", verdictRate)
	for i, perSecond := range []int{rate, max(rate/5, 1), max(rate/50, 1)} {
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
