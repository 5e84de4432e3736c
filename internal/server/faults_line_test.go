// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// A line is a network between a gateway and PostgreSQL that can be cut and made slow.
type line struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	down  bool
	delay time.Duration // of what is said, in each direction
	conns map[net.Conn]bool
}

// lineTo gives the address of a database behind a line.
func lineTo(t *testing.T, dsn string) (*line, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	ln, _ := listen(t)
	l := &line{listener: ln, server: u.Host, conns: map[net.Conn]bool{}}
	go l.accept()
	t.Cleanup(func() {
		_ = ln.Close()
		l.cut(true)
	})
	u.Host = ln.Addr().String()
	return l, u.String()
}

func (l *line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.server)
		if err != nil {
			_ = near.Close()
			continue
		}
		l.mu.Lock()
		if l.down {
			_, _ = near.Close(), far.Close()
		} else {
			l.conns[near], l.conns[far] = true, true
			go l.carry(near, far)
			go l.carry(far, near)
		}
		l.mu.Unlock()
	}
}

func (l *line) carry(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.mu.Lock()
		delay := l.delay
		l.mu.Unlock()
		time.Sleep(delay) // it is a slow line
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

// cut breaks all connections, and lets no new ones through while down.
func (l *line) cut(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	for c := range l.conns {
		_ = c.Close()
		delete(l.conns, c)
	}
}

func (l *line) slow(delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = delay
}
