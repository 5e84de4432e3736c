// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// Gateways on PostgreSQL are killed at random while people sign in and out: no
// sign-in that was answered is lost, no session that was ended lives, and no
// code is redeemed twice. USHER_SOAK_KILLS says how many kills.
func TestKilledNodesLoseNoSignIn(t *testing.T) {
	kills := soak(t, "USHER_SOAK_KILLS", brief(4, 2))
	seed := seedOf(t)
	var codes codeBook
	l := newLedger(t, makeFleet(t, 2, schema(t), codes.around))
	for _, node := range l.nodes {
		node.start(t)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	ctx, stop := context.WithCancel(t.Context())
	all := l.people(ctx, t, 6, seed)
	var slowest time.Duration
	for range kills {
		l.goOn(random)
		node := l.nodes[random.IntN(2)]
		node.kill()
		slowest = max(slowest, node.start(t))
	}
	stop()
	all.Wait()
	l.mustHaveWorked(t, kills)
	time.Sleep(endedWithin) // what was ended last is known everywhere
	l.lookAtAll(t, 0)
	l.examine(t, secondHand(t, l.dsn))
	t.Logf("%d kills; %s; %d codes, none twice; ready again within %s", kills, l, codes.check(t), slowest.Round(time.Millisecond))
}

// A gateway on SQLite is killed while it writes, and again while it starts.
// After each start the file is sound, and all that was answered holds.
// USHER_SOAK_SQLITE_KILLS says how many kills.
func TestKilledOnSQLiteLosesNothing(t *testing.T) {
	kills := soak(t, "USHER_SOAK_SQLITE_KILLS", brief(10, 3))
	seed := seedOf(t)
	path := filepath.Join(t.TempDir(), "ledger.db")
	var codes codeBook
	l := newLedger(t, makeFleet(t, 1, "sqlite:"+path, codes.around))
	node, random := l.nodes[0], rand.New(rand.NewPCG(seed, 0))
	slowest := node.start(t)
	pool := secondHand(t, l.dsn)
	var done, amid, starting int
	for done < kills {
		if random.IntN(6) == 0 {
			node.kill()
			node.launch(t)
			time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond) // somewhere in its start
			starting, done = starting+1, done+1
		} else {
			if l.killedAmid(t, random, seed) {
				amid++
			}
			done++
		}
		node.kill()
		slowest = max(slowest, node.start(t))
		sound(t, pool)
		l.examine(t, pool)
		l.lookAtAll(t, max(0, len(l.entries)-20))
		if t.Failed() {
			t.Fatalf("after %d kills", done)
		}
	}
	l.mustHaveWorked(t, kills)
	l.lookAtAll(t, 0)
	if amid < kills/4 {
		t.Errorf("only %d of %d kills met a request under way", amid, kills)
	}
	t.Logf("%d kills, %d with requests under way and %d in a start; %s; %d codes, none twice; ready again within %s",
		done, amid, starting, l, codes.check(t), slowest.Round(time.Millisecond))
}

// killedAmid lets people go on for a while and kills the gateway. It reports
// whether somebody was not answered.
func (l *ledger) killedAmid(t *testing.T, random *rand.Rand, seed uint64) bool {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	before := l.broken.Load()
	all := l.people(ctx, t, 8, seed)
	l.goOn(random)
	stop() // nobody begins anything any more; who has begun meets the kill
	l.nodes[0].kill()
	all.Wait()
	return l.broken.Load() > before
}

// brief chooses the shorter of two forms where little time is to be taken.
func brief(usual, short int) int {
	if testing.Short() {
		return short
	}
	return usual
}

// goOn waits until some people more have signed in or out, however fast the
// machine is, and then for a moment that has nothing to do with them.
func (l *ledger) goOn(random *rand.Rand) {
	wanted := l.signIns.Load() + l.signOuts.Load() + 1 + random.Int64N(7)
	for begun := time.Now(); l.signIns.Load()+l.signOuts.Load() < wanted && time.Since(begun) < 20*time.Second; {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
}

// mustHaveWorked fails where so little was done that nothing was tested.
func (l *ledger) mustHaveWorked(t *testing.T, kills int) {
	t.Helper()
	if in, out := int(l.signIns.Load()), int(l.signOuts.Load()); in+out < kills || in == 0 || out == 0 || l.looks.Load() == 0 {
		t.Fatalf("%d kills and %s: nothing was tested", kills, l)
	}
}
