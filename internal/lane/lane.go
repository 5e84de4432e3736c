// SPDX-License-Identifier: Apache-2.0

package lane

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a [Lane] is made of. Handler, Takes, Trusts and Now are needed.
type Options struct {
	// Handler answers questions. It is the one that net/http's server has.
	Handler http.Handler
	// Takes reports whether a request line's target is one of a question.
	Takes func(target string) bool
	// Trusts reports whether a peer is a declared front server. It is asked when
	// a connection is accepted; others' are net/http's from the first byte.
	Trusts func(netip.Addr) bool
	// ConnContext is the server's of the same name; nil: nothing is added.
	ConnContext func(context.Context, net.Conn) context.Context
	// Idle is how long a connection may be silent between questions, to a tenth.
	Idle   time.Duration
	Now    func() time.Time
	Logger *slog.Logger // takes what went wrong in a handler; nil: nobody hears it
}

// A Lane answers questions. It is safe for concurrent use.
type Lane struct {
	opts    Options
	names   map[string]string
	closing atomic.Bool
	work    sync.WaitGroup
	handed  handed

	mu   sync.Mutex
	open map[*connection]struct{}
}

// New makes a Lane.
func New(o Options) (*Lane, error) {
	if o.Handler == nil || o.Takes == nil || o.Trusts == nil || o.Now == nil || o.Idle <= 0 {
		return nil, errors.New("a lane needs a handler, what it takes, whom it trusts, an idle time and a clock")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Lane{opts: o, names: spellings(), open: make(map[*connection]struct{}), handed: handed{conns: make(chan net.Conn), done: make(chan struct{})}}, nil
}

// Enter puts the lane before a listener: what comes out of it is net/http's at
// once. Connections that are not plain TCP, as those over TLS, all come out.
func (l *Lane) Enter(ln net.Listener) net.Listener { return entrance{ln, l} }

type entrance struct {
	net.Listener
	lane *Lane
}

func (e entrance) Accept() (net.Conn, error) {
	for {
		c, err := e.Listener.Accept()
		if err != nil {
			return nil, err //nolint:wrapcheck // net/http looks at its kind
		}
		if tcp, ok := c.(*net.TCPConn); !ok || !e.lane.take(tcp) {
			return c, nil
		}
	}
}

// Leave is where connections come out on which something else was asked than
// questions. Have the same server serve it.
func (l *Lane) Leave() net.Listener { return &l.handed }

// take begins to answer questions of a front server's connection.
func (l *Lane) take(tcp *net.TCPConn) bool {
	peer, ok := tcp.RemoteAddr().(*net.TCPAddr)
	if !ok || !l.opts.Trusts(peer.AddrPort().Addr().Unmap().WithZone("")) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing.Load() {
		return false
	}
	c := &connection{lane: l, tcp: tcp}
	l.open[c] = struct{}{}
	l.work.Go(func() {
		c.serve()
		l.mu.Lock()
		delete(l.open, c)
		l.mu.Unlock()
	})
	return true
}

// Drain ends the lane: questions under way are answered, silent connections are
// closed, those on which nothing was asked yet are handed over. It returns when
// that is done, or when ctx ends, with every connection closed. End the listener
// before, and have what leaves the lane served until then.
func (l *Lane) Drain(ctx context.Context) {
	l.mu.Lock()
	l.closing.Store(true)
	for c := range l.open {
		c.wake()
	}
	l.mu.Unlock()
	ended := make(chan struct{})
	go func() { l.work.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done(): // a handler that goes on has nobody to answer any more
		l.mu.Lock()
		for c := range l.open {
			_ = c.tcp.Close()
		}
		l.mu.Unlock()
	}
	_ = l.handed.Close()
}

// handed is the listener of connections that left the lane.
type handed struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

func (h *handed) Addr() net.Addr { return name("connections that left the lane") }

// give hands a connection over, or closes it where nobody takes any.
func (h *handed) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		_ = c.Close()
	}
}

type name string

func (name) Network() string  { return "lane" }
func (n name) String() string { return string(n) }
