// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// gatewayGatherers lists what is gathered on our own side of the sign-in.
func (w *world) gatewayGatherers(context.Context) []gatherer {
	if w.cfg.Instance.Deployment == usher.Hosted {
		return nil // the vendor's to mend, and so the vendor's to look at
	}
	return []gatherer{
		ours(w, "the public address", w.frontDoor, func(in *doctor.Instance) **doctor.Seen[doctor.Echo] { return &in.FrontDoor }),
		ours(w, "the database", w.store, func(in *doctor.Instance) **doctor.Seen[doctor.StoreState] { return &in.Store }),
		ours(w, "the gateways", w.nodes, func(in *doctor.Instance) **doctor.Seen[[]doctor.Node] { return &in.Nodes }),
		ours(w, "earlier revisions", w.history, func(in *doctor.Instance) **doctor.Seen[[]usher.Revision] { return &in.History }),
		w.remembers(ours(w, "recent sign-ins", w.recent, func(in *doctor.Instance) **doctor.Seen[[]usher.Attempt] { return &in.Recent })),
		ours(w, "files", w.files, func(in *doctor.Instance) **doctor.Seen[[]doctor.FileState] { return &in.Files }),
		ours(w, "the environment", w.surroundings, func(in *doctor.Instance) **doctor.Seen[[]doctor.Surrounding] { return &in.Surroundings }),
		ours(w, "the applications", w.upstreams, func(in *doctor.Instance) **doctor.Seen[[]doctor.Upstream] { return &in.Upstreams }),
	}
}

// ours makes a gatherer of what gives a fact of our own side.
func ours[T any](w *world, name string, gather func(context.Context) *doctor.Seen[T], field func(*doctor.Instance) **doctor.Seen[T]) gatherer {
	return gatherer{
		name: name,
		gather: func(ctx context.Context) func(*doctor.Instance) {
			seen := gather(ctx)
			return func(in *doctor.Instance) { *field(in) = seen }
		},
		missing: func(in *doctor.Instance, why string) { *field(in) = unseen[T](w, why) },
	}
}

// remembers adds what the provider said of the person asked about when they
// last tried, where the file itself does not list who is in which group.
func (w *world) remembers(g gatherer) gatherer {
	inner := g.gather
	g.gather = func(ctx context.Context) func(*doctor.Instance) {
		put := inner(ctx)
		return func(in *doctor.Instance) {
			put(in)
			if w.email == "" || w.cfg.Has("organization.groups") || in.Recent.Err != "" || in.Profile != nil {
				return
			}
			for _, a := range slices.Backward(in.Recent.Value) {
				if a.Person != nil && strings.EqualFold(a.Person.Email, w.email) {
					in.Profile = doctor.Known(*a.Person, a.Begun, "attempt "+string(a.Reference))
					return
				}
			}
		}
	}
	return g
}
