// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"sync"
	"time"
)

// A shelf keeps things for a while. It holds at most max of them: the oldest
// makes room for the newest.
type shelf[V any] struct {
	mu    sync.Mutex
	max   int
	kept  map[string]kept[V]
	order []string
}

type kept[V any] struct {
	value V
	until time.Time
}

func newShelf[V any](limit int) *shelf[V] {
	return &shelf[V]{max: limit, kept: map[string]kept[V]{}}
}

func (s *shelf[V]) put(key string, value V, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.kept[key]; !there {
		s.order = append(s.order, key)
	}
	s.kept[key] = kept[V]{value, until}
	for len(s.kept) > s.max || len(s.order) > 2*s.max {
		delete(s.kept, s.order[0])
		s.order = s.order[1:]
	}
}

// get returns what is kept and has not expired.
func (s *shelf[V]) get(key string, now time.Time) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[key]
	if !ok || !now.Before(k.until) {
		var none V
		return none, false
	}
	return k.value, true
}

// take returns what is kept and removes it, so that of two callers one has it.
func (s *shelf[V]) take(key string, now time.Time) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[key]
	delete(s.kept, key)
	if !ok || !now.Before(k.until) {
		var none V
		return none, false
	}
	return k.value, true
}

func (s *shelf[V]) drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, key)
}
