// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// sayAgain is how often the log is told of what befalls one sign-in after another.
const sayAgain = time.Minute

// An outcry says of what befalls every sign-in once what it is, and from then on
// how often it happened, once in an interval. The zero value is ready.
type outcry struct {
	mu   sync.Mutex
	said map[string]*said
}

type said struct {
	since, told time.Time
	more        int // since told
}

// say logs a message, or counts it. Messages are few, and words of ours.
func (o *outcry) say(ctx context.Context, log *slog.Logger, now time.Time, level slog.Level, message string, attrs ...slog.Attr) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.said[message]
	switch {
	case s == nil:
		if o.said == nil {
			o.said = make(map[string]*said)
		}
		o.said[message] = &said{since: now, told: now}
	case now.Sub(s.told) < sayAgain && !now.Before(s.told):
		s.more++
		return
	default:
		attrs = append(attrs, slog.Int("times", s.more+1), slog.Time("since", s.told))
		s.told, s.more = now, 0
	}
	log.LogAttrs(ctx, level, message, attrs...)
}

// over says how often something happened that was not said, and forgets it.
func (o *outcry) over(ctx context.Context, log *slog.Logger, now time.Time, message string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.said[message]
	if s == nil {
		return
	}
	delete(o.said, message)
	log.LogAttrs(ctx, slog.LevelInfo, "it is over: "+message, slog.Int("more", s.more), slog.Duration("after", now.Sub(s.since).Round(time.Second)))
}
