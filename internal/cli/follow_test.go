// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// A wire carries connections to a server, and can be cut.
type wire struct {
	ln net.Listener
	to string

	mu   sync.Mutex
	cut  bool
	open []net.Conn
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	w := &wire{ln: ln, to: to}
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			w.carry(in)
		}
	}()
	return w
}

func (w *wire) carry(in net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out, err := net.Dial("tcp", w.to)
	if w.cut || err != nil {
		_ = in.Close()
		return
	}
	w.open = append(w.open, in, out)
	go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
	go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
}

// set cuts the wire, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// followed is a record that is followed: a database, and the file that names it.
func followed(t *testing.T, dsn, shown string) (db *store.DB, file string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	file = filepath.Join(t.TempDir(), "usher.yaml")
	put(t, file, fmt.Sprintf("instance: {name: followed, url: https://followed.example}\nexternal_accounts:\n  - {internal_name: Adobe_Marketing_Cloud, type: Adobe Marketing Cloud}\nserver: {database: %q}\n", shown))
	return db, file
}

// Every event is printed once while the record is followed: also those of a
// gateway whose clock is an hour behind, and those of an outage.
func TestFollowedRecord(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dsn := "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
		db, file := followed(t, dsn, dsn)
		followRecord(t, db, file, func(bool) {})
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := emptySchema(t)
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		w := newWire(t, u.Host)
		u.Host = w.ln.Addr().String()
		db, file := followed(t, dsn, u.String())
		followRecord(t, db, file, w.set)
	})
}

func followRecord(t *testing.T, db *store.DB, file string, cut func(bool)) {
	t.Helper()
	want := map[string]bool{}
	add := func(at time.Time) {
		id, err := db.Audit(t.Context(), store.Event{At: at, Actor: "tester", Action: "session-ended"})
		if err != nil {
			t.Fatal(err)
		}
		want[id] = true
	}
	for n := range 5 {
		add(time.Now().Add(time.Duration(-n) * time.Minute))
	}
	cmd := exec.CommandContext(t.Context(), "usher", "audit", file, "--follow")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
	}()
	seen := map[string]int{}
	read := func() {
		for deadline := time.After(time.Minute); len(seen) < len(want); {
			select {
			case line := <-lines:
				var e struct{ ID, Action string }
				if err := json.Unmarshal([]byte(line), &e); err != nil || !want[e.ID] || e.Action != "session-ended" {
					t.Fatalf("printed %q, %v", line, err)
				}
				seen[e.ID]++
			case <-deadline:
				t.Fatalf("of %d events %d were printed", len(want), len(seen))
			}
		}
	}
	read() // what was on record
	for n := range 20 {
		add(time.Now().Add(time.Duration(-n%3) * time.Hour)) // clocks that are behind
	}
	read()
	cut(true)
	for range 20 {
		add(time.Now())
	}
	time.Sleep(1500 * time.Millisecond) // it asks in vain once
	cut(false)
	add(time.Now().Add(time.Hour)) // and one that is ahead
	add(time.Now())
	read()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for line := range lines {
		t.Errorf("printed again: %s", line)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("interrupted it ends with %v, wanted status 0", err)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was printed %d times", id, n)
		}
	}
}

// A reader that goes away ends the command: it does not follow for nobody.
func TestFollowerWithoutReader(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	db, file := followed(t, dsn, dsn)
	if _, err := db.Audit(t.Context(), store.Event{Action: "session-ended"}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "usher", "audit", file, "--follow")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Audit(t.Context(), store.Event{Action: "session-ended"}); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || ctx.Err() != nil {
		t.Errorf("without a reader it ended with %v, %v", err, ctx.Err())
	}
}
