// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// canaryPassword stands in the database's address; it must not come out anywhere.
const canaryPassword = "canary-database-password"

// PostgreSQL stops, and stands still, under two gateways that people use. Who was
// seen lately passes from memory for a while, then nobody does; nobody is sent to
// sign in for want of a database, and all is well again without a restart.
// USHER_SOAK_OUTAGE says for how many seconds, USHER_SOAK_RATE how many requests
// a second come meanwhile.
func TestDatabaseOutage(t *testing.T) {
	if testing.Short() {
		t.Skip("an outage that outlasts the memory takes half a minute")
	}
	for _, kind := range []struct{ name, begin, end, log string }{
		{"stopped", "crash", "again", "which (does not let usher in|is starting or stopping)"},
		{"frozen", "freeze", "thaw", "which did not answer in time"},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel() // both wait most of the time
			server := privatePostgres(t)
			o := newOutage(t, server.dsn)
			o.pass(t, 3*time.Second)
			o.calm = o.most("go_goroutines", o.began, time.Now())
			o.mark(&o.down[0])
			server.do(t, kind.begin)
			o.mark(&o.down[1])
			o.comeBackInVain(t)
			o.pass(t, time.Until(o.down[1].Add(time.Duration(soak(t, "USHER_SOAK_OUTAGE", 34))*time.Second)))
			o.mark(&o.up[0])
			server.do(t, kind.end)
			o.mark(&o.up[1])
			o.recover(t)
			o.pass(t, 3*time.Second)
			o.stop()
			o.judge(t)
			o.settle(t, regexp.MustCompile(kind.log))
		})
	}
}

// A privateServer is a PostgreSQL of a test's own, which may be stopped and frozen.
type privateServer struct{ script, dir, dsn string }

func privatePostgres(t *testing.T) privateServer {
	t.Helper()
	if os.Getenv("USHER_TEST_POSTGRES") == "" {
		schema(t) // says that PostgreSQL was not tested
	}
	s := privateServer{script: "../store/testdata/postgres.sh", dir: filepath.Join(t.TempDir(), "postgres")}
	address := strings.TrimSpace(s.do(t, "start"))
	t.Cleanup(func() { s.do(t, "stop") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), canaryPassword) // which this server does not ask for
	s.dsn = u.String()
	return s
}

func (s privateServer) do(t *testing.T, verb string) string {
	t.Helper()
	cmd := exec.Command(s.script, verb, s.dir)
	cmd.Env = append(os.Environ(), "USHER_POSTGRES_FSYNC=on")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", s.script, verb, err, said.String())
	}
	return string(out)
}

// An outage is a database's, as people and watchers saw it.
type outage struct {
	*ledger
	codes     codeBook
	began     time.Time
	when      sync.RWMutex  // of what stands below, while it comes to be
	down, up  [2]time.Time  // before and after what brought it about, and what ended it
	seen      []*entry      // looked at on each gateway
	unseen    []*entry      // the second gateway never saw them
	away      []*returning  // at the provider when it began
	calm      float64       // goroutines before
	recovered time.Duration // after up
	watch     watch
	stop      func()
}

func newOutage(t *testing.T, dsn string) *outage {
	t.Helper()
	o := &outage{}
	o.ledger = newLedger(t, makeFleet(t, 2, dsn, o.codes.around))
	for _, node := range o.nodes {
		node.start(t)
	}
	for range 8 {
		o.seen = append(o.seen, o.signedIn(t))
	}
	o.lookAtAll(t, 0)
	for range 4 {
		o.unseen = append(o.unseen, o.signedIn(t))
	}
	for range 2 {
		c := o.visitor(func() *fleetNode { return o.nodes[0] })
		callback, err := o.begin(c, "dirk@corp.example")
		if err != nil || callback == "" {
			t.Fatalf("a sign-in was not begun: %q, %v", callback, err)
		}
		o.away = append(o.away, &returning{callback, c.Jar})
	}
	// People of whom the ledger knows, beside those that are kept for this test.
	kept := len(o.entries)
	o.entries = o.entries[kept:]
	o.unsure = func(at time.Time) bool { return o.during(at.Add(2 * time.Second)) }
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	all := o.people(ctx, t, 3, seedOf(t))
	all.Go(func() { o.ask(ctx, soak(t, "USHER_SOAK_RATE", 40)) })
	for _, node := range o.nodes {
		all.Go(func() { o.observe(ctx, node) })
	}
	o.began = time.Now()
	o.stop = func() { stop(); all.Wait() }
	return o
}

// signedIn signs somebody in on the first gateway.
func (o *outage) signedIn(t *testing.T) *entry {
	t.Helper()
	c := o.visitor(func() *fleetNode { return o.nodes[0] })
	callback, err := o.begin(c, "ana@corp.example")
	if err != nil || callback == "" {
		t.Fatalf("a sign-in was not begun: %q, %v", callback, err)
	}
	before := len(o.entries)
	o.finish(t, c, callback)
	if len(o.entries) != before+1 {
		t.Fatal("somebody could not sign in")
	}
	return o.entries[before]
}

func (o *outage) pass(t *testing.T, d time.Duration) {
	select {
	case <-t.Context().Done():
	case <-time.After(d): // people go on meanwhile
	}
}

func (o *outage) mark(moment *time.Time) {
	o.when.Lock()
	defer o.when.Unlock()
	*moment = time.Now()
}

// begun reports whether the database is away, or was.
func (o *outage) begun() bool {
	o.when.RLock()
	defer o.when.RUnlock()
	return !o.down[1].IsZero()
}

// during reports whether the database may have been away at a time.
func (o *outage) during(at time.Time) bool {
	o.when.RLock()
	defer o.when.RUnlock()
	return !o.down[0].IsZero() && at.After(o.down[0]) && (o.recovered == 0 || at.Before(o.up[1].Add(o.recovered+endedWithin)))
}

// comeBackInVain brings back those who were at the provider: they are told that
// it cannot be done now.
func (o *outage) comeBackInVain(t *testing.T) {
	t.Helper()
	for _, r := range o.away {
		c := o.visitor(func() *fleetNode { return o.nodes[0] })
		c.Jar = r.jar
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, body, err := get(c, r.callback)
		if err != nil || res.StatusCode != http.StatusServiceUnavailable || o.sessionOf(c) != "" {
			t.Errorf("a callback without a database: %v, %v, session %q: %.300s", res, err, o.sessionOf(c), body)
		}
	}
}

// recover waits until each gateway is ready, knows who is signed in, and signs
// in; the same processes have to do it.
func (o *outage) recover(t *testing.T) {
	t.Helper()
	for _, node := range o.nodes {
		for !o.well(t, node) {
			if time.Since(o.up[1]) > time.Minute {
				t.Fatalf("a minute after the outage %s does not serve:\n%s", node.name, node.lastWords())
			}
		}
	}
	o.when.Lock()
	o.recovered = time.Since(o.up[1])
	o.when.Unlock()
	for _, r := range o.away {
		c := o.visitor(func() *fleetNode { return o.nodes[1] })
		c.Jar = r.jar
		if o.finish(t, c, r.callback); o.sessionOf(c) == "" {
			t.Error("who came back from the provider in vain cannot sign in when they load the page again")
		}
	}
}

func (o *outage) well(t *testing.T, node *fleetNode) bool {
	if status, _ := node.ask("/readyz"); status != http.StatusOK {
		return false
	}
	for _, e := range append(o.unseen, o.seen...) {
		if !o.look(t, node, e) {
			return false
		}
	}
	c := o.visitor(func() *fleetNode { return node })
	callback, err := o.begin(c, "ana@corp.example")
	if err != nil || callback == "" {
		return false
	}
	o.finish(t, c, callback)
	return o.sessionOf(c) != ""
}

// settle compares the ledger with the gateways and their database, and reads the log.
func (o *outage) settle(t *testing.T, why *regexp.Regexp) {
	t.Helper()
	o.mu.Lock()
	o.entries = append(o.entries, append(o.seen, o.unseen...)...)
	o.mu.Unlock()
	o.pass(t, endedWithin) // what was ended last is known everywhere
	o.lookAtAll(t, 0)
	pool := secondHand(t, o.dsn)
	o.examine(t, pool)
	connections, err := strconv.Atoi(rows(t.Context(), t, pool, 1, `SELECT CAST(count(*) AS VARCHAR(20)) FROM pg_stat_activity WHERE application_name = 'usher'`)[0][0])
	if err != nil || connections > 40 {
		t.Errorf("two gateways hold %d connections, %v; wanted at most 16 each, and a few that end", connections, err)
	}
	for _, node := range o.nodes {
		o.readLog(t, node, why)
	}
	t.Logf("%s; %d codes, none twice; %d connections; well again %s after the database", o.ledger, o.codes.check(t), connections, o.recovered.Round(time.Millisecond))
}

func (o *outage) readLog(t *testing.T, node *fleetNode, why *regexp.Regexp) {
	t.Helper()
	data, err := os.ReadFile(node.log)
	if err != nil {
		t.Fatal(err)
	}
	log := string(data)
	wanted := map[string]int{"the database does not say which sessions were ended": 1, "the database answers again": 1}
	if o.up[0].Sub(o.down[1]) > fromMemory+2*time.Second {
		wanted["nobody passes from memory any more"] = 1
	}
	for sentence, times := range wanted {
		if n := strings.Count(log, sentence); n != times {
			t.Errorf("the log of %s says %d times that %s; wanted %d", node.name, n, sentence, times)
		}
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "does not say which sessions were ended") && !why.MatchString(line) {
			t.Errorf("the log of %s does not say why: %s", node.name, line)
		}
	}
	for _, never := range []string{canaryPassword, "panic", "goroutine "} {
		if strings.Contains(log, never) {
			t.Errorf("the log of %s holds %q", node.name, never)
		}
	}
	t.Logf("the log of %s has %d lines", node.name, strings.Count(log, "\n"))
}
