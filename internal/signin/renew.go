// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

const purposeGrant = "provider grant"

const (
	// renewWithin bounds what one renewal asks of the provider; the claim to it
	// lasts longer, so that no other node begins while an answer may still come.
	renewWithin = 40 * time.Second
	claimFor    = 2 * renewWithin
	// afterFailure is how long the provider is left alone.
	afterFailure = 30 * time.Second
	// busy is how long to wait for another node that is asking.
	busy = time.Second
)

// Renew asks the provider of a session's login again what it says of the person.
// A login is renewed by one node at a time, because a refresh token may work
// once only. Where the provider has taken the grant back the login ends; where
// it does not answer everything stays as it is.
func (f *Flow) Renew(ctx context.Context, s usher.Session, refresh time.Duration) session.Renewal {
	now := f.Now()
	holder, err := session.NewValue(f.Random)
	if err != nil {
		return session.Renewal{Later: afterFailure}
	}
	claim, err := f.Store.ClaimRenewal(ctx, s.Login, holder, now.Add(-refresh), now, now.Add(claimFor))
	switch {
	case errors.Is(err, usher.ErrNotFound):
		return session.Renewal{Later: afterFailure} // the login ended, and the session with it
	case err != nil:
		return session.Renewal{Later: 5 * time.Second}
	case !claim.Claimed && claim.Renewed.After(s.Renewed):
		return session.Renewal{}
	case !claim.Claimed:
		return session.Renewal{Later: busy}
	}
	ctx, cancel := context.WithTimeout(ctx, renewWithin)
	defer cancel()
	person, kept, cause := f.askAgain(ctx, s, claim.Sealed)
	if cause == nil {
		return f.keepRenewal(ctx, s, holder, kept, person)
	}
	logger := f.Logger.With(slog.String("reference", s.Login), slog.String("account", s.Account), slog.String("code", string(cause.Code)))
	if kept == nil && (cause.Code == usher.CodeTokenRefused || cause.Code == usher.CodeIDTokenInvalid) {
		logger.Warn("the provider no longer vouches for a login; it was ended", slog.Any("cause", cause))
		if err := f.Sessions.SignOut(ctx, s.Login, "provider of "+s.Account, "the provider no longer vouches for "+personName(s.Person)); err != nil {
			logger.Error("a login could not be ended", slog.Any("error", err))
			return session.Renewal{Later: busy}
		}
		return session.Renewal{Over: true}
	}
	logger.Warn("the provider could not be asked again about a person; the session goes on with what it said before",
		slog.Time("said", claim.Renewed), slog.Time("until", s.Expires), slog.Any("cause", cause))
	return f.postpone(ctx, s, holder, kept, claim.Renewed)
}

// askAgain opens what was sealed and asks the provider.
func (f *Flow) askAgain(ctx context.Context, s usher.Session, sealed []byte) (usher.Person, []byte, *usher.Cause) {
	cause := &usher.Cause{Step: usher.StepProfile, Code: usher.CodeProviderUnreachable, Subject: s.Account}
	reg := f.Rules().exact(s.Account)
	if reg == nil || !reg.Account.Enabled {
		cause.Code, cause.Saw, cause.Want = usher.CodeAccountMissing, "an account that is not in force", "the account that the login began with"
		return usher.Person{}, nil, cause
	}
	provider, ok := reg.Provider.(Renewing)
	if !ok {
		cause.Saw, cause.Want = "a provider that cannot be asked again", "one that gives refresh tokens"
		return usher.Person{}, nil, cause
	}
	plain, err := f.Sealer.Open(purposeGrant, s.Login, sealed)
	if err != nil {
		cause.Saw, cause.Want = "what was kept of the login, sealed with another key", "a key file that every node has, with the older keys in it"
		return usher.Person{}, nil, cause
	}
	return provider.Renew(ctx, plain, s.Person)
}

// keepRenewal puts in force what the provider said. The old refresh token is
// used up, so a database that does not answer is asked more than once.
func (f *Flow) keepRenewal(ctx context.Context, s usher.Session, holder string, kept []byte, person usher.Person) session.Renewal {
	sealed, err := f.Sealer.Seal(purposeGrant, s.Login, kept)
	for tries := 0; err == nil && tries < 3; tries++ {
		if err = f.Store.KeepRenewal(ctx, s.Login, holder, usher.Kept{Sealed: sealed, Person: &person, Renewed: f.Now()}); !errors.Is(err, usher.ErrUnavailable) {
			break
		}
	}
	switch {
	case errors.Is(err, usher.ErrNotFound): // ended meanwhile
		return session.Renewal{}
	case err != nil:
		f.Logger.Error("what the provider said again about a person could not be kept", slog.String("reference", s.Login), slog.Any("error", err))
		return session.Renewal{Later: busy}
	}
	if gone, come := differences(s.Person.GroupNames(), person.GroupNames()); len(gone)+len(come) > 0 {
		f.Logger.Info("a person's directory groups have changed", slog.String("reference", s.Login), slog.String("subject", person.Subject),
			slog.String("change", strings.TrimSpace(fmt.Sprintf("%d gone, %d new", len(gone), len(come)))))
	}
	return session.Renewal{}
}

// postpone leaves the provider alone for a while. A refresh token that came all
// the same is kept: the one before may work no more.
func (f *Flow) postpone(ctx context.Context, s usher.Session, holder string, kept []byte, renewed time.Time) session.Renewal {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeWithin)
	defer cancel()
	until := f.Now().Add(afterFailure)
	var err error
	if kept == nil {
		err = f.Store.PostponeRenewal(ctx, s.Login, holder, until)
	} else if sealed, e := f.Sealer.Seal(purposeGrant, s.Login, kept); e != nil {
		err = e
	} else {
		err = f.Store.KeepRenewal(ctx, s.Login, holder, usher.Kept{Sealed: sealed, Renewed: renewed, Until: until})
	}
	if err != nil && !errors.Is(err, usher.ErrNotFound) {
		f.Logger.Error("the renewal of a login could not be put off", slog.String("reference", s.Login), slog.Any("error", err))
	}
	return session.Renewal{Later: afterFailure}
}

// differences lists what is only in before, and what is only in after.
func differences(before, after []string) (gone, come []string) {
	for _, n := range before {
		if !slices.Contains(after, n) {
			gone = append(gone, n)
		}
	}
	for _, n := range after {
		if !slices.Contains(before, n) {
			come = append(come, n)
		}
	}
	return gone, come
}
