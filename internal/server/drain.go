// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"sync"
	"time"
)

const (
	// askedLately is how old the question may be that shows that somebody asks
	// /readyz again and again, as balancers do.
	askedLately = time.Minute
	// askedApart is how far apart two questions are of somebody who does so.
	askedApart = 500 * time.Millisecond
	// toldOften is how often they are told that the gateway is stopping, before
	// it takes no more connections: balancers believe the second or third time.
	toldOften = 3
	// toldWithin bounds that.
	toldWithin = 10 * time.Second
)

// A leaving is how the gateway stops without a request being sent to it in
// vain: who asks whether it is ready is told first that it is not.
type leaving struct {
	mu      sync.Mutex
	asked   [2]time.Time // the last questions
	begun   bool
	told    int
	toldAll chan struct{} // closed when they were told often enough
}

func newLeaving() *leaving { return &leaving{toldAll: make(chan struct{})} }

// ask notes a question, and says whether the gateway is stopping.
func (l *leaving) ask(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.asked[1]) >= askedApart {
		l.asked[0], l.asked[1] = l.asked[1], now
	}
	if !l.begun {
		return false
	}
	if l.told++; l.told == toldOften {
		close(l.toldAll)
	}
	return true
}

// begin says from now on that the gateway is stopping. Watched reports whether
// somebody asks regularly, and is worth waiting for.
func (l *leaving) begin(now time.Time) (watched bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = true
	return !l.asked[0].IsZero() && now.Sub(l.asked[0]) < askedLately
}

// stopping reports whether the gateway is.
func (l *leaving) stopping() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begun
}

// wait returns when those who ask were told, at once where nobody asks.
func (l *leaving) wait(ctx context.Context, now time.Time) {
	if !l.begin(now) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, toldWithin)
	defer cancel()
	select {
	case <-l.toldAll:
	case <-ctx.Done():
	}
}
