// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/idp"
)

// A provider is one account's provider, as the gateway would speak with it.
type provider struct {
	*world
	index   int
	account usher.ExternalAccount
	client  *idp.Client // reads as a sign-in reads; nil: no sign-in could begin
	refusal string      // why not
	http    *http.Client
	trust   trust
	local   bool // the provider is on this machine, and may be
	plain   bool // and it speaks plain http, as it may there
	turns   chan struct{}
	clock   *clockSamples

	found    *later[discovered]
	taken    *later[bool]       // the sign-in page takes the client
	finished []*later[struct{}] // one each who may note the provider's clock
}

// atOnce is how many requests one provider gets at the same time.
const atOnce = 6

// providerGatherers lists what is gathered of the providers of the accounts
// that a sign-in could use.
func (w *world) providerGatherers(context.Context) []gatherer {
	if w.cfg.Instance.Deployment == usher.Hosted {
		return nil // the vendor's to mend, and so the vendor's to look at
	}
	var list []gatherer
	trusted := w.readTrust()
	for _, i := range doctor.InUse(w.cfg) {
		list = append(list, w.newProvider(i, trusted).gatherers()...)
	}
	return list
}

func (w *world) newProvider(i int, trusted trust) *provider {
	a := w.cfg.Accounts[i]
	p := &provider{world: w, index: i, account: a, trust: trusted, turns: make(chan struct{}, atOnce),
		clock: &clockSamples{}, found: newLater[discovered](), taken: newLater[bool]()}
	u, err := url.Parse(a.Server)
	p.local = err == nil && usher.Loopback(u.Hostname()) && w.cfg.Instance.Environment == usher.Development
	p.plain = p.local && u.Scheme == "http"
	p.http = idp.Transport(idp.TransportOptions{Roots: trusted.all, Proxy: w.proxyFor, AllowLoopback: p.local, Dial: w.Dial})
	w.ends = append(w.ends, p.http.CloseIdleConnections)
	if a.ClientID == "" {
		a.ClientID = mark + "none" // the metadata can be read all the same; nothing else is asked
	}
	if p.client, err = idp.New(a, idp.Options{HTTP: p.http, Now: w.Now, Environment: w.cfg.Instance.Environment}); err != nil {
		p.client, p.refusal = nil, err.Error()
	}
	return p
}

// gatherers are the provider's. All but the first wait for the metadata, which
// says where to ask.
func (p *provider) gatherers() []gatherer {
	name := " of " + p.account.InternalName
	list := []gatherer{
		gathering(p, "metadata"+name, p.gatherDiscovery, func(to *doctor.Provider) **doctor.Seen[doctor.Document] { return &to.Discovery }),
		gathering(p, "signing keys"+name, p.gatherKeys, func(to *doctor.Provider) **doctor.Seen[doctor.KeySet] { return &to.Keys }),
	}
	list = append(list,
		gathering(p, "sign-in requests"+name, p.gatherAuthorize, func(to *doctor.Provider) **doctor.Seen[doctor.AuthorizeAnswers] { return &to.Authorize }),
		gathering(p, "token endpoint"+name, p.gatherGrant, func(to *doctor.Provider) **doctor.Seen[doctor.GrantAnswers] { return &to.Grant }))
	for i := range list {
		list[i] = p.talks(list[i])
	}
	return append(list,
		gathering(p, "way"+strings.Replace(name, "of", "to the provider of", 1), p.gatherRoutes, func(to *doctor.Provider) **doctor.Seen[[]doctor.Route] { return &to.Routes }),
		gathering(p, "clock"+name, p.gatherClock, func(to *doctor.Provider) **doctor.Seen[doctor.Skew] { return &to.Clock }))
}

// talks marks a gatherer that speaks with the provider, so that the clock's
// waits until it is done.
func (p *provider) talks(g gatherer) gatherer {
	done := newLater[struct{}]()
	p.finished = append(p.finished, done)
	inner := g.gather
	g.gather = func(ctx context.Context) func(*doctor.Instance) {
		defer done.set(struct{}{})
		return inner(ctx)
	}
	return g
}

// gathering makes a gatherer of what gives a fact, or the reason why there is none.
func gathering[T any](p *provider, name string, gather func(context.Context) (*T, string), field func(*doctor.Provider) **doctor.Seen[T]) gatherer {
	put := func(in *doctor.Instance, s *doctor.Seen[T]) { *field(&in.Providers[p.index]) = s }
	return gatherer{
		name: name,
		gather: func(ctx context.Context) func(*doctor.Instance) {
			if p.client == nil {
				return func(in *doctor.Instance) { put(in, unseen[T](p.world, p.refusal)) }
			}
			value, why := gather(ctx)
			if value == nil {
				return func(in *doctor.Instance) { put(in, unseen[T](p.world, why)) }
			}
			return func(in *doctor.Instance) { put(in, known(p.world, *value)) }
		},
		missing: func(in *doctor.Instance, why string) { put(in, unseen[T](p.world, why)) },
	}
}
