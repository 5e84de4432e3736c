// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"errors"
	"sync"
	"time"
)

// WatchEvery is how often a connection that stays open - a websocket, a stream
// of events - is judged again. A connection whose session has ended is closed
// at the next look; one of which nothing can be said at the second look in a
// row. Both are less than 30 seconds.
const WatchEvery = 10 * time.Second

var (
	errSessionOver = errors.New("the connection was closed: its session has ended, or its operator may no longer use the application")
	errStopping    = errors.New("the connection was closed: usher is stopping")
)

// watch judges an open connection again and again until it is closed or may no
// longer be open. Each look is by the rules then in force.
func (s *passage) watch() {
	tick, stop := s.proxy.every(WatchEvery)
	defer stop()
	unknown := 0
	for {
		select {
		case <-s.done:
			return
		case <-tick:
		}
		ctx, cancel := context.WithTimeout(context.Background(), WatchEvery/2)
		var j judgement
		s.proxy.guard.judge(ctx, s.proxy.guard.opts.Rules(), s.q, true, &j)
		cancel()
		if j.outcome == unavailable {
			unknown++
		} else {
			unknown = 0
		}
		if unknown >= 2 || unknown == 0 && !j.Allowed() {
			s.cancel(errSessionOver)
			return
		}
	}
}

// openConnections knows what http.Server.Shutdown does not wait for.
type openConnections struct {
	mu   sync.Mutex
	ends map[*passage]struct{}
}

func (o *openConnections) add(s *passage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ends[s] = struct{}{}
}

func (o *openConnections) remove(s *passage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.ends, s)
}

// Open says how many websockets and streams of events are open.
func (p *Proxy) Open() int {
	p.open.mu.Lock()
	defer p.open.mu.Unlock()
	return len(p.open.ends)
}

// Close closes websockets, streams of events and idle connections to
// applications. Hand it to http.Server.RegisterOnShutdown.
func (p *Proxy) Close() {
	p.open.mu.Lock()
	for s := range p.open.ends {
		s.cancel(errStopping)
	}
	p.open.mu.Unlock()
	p.transports.closeIdle()
}
