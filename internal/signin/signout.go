// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/usher-signin/usher"
)

// revokeWithin bounds the call that gives tokens back; the person does not wait for it.
const revokeWithin = 5 * time.Second

// SignOut ends the login that a session belongs to, on all hosts, gives back
// what the provider issued, and says where to send the browser so that the
// provider's own session ends too; empty: nowhere.
func (f *Flow) SignOut(ctx context.Context, s usher.Session, returnTo string) (location string, err error) {
	keepsake, unread := f.latest(ctx, s) // ending the login forgets it
	if err := f.Sessions.SignOut(ctx, s.Login, personName(s.Person), "by the person"); err != nil {
		return "", err
	}
	f.Logger.Info("signed out", slog.String("reference", s.Login))
	reg := f.Rules().exact(s.Account)
	if reg == nil {
		return "", nil
	}
	if unread != nil {
		f.Logger.Warn("what the provider issued cannot be given back", slog.String("reference", s.Login), slog.Any("error", unread))
	}
	if len(keepsake) > 0 {
		go f.revoke(context.WithoutCancel(ctx), reg.Provider, keepsake, s.Login)
	}
	location, _ = reg.Provider.SignOutURL(keepsake, afterSignOut(reg.Account, returnTo))
	return location, nil
}

// afterSignOut chooses where the provider is asked to send the browser. IMS
// sends it only to addresses on the client's allow-list, where the callback is
// and nothing else need be: a callback that brings nothing is a return from there.
func afterSignOut(a usher.ExternalAccount, returnTo string) string {
	if a.IMS() {
		return a.CallbackURL
	}
	return returnTo
}

// signedOutOf says where to send a browser that wants to sign out, or to sign in
// as somebody else, and has no session here: the provider may still know the
// person, and would give the same one again. With several providers it cannot
// be told which one.
func (f *Flow) signedOutOf(returnTo string) string {
	if regs := usable(f.Rules()); len(regs) == 1 {
		if there, ok := regs[0].Provider.SignOutURL(nil, afterSignOut(regs[0].Account, returnTo)); ok {
			return there
		}
	}
	return returnTo
}

// latest gives what the provider issued last: a renewal may have replaced what
// the session began with.
func (f *Flow) latest(ctx context.Context, s usher.Session) ([]byte, error) {
	if !s.Renewed.IsZero() {
		if sealed, err := f.Store.KeptGrant(ctx, s.Login); err == nil {
			return f.Sealer.Open(purposeGrant, s.Login, sealed)
		}
	}
	return f.keepsake(s)
}

func (f *Flow) keepsake(s usher.Session) ([]byte, error) {
	if len(s.Sealed) == 0 {
		return nil, errors.New("the session holds nothing of the provider")
	}
	return f.Sealer.Open(purposeSession, s.ID, s.Sealed)
}

func (f *Flow) revoke(ctx context.Context, p Provider, keepsake []byte, login string) {
	ctx, cancel := context.WithTimeout(ctx, revokeWithin)
	defer cancel()
	if err := p.Revoke(ctx, keepsake); err != nil {
		f.Logger.Warn("the provider did not take its tokens back; they end by themselves", slog.String("reference", login), slog.Any("error", err))
	}
}

func personName(p usher.Person) string {
	if p.Email != "" {
		return p.Email
	}
	return p.Subject
}
