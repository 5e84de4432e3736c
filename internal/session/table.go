// SPDX-License-Identifier: Apache-2.0

package session

import (
	"sync"
	"sync/atomic"
)

// table holds open sessions in memory, about as many as it is made for. Where
// there is no room any session goes: it costs its next request a question to
// the store. Keeping an order of use would cost every request more than that.
type table struct {
	shards []shard
	most   int // in each
}

type shard struct {
	mu        sync.RWMutex
	of        map[key]*Live
	hit, miss atomic.Int64
	_         [80]byte // shards are used by several processors at once: none shares a line of their caches with another
}

// shards is how many parts a large table has; requests wait for each other
// within one only.
const shards = 64

func newTable(most int) *table {
	n := shards
	if most < 64*shards {
		n = 1
	}
	t := &table{shards: make([]shard, n), most: max(1, most/n)}
	t.clear()
	return t
}

// shard finds where a session belongs. A key is a hash, so that any byte of it
// spreads them evenly.
func (t *table) shard(k key) *shard { return &t.shards[int(k[0])%len(t.shards)] }

func (t *table) get(k key) (*Live, bool) {
	s := t.shard(k)
	s.mu.RLock()
	l, ok := s.of[k]
	s.mu.RUnlock()
	if ok {
		s.hit.Add(1)
	} else {
		s.miss.Add(1)
	}
	return l, ok
}

func (t *table) put(k key, l *Live) {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.of[k]; !there && len(s.of) >= t.most {
		for any := range s.of { // which one comes first is left to chance
			delete(s.of, any)
			break
		}
	}
	s.of[k] = l
}

func (t *table) drop(k key) {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, k)
}

// clear drops all.
func (t *table) clear() {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		s.of = make(map[key]*Live)
		s.mu.Unlock()
	}
}

// dropWhere drops the sessions of which over says so.
func (t *table) dropWhere(over func(*Live) bool) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for k, l := range s.of {
			if over(l) {
				delete(s.of, k)
			}
		}
		s.mu.Unlock()
	}
}

// size is how many sessions are held.
func (t *table) size() (n int) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		n += len(s.of)
		s.mu.RUnlock()
	}
	return n
}

// asked is how many look-ups found a session here, and how many did not.
func (t *table) asked() (hit, miss int) {
	for i := range t.shards {
		hit, miss = hit+int(t.shards[i].hit.Load()), miss+int(t.shards[i].miss.Load())
	}
	return hit, miss
}
