// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/usher-signin/usher"
)

// How fresh the cache is kept.
const (
	// SyncEvery is how often a node asks which sessions were ended elsewhere.
	SyncEvery = 500 * time.Millisecond
	// StaleAfter is how long sessions pass from memory while the store is silent.
	StaleAfter = 30 * time.Second
	// syncOverlap makes up for clocks of nodes that differ a little.
	syncOverlap = 5 * time.Second
	// loadWithin bounds how long a request waits for the store.
	loadWithin = 3 * time.Second
	// touchEvery bounds how often a session's last use is written down.
	touchEvery = time.Minute
)

// ErrNone says that nobody is signed in.
var ErrNone = errors.New("nobody is signed in")

// Store is what sessions need of a store. Errors that are usher.ErrNotFound
// mean that there is no such session; any other means that it cannot be said.
type Store interface {
	PutSession(ctx context.Context, s usher.Session) error
	Session(ctx context.Context, id string) (usher.Session, error)
	TouchSessions(ctx context.Context, lastUse map[string]time.Time) error
	EndSession(ctx context.Context, id string, at time.Time) error
	SignOut(ctx context.Context, login string, at time.Time, actor, detail string) (int, error)
	Ended(ctx context.Context, since time.Time) ([]string, error)
}

// Rules are what a session is judged by. A new pointer is a new set of rules.
type Rules struct {
	Admit    func(account string, p usher.Person) (usher.Operator, *usher.Cause)
	Idle     time.Duration
	Lifetime time.Duration
	Refresh  time.Duration // how old what the provider said may be before it is asked again; zero: it is not
	Stale    time.Duration // for how long after that it may fail to answer; zero: until the session's own end
}

// Options configure a Manager; all but Cache and Logger are needed.
type Options struct {
	Store   Store
	Rules   func() *Rules
	Now     func() time.Time
	Random  io.Reader
	Renewer Renewer // nil: the provider is never asked again
	Cache   int     // most sessions kept in memory; zero: 200,000
	Logger  *slog.Logger
}

// A Manager opens, finds and ends sessions. It is safe for concurrent use.
type Manager struct {
	opts   Options
	cache  *table
	synced atomic.Int64 // when the store last answered, microseconds
	touch  chan use
	flight singleflight.Group // renewals, by login

	standings standings
}

// New makes a Manager. Call Run beside it.
func New(opts Options) *Manager {
	if opts.Cache == 0 {
		opts.Cache = 200_000
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	m := &Manager{opts: opts, cache: newTable(opts.Cache), touch: make(chan use, 1024)}
	m.synced.Store(opts.Now().UnixMicro())
	return m
}

// A Visit is the answer to a look-up that found a session.
type Visit struct {
	Live   *Live
	Judged *Judged
	key    key
}

// Operator is who the session's person is here; nil: not admitted.
func (v Visit) Operator() *usher.Operator { return v.Judged.operator(v.Live) }

// Session is the session that was found, as it stands, without its sealed part:
// see [Manager.Whole].
func (v Visit) Session() usher.Session { return v.Live.session(v.key) }

// Lookup finds the session of a request to host and counts as a use of it. The
// error is [ErrNone] where nobody is signed in, and is usher.ErrUnavailable
// where that cannot be said. stale reports that the request carries a session
// cookie that should be cleared.
func (m *Manager) Lookup(ctx context.Context, host string, header http.Header) (visit Visit, stale bool, err error) {
	return m.LookupUnder(ctx, m.opts.Rules(), m.opts.Now(), host, header, true)
}

// LookupUnder is Lookup at now under given rules, so that a request which has begun
// under one configuration is judged by it to the end. With use false the
// look-up is a glance: it keeps nobody signed in.
func (m *Manager) LookupUnder(ctx context.Context, rules *Rules, now time.Time, host string, header http.Header, use bool) (visit Visit, stale bool, err error) {
	value, present, valid := sole(header)
	if !valid {
		return Visit{}, present, ErrNone
	}
	k := keyOf(value)
	live, cached := m.cache.get(k)
	if cached && now.UnixMicro()-m.synced.Load() > StaleAfter.Microseconds() {
		return Visit{}, false, fmt.Errorf("%w: it has been silent for more than %s", usher.ErrUnavailable, StaleAfter)
	}
	// Another node may have seen the operator since: ask before saying that the session is over.
	if !cached || live.ended(now, rules.Idle) {
		if live, err = m.load(ctx, k); err != nil {
			return Visit{}, errors.Is(err, ErrNone), err
		}
		if live.ended(now, rules.Idle) {
			m.cache.drop(k)
			return Visit{}, true, ErrNone
		}
	}
	if live.host.Value() != host {
		return Visit{}, true, ErrNone
	}
	if live.due(now, rules.Refresh) {
		if live, err = m.renew(ctx, rules, k, live, now); err != nil {
			return Visit{}, errors.Is(err, ErrNone), err
		}
	}
	if err := live.stale(now, rules); err != nil {
		return Visit{}, false, err
	}
	judged := m.judge(k, live, rules)
	if judged.Cause != nil {
		return Visit{Live: live, Judged: judged, key: k}, false, ErrNone
	}
	if use {
		m.saw(k, live, now)
	}
	return Visit{Live: live, Judged: judged, key: k}, false, nil
}

func (m *Manager) load(ctx context.Context, k key) (*Live, error) {
	ctx, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	s, err := m.opts.Store.Session(ctx, k.id())
	if errors.Is(err, usher.ErrNotFound) {
		m.cache.drop(k)
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", usher.ErrUnavailable, err)
	}
	return m.keep(k, s), nil
}

func (m *Manager) keep(k key, s usher.Session) *Live {
	live := newLive(s)
	m.cache.put(k, live)
	return live
}

// saw notes the use of a session, and has it written down now and then.
func (m *Manager) saw(k key, l *Live, now time.Time) {
	micros := now.UnixMicro()
	if micros > l.lastSeen.Load() {
		l.lastSeen.Store(micros)
	}
	last := l.touched.Load()
	if micros-last < touchEvery.Microseconds() || !l.touched.CompareAndSwap(last, micros) {
		return
	}
	select {
	case m.touch <- use{k, l}:
	default:
		l.touched.Store(last) // too busy now; the next request tries again
	}
}

// An Opening is what a new session is made of.
type Opening struct {
	Login   string
	Host    string
	Account string
	Person  usher.Person
	Seal    func(id string) ([]byte, error) // what to keep for sign-out, sealed for this session; nil: nothing
	Begun   time.Time                       // zero: now; else the login's own beginning, so that a second host does not prolong it
	Renewed time.Time                       // when the provider said what Person holds; zero: it cannot be asked again
	// ProviderSession is the provider's own session, where it named one.
	ProviderSession string
	// Keep keeps the session in place of Store.PutSession; nil: that does. An
	// error that is usher.ErrLoginEnded comes back as it is.
	Keep func(ctx context.Context, s usher.Session) error
}

// Open begins a session and returns its cookie. The id is new at every call.
func (m *Manager) Open(ctx context.Context, o Opening) (*http.Cookie, usher.Session, error) {
	value, err := NewValue(m.opts.Random)
	if err != nil {
		return nil, usher.Session{}, err
	}
	k, now := keyOf(value), m.opts.Now()
	if o.Begun.IsZero() {
		o.Begun = now
	}
	s := usher.Session{ID: k.id(), Login: o.Login, Host: o.Host, Account: o.Account, Person: o.Person,
		Begun: o.Begun, LastSeen: now, Expires: o.Begun.Add(m.opts.Rules().Lifetime), Renewed: o.Renewed, ProviderSession: o.ProviderSession}
	if o.Seal != nil {
		if s.Sealed, err = o.Seal(s.ID); err != nil {
			return nil, usher.Session{}, err
		}
	}
	if o.Keep == nil {
		o.Keep = m.opts.Store.PutSession
	}
	if err := o.Keep(ctx, s); errors.Is(err, usher.ErrLoginEnded) {
		return nil, usher.Session{}, err
	} else if err != nil {
		return nil, usher.Session{}, fmt.Errorf("%w: %w", usher.ErrUnavailable, err)
	}
	m.keep(k, s)
	return HostCookie(CookieName, value, 0), s, nil
}

// EndOf ends the sessions that a request's cookies stand for, whatever their
// state, and reports whether there was one. It is how a superseded cookie dies.
func (m *Manager) EndOf(ctx context.Context, header http.Header) error {
	var errs []error
	for _, value := range Values(header, CookieName) {
		if !wellFormed(value) {
			continue
		}
		k := keyOf(value)
		m.cache.drop(k)
		if err := m.opts.Store.EndSession(ctx, k.id(), m.opts.Now()); err != nil && !errors.Is(err, usher.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// SignOut ends every session that one sign-in opened, on all hosts. The record
// says who did that, and how.
func (m *Manager) SignOut(ctx context.Context, login, actor, detail string) error {
	_, err := m.opts.Store.SignOut(ctx, login, m.opts.Now(), actor, detail)
	m.Forget(login)
	if err != nil {
		return fmt.Errorf("%w: %w", usher.ErrUnavailable, err)
	}
	return nil
}

// Whole reads the session again with its sealed part. Where it cannot be read,
// it is what is known of it.
func (m *Manager) Whole(ctx context.Context, v Visit) usher.Session {
	ctx, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	s, err := m.opts.Store.Session(ctx, v.key.id())
	if err != nil {
		return v.Session()
	}
	return s
}

// ByID reads a session that a ticket stands for, from the store.
func (m *Manager) ByID(ctx context.Context, id string) (usher.Session, error) {
	s, err := m.opts.Store.Session(ctx, id)
	if err != nil {
		return usher.Session{}, err
	}
	if s.Ended(m.opts.Now(), m.opts.Rules().Idle) {
		return usher.Session{}, usher.ErrNotFound
	}
	return s, nil
}
