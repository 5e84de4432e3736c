// SPDX-License-Identifier: Apache-2.0

package server

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A gateway that stops tells whoever asks regularly, and waits for nobody else.
func TestLeavingIsToldFirst(t *testing.T) {
	for name, c := range map[string]struct {
		before, after int           // questions, a second apart
		apart         time.Duration // of those before
		want          time.Duration
	}{
		"nobody asks":            {0, 0, time.Second, 0},
		"somebody looked":        {1, 5, time.Second, 0},
		"somebody looked twice":  {2, 5, time.Millisecond, 0},
		"a balancer asks":        {3, 5, time.Second, 3 * time.Second},
		"a balancer that is off": {3, 0, time.Second, 10 * time.Second},
		"one that asks seldom":   {3, 5, 20 * time.Second, 3 * time.Second},
		"one of an hour ago":     {3, 5, 2 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLeaving()
				for range c.before {
					if l.ask(time.Now()) {
						t.Error("it is not stopping yet")
					}
					time.Sleep(c.apart)
				}
				var asking sync.WaitGroup
				defer asking.Wait()
				asking.Go(func() {
					for range c.after {
						time.Sleep(time.Second)
						l.ask(time.Now())
					}
				})
				began := time.Now()
				l.wait(t.Context(), began)
				if took := time.Since(began); took != c.want {
					t.Errorf("it went on for %s, wanted %s", took, c.want)
				}
				if !l.ask(time.Now()) {
					t.Error("who asks afterwards is not told")
				}
			})
		})
	}
}
