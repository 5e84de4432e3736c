// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/session"
)

// BindCookie ties, on an application's own host, the browser that asked for the
// application to the ticket that will come back.
const BindCookie = "__Host-usher_bind"

// ArrivePath is where a ticket is handed in, on the application's host.
const ArrivePath = usher.Prefix + "arrive"

// Carry makes the address that takes a session over to the host of returnTo.
func (f *Flow) Carry(ctx context.Context, s usher.Session, returnTo, bind string) (string, error) {
	rules := f.Rules()
	target, ok := usher.ReturnTarget(returnTo, rules.Origins)
	if !ok {
		return usher.Prefix, nil
	}
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	if u.Host == "" {
		return usher.Prefix, nil
	}
	value, err := session.NewValue(f.Random)
	if err != nil {
		return "", err
	}
	ticket := usher.Ticket{ID: session.Hash(value), Bind: bind, Host: usher.CanonicalHost(u.Host), Login: s.Login, Session: s.ID, ReturnTo: target, Issued: f.Now()}
	if err := f.Store.PutTicket(ctx, ticket); err != nil {
		return "", err
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: ArrivePath, RawQuery: url.Values{"ticket": {value}}.Encode()}).String(), nil
}

// Arrive hands a ticket in: a session of its own begins on this host, with the
// beginning and the end of the one it stands for.
func (f *Flow) Arrive(ctx context.Context, host string, query url.Values, header http.Header) (*Finished, *Refusal) {
	cause := &usher.Cause{Step: usher.StepSession, Code: usher.CodeStateUnknown, Want: "a ticket issued a moment ago for this host and this browser"}
	ticket, err := f.Store.TakeTicket(ctx, session.Hash(query.Get("ticket")))
	if errors.Is(err, usher.ErrNotFound) {
		cause.Saw = "a ticket that is not known, or was used already"
		return nil, &Refusal{Cause: cause}
	}
	if err != nil {
		return nil, f.broken(ctx, "", err)
	}
	ref := usher.Reference(ticket.Login)
	bound := session.Values(header, BindCookie)
	age := f.Now().Sub(ticket.Issued)
	switch {
	case len(bound) != 1 || session.Hash(bound[0]) != ticket.Bind:
		cause.Code, cause.Saw = usher.CodeStateCookieMissing, "a ticket in another browser than the one that asked"
	case ticket.Host != host:
		cause.Saw = "a ticket for another host"
	case age > usher.MaxTicketAge || age < 0:
		cause.Code, cause.Saw = usher.CodeStateExpired, "a ticket issued "+age.Round(1e9).String()+" ago"
	}
	if cause.Saw != "" {
		return nil, &Refusal{Cause: cause, Reference: ref}
	}
	s, err := f.Sessions.ByID(ctx, ticket.Session)
	if errors.Is(err, usher.ErrNotFound) {
		cause.Saw = "a ticket whose session has ended meanwhile"
		return nil, &Refusal{Cause: cause, Reference: ref}
	}
	if err != nil {
		return nil, f.broken(ctx, ref, err)
	}
	if err := f.Sessions.EndOf(ctx, header); err != nil {
		return nil, f.broken(ctx, ref, err)
	}
	keepsake, err := f.keepsake(s)
	if err != nil {
		return nil, f.broken(ctx, ref, err)
	}
	cookie, _, err := f.Sessions.Open(ctx, session.Opening{Login: s.Login, Host: host, Account: s.Account, Person: s.Person, Begun: s.Begun, Renewed: s.Renewed, ProviderSession: s.ProviderSession,
		Seal: func(id string) ([]byte, error) { return f.Sealer.Seal(purposeSession, id, keepsake) }})
	if errors.Is(err, usher.ErrLoginEnded) {
		cause.Saw = "a ticket whose login was signed out meanwhile"
		return nil, &Refusal{Cause: cause, Reference: ref, SignedOut: true}
	}
	if err != nil {
		return nil, f.broken(ctx, ref, fmt.Errorf("opening a session on %s: %w", host, err))
	}
	return &Finished{Cookies: []*http.Cookie{cookie, session.HostCookie(BindCookie, "", -1)}, Location: ticket.ReturnTo, Reference: ref}, nil
}
