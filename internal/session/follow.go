// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/usher-signin/usher"
)

// Run keeps the cache honest until ctx ends: it drops sessions that were ended
// elsewhere and writes down when sessions were last used.
func (m *Manager) Run(ctx context.Context) {
	ticker := time.NewTicker(SyncEvery)
	defer ticker.Stop()
	silent := false
	for {
		select {
		case <-ctx.Done():
			m.drain()
			return
		case live := <-m.touch:
			m.write(ctx, live)
		case <-ticker.C:
			silent = m.Sync(ctx, silent)
		}
	}
}

// Sync asks the store once which sessions were ended. It logs only when the
// answer changes from words to silence or back, which silent carries along.
func (m *Manager) Sync(ctx context.Context, silent bool) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	asked := m.opts.Now()
	ids, err := m.opts.Store.Ended(ctx, time.UnixMicro(m.synced.Load()).Add(-syncOverlap))
	if err != nil {
		if !silent && ctx.Err() == nil || !silent && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			m.opts.Logger.Error("the database does not say which sessions were ended; sessions pass from memory for a short while",
				slog.String("code", string(usher.CodeSessionStoreDown)), slog.Duration("for", StaleAfter), slog.Any("error", err))
		}
		return true
	}
	if silent {
		m.opts.Logger.Info("the database answers again")
	}
	for _, id := range ids {
		if k, ok := parseID(id); ok {
			m.cache.Invalidate(k)
		}
	}
	m.synced.Store(asked.UnixMicro())
	return false
}

func (m *Manager) write(ctx context.Context, live *Live) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	seen := time.UnixMicro(live.lastSeen.Load())
	if err := m.opts.Store.TouchSession(ctx, live.key.id(), seen); err != nil && !errors.Is(err, usher.ErrNotFound) {
		m.opts.Logger.Warn("a session's last use was not written down", slog.Any("error", err))
	}
}

// drain writes what is still waiting when the node stops.
func (m *Manager) drain() {
	for {
		select {
		case live := <-m.touch:
			m.write(context.Background(), live)
		default:
			return
		}
	}
}
