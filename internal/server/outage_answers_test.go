// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/usher-signin/usher/internal/session"
)

// Who asks while a database is away.
const (
	whoSeen     = "somebody whom the gateway saw lately"
	whoUnseen   = "somebody whom the gateway has not seen"
	whoStranger = "somebody who is not signed in"
)

// An answer is what a gateway said to one of them.
type answer struct {
	who, node    string
	began, ended time.Time
	status, hops int
	at, body     string
	err          error
}

// A reading is what a gateway said of itself.
type reading struct {
	node         string
	began, ended time.Time
	ready        int
	says         string
	values       map[string]float64
}

// A watch keeps answers and readings.
type watch struct {
	mu       sync.Mutex
	answers  []answer
	readings []reading
}

// ask asks for pages at a rate, whether or not answers come.
func (o *outage) ask(ctx context.Context, rate int) {
	var under sync.WaitGroup
	defer under.Wait()
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	clients := make(map[*fleetNode]*http.Client)
	for _, node := range o.nodes {
		c := o.visitor(func() *fleetNode { return node })
		c.Jar = nil
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		kept, _ := c.Transport.(*http.Transport)
		kept.DisableKeepAlives, kept.MaxIdleConnsPerHost = false, 100
		defer kept.CloseIdleConnections()
		clients[node] = c
	}
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		node := o.nodes[n/2%len(o.nodes)]
		switch n % 8 {
		case 0:
			if !o.begun() {
				continue // they stay unseen
			}
			under.Go(func() { o.request(clients[o.nodes[1]], o.nodes[1], whoUnseen, o.unseen[n/8%len(o.unseen)].cookie) })
		case 1:
			c := o.visitor(func() *fleetNode { return node })
			under.Go(func() { o.request(c, node, whoStranger, "") })
		default:
			under.Go(func() { o.request(clients[node], node, whoSeen, o.seen[n/2%len(o.seen)].cookie) })
		}
	}
}

func (o *outage) request(c *http.Client, node *fleetNode, who, cookie string) {
	a := answer{who: who, node: node.name, began: time.Now()}
	r, err := http.NewRequest(http.MethodGet, o.fleet.public+"/reports/outage", nil)
	if err != nil {
		a.err = err
	} else {
		r.Header.Set("Accept", "text/html")
		if cookie != "" {
			r.Header.Set("Cookie", session.CookieName+"="+cookie)
		} else {
			c.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
				if a.hops = len(via); a.hops > 8 {
					return errors.New("sent around in a circle")
				}
				return nil
			}
		}
		res, err := c.Do(r)
		if a.err = err; err == nil {
			text, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
			_ = res.Body.Close()
			a.status, a.at, a.body, a.err = res.StatusCode, res.Request.URL.Host, string(text), err
		}
	}
	a.ended = time.Now()
	if a.err == nil && a.status == http.StatusOK {
		a.body = ""
	}
	o.watch.mu.Lock()
	defer o.watch.mu.Unlock()
	o.watch.answers = append(o.watch.answers, a)
}

// observe asks a gateway again and again how it is.
func (o *outage) observe(ctx context.Context, node *fleetNode) {
	for ctx.Err() == nil {
		r := reading{node: node.name, began: time.Now(), values: make(map[string]float64)}
		r.ready, r.says = node.ask("/readyz")
		r.ended = time.Now()
		_, text := node.ask("/metrics")
		parser := expfmt.NewTextParser(model.LegacyValidation)
		if families, err := parser.TextToMetricFamilies(strings.NewReader(text)); err == nil {
			for _, name := range []string{"go_goroutines", "process_open_fds", "usher_store_silence_seconds"} {
				for _, m := range families[name].GetMetric() {
					r.values[name] = m.GetGauge().GetValue()
				}
			}
		}
		o.watch.mu.Lock()
		o.watch.readings = append(o.watch.readings, r)
		o.watch.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// most is the highest value that any gateway gave in a stretch of time.
func (o *outage) most(name string, from, to time.Time) float64 {
	o.watch.mu.Lock()
	defer o.watch.mu.Unlock()
	var most float64
	for _, r := range o.watch.readings {
		if r.began.After(from) && r.ended.Before(to) {
			most = max(most, r.values[name])
		}
	}
	return most
}

// fromMemory is how long people pass while the database is silent: said
// here once more, so that it is not changed unseen.
const fromMemory = 30 * time.Second

// slack is what a gateway's half second between two questions, and a machine
// that has other things to do, may add to the times that are promised.
const slack = 4 * time.Second

// longest is how long an answer may take here. The promise is five seconds.
const longest = 5*time.Second + slack

// judge compares each answer with what is promised at that moment.
func (o *outage) judge(t *testing.T) {
	t.Helper()
	counts := make(map[string]int)
	var slowest, lastPass time.Duration
	for _, a := range o.watch.answers {
		took := a.ended.Sub(a.began)
		away := a.began.After(o.down[1]) && a.ended.Before(o.up[0])
		if away {
			slowest = max(slowest, took)
			counts[fmt.Sprintf("%s: %d", a.who, a.status)]++
			if a.status == http.StatusOK {
				lastPass = max(lastPass, a.began.Sub(o.down[1]))
			}
		}
		if want := o.wanted(a, away); want != "" || took > longest {
			t.Errorf("%s asked %s %s after the database went and was answered after %s: status %d from %s after %d redirects, %v; wanted %s\n%.300s",
				a.who, a.node, a.began.Sub(o.down[0]).Round(time.Millisecond), took.Round(time.Millisecond), a.status, a.at, a.hops, a.err, want, a.body)
		}
		for _, never := range []string{canaryPassword, "SQLSTATE", "goroutine ", "dial tcp", "pgx", "panic"} {
			if strings.Contains(a.body, never) {
				t.Errorf("a page shows %q: %.300s", never, a.body)
			}
		}
	}
	if away := o.up[0].Sub(o.down[1]); counts[whoSeen+": 200"] < 20 || counts[whoUnseen+": 503"] < 5 || counts[whoStranger+": 503"] < 5 ||
		away > fromMemory+2*time.Second && counts[whoSeen+": 503"] < 5 {
		t.Errorf("too little was asked: %v", counts)
	}
	o.judgeReadings(t)
	t.Logf("away for %s: %v; the last from memory began %s after it went; the slowest answer took %s", o.up[0].Sub(o.down[1]).Round(time.Millisecond),
		counts, lastPass.Round(time.Millisecond), slowest.Round(time.Millisecond))
}

// wanted says what an answer should have been; empty: it is right.
func (o *outage) wanted(a answer, away bool) string {
	normal := a.ended.Before(o.down[0]) || a.began.After(o.up[1].Add(o.recovered))
	switch {
	case a.err != nil:
		return "an answer"
	case a.who == whoStranger && away && (a.status != http.StatusServiceUnavailable || a.hops > 3 || "https://"+a.at != o.fleet.public):
		return "a page of the gateway's own, 503, after three redirects at most"
	case a.who == whoStranger && normal && a.status != http.StatusOK:
		return "the provider's page"
	case a.who == whoUnseen && away && a.status != http.StatusServiceUnavailable:
		return "503: it cannot be said who that is"
	case a.who == whoSeen && away && a.began.Sub(o.down[0]) < fromMemory-slack && a.status != http.StatusOK:
		return "200, from memory"
	case a.who == whoSeen && away && a.began.Sub(o.down[1]) > fromMemory && a.status != http.StatusServiceUnavailable:
		return "503: the memory is too old"
	case a.who != whoStranger && normal && a.status != http.StatusOK:
		return "200"
	case a.who != whoStranger && a.status != http.StatusOK && a.status != http.StatusServiceUnavailable:
		return "200 or 503"
	}
	return ""
}

// judgeReadings looks whether gateways said how they were, and held no more and more.
func (o *outage) judgeReadings(t *testing.T) {
	t.Helper()
	said := make(map[string]int)
	for _, r := range o.watch.readings {
		if !r.began.After(o.down[1]) || !r.ended.Before(o.up[0]) {
			continue
		}
		if r.ready != http.StatusServiceUnavailable || !strings.Contains(r.says, `"missing"`) || strings.Contains(r.says, canaryPassword) {
			t.Errorf("%s says %d of itself without a database: %s", r.node, r.ready, r.says)
		}
		said[r.node]++
	}
	if len(said) != len(o.nodes) {
		t.Errorf("readings while the database was away: %v", said)
	}
	third := o.up[0].Sub(o.down[1]) / 3
	for name, room := range map[string]float64{"go_goroutines": 100, "process_open_fds": 50} {
		early, late := o.most(name, o.down[1], o.down[1].Add(third)), o.most(name, o.up[0].Add(-third), o.up[0])
		if early == 0 || late == 0 || late > 1.5*early+room {
			t.Errorf("%s was at most %.0f at first and %.0f at last while the database was away", name, early, late)
		}
		t.Logf("%s: at most %.0f before, %.0f at first and %.0f at last while the database was away", name, o.most(name, o.began, o.down[0]), early, late)
	}
	if after := o.most("go_goroutines", o.up[1].Add(o.recovered+2*time.Second), time.Now()); after == 0 || after > 1.5*o.calm+100 {
		t.Errorf("%.0f goroutines before the outage, %.0f after it", o.calm, after)
	}
	if silent := o.most("usher_store_silence_seconds", o.down[1], o.up[0]); silent < o.up[0].Sub(o.down[1]).Seconds()-slack.Seconds() {
		t.Errorf("the metric says that the database was silent for %.0f s", silent)
	}
}
