// SPDX-License-Identifier: Apache-2.0

package lane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// connection is one of a front server, while nothing but questions came.
type connection struct {
	lane   *Lane
	tcp    *net.TCPConn
	reader *reader
	answer answer
	buf    []byte
	have   int  // bytes in buf
	asked  bool // a question was answered

	mu    sync.Mutex // one sets the deadline at a time
	armed time.Time
}

// serve answers until something else is asked, or nothing more.
func (c *connection) serve() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if c.lane.opts.ConnContext != nil {
		ctx = c.lane.opts.ConnContext(ctx, c.tcp)
	}
	c.reader = newReader(ctx, c.tcp.RemoteAddr(), c.lane.opts.Takes, c.lane.names)
	c.buf = make([]byte, maxQuestion)
	if !c.run() {
		_ = c.tcp.Close()
		return
	}
	_ = c.tcp.SetDeadline(time.Time{}) // a connection on which that fails is over, and net/http will see it
	c.lane.handed.give(&rest{TCPConn: c.tcp, read: c.buf[:c.have]})
}

// run reports whether the connection is to be handed over; otherwise it is over.
func (c *connection) run() bool {
	for {
		if c.have == 0 {
			if err := c.fill(); err != nil {
				// Nothing was asked yet: net/http gives a new connection time when it stops.
				return !c.asked && c.lane.closing.Load() && errors.Is(err, os.ErrDeadlineExceeded)
			}
		}
		r, size := c.reader.read(c.buf[:c.have])
		if r == nil {
			return true
		}
		if !c.reply(r) {
			return false
		}
		c.asked = true
		c.have = copy(c.buf, c.buf[size:c.have])
	}
}

// fill reads what comes next.
func (c *connection) fill() error {
	c.arm(c.lane.opts.Now())
	n, err := c.tcp.Read(c.buf)
	c.have = n
	if n > 0 {
		return nil // the error comes again
	}
	if err == nil {
		return io.ErrNoProgress
	}
	return err //nolint:wrapcheck // it is looked at, and goes nowhere
}

// arm bounds the silence from now on, and how long an answer may wait to be taken.
func (c *connection) arm(now time.Time) {
	slack := c.lane.opts.Idle / 10 // setting it for each question would cost more than reading one
	if since := now.Sub(c.armed); since >= 0 && since < slack {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lane.closing.Load() {
		return
	}
	c.armed = now
	_ = c.tcp.SetDeadline(now.Add(c.lane.opts.Idle + slack)) // where that fails reading does, too
}

// wake ends the silence: the lane is closing.
func (c *connection) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.tcp.SetReadDeadline(time.Unix(1, 0))
}

// reply answers a question, and reports whether another may follow.
func (c *connection) reply(r *http.Request) bool {
	c.answer.reset()
	if !c.handle(r) {
		return false
	}
	last := c.lane.closing.Load()
	whole := c.answer.whole(c.lane.opts.Now(), last)
	_, err := c.tcp.Write(whole)
	return err == nil && !last && !c.answer.endless
}

// handle reports whether the handler has come to an end. One that broke has no
// answer: the connection is closed, as net/http does.
func (c *connection) handle(r *http.Request) (whole bool) {
	defer func() {
		v := recover()
		if err, _ := v.(error); v != nil && !errors.Is(err, http.ErrAbortHandler) {
			c.lane.opts.Logger.Error("answering a question broke; the connection was closed", slog.String("panic", fmt.Sprintf("%T", v)), slog.String("stack", string(debug.Stack())))
		}
	}()
	c.lane.opts.Handler.ServeHTTP(&c.answer, r)
	return true
}

// rest is a connection of which a part was read already.
type rest struct {
	*net.TCPConn
	read []byte
}

func (r *rest) Read(p []byte) (int, error) {
	if len(r.read) > 0 {
		n := copy(p, r.read)
		if r.read = r.read[n:]; len(r.read) == 0 {
			r.read = nil
		}
		return n, nil
	}
	return r.TCPConn.Read(p) //nolint:wrapcheck // it is the connection's own
}

// WriteTo hands on what was read before what is to come.
func (r *rest) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(r.read)
	if r.read = r.read[n:]; err != nil {
		return int64(n), err //nolint:wrapcheck // it is w's own
	}
	more, err := r.TCPConn.WriteTo(w)
	return int64(n) + more, err //nolint:wrapcheck // it is the connection's own
}
