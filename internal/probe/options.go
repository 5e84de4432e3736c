// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/netip"
	"os"
	"time"
)

// How long gathering takes at most, where nobody says otherwise.
const (
	defaultBudget = 10 * time.Second
	defaultEach   = 3 * time.Second
)

// Options say how facts are gathered.
type Options struct {
	Now    func() time.Time         // nil: time.Now
	Random io.Reader                // nil: crypto/rand
	Getenv func(name string) string // nil: os.Getenv
	// Progress is told of each step as it begins and ends, one call at a time
	// and none after Gather has returned. nil: nobody is.
	Progress   func(Step)
	AuthProbes bool          // send the client secret to the token endpoint, see docs/decisions
	Budget     time.Duration // for everything; 0: 10 s
	Each       time.Duration // for one request or connection; 0: 3 s
	Vantage    string        // from where it is looked; empty: "this machine"

	// Lookup resolves a name. nil: the system does.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Dial makes connections. nil: a [net.Dialer] does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Budget <= 0 {
		o.Budget = defaultBudget
	}
	if o.Each <= 0 {
		o.Each = defaultEach
	}
	if o.Vantage == "" {
		o.Vantage = "this machine"
	}
	if o.Lookup == nil {
		o.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	return o
}

// A State says how far a step is.
type State string

// The states.
const (
	Started State = "started"
	Done    State = "done"
	GaveUp  State = "gave up" // the budget was over, or the run was stopped
)

// A Step is one part of gathering, as a person may watch it.
type Step struct {
	Name     string // "metadata of Adobe_Marketing_Cloud"
	Instance string // the instance's name
	State    State
	Took     time.Duration // zero when it has only started
}
