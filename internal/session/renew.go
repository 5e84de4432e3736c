// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"fmt"
	"time"

	"github.com/usher-signin/usher"
)

// A Renewer asks a login's provider again what it says of the person, and keeps
// what it said. It bounds its own time.
type Renewer interface {
	Renew(ctx context.Context, s usher.Session, refresh time.Duration) Renewal
}

// A Renewal is how asking again went.
type Renewal struct {
	Over  bool          // the provider has ended the login, and so did the renewer
	Later time.Duration // it could not be asked: not before this time has passed; zero: the store has what it said
}

// renewPatience is how long a request waits for the provider. It is asked on
// when that is over; the person goes on with what is known.
const renewPatience = 3 * time.Second

// due reports whether what the provider says of a session is to be asked again.
func (l *Live) due(now time.Time, refresh time.Duration) bool {
	return refresh > 0 && l.renewed != 0 && l.age(now) >= refresh && now.UnixMicro() >= l.later.Load()
}

// renew asks the provider again about a session before it is used, once for all
// requests and sessions of the login at a time.
func (m *Manager) renew(ctx context.Context, rules *Rules, k key, live *Live, now time.Time) (*Live, error) {
	if m.opts.Renewer == nil {
		return live, nil
	}
	done := m.flight.DoChan(live.login(), func() (any, error) {
		return m.opts.Renewer.Renew(context.WithoutCancel(ctx), live.session(k), rules.Refresh), nil
	})
	patience := time.NewTimer(renewPatience)
	defer patience.Stop()
	select {
	case r := <-done:
		renewal, _ := r.Val.(Renewal)
		switch {
		case renewal.Over:
			m.Forget(live.login())
			return nil, ErrNone
		case renewal.Later == 0:
			return m.load(ctx, k)
		}
		live.later.Store(now.Add(renewal.Later).UnixMicro())
	case <-patience.C:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", usher.ErrUnavailable, ctx.Err())
	}
	return live, nil
}

// stale says that the provider could not be asked for longer than is allowed.
func (l *Live) stale(now time.Time, rules *Rules) error {
	if rules.Stale > 0 && rules.Refresh > 0 && l.renewed != 0 && l.age(now) >= rules.Refresh+rules.Stale {
		return fmt.Errorf("%w: the provider could not be asked about the person since %s", usher.ErrUnavailable, moment(l.renewed).Format(time.RFC3339))
	}
	return nil
}

// Forget drops the sessions of logins from memory: they were ended.
func (m *Manager) Forget(logins ...string) {
	ended := make(map[string]bool, len(logins))
	for _, l := range logins {
		ended[l] = true
	}
	m.cache.dropWhere(func(l *Live) bool { return ended[l.login()] })
}
