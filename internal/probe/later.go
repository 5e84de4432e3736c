// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"sync"
)

// A later is a value that one gatherer finds and others wait for.
type later[T any] struct {
	done  chan struct{}
	once  sync.Once
	value T
}

func newLater[T any]() *later[T] { return &later[T]{done: make(chan struct{})} }

// set gives the value to all who wait. Only the first call counts.
func (l *later[T]) set(v T) {
	l.once.Do(func() {
		l.value = v
		close(l.done)
	})
}

// wait gives the value, or false where the time was over first.
func (l *later[T]) wait(ctx context.Context) (T, bool) {
	select {
	case <-l.done:
		return l.value, true
	default:
	}
	select {
	case <-l.done:
		return l.value, true
	case <-ctx.Done():
		var none T
		return none, false
	}
}
