// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
)

// A ledger is kept by the people: what a gateway answered them is in it, and has
// to be true whatever happens to gateways and databases afterwards.
type ledger struct {
	*fleet
	public *url.URL
	turn   atomic.Uint64
	unsure func(time.Time) bool // a gateway may not know what another ended then; nil: it knows soon

	mu        sync.Mutex
	entries   []*entry
	returning []*returning

	signIns, signOuts, looks, broken, unavailable, cameBack atomic.Int64
}

// An entry is a sign-in that was answered.
type entry struct {
	cookie   string
	mu       sync.RWMutex // held for writing while the person signs out
	leaving, // signing out was asked for, so the session may be over
	left bool // and that was answered, so it must be
	leftAt time.Time
}

// returning is a person on the way back from the provider who was not answered.
type returning struct {
	callback string
	jar      http.CookieJar
}

func newLedger(t *testing.T, f *fleet) *ledger {
	t.Helper()
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	return &ledger{fleet: f, public: at}
}

// seedOf gives the seed of a test's randomness, and says how to have it again.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("USHER_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("USHER_TEST_SEED: %v", err)
		}
	}
	t.Logf("run again with USHER_TEST_SEED=%d", seed)
	return seed
}

// soak reads how long a test is to go on: from the environment, or the short form.
func soak(t *testing.T, name string, short int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return short
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, wanted a number", name, text)
	}
	return n
}

// people sign in and out and look at pages until ctx ends. Each asks any of the nodes.
func (l *ledger) people(ctx context.Context, t *testing.T, count int, seed uint64) *sync.WaitGroup {
	var all sync.WaitGroup
	for range count {
		random := rand.New(rand.NewPCG(seed, l.turn.Add(1)))
		all.Go(func() {
			for ctx.Err() == nil {
				choose := func() *fleetNode { return l.nodes[random.IntN(len(l.nodes))] }
				switch n := random.IntN(12); {
				case n < 5:
					l.signIn(ctx, t, choose, random)
				case n < 6:
					l.comeBack(t, choose, random)
				case n < 8:
					l.signOut(t, choose, l.any(random))
				default:
					l.look(t, choose(), l.any(random))
				}
			}
		})
	}
	return &all
}

func (l *ledger) any(random *rand.Rand) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == 0 {
		return nil
	}
	// Mostly one of late: those are the ones in danger.
	if late := len(l.entries) - 20; late > 0 && random.IntN(4) > 0 {
		return l.entries[late+random.IntN(20)]
	}
	return l.entries[random.IntN(len(l.entries))]
}

// signIn signs somebody in. Whoever gets no answer is on the way back for now.
func (l *ledger) signIn(ctx context.Context, t *testing.T, choose func() *fleetNode, random *rand.Rand) {
	c := l.visitor(choose)
	callback, err := l.begin(c, []string{"ana@corp.example", "dirk@corp.example"}[random.IntN(2)])
	if err != nil {
		l.broken.Add(1)
		pause(ctx)
		return
	}
	if callback == "" {
		l.unavailable.Add(1)
		return
	}
	l.finish(t, c, callback)
}

// finish brings a person back from the provider.
func (l *ledger) finish(t *testing.T, c *http.Client, callback string) {
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, _, err := get(c, callback)
	value := l.sessionOf(c)
	switch {
	case value != "": // also where the answer broke off behind its header
		l.mu.Lock()
		l.entries = append(l.entries, &entry{cookie: value})
		l.mu.Unlock()
		l.signIns.Add(1)
	case err != nil || res.StatusCode == http.StatusServiceUnavailable:
		if err != nil {
			l.broken.Add(1)
		} else {
			l.unavailable.Add(1)
		}
		l.mu.Lock()
		l.returning = append(l.returning, &returning{callback, c.Jar})
		l.mu.Unlock()
	case res.StatusCode >= http.StatusInternalServerError:
		t.Errorf("a callback is answered %d", res.StatusCode)
	}
}

func (l *ledger) sessionOf(c *http.Client) string {
	for _, cookie := range c.Jar.Cookies(l.public) {
		if cookie.Name == session.CookieName {
			return cookie.Value
		}
	}
	return ""
}

// comeBack asks once more for a callback that was not answered.
func (l *ledger) comeBack(t *testing.T, choose func() *fleetNode, random *rand.Rand) {
	l.mu.Lock()
	if len(l.returning) == 0 {
		l.mu.Unlock()
		return
	}
	i := random.IntN(len(l.returning))
	r := l.returning[i]
	l.returning = append(l.returning[:i], l.returning[i+1:]...)
	l.mu.Unlock()
	c := l.visitor(choose)
	c.Jar = r.jar
	l.cameBack.Add(1)
	l.finish(t, c, r.callback)
}

// as gives a browser that holds an entry's cookie, and nothing else.
func (l *ledger) as(e *entry, node *fleetNode) *http.Client {
	c := l.visitor(func() *fleetNode { return node })
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	jar, _ := cookiejar.New(nil) // it has no way to fail
	jar.SetCookies(l.public, []*http.Cookie{{Name: session.CookieName, Value: e.cookie, Path: "/", Secure: true}})
	c.Jar = jar
	return c
}

func (l *ledger) signOut(t *testing.T, choose func() *fleetNode, e *entry) {
	if e == nil || !e.mu.TryLock() {
		return
	}
	defer e.mu.Unlock()
	if e.left {
		return
	}
	e.leaving = true
	r, err := http.NewRequest(http.MethodPost, l.fleet.public+signin.SignOutPath, strings.NewReader(""))
	if err != nil {
		t.Error(err)
		return
	}
	r.Header.Set("Origin", l.fleet.public)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, body, err := answered(l.as(e, choose()).Do(r))
	switch {
	case err != nil:
		l.broken.Add(1)
	case res.StatusCode == http.StatusServiceUnavailable:
		l.unavailable.Add(1)
	case res.StatusCode == http.StatusSeeOther:
		e.left, e.leftAt = true, time.Now()
		l.signOuts.Add(1)
	default:
		t.Errorf("signing out is answered %d: %.300s", res.StatusCode, body)
	}
}

// endedWithin is how long a session that was ended on one gateway may live on
// another here. The promise is a second; this machine has other things to do.
const endedWithin = 5 * time.Second

// look opens a page with an entry's cookie, and sees whether the answer is what
// the ledger says. It reports whether there was a verdict.
func (l *ledger) look(t *testing.T, node *fleetNode, e *entry) bool {
	if e == nil || !e.mu.TryRLock() {
		return true
	}
	defer e.mu.RUnlock()
	begun := time.Now()
	life, served := node.up()
	res, body, err := get(l.as(e, node), l.fleet.public+"/reports/ledger")
	switch {
	case err != nil:
		l.broken.Add(1)
		if now, serves := node.up(); served && serves && now == life {
			t.Errorf("a request to %s broke, which serves and was not killed: %v", node.name, err)
		}
		return false
	case res.StatusCode == http.StatusServiceUnavailable:
		l.unavailable.Add(1)
		return false
	}
	l.looks.Add(1)
	alive := res.StatusCode == http.StatusOK
	switch {
	case !alive && res.StatusCode != http.StatusFound:
		t.Errorf("a page is answered %d: %.300s", res.StatusCode, body)
	case !e.leaving && !alive:
		t.Errorf("a session that was opened is refused on %s", node.name)
	case e.left && alive && (len(l.nodes) == 1 || begun.Sub(e.leftAt) > endedWithin) && (l.unsure == nil || !l.unsure(e.leftAt)):
		t.Errorf("a session that was ended %s before is let through on %s", begun.Sub(e.leftAt), node.name)
	}
	return true
}

// lookAtAll looks at every entry from the given one on, on each node.
func (l *ledger) lookAtAll(t *testing.T, from int) {
	l.mu.Lock()
	entries := l.entries[min(from, len(l.entries)):]
	l.mu.Unlock()
	for _, e := range entries {
		for _, node := range l.nodes {
			if !l.look(t, node, e) {
				t.Errorf("%s gives no verdict though nothing ails it", node.name)
			}
		}
	}
}

func (l *ledger) String() string {
	return fmt.Sprintf("%d sign-ins and %d sign-outs answered, %d verdicts compared, %d callbacks asked for again, %d requests broken, %d told that it cannot be said",
		l.signIns.Load(), l.signOuts.Load(), l.looks.Load(), l.cameBack.Load(), l.broken.Load(), l.unavailable.Load())
}

// pause keeps people whom nobody answers from using up the machine.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Millisecond):
	}
}
