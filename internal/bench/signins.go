// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"time"
)

// measureSignIns counts whole sign-ins of people whom the provider knows
// already: authorize, callback, token, keys, profile, session, all written down
// with SQLite's synchronous FULL. Stand-in and browsers share the load's
// processor and bound the rate; the processor time of usher per sign-in does not
// depend on them.
func (b *bench) measureSignIns(ctx context.Context) error {
	if !b.signIns {
		return nil
	}
	g, err := b.serveUsher(ctx, "sign-in", "http://127.0.0.1:9", 0)
	if err != nil {
		return err
	}
	var visitors []*visitor
	for range 16 {
		v, err := b.visitor(g.address)
		if err != nil {
			return err
		}
		if err := v.enter(ctx); err != nil {
			return err
		}
		visitors = append(visitors, v)
	}
	for range b.rounds {
		one, err := b.signInRound(ctx, g, visitors)
		if err != nil {
			return err
		}
		b.logins = append(b.logins, one)
	}
	return nil
}

func (b *bench) signInRound(ctx context.Context, g *gateway, visitors []*visitor) (sample, error) {
	until := b.now().Add(time.Duration(b.seconds) * time.Second)
	before, err := g.cpu()
	if err != nil {
		return sample{}, err
	}
	begun := b.now()
	var mu sync.Mutex
	var work sync.WaitGroup
	count := 0
	var failed error
	for _, v := range visitors {
		work.Go(func() {
			for b.now().Before(until) {
				err := v.enter(ctx)
				mu.Lock()
				if err != nil {
					failed = err
					mu.Unlock()
					return
				}
				count++
				mu.Unlock()
			}
		})
	}
	work.Wait()
	after, err := g.cpu()
	if err != nil || failed != nil || count == 0 {
		return sample{}, fmt.Errorf("%d sign-ins: %w, %w", count, failed, err)
	}
	return sample{perSecond: float64(count) / b.now().Sub(begun).Seconds(), perRequest: (after - before) / time.Duration(count)}, nil
}

// enter signs in with a browser that has only the provider's cookies.
func (v *visitor) enter(ctx context.Context) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	jar.SetCookies(v.provider, v.client.Jar.Cookies(v.provider))
	v.client.Jar = jar
	status, body, err := v.open(ctx, "https://"+host+"/usher/signin?rd=%2Fusher%2F")
	if err != nil || status != http.StatusOK || v.last.Host != host || !strings.Contains(body, "Ana Lima") {
		return fmt.Errorf("not signed in: %w, %d at %s\n%.400s", err, status, v.last, body)
	}
	return nil
}
