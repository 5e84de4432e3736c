// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// A wire is a network between usher and PostgreSQL that can be cut and frozen.
type wire struct {
	listener net.Listener
	server   string

	mu     sync.Mutex
	down   bool
	frozen bool
	word   string // when usher says it, it is carried, and the answer is not
	thaw   *sync.Cond
	conns  map[net.Conn]bool
}

// wired gives the address of an empty schema behind a wire.
func wired(t *testing.T) (*wire, string) {
	t.Helper()
	u, err := url.Parse(postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: ln, server: u.Host, conns: map[net.Conn]bool{}}
	w.thaw = sync.NewCond(&w.mu)
	go w.accept()
	t.Cleanup(func() {
		_ = ln.Close()
		w.freeze(false)
		w.cut()
	})
	u.Host = ln.Addr().String()
	return w, u.String()
}

func (w *wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.join(near)
	}
}

func (w *wire) join(near net.Conn) {
	far, err := net.Dial("tcp", w.server)
	if err != nil {
		_ = near.Close()
		return
	}
	w.mu.Lock()
	if w.down {
		w.mu.Unlock()
		_, _ = near.Close(), far.Close()
		return
	}
	w.conns[near], w.conns[far] = true, true
	w.mu.Unlock()
	go w.carry(near, far, false)
	go w.carry(far, near, true)
}

func (w *wire) carry(to, from net.Conn, toServer bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		for w.frozen {
			w.thaw.Wait()
		}
		said := toServer && w.word != "" && bytes.Contains(buffer[:n], []byte(w.word))
		w.mu.Unlock()
		if said {
			w.swallow(to, buffer[:n])
			return
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// swallow carries the word, waits until the server has answered, and ends the
// connections without carrying the answer.
func (w *wire) swallow(server net.Conn, word []byte) {
	w.mu.Lock()
	w.frozen, w.word = true, "" // what comes back waits
	w.mu.Unlock()
	_, _ = server.Write(word)
	answer := make([]byte, 1)
	_ = server.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	_, _ = server.Read(answer) // this or the other direction has it; either way the server has answered or soon will
	w.cut()
	w.freeze(false)
}

// cut breaks all connections.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as from a machine that restarted
		}
		_ = c.Close()
		delete(w.conns, c)
	}
}

// outage refuses connections, or no longer.
func (w *wire) outage(down bool) {
	w.mu.Lock()
	w.down = down
	w.mu.Unlock()
	w.cut()
}

// freeze carries nothing while it lasts; connections stay.
func (w *wire) freeze(frozen bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen = frozen
	w.thaw.Broadcast()
}

// TestCutConnections breaks the connections that wait in the pool. No caller
// notices.
func TestCutConnections(t *testing.T) {
	w, dsn := wired(t)
	db := open(t, dsn, store.Options{Timeout: 10 * time.Second})
	for round := range 5 {
		var all sync.WaitGroup
		for i := range 20 { // fills the pool
			all.Go(func() {
				if err := db.PutSession(t.Context(), someone(fmt.Sprint(round, "-", i))); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w.cut()
		if _, err := db.Session(t.Context(), fmt.Sprint(round, "-0")); err != nil {
			t.Errorf("reading after the cut: %v", err)
		}
		w.cut()
		if err := db.PutSession(t.Context(), someone(fmt.Sprint(round, "-after"))); err != nil {
			t.Errorf("writing after the cut: %v", err)
		}
		w.cut()
		if err := db.TouchSession(t.Context(), fmt.Sprint(round, "-after"), time.Now()); err != nil {
			t.Errorf("noting a use after the cut: %v", err)
		}
	}
}

// TestServerRestarts ends the connections from the server's side, as its
// restart does.
func TestServerRestarts(t *testing.T) {
	dsn := postgres(t)
	db := open(t, dsn+"&application_name=usher_restarts", store.Options{Timeout: 10 * time.Second})
	for i := range 5 {
		if err := db.PutSession(t.Context(), someone(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		administer(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'usher_restarts'")
		if _, err := db.Session(t.Context(), fmt.Sprint(i)); err != nil {
			t.Errorf("reading afterwards: %v", err)
		}
	}
}

// TestCutWhileTaking cuts the wire again and again while many take. Whatever a
// caller is told, nobody takes what another took, and nothing that was told to
// be kept is lost.
func TestCutWhileTaking(t *testing.T) {
	w, dsn := wired(t)
	db := open(t, dsn, store.Options{Timeout: 10 * time.Second})
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	for round := range rounds {
		state := fmt.Sprint("state ", round)
		kept := db.PutPending(t.Context(), usher.Pending{StateHash: state, ReturnTo: state, Begun: time.Now()})
		var took, unsure int
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				p, err := db.TakePending(t.Context(), state)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && p.ReturnTo == state:
					took++
				case err == nil:
					t.Errorf("took %q instead of %q", p.ReturnTo, state)
				case errors.Is(err, usher.ErrUnavailable):
					unsure++
				case !errors.Is(err, usher.ErrNotFound):
					t.Error(err)
				}
			})
		}
		if round%2 == 0 {
			w.cut()
		}
		all.Wait()
		if took > 1 || kept == nil && took+unsure == 0 {
			t.Errorf("%d took it, %d cannot say; wanted one in all", took, unsure)
		}
	}
}

// TestCutAtCommit cuts the wire between a commit and its answer. Nobody can say
// whether it was done, and nobody says so: above all, nothing is tried again.
func TestCutAtCommit(t *testing.T) {
	w, dsn := wired(t)
	db := open(t, dsn, store.Options{Timeout: 10 * time.Second})
	atCommit := func(call func() error) error {
		w.mu.Lock()
		w.word = "commit"
		w.mu.Unlock()
		return call()
	}
	for round := range 3 {
		state := fmt.Sprint("state ", round)
		p := usher.Pending{StateHash: state, Begun: time.Now()}
		if err := atCommit(func() error { return db.PutPending(t.Context(), p) }); !errors.Is(err, usher.ErrUnavailable) {
			t.Errorf("keeping it: %v; wanted that it cannot be said", err)
		}
		if err := db.PutPending(t.Context(), p); err != nil && !errors.Is(err, store.ErrDuplicate) {
			t.Fatal(err)
		}
		err := atCommit(func() error { _, err := db.TakePending(t.Context(), state); return err })
		if !errors.Is(err, usher.ErrUnavailable) {
			t.Errorf("taking it: %v; wanted that it cannot be said", err)
		}
		_, again := db.TakePending(t.Context(), state)
		_, taken, err := db.WasTaken(t.Context(), state)
		if err != nil || again != nil && !taken {
			t.Errorf("taking it again: %v, was taken: %v, %v", again, taken, err)
		}
	}
}

// TestSilentServer freezes the wire: answers come in time and say that it
// cannot be said, and all is well at once when it thaws.
func TestSilentServer(t *testing.T) {
	w, dsn := wired(t)
	const timeout = 400 * time.Millisecond
	open(t, dsn, store.Options{}) // makes the schema, which takes a busy machine longer
	var db *store.DB
	for begun := time.Now(); ; {
		var err error
		if db, err = store.Open(t.Context(), dsn, store.Options{Timeout: timeout}); err == nil {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = db.Close() })
	for begun := time.Now(); ; {
		err := db.PutSession(t.Context(), someone("one"))
		if err == nil || errors.Is(err, store.ErrDuplicate) {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatal(err)
		}
	}
	for name, trouble := range map[string]func(bool){"frozen": w.freeze, "gone": w.outage} {
		trouble(true)
		var all sync.WaitGroup
		for i := range 40 { // more than there are connections
			all.Go(func() {
				begun := time.Now()
				var err error
				if i%2 == 0 {
					_, err = db.Session(t.Context(), "one")
				} else {
					err = db.TouchSession(t.Context(), "one", time.Now())
				}
				if !errors.Is(err, usher.ErrUnavailable) {
					t.Errorf("%s: %v; wanted unavailable", name, err)
				}
				if took := time.Since(begun); took > 5*time.Second {
					t.Errorf("%s: the answer took %s", name, took)
				}
			})
		}
		all.Wait()
		trouble(false)
		deadline := time.Now().Add(5 * time.Second)
		for {
			_, err := db.Session(t.Context(), "one")
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: five seconds after the trouble: %v", name, err)
			}
		}
	}
}

// TestServerThatSaysNothing connects to something that is no PostgreSQL.
func TestServerThatSaysNothing(t *testing.T) {
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, c) }()
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err = store.Open(ctx, "postgres://usher:canary@"+ln.Addr().String()+"/usher?sslmode=disable", store.Options{Timeout: 200 * time.Millisecond})
	if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "did not answer in time") || strings.Contains(err.Error(), "canary") {
		t.Errorf("a server that says nothing: %v; wanted that it did not answer in time", err)
	}
}
