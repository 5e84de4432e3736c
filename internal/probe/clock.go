// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/usher-signin/usher/internal/doctor"
)

// clockSamples are comparisons of our clock with a provider's Date header.
type clockSamples struct {
	mu   sync.Mutex
	list []clockSample
}

type clockSample struct{ ahead, roundTrip time.Duration }

// maxSamples bounds what is kept.
const maxSamples = 32

// note takes the time of an answer. The header says whole seconds, so half a
// second is added; an answer from a cache says how old it is.
func (c *clockSamples) note(sent, received time.Time, h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	if age := h.Get("Age"); age != "" {
		seconds, err := strconv.Atoi(age)
		if err != nil || seconds < 0 || seconds > 86400 {
			return
		}
		date = date.Add(time.Duration(seconds) * time.Second)
	}
	trip := received.Sub(sent)
	theirs := date.Add(500 * time.Millisecond)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) < maxSamples {
		c.list = append(c.list, clockSample{ahead: sent.Add(trip / 2).Sub(theirs), roundTrip: trip})
	}
}

// skew is the median of the samples.
func (c *clockSamples) skew(host string) (doctor.Skew, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) == 0 {
		return doctor.Skew{}, false
	}
	sorted := slices.Clone(c.list)
	slices.SortFunc(sorted, func(a, b clockSample) int { return int(a.ahead - b.ahead) })
	middle := sorted[len(sorted)/2]
	return doctor.Skew{Ahead: middle.ahead, RoundTrip: middle.roundTrip, Samples: len(sorted), Host: host}, true
}

func (p *provider) gatherClock(ctx context.Context) (*doctor.Skew, string) {
	for _, f := range p.finished {
		if _, ok := f.wait(ctx); !ok {
			break
		}
	}
	host := p.account.Server
	if u, err := url.Parse(host); err == nil {
		host = u.Hostname()
	}
	if skew, ok := p.clock.skew(host); ok {
		return &skew, ""
	}
	return nil, "no answer of the provider's said what time it is"
}
