// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// onEngines runs a benchmark on a SQLite file and, where there is one, on PostgreSQL.
func onEngines(b *testing.B, run func(b *testing.B, db *store.DB)) {
	o := store.Options{Timeout: 30 * time.Second}
	b.Run("sqlite", func(b *testing.B) { run(b, open(b, "sqlite:"+filepath.Join(b.TempDir(), "u.db"), o)) })
	b.Run("postgres", func(b *testing.B) { run(b, open(b, postgres(b), o)) })
}

func someone(id string) usher.Session {
	now := time.Now()
	return usher.Session{ID: id, Login: id, Host: "reports.corp.example", Account: "Adobe_Marketing_Cloud", Begun: now, LastSeen: now, Expires: now.Add(10 * time.Hour),
		Sealed: make([]byte, 2000),
		Person: usher.Person{Provider: "https://ims-na1.adobelogin.com", Subject: id, Email: "ana@corp.example", Name: "Ana Lima", EmailVerified: true,
			Groups: []usher.Membership{{Group: "Campaign - corp - Admin", Source: "profile"}, {Group: "Campaign - corp - Delivery operators", Source: "profile"}}}}
}

// BenchmarkSession is what a request costs whose session is not in memory.
func BenchmarkSession(b *testing.B) {
	onEngines(b, func(b *testing.B, db *store.DB) {
		const sessions = 1000
		for i := range sessions {
			if err := db.PutSession(b.Context(), someone(fmt.Sprint(i))); err != nil {
				b.Fatal(err)
			}
		}
		var n atomic.Int64
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := db.Session(b.Context(), fmt.Sprint(n.Add(1)%sessions)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkSignIn is all that one sign-in writes, by as many browsers at once
// as there are at a busy nine o'clock.
func BenchmarkSignIn(b *testing.B) {
	for _, c := range []struct {
		name   string
		signIn func(b *testing.B, db *store.DB, id string) error
	}{{"each", eachWrite}, {"combined", combinedWrites}} {
		b.Run(c.name, func(b *testing.B) {
			onEngines(b, func(b *testing.B, db *store.DB) {
				var n atomic.Int64
				b.SetParallelism(16)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := c.signIn(b, db, fmt.Sprint(n.Add(1))); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sign-ins/s")
			})
		})
	}
}

func started(id string) (usher.Pending, usher.Attempt) {
	now := time.Now()
	p := usher.Pending{StateHash: id, BrowserHash: id, Reference: usher.Reference(id), Account: "Adobe_Marketing_Cloud", Sealed: make([]byte, 200), ReturnTo: "/reports/", Begun: now}
	a := usher.Attempt{Reference: usher.Reference(id), Outcome: usher.OutcomeBegun, Begun: now}
	a.Pass(usher.StepBegin, now, "sent to the provider")
	return p, a
}

func finished(a usher.Attempt) (usher.Attempt, usher.Session) {
	s := someone(string(a.Reference))
	a.Outcome, a.Person = usher.OutcomeSignedIn, &s.Person
	for _, step := range []usher.Step{usher.StepCallback, usher.StepRedeem, usher.StepVerify, usher.StepProfile, usher.StepAdmit, usher.StepSession} {
		a.Pass(step, a.Begun, "what was seen at this step, in a sentence of some length")
	}
	return a, s
}

func eachWrite(b *testing.B, db *store.DB, id string) error {
	p, a := started(id)
	if err := db.PutPending(b.Context(), p); err != nil {
		return err
	}
	if err := db.PutAttempt(b.Context(), a); err != nil {
		return err
	}
	if _, err := db.TakePending(b.Context(), id); err != nil {
		return err
	}
	a, s := finished(a)
	if err := db.PutSession(b.Context(), s); err != nil {
		return err
	}
	return db.PutAttempt(b.Context(), a)
}

func combinedWrites(b *testing.B, db *store.DB, id string) error {
	p, a := started(id)
	if err := db.Begin(b.Context(), p, a); err != nil {
		return err
	}
	if _, err := db.TakePending(b.Context(), id); err != nil {
		return err
	}
	a, s := finished(a)
	return db.Finish(b.Context(), a, s, nil)
}
