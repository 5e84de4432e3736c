// SPDX-License-Identifier: Apache-2.0

package signin_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/store"
)

const (
	host   = "campaign.corp.example"
	public = "https://" + host
	canary = "canary-refresh-token"
)

// A desk is a sign-in flow with a real database, real keys and real sessions,
// before a provider that says what a test tells it to.
type desk struct {
	*testing.T
	db       *store.DB
	database string
	flow     *signin.Flow
	provider *provider
	mu       sync.Mutex
	now      time.Time
	log      strings.Builder
}

// provider says what it is told to say.
type provider struct {
	person    usher.Person
	notes     []string
	sid       string
	renewable bool
	redeem    *usher.Cause
	before    func() // is called while the person's code is redeemed

	renewed usher.Person
	kept    []byte
	refused *usher.Cause
	asked   int
	given   []string
}

func (p *provider) AuthorizeURL(_ context.Context, a signin.Authorization) (string, *usher.Cause) {
	return "https://login.example/authorize?" + url.Values{"state": {a.State}}.Encode(), nil
}

func (p *provider) CheckReturn(q url.Values) *usher.Cause {
	if q.Has("error") {
		return &usher.Cause{Code: usher.CodeProviderError, Saw: "error=" + q.Get("error")}
	}
	return nil
}

func (p *provider) Redeem(context.Context, signin.Redemption) (signin.Grant, *usher.Cause) {
	if p.before != nil {
		p.before()
	}
	return grant{p}, p.redeem
}
func (p *provider) SignOutURL([]byte, string) (string, bool) { return "", false }
func (p *provider) Revoke(context.Context, []byte) error     { return nil }
func (p *provider) Issues(issuer string) (string, bool) {
	return "https://login.example", issuer == "https://login.example"
}
func (p *provider) VerifyLogout(context.Context, usher.Secret) (usher.Logout, *usher.Cause) {
	return usher.Logout{}, nil
}

func (p *provider) Renew(_ context.Context, keepsake []byte, _ usher.Person) (usher.Person, []byte, *usher.Cause) {
	p.asked++
	p.given = append(p.given, string(keepsake))
	return p.renewed, p.kept, p.refused
}

type grant struct{ p *provider }

func (g grant) Note() string                                        { return "redeemed" }
func (g grant) Scopes() usher.Scopes                                { return nil }
func (g grant) Person(context.Context) (usher.Person, *usher.Cause) { return g.p.person, nil }
func (g grant) Keepsake() ([]byte, error)                           { return []byte(canary), nil }
func (g grant) Notes() []string                                     { return g.p.notes }
func (g grant) ProviderSession() string                             { return g.p.sid }
func (g grant) Renewable() bool                                     { return g.p.renewable }

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newDeskAt(t, "sqlite:"+filepath.Join(t.TempDir(), "usher.db"))
}

func newDeskAt(t *testing.T, database string) *desk {
	t.Helper()
	d := &desk{T: t, database: database, now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	d.provider = &provider{person: usher.Person{Provider: "https://login.example", Subject: "ana", Email: "ana@corp.example", EmailVerified: true,
		Groups: []usher.Membership{{Group: "team Admin"}}}}
	var err error
	if d.db, err = store.Open(t.Context(), database, store.Options{Now: d.clock, Timeout: 30 * time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.db.Close() })
	keys, err := seal.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	account := usher.ExternalAccount{InternalName: "corp", Type: usher.TypeOpenIDConnect, Enabled: true, Mask: usher.ParseMask("team "), CallbackURL: public + usher.CallbackPath}
	admission := usher.Admission{Account: account, OperatorGroups: []usher.OperatorGroup{{Name: "Admin"}}}
	rules := &signin.Rules{Revision: "r1", Public: public, PublicHost: host, Origins: []string{public},
		Registrations: []signin.Registration{{Account: account, Provider: d.provider, Admission: admission}}}
	sessions := session.New(session.Options{Store: d.db, Now: d.clock, Random: rand.Reader, Rules: func() *session.Rules {
		return &session.Rules{Idle: time.Hour, Lifetime: 10 * time.Hour, Admit: func(_ string, p usher.Person) (usher.Operator, *usher.Cause) { return admission.Admit(p) }}
	}})
	d.flow = &signin.Flow{Rules: func() *signin.Rules { return rules }, Store: d.db, Sessions: sessions, Sealer: keys, Now: d.clock, Random: rand.Reader,
		Logger: slog.New(slog.NewTextHandler(&d.log, nil))}
	return d
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) move(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// begin starts a sign-in and gives its state and its browser's cookie.
func (d *desk) begin() (*signin.Begun, string, http.Header) {
	d.Helper()
	begun, refusal := d.flow.Begin(d.Context(), signin.Beginning{ReturnTo: "/reports/", Client: "192.0.2.7"})
	if refusal != nil {
		d.Fatal(refusal)
	}
	at, err := url.Parse(begun.Location)
	if err != nil {
		d.Fatal(err)
	}
	c := begun.Cookies[len(begun.Cookies)-1]
	return begun, at.Query().Get("state"), http.Header{"Cookie": {c.Name + "=" + c.Value}}
}

func (d *desk) finish(state string, cookies http.Header) (*signin.Finished, *signin.Refusal) {
	return d.flow.Finish(d.Context(), signin.Return{Query: url.Values{"state": {state}, "code": {"c"}}, Header: cookies, Host: host})
}

func (d *desk) attempt(ref usher.Reference) usher.Attempt {
	d.Helper()
	a, err := d.db.Attempt(d.Context(), ref)
	if err != nil {
		d.Fatal(err)
	}
	return a
}

func (d *desk) open() []usher.Session {
	d.Helper()
	list, err := d.db.Sessions(d.Context(), store.SessionFilter{})
	if err != nil {
		d.Fatal(err)
	}
	return list
}

func TestSignInIsRecorded(t *testing.T) {
	d := newDesk(t)
	d.provider.notes, d.provider.sid = []string{"the profile has no name"}, "s-1"
	begun, state, cookies := d.begin()
	d.move(20 * time.Second)
	done, refusal := d.finish(state, cookies)
	if refusal != nil {
		t.Fatal(refusal)
	}
	if done.Location != "/reports/" || done.Reference != begun.Reference {
		t.Errorf("came to %s as %s", done.Location, done.Reference)
	}
	a := d.attempt(begun.Reference)
	if a.Outcome != usher.OutcomeSignedIn || !a.Ended.Equal(d.clock()) || !slices.Equal(a.Groups, []string{"Admin"}) {
		t.Errorf("recorded as %+v", a)
	}
	var steps []string
	noted := false
	for _, p := range a.Trail {
		steps = append(steps, string(p.Step))
		noted = noted || strings.Contains(p.Note, "the profile has no name")
	}
	if got := strings.Join(slices.Compact(steps), " "); got != "begin callback redeem profile admit session" || !noted {
		t.Errorf("the trail is %s; the provider's oddity is in it: %v", got, noted)
	}
	open := d.open()
	if len(open) != 1 || open[0].ProviderSession != "s-1" || !open[0].Renewed.IsZero() || open[0].Login != string(begun.Reference) {
		t.Errorf("open sessions: %+v", open)
	}
}

func TestCallbackRules(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(d *desk, state string, cookies http.Header) (string, http.Header)
		want usher.Code
	}{
		"another browser": {func(_ *desk, s string, h http.Header) (string, http.Header) {
			return s, http.Header{"Cookie": {h.Get("Cookie") + "x"}}
		}, usher.CodeStateCookieMissing},
		"no cookie": {func(_ *desk, s string, _ http.Header) (string, http.Header) { return s, nil }, usher.CodeStateCookieMissing},
		"two cookies": {func(_ *desk, s string, h http.Header) (string, http.Header) {
			return s, http.Header{"Cookie": {h.Get("Cookie"), h.Get("Cookie") + "x"}}
		}, usher.CodeStateCookieMissing},
		"no state":            {func(_ *desk, _ string, h http.Header) (string, http.Header) { return "", h }, usher.CodeStateMissing},
		"eleven minutes":      {func(d *desk, s string, h http.Header) (string, http.Header) { d.move(11 * time.Minute); return s, h }, usher.CodeStateExpired},
		"begun in the future": {func(d *desk, s string, h http.Header) (string, http.Header) { d.move(-time.Minute); return s, h }, usher.CodeStateExpired},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			_, state, cookies := d.begin()
			state, cookies = c.do(d, state, cookies)
			_, refusal := d.finish(state, cookies)
			if refusal == nil || refusal.Cause.Code != c.want {
				t.Errorf("refused with %v, wanted %s", refusal, c.want)
			}
			if len(d.open()) != 0 {
				t.Error("a session is open")
			}
			if refusal != nil && (refusal.Reference == "" || d.attempt(refusal.Reference).Cause.Code != c.want) {
				t.Errorf("the refusal %s is not on record", refusal.Reference)
			}
		})
	}
	t.Run("twice", func(t *testing.T) {
		d := newDesk(t)
		begun, state, cookies := d.begin()
		if _, refusal := d.finish(state, cookies); refusal != nil {
			t.Fatal(refusal)
		}
		_, refusal := d.finish(state, cookies)
		if refusal == nil || refusal.Cause.Code != usher.CodeStateUnknown || !strings.Contains(refusal.Cause.Detail, string(begun.Reference)) || refusal.Reference == begun.Reference {
			t.Errorf("the second time: %v", refusal)
		}
		if d.attempt(begun.Reference).Outcome != usher.OutcomeSignedIn {
			t.Error("the first time is no longer recorded as it was")
		}
	})
}

// The beginning of an attempt is the pending sign-in's own, also where the
// record of it is lost.
func TestAttemptBeganWhenItBegan(t *testing.T) {
	d := newDesk(t)
	begun := d.clock()
	d.flow.Store = lossy{d.db}
	_, state, cookies := d.begin()
	d.move(3 * time.Minute)
	done, refusal := d.finish(state, cookies)
	if refusal != nil {
		t.Fatal(refusal)
	}
	if a := d.attempt(done.Reference); !a.Begun.Equal(begun) {
		t.Errorf("recorded as begun at %s, it was %s", a.Begun, begun)
	}
}

// lossy keeps pending sign-ins and loses the attempts that go with them.
type lossy struct{ *store.DB }

func (l lossy) Begin(ctx context.Context, p usher.Pending, _ usher.Attempt) error {
	return l.PutPending(ctx, p)
}

func TestSignInThatWasSignedOutMeanwhile(t *testing.T) {
	for name, end := range map[string]func(d *desk, ref usher.Reference) error{
		"by the person": func(d *desk, ref usher.Reference) error {
			_, err := d.db.EndLogin(context.Background(), string(ref), d.clock())
			return err
		},
		"by the provider, everywhere": func(d *desk, _ usher.Reference) error {
			_, err := d.db.Logout(context.Background(), usher.Logout{ID: "1", Account: "corp", Provider: "https://login.example", Subject: "ana", At: d.clock()})
			return err
		},
		"by the provider, this session": func(d *desk, _ usher.Reference) error {
			_, err := d.db.Logout(context.Background(), usher.Logout{ID: "1", Account: "corp", Provider: "https://login.example", Session: "s-1", At: d.clock()})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.provider.sid = "s-1"
			begun, state, cookies := d.begin()
			var failed error
			d.provider.before = func() { failed = end(d, begun.Reference) }
			_, refusal := d.finish(state, cookies)
			if failed != nil {
				t.Fatal(failed)
			}
			if refusal == nil || !refusal.SignedOut || refusal.Cause.Code == usher.CodeSessionStoreDown {
				t.Fatalf("refused with %+v", refusal)
			}
			a := d.attempt(begun.Reference)
			if a.Outcome != usher.OutcomeRefused || a.Cause == nil || !strings.Contains(a.Cause.Saw, "signed out") || len(a.Groups) != 0 || len(d.open()) != 0 {
				t.Errorf("recorded as %+v, %d sessions open", a, len(d.open()))
			}
			if slices.ContainsFunc(a.Trail, func(p usher.Passage) bool { return strings.Contains(p.Note, "session opened") }) {
				t.Error("the trail says that a session was opened")
			}
		})
	}
}

func (d *desk) signedIn() usher.Session {
	d.Helper()
	d.provider.renewable = true
	_, state, cookies := d.begin()
	if _, refusal := d.finish(state, cookies); refusal != nil {
		d.Fatal(refusal)
	}
	open := d.open()
	if len(open) != 1 || open[0].Renewed.IsZero() {
		d.Fatalf("open: %+v", open)
	}
	return open[0]
}

func TestRenewal(t *testing.T) {
	const refresh = 15 * time.Minute
	unreachable := &usher.Cause{Code: usher.CodeProviderUnreachable}
	t.Run("what the provider says now is put in force, and the new token used next", func(t *testing.T) {
		d := newDesk(t)
		s := d.signedIn()
		d.provider.renewed, d.provider.kept = s.Person, []byte("second")
		d.provider.renewed.Groups = nil
		d.move(refresh)
		if got := d.flow.Renew(t.Context(), s, refresh); got != (session.Renewal{}) {
			t.Fatalf("%+v", got)
		}
		if now := d.open()[0]; len(now.Person.Groups) != 0 || !now.Renewed.Equal(d.clock()) {
			t.Errorf("kept: %+v", now)
		}
		if got := d.flow.Renew(t.Context(), s, refresh); got != (session.Renewal{}) || d.provider.asked != 1 {
			t.Errorf("asked %d times, the second time %+v", d.provider.asked, got)
		}
		d.move(refresh)
		d.flow.Renew(t.Context(), d.open()[0], refresh)
		if !slices.Equal(d.provider.given, []string{canary, "second"}) {
			t.Errorf("the provider was given %q", d.provider.given)
		}
	})
	t.Run("a refused refresh token ends the login", func(t *testing.T) {
		for _, code := range []usher.Code{usher.CodeTokenRefused, usher.CodeIDTokenInvalid} {
			d := newDesk(t)
			s := d.signedIn()
			d.provider.refused = &usher.Cause{Code: code}
			d.move(refresh)
			if got := d.flow.Renew(t.Context(), s, refresh); !got.Over || len(d.open()) != 0 {
				t.Errorf("%s: %+v, %d sessions open", code, got, len(d.open()))
			}
		}
	})
	t.Run("a wrong client secret is the administrator's affair", func(t *testing.T) {
		d := newDesk(t)
		s := d.signedIn()
		d.provider.refused = &usher.Cause{Code: usher.CodeClientSecretWrong}
		d.move(refresh)
		if got := d.flow.Renew(t.Context(), s, refresh); got.Over || got.Later == 0 || len(d.open()) != 1 {
			t.Errorf("%+v, %d sessions open", got, len(d.open()))
		}
	})
	t.Run("a provider that is down is left alone for a while", func(t *testing.T) {
		d := newDesk(t)
		s := d.signedIn()
		d.provider.refused = unreachable
		d.move(refresh)
		for range 3 {
			if got := d.flow.Renew(t.Context(), s, refresh); got.Over || got.Later == 0 {
				t.Fatalf("%+v", got)
			}
		}
		if d.provider.asked != 1 || len(d.open()) != 1 || !strings.Contains(d.log.String(), "could not be asked again") {
			t.Errorf("asked %d times; the log: %s", d.provider.asked, d.log.String())
		}
		d.move(30 * time.Second)
		d.provider.refused, d.provider.renewed, d.provider.kept = nil, s.Person, []byte("second")
		if got := d.flow.Renew(t.Context(), s, refresh); got != (session.Renewal{}) || !slices.Equal(d.provider.given, []string{canary, canary}) {
			t.Errorf("%+v; given %q", got, d.provider.given)
		}
	})
	t.Run("a refresh token that came without a person is kept", func(t *testing.T) {
		d := newDesk(t)
		s := d.signedIn()
		d.provider.refused, d.provider.kept = unreachable, []byte("second")
		d.move(refresh)
		d.flow.Renew(t.Context(), s, refresh)
		if now := d.open()[0]; !now.Renewed.Equal(s.Renewed) || len(now.Person.Groups) != 1 {
			t.Errorf("what was known is no longer: %+v", now)
		}
		d.move(30 * time.Second)
		d.flow.Renew(t.Context(), s, refresh)
		if !slices.Equal(d.provider.given, []string{canary, "second"}) {
			t.Errorf("given %q", d.provider.given)
		}
	})
	t.Run("the keepsake is sealed and in no log", func(t *testing.T) {
		d := newDesk(t)
		s := d.signedIn()
		sealed, err := d.db.KeptGrant(t.Context(), s.Login)
		if err != nil || strings.Contains(string(sealed), canary) || len(sealed) < len(canary) {
			t.Errorf("kept is %q, %v", sealed, err)
		}
		if strings.Contains(d.log.String(), canary) {
			t.Error("the log holds it")
		}
		if _, err := d.flow.SignOut(t.Context(), s, public); err != nil {
			t.Fatal(err)
		}
		if _, err := d.db.KeptGrant(t.Context(), s.Login); !errors.Is(err, usher.ErrNotFound) {
			t.Errorf("after signing out it is still kept: %v", err)
		}
	})
}

// One browser has at most sixteen sign-ins open; the oldest cookies go.
func TestCrowdedBrowser(t *testing.T) {
	d := newDesk(t)
	var open []string
	for range 20 {
		open = append(open, signin.FlowCookie+"x")
	}
	begun, refusal := d.flow.Begin(t.Context(), signin.Beginning{ReturnTo: "/", Open: open})
	if refusal != nil {
		t.Fatal(refusal)
	}
	gone := 0
	for _, c := range begun.Cookies {
		if c.MaxAge < 0 {
			gone++
		}
	}
	if gone != 5 {
		t.Errorf("%d cookies were removed, wanted 5", gone)
	}
}
