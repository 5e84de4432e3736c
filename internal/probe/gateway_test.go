// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // a second hand on the gateway's database

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/internal/store"
)

func slowly(o *server.Options) { o.ReloadEvery = time.Hour }

// long ago is when a file was written that every gateway has had time to read.
func (g *gateway) longAgo(t *testing.T) {
	t.Helper()
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(g.file, then, then); err != nil {
		t.Fatal(err)
	}
}

// A gateway that does not run the file as it is now.
func TestFileThatIsNotInForce(t *testing.T) {
	g := newGateway(t, "").start(t, slowly)
	g.change(t, "name: Admin", "name: Admins")
	g.longAgo(t)
	g.look(t).finds(t, "restart-pending")
}

// A file that was written a moment ago is in force a moment later: no alarm.
func TestFileThatWasJustWritten(t *testing.T) {
	g := newGateway(t, "").start(t)
	g.change(t, "name: Admin", "name: Admins")
	g.look(t).finds(t)
}

// A file that the gateway refuses, with the reason that it had.
func TestFileThatWasRefused(t *testing.T) {
	reloaded := make(chan error, 1)
	g := newGateway(t, "").start(t, func(o *server.Options) { o.OnReload = func(_ *config.Config, err error) { reloaded <- err } })
	g.change(t, "client.secret", "gone.secret")
	if err := <-reloaded; err == nil {
		t.Fatal("the gateway took a file whose secret is gone")
	}
	x := g.look(t)
	x.finds(t, "file-unreadable", "reload-refused", "restart-pending")
	if n := x.in.Nodes.Value[0]; n.Pending != x.in.Config.Revision || !strings.Contains(n.Refused, "gone.secret") {
		t.Errorf("the node says of itself: %+v", n)
	}
}

// Two gateways on one database, of which one has other keys and another version.
func TestNodesThatDiffer(t *testing.T) {
	one := newGateway(t, "").start(t)
	two := newGateway(t, "", "sqlite:usher.db\n", "sqlite:"+filepath.Join(one.dir, "usher.db")+"\n  key_file: own.key\n")
	two.start(t, func(o *server.Options) { o.Node, o.Version = "node-2", "0.2.0" })
	x := one.look(t)
	x.finds(t, "nodes-keys", "nodes-version", "restart-pending")
}

func TestDatabaseThatIsNone(t *testing.T) {
	g := newGateway(t, "").start(t)
	g.stop()
	g.write(t, "usher.db", strings.Repeat("no database at all\n", 100))
	g.look(t).finds(t, "session-store-down")
}

func (g *gateway) sql(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(g.dir, "usher.db")+"?_txlock=immediate&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// A database that a newer program has used.
func TestDatabaseOfTheFuture(t *testing.T) {
	g := newGateway(t, "").start(t)
	g.stop()
	if _, err := g.sql(t).ExecContext(t.Context(), `INSERT INTO usher_schema (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	x := g.look(t)
	x.finds(t, "database-schema")
	if x.in.Nodes.Err == "" {
		t.Error("the nodes were read from a form that is not known")
	}
}

// A database that another program holds cannot be written.
func TestDatabaseThatIsHeld(t *testing.T) {
	g := newGateway(t, "").start(t)
	tx, err := g.sql(t).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	x := g.look(t, func(o *probe.Options) { o.Each = 500 * time.Millisecond })
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if s := x.in.Store; s.Err != "" || s.Value.Writable || !strings.Contains(s.Value.Fault, "another program holds") {
		t.Errorf("the database: %+v", s)
	}
	g.look(t).finds(t)
}

// Files that the configuration points to: missing, in another form, of another
// name, over, open to all.
func TestFiles(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, *gateway)
		codes []string
	}{
		"no certificate": {func(t *testing.T, g *gateway) { g.remove(t, "localhost.pem") }, []string{"file-unreadable"}},
		"another key": {func(t *testing.T, g *gateway) {
			other := t.TempDir()
			if _, err := demo.TLS(other, time.Now(), rand.Reader); err != nil {
				t.Fatal(err)
			}
			g.copy(t, filepath.Join(other, "localhost.key.pem"), "localhost.key.pem")
		}, []string{"gateway-certificate"}},
		"over": {func(t *testing.T, g *gateway) {
			for _, f := range []string{"localhost.pem", "localhost.key.pem", "authority.pem", "authority.key"} {
				g.remove(t, f)
			}
			if _, err := demo.TLS(g.dir, time.Now().AddDate(-1, 0, 0), rand.Reader); err != nil {
				t.Fatal(err)
			}
		}, []string{"gateway-certificate"}},
		"authorities in DER": {func(t *testing.T, g *gateway) {
			data, err := os.ReadFile(filepath.Join(g.dir, "authority.pem"))
			if err != nil {
				t.Fatal(err)
			}
			block, _ := pem.Decode(data)
			g.write(t, "authority.pem", string(block.Bytes))
		}, []string{"ca-file"}},
		"keys open to all": {func(t *testing.T, g *gateway) {
			if err := os.Chmod(filepath.Join(g.dir, "usher.key"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"file-exposed"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, "").start(t)
			g.stop()
			g.look(t).finds(t)
			c.spoil(t, g)
			g.look(t).finds(t, c.codes...)
		})
	}
}

func (g *gateway) remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(g.dir, name)); err != nil {
		t.Fatal(err)
	}
}

func (g *gateway) copy(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	g.write(t, to, string(data))
}

// Upstreams, as the running gateway meets them.
func TestUpstreams(t *testing.T) {
	nobody := newGateway(t, "", "{{UPSTREAM}}", "http://"+freeAddress(t)).start(t)
	nobody.look(t).finds(t, "upstream-unreachable")

	var inner string
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inner+"/login?token=x", http.StatusFound)
	}))
	t.Cleanup(app.Close)
	inner = app.URL
	outward := newGateway(t, "", "{{UPSTREAM}}", app.URL).start(t)
	x := outward.look(t)
	x.finds(t, "upstream-redirects-out")
	if got := x.in.Upstreams.Value[0].Redirect; got != inner+"/login" {
		t.Errorf("the redirect is shown as %s", got)
	}
}

// What this command reaches the world by, against the gateway.
func TestProxyOfThisCommandOnly(t *testing.T) {
	g := newGateway(t, "").start(t)
	x := g.look(t, func(o *probe.Options) {
		o.Getenv = func(name string) string {
			return map[string]string{"HTTPS_PROXY": "http://who:" + gatewayCanary + "@proxy.example:3128", "NO_PROXY": "localhost"}[name]
		}
	})
	x.finds(t, "proxy-drift")
	if got := x.in.Surroundings.Value[0].HTTPSProxy; got != "http://proxy.example:3128" {
		t.Errorf("the proxy is shown as %s", got)
	}
}

// The record of the last day comes oldest first, and with it earlier revisions.
func TestRecord(t *testing.T) {
	g := newGateway(t, "").start(t)
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(g.dir, "usher.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i, ref := range []usher.Reference{"0000-0001", "0000-0002", "0000-0003"} {
		at := now.Add(time.Duration(i-2) * 20 * time.Hour) // the first is older than a day
		if err := db.PutAttempt(t.Context(), usher.Attempt{Reference: ref, Outcome: usher.OutcomeSignedIn, Begun: at, Ended: at}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.PutRevision(t.Context(), usher.Revision{ID: "older", Node: "node-1", Loaded: now.Add(-time.Hour), Text: "instance: {}"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	x := g.look(t)
	x.finds(t)
	if r := x.in.Recent.Value; len(r) != 2 || r[0].Reference != "0000-0002" || r[1].Reference != "0000-0003" {
		t.Errorf("recent: %+v", r)
	}
	if h := x.in.History.Value; len(h) != 2 || h[0].ID != "older" || h[1].ID != x.in.Config.Revision || strings.Contains(h[1].Text, gatewayCanary) {
		t.Errorf("history: %+v", h)
	}
}

// An interrupt ends the look at once; what is missing says why.
func TestInterrupt(t *testing.T) {
	hangs := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(hangs); silent.Close() })
	g := newGateway(t, "").start(t)
	g.stop()
	g.change(t, "public_url: "+g.public, "public_url: "+strings.Replace(silent.URL, "127.0.0.1", "localhost", 1))
	cfg := g.config(t)
	ctx, cancel := context.WithCancel(t.Context())
	in := &seenGateway{}
	x := lookWithin(t, ctx, cfg, func(o *probe.Options) {
		o.Progress = func(s probe.Step) {
			in.steps = append(in.steps, s)
			if s.Name == "the database" && s.State == probe.Done {
				cancel()
			}
		}
	})
	if x.in.FrontDoor == nil || !strings.Contains(x.in.FrontDoor.Err, "stopped") {
		t.Errorf("the front door: %+v", x.in.FrontDoor)
	}
	if x.in.Store.Err != "" {
		t.Errorf("what was seen before the interrupt was lost: %s", x.in.Store.Err)
	}
}

// Whoever does not hold the key file cannot tell an echo from any other address.
func TestStrangersHearNothing(t *testing.T) {
	g := newGateway(t, freeAddress(t)).start(t)
	ask := func(path, header string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+g.listen+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = strings.TrimPrefix(g.public, "https://")
		if header != "" {
			r.Header.Set(probe.EchoHeader, header)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.Header.Get(probe.EchoHeader) != "" || len(res.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s with %q is marked, or sets a cookie", path, header)
		}
		return res.StatusCode, strings.ReplaceAll(string(body), res.Header.Get("X-Request-Id"), "")
	}
	status, page := ask("/usher/nothing-is-here", "")
	for _, header := range []string{"", "x", strings.Repeat("A", 200), strings.Repeat("A", 2000)} {
		if s, p := ask(probe.EchoPath, header); s != status || p != page {
			t.Errorf("with the header %.20q: %d %s", header, s, p)
		}
	}
}

// Asked about a person, what the provider said of them the last time counts,
// where the file does not list who is in which group.
func TestPersonOnRecord(t *testing.T) {
	g := newGateway(t, "").start(t)
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(g.dir, "usher.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i, groups := range [][]string{{"Campaign - corp - Admin"}, {"Analytics - corp - Users"}} {
		a := usher.Attempt{Reference: usher.Reference([]string{"0000-0001", "0000-0002"}[i]), Outcome: usher.OutcomeRefused, Begun: now.Add(time.Duration(i-2) * time.Minute),
			Person: &usher.Person{Subject: "s", Email: "Ana@corp.example", Groups: memberships(groups)}}
		if err := db.PutAttempt(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	x := g.lookFor(t, "ana@corp.example")
	if p := x.in.Profile; p == nil || len(p.Value.Groups) != 1 || p.Value.Groups[0].Group != "Analytics - corp - Users" || p.From != "attempt 0000-0002" {
		t.Errorf("what is known of the person: %+v", p)
	}
	if y := g.lookFor(t, "nobody@corp.example"); y.in.Profile != nil {
		t.Errorf("something is known of nobody: %+v", y.in.Profile)
	}
}

func memberships(names []string) []usher.Membership {
	var out []usher.Membership
	for _, n := range names {
		out = append(out, usher.Membership{Group: n})
	}
	return out
}
