// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

// answeredWithin is how long any request may take, whatever the database does.
const answeredWithin = 5 * time.Second

// A fault is trouble with the database of a running gateway, and its end.
type fault struct {
	reads      bool   // the database is read all the same
	says       string // what the log and the readiness say is to be done
	begin, end func(t *testing.T)
}

// A troubled is a gateway whose database gets into trouble, with people who came before.
type troubled struct {
	*instance
	admin, dsn string
	ahead      *atomic.Int64 // of the gateway's clock
	db         *store.DB     // the same database, past the trouble
	ana        *browser      // signed in, known to the gateway
	unseen     string        // cookie of a session that the gateway has not seen
	callback   string        // that dirk has not followed yet
	dirk       *browser
}

// trouble starts a gateway on a database; beside is the same database's address
// for whoever looks at it meanwhile.
func trouble(t *testing.T, dsn, beside string) *troubled {
	t.Helper()
	f := &troubled{dsn: beside, ahead: &atomic.Int64{}}
	changes, admin := withAdmin(t)
	changes = append(changes, [2]string{"  database: sqlite:usher.db\n", "  database: " + fmt.Sprintf("%q", dsn) + "\n  key_file: usher.key\n"})
	f.admin = admin
	f.instance = startInstanceAt(t, func() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) }, changes, nil)
	f.ana, f.dirk = f.browser(t), f.browser(t)
	if p := f.ana.signIn(t, f.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
		t.Fatalf("before the trouble, a sign-in came to %d %s", p.status, p.body)
	}
	var err error
	if f.db, err = store.Open(t.Context(), beside, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	open, err := f.db.Sessions(t.Context(), store.SessionFilter{})
	if err != nil || len(open) != 1 {
		t.Fatalf("open sessions: %v, %v", open, err)
	}
	f.unseen = strings.Repeat("u", 43)
	open[0].ID = session.Hash(f.unseen)
	if err := f.db.PutSession(t.Context(), open[0]); err != nil {
		t.Fatal(err)
	}
	f.callback = f.dirk.callbackOf(t, f.instance, "dirk@corp.example")
	return f
}

// within asks and wants an answer in time.
func within(t *testing.T, what string, ask func() page) page {
	t.Helper()
	began := time.Now()
	p := ask()
	if took := time.Since(began); took > answeredWithin {
		t.Errorf("%s took %s", what, took.Round(time.Millisecond))
	}
	return p
}

// asUnseen asks with the session that the gateway has not seen.
func (f *troubled) asUnseen(t *testing.T) page {
	t.Helper()
	began := time.Now()
	res := f.browser(t).request(t, http.MethodGet, f.public+"/reports/", http.Header{"Accept": {"text/html"}, "Cookie": {session.CookieName + "=" + f.unseen}})
	if took := time.Since(began); took > answeredWithin {
		t.Errorf("whoever is signed in and was not seen lately waited %s", took.Round(time.Millisecond))
	}
	return page{status: res.StatusCode, header: res.Header}
}

// holds has a gateway live through a fault: whoever may pass passes, whoever
// cannot be served is told so and sent nowhere, the administrator is told what to
// do, and all is well afterwards without a restart.
func (f *troubled) holds(t *testing.T, c fault) {
	before := len(f.log.Bytes())
	end := sync.OnceFunc(func() { c.end(t) })
	defer end() // also where a test ends early: the trouble must not outlive it
	c.begin(t)
	if p := within(t, "whoever was seen lately", func() page { return f.ana.open(t, f.public+"/reports/") }); p.status != http.StatusOK {
		t.Errorf("whoever was seen lately gets %d", p.status)
	}
	switch p := f.asUnseen(t); {
	case c.reads && p.status != http.StatusOK:
		t.Errorf("whoever is signed in and was not seen lately gets %d", p.status)
	case !c.reads:
		f.wantDown(t, "whoever is signed in and was not seen lately", p)
	}
	f.wantDown(t, "a new sign-in", within(t, "a new sign-in", func() page { return f.browser(t).open(t, f.public+"/reports/") }))
	f.wantDown(t, "a callback", within(t, "a callback", func() page { return f.dirk.open(t, f.callback) }))
	out := within(t, "signing out", func() page { return f.ana.send(t, http.MethodPost, f.public+"/usher/signout", url.Values{}) })
	if out.status != http.StatusServiceUnavailable {
		t.Errorf("signing out, which cannot be recorded, gets %d", out.status)
	}
	f.wantCrowdServed(t)
	f.wantTold(t, c, before)
	if !c.reads {
		f.ahead.Add(int64(session.StaleAfter + time.Second))
		f.wantDown(t, "whoever was seen long ago", within(t, "whoever was seen long ago", func() page { return f.ana.open(t, f.public+"/reports/") }))
	}
	end()
	f.wantRecovery(t)
	f.wantNothingHalf(t)
}

// wantDown wants the answer of a gateway that cannot say: no way on, and nothing
// said about who is signed in.
func (f *troubled) wantDown(t *testing.T, what string, p page) {
	t.Helper()
	if p.status != http.StatusServiceUnavailable || p.header.Get("Retry-After") == "" || p.header.Get("Location") != "" {
		t.Errorf("%s gets %d, Retry-After %q, Location %q; wanted 503 and when to come back\n%s", what, p.status, p.header.Get("Retry-After"), p.header.Get("Location"), p.body)
	}
	for _, c := range p.header["Set-Cookie"] {
		if strings.HasPrefix(c, session.CookieName+"=") {
			t.Errorf("%s: the session cookie is set or cleared: %s", what, strings.SplitN(c, "=", 2)[0])
		}
	}
}

// wantCrowdServed has more ask at once than there are connections.
func (f *troubled) wantCrowdServed(t *testing.T) {
	t.Helper()
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if p := f.asUnseen(t); p.status != http.StatusOK && p.status != http.StatusServiceUnavailable {
				t.Errorf("one of a crowd gets %d", p.status)
			}
		})
	}
	all.Wait()
}

// wantTold wants one line that says what to do, and the same of the readiness.
func (f *troubled) wantTold(t *testing.T, c fault, before int) {
	t.Helper()
	state, status := "missing ", http.StatusServiceUnavailable
	if c.reads {
		state, status = "degraded ", http.StatusOK
	}
	last := ""
	defer func() {
		if t.Failed() {
			t.Log(last)
		}
	}()
	eventually(t, "the readiness says it", func() bool {
		got, said, body := readiness(t, f.admin)
		last = body
		return got == status && strings.HasPrefix(said.item("database"), state) && strings.Contains(said.item("database"), c.says)
	})
	told := func() []string { return f.told(before) }
	eventually(t, "the log says it", func() bool { return len(told()) > 0 })
	if lines := told(); len(lines) != 1 || !strings.Contains(lines[0], c.says) {
		t.Errorf("the log says %q; wanted one line with %q", lines, c.says)
	}
	if n := bytes.Count(f.log.Bytes()[before:], []byte("\n")); n > 250 {
		t.Errorf("the log has %d lines for some fifty requests", n)
	}
}

// told gives the lines about the database that the gateway wrote by itself.
func (f *troubled) told(before int) (lines []string) {
	for line := range bytes.Lines(f.log.Bytes()[before:]) {
		var said struct {
			Level, Msg, Error string
		}
		if json.Unmarshal(line, &said) == nil && said.Level == "ERROR" && strings.HasPrefix(said.Msg, "the database cannot be written") {
			lines = append(lines, said.Msg+": "+said.Error)
		}
	}
	return lines
}

func (f *troubled) wantRecovery(t *testing.T) {
	t.Helper()
	over := time.Now()
	for _, what := range []struct {
		name string
		well func() bool
	}{
		{"whoever was signed in passes", func() bool { return f.ana.open(t, f.public+"/reports/").status == http.StatusOK }},
		{"whoever was not seen passes", func() bool { return f.asUnseen(t).status == http.StatusOK }},
		{"people sign in", func() bool {
			return f.browser(t).signIn(t, f.public+"/reports/", "dirk@corp.example").status == http.StatusOK
		}},
		{"the gateway is ready", func() bool {
			_, said, _ := readiness(t, f.admin)
			return said.Ready && said.item("database") == "ok "
		}},
	} {
		eventually(t, what.name+" again", what.well)
	}
	if took := time.Since(over); took > 10*time.Second {
		t.Errorf("it took %s until all was well", took.Round(time.Millisecond))
	}
	// The callback was spent or was not: it never opens more than its own session.
	if p := f.dirk.open(t, f.callback); p.status != http.StatusOK && p.status != http.StatusBadRequest {
		t.Errorf("the callback that came in the trouble gets %d afterwards", p.status)
	}
	eventually(t, "the log says that it is over", func() bool {
		return bytes.Contains(f.log.Bytes(), []byte("it is over: the database cannot be written"))
	})
}

// wantNothingHalf wants each session with the attempt that opened it, and each
// finished attempt with its session and its event.
func (f *troubled) wantNothingHalf(t *testing.T) {
	t.Helper()
	sessions, err := f.db.Sessions(t.Context(), store.SessionFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	opened := map[string]bool{}
	for _, s := range sessions {
		opened[s.Login] = true
		if a, err := f.db.Attempt(t.Context(), usher.Reference(s.Login)); err != nil || a.Outcome != usher.OutcomeSignedIn {
			t.Errorf("a session whose attempt says %q, %v", a.Outcome, err)
		}
	}
	events, err := f.db.Events(t.Context(), store.EventFilter{Action: store.ActionSignedIn, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]int{}
	for _, e := range events {
		recorded[e.Subject]++
	}
	attempts, err := f.db.Attempts(t.Context(), store.AttemptFilter{Outcome: usher.OutcomeSignedIn, Limit: 1000})
	if err != nil || len(attempts) < 2 {
		t.Fatalf("%d sign-ins on record, %v", len(attempts), err)
	}
	for _, a := range attempts {
		if ref := string(a.Reference); !opened[ref] || recorded[ref] != 1 {
			t.Errorf("the sign-in %s has a session: %v, and %d events", ref, opened[ref], recorded[ref])
		}
	}
}
