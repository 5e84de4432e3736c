// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/usher-signin/usher"
)

// Run keeps the cache honest until ctx ends: it drops sessions that were ended
// elsewhere and writes down when sessions were last used.
func (m *Manager) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { m.note(ctx) }) // by itself: a slow write must not delay news of what was ended
	ticker := time.NewTicker(SyncEvery)
	defer ticker.Stop()
	silent, shut := false, false
	for {
		select {
		case <-ctx.Done():
			work.Wait()
			return
		case <-ticker.C:
			silent = m.Sync(ctx, silent)
			shut = m.shut(silent, shut)
		}
	}
}

// shut logs once when a silence has become so long that memory counts no more.
func (m *Manager) shut(silent, before bool) bool {
	silence := m.Silence()
	if !silent || silence <= StaleAfter {
		return false
	}
	if !before {
		m.opts.Logger.Error("nobody passes from memory any more: the database has been silent for too long; everybody is told to try again until it answers",
			slog.String("code", string(usher.CodeSessionStoreDown)), slog.String("silent", silence.Round(time.Second).String()))
	}
	return true
}

// Sync asks the store once which sessions were ended. It logs only when the
// answer changes from words to silence or back, which silent carries along.
func (m *Manager) Sync(ctx context.Context, silent bool) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	asked := m.opts.Now()
	ids, err := m.opts.Store.Ended(ctx, time.UnixMicro(m.synced.Load()).Add(-syncOverlap))
	if errors.Is(err, usher.ErrTooMany) { // everybody was signed out, for example: none that is in memory counts any more
		m.cache.clear()
		ids, err = nil, nil
	}
	if err != nil {
		if !silent && ctx.Err() == nil || !silent && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			m.opts.Logger.Error("the database does not say which sessions were ended; sessions pass from memory for a short while",
				slog.String("code", string(usher.CodeSessionStoreDown)), slog.String("for", StaleAfter.String()), slog.Any("error", err))
		}
		return true
	}
	if silent {
		m.opts.Logger.Info("the database answers again", slog.String("silent", m.Silence().Round(time.Second).String()))
	}
	for _, id := range ids {
		if k, ok := parseID(id); ok {
			m.cache.drop(k)
		}
	}
	m.synced.Store(asked.UnixMicro())
	return false
}

// How uses of sessions are written down: once a second, or as soon as many have
// come together, and never more than noteMost in each noteLook. That is more
// than 300,000 sessions in touchEvery; where more are used at once the rest wait
// for their next request, and the requests do not wait for the database.
const (
	noteEvery = time.Second
	noteLook  = 100 * time.Millisecond
	noteMost  = 512
)

// use is a use of a session that is to be written down.
type use struct {
	key  key
	live *Live
}

// note writes down when sessions were last used, many in one transaction: each
// by itself would cost more than answering the request.
func (m *Manager) note(ctx context.Context) {
	ticker := time.NewTicker(noteLook)
	defer ticker.Stop()
	uses := make(map[string]time.Time)
	lost := false
	for looks := 1; ; looks++ {
		select {
		case <-ctx.Done():
			for m.gather(uses) {
				lost = m.write(context.WithoutCancel(ctx), uses, lost)
			}
			return
		case <-ticker.C:
		}
		if len(m.touch) >= noteMost || looks >= int(noteEvery/noteLook) {
			m.gather(uses)
			lost = m.write(ctx, uses, lost)
			looks = 0
		}
	}
}

// gather takes uses that wait, as many as are written at once, and reports
// whether there was one.
func (m *Manager) gather(uses map[string]time.Time) bool {
	clear(uses)
	for len(uses) < noteMost {
		select {
		case u := <-m.touch:
			uses[u.key.id()] = time.UnixMicro(u.live.lastSeen.Load())
		default:
			return len(uses) > 0
		}
	}
	return true
}

// write writes uses down, and reports whether they are lost. It logs only when
// that changes, which lost carries along.
func (m *Manager) write(ctx context.Context, uses map[string]time.Time, lost bool) bool {
	if len(uses) == 0 {
		return lost
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := m.opts.Store.TouchSessions(ctx, uses)
	switch {
	case err != nil && !lost:
		m.opts.Logger.Warn("the last use of sessions is not written down: whoever goes on working may be taken for idle", slog.Int("sessions", len(uses)), slog.Any("error", err))
	case err == nil && lost:
		m.opts.Logger.Info("the last use of sessions is written down again")
	}
	return err != nil
}
