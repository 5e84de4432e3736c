// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
)

// A Case holds the facts at hand. It carries secrets only inside the
// configurations, where they cannot be printed.
type Case struct {
	Instances []*Instance
	Now       time.Time     // zero: the date is not known
	Symptom   usher.Symptom // asked about; empty: none
}

// An Instance is what is known of one instance. A nil fact was not gathered.
type Instance struct {
	Config *config.Config
	Email  string // the person asked about; empty: nobody

	Providers    []Provider // one an account, in the file's order; nil: nothing was gathered
	FrontDoor    *Seen[Echo]
	Store        *Seen[StoreState]
	Nodes        *Seen[[]Node]
	History      *Seen[[]usher.Revision] // oldest first
	Files        *Seen[[]FileState]
	Surroundings *Seen[[]Surrounding]
	Upstreams    *Seen[[]Upstream]
	Profile      *Seen[usher.Person]
	Attempt      *Seen[usher.Attempt]
	Recent       *Seen[[]usher.Attempt] // newest last

	derived derived
}

// A Provider is what was seen of one account's provider.
type Provider struct {
	Discovery *Seen[Document]
	Keys      *Seen[KeySet]
	Authorize *Seen[AuthorizeAnswers]
	Grant     *Seen[GrantAnswers]
	Routes    *Seen[[]Route]
	Clock     *Seen[Skew]
}

// derived is what several checks compute from the same facts, kept.
type derived struct {
	mu       sync.Mutex
	mappings map[int]*Mapping
}

// NewCase makes a case of configurations alone: the offline check.
func NewCase(now time.Time, configs ...*config.Config) Case {
	c := Case{Now: now}
	for _, cfg := range configs {
		c.Instances = append(c.Instances, &Instance{Config: cfg})
	}
	return c
}

// Evidence is what a check sees: the facts about one instance. It notes which
// facts were looked at, so that a test can hold a check to what it declares.
type Evidence struct {
	in      *Instance
	all     *Case
	touched Fact
}

// Touched says which facts were looked at.
func (e *Evidence) Touched() Fact { return e.touched }

func (e *Evidence) touch(f Fact) { e.touched |= f }

// has says which facts are there, without looking at them.
func (e *Evidence) has() Fact {
	have := Config
	cfg := e.in.Config
	set := func(f Fact, there bool) {
		if there {
			have |= f
		}
	}
	set(Organization, cfg.Organization != nil)
	set(Siblings, len(e.all.Instances) > 1)
	set(FrontDoor, known(e.in.FrontDoor) != nil)
	set(Store, known(e.in.Store) != nil)
	set(Nodes, known(e.in.Nodes) != nil)
	set(History, known(e.in.History) != nil)
	set(Files, known(e.in.Files) != nil)
	set(Surroundings, known(e.in.Surroundings) != nil)
	set(Applications, known(e.in.Upstreams) != nil)
	set(Somebody, e.email() != "" || e.in.Attempt != nil)
	set(Profile, known(e.in.Profile) != nil)
	set(Attempt, known(e.in.Attempt) != nil)
	set(Recent, known(e.in.Recent) != nil)
	set(Today, !e.all.Now.IsZero())
	for i := range e.in.Providers {
		have |= e.in.Providers[i].has()
	}
	return have
}

// has says which facts about the provider are there.
func (p *Provider) has() Fact {
	var have Fact
	set := func(f Fact, there bool) {
		if there {
			have |= f
		}
	}
	set(Discovery, known(p.Discovery) != nil)
	set(Keys, known(p.Keys) != nil)
	set(Authorize, known(p.Authorize) != nil)
	set(Grant, known(p.Grant) != nil)
	set(Transport, known(p.Routes) != nil)
	set(Clock, known(p.Clock) != nil)
	return have
}

// why says why facts about the provider are missing, where somebody tried.
func (p *Provider) why(f Fact) []string {
	var reasons []string
	add := func(which Fact, err string) {
		if f&which != 0 && err != "" {
			reasons = append(reasons, err)
		}
	}
	add(Discovery, errOf(p.Discovery))
	add(Keys, errOf(p.Keys))
	add(Authorize, errOf(p.Authorize))
	add(Grant, errOf(p.Grant))
	add(Transport, errOf(p.Routes))
	add(Clock, errOf(p.Clock))
	return reasons
}

// why says why a fact is missing, where somebody tried.
func (e *Evidence) why(f Fact) string {
	in := e.in
	var reasons []string
	add := func(which Fact, err string) {
		if f&which != 0 && err != "" {
			reasons = append(reasons, err)
		}
	}
	add(FrontDoor, errOf(in.FrontDoor))
	add(Store, errOf(in.Store))
	add(Nodes, errOf(in.Nodes))
	add(History, errOf(in.History))
	add(Files, errOf(in.Files))
	add(Surroundings, errOf(in.Surroundings))
	add(Applications, errOf(in.Upstreams))
	add(Profile, errOf(in.Profile))
	add(Attempt, errOf(in.Attempt))
	add(Recent, errOf(in.Recent))
	for i := range in.Providers {
		reasons = append(reasons, in.Providers[i].why(f)...)
	}
	return strings.Join(reasons, "; ")
}

// gather says what would settle what is missing. Where the first of the facts
// cannot be gathered by looking, it is said how it could be.
func (e *Evidence) gather(missing Fact, file string) Phrase {
	first := missing & -missing
	if first == Grant && e.Live() && strings.Contains(e.why(Grant), noAuthProbes) {
		return Say("usher doctor %s, without "+noAuthProbes, file)
	}
	return missing.Gather(file, e.Live())
}

// noAuthProbes is the switch that keeps the client secret at home.
const noAuthProbes = "--no-auth-probes"

// Live says whether anybody looked at the world around the file.
func (e *Evidence) Live() bool {
	in := e.in
	return in.Providers != nil || in.FrontDoor != nil || in.Store != nil || in.Nodes != nil || in.History != nil || in.Files != nil ||
		in.Surroundings != nil || in.Upstreams != nil
}

func errOf[T any](s *Seen[T]) string {
	if s == nil {
		return ""
	}
	return s.Err
}

func (e *Evidence) email() string {
	if e.in.Email != "" {
		return e.in.Email
	}
	if a := known(e.in.Attempt); a != nil && a.Person != nil {
		return a.Person.Email
	}
	return ""
}

// Config is what the administrator wrote.
func (e *Evidence) Config() *config.Config { e.touch(Config); return e.in.Config }

// Organization is the provider's side, nil where it is not written down.
func (e *Evidence) Organization() *usher.Organization {
	e.touch(Organization)
	return e.in.Config.Organization
}

// Siblings are the configurations of all instances given, this one among them.
func (e *Evidence) Siblings() []*config.Config {
	e.touch(Siblings)
	out := make([]*config.Config, len(e.all.Instances))
	for i, in := range e.all.Instances {
		out[i] = in.Config
	}
	return out
}

// Now is the date, zero where it is not known.
func (e *Evidence) Now() time.Time { e.touch(Today); return e.all.Now }

// Email is the address of the person asked about, empty where nobody is.
func (e *Evidence) Email() string { e.touch(Somebody); return e.email() }

// Profile is what the provider says of the person, nil where it is not known.
func (e *Evidence) Profile() *usher.Person { e.touch(Profile); return known(e.in.Profile) }

// Attempt is the recorded attempt, nil where there is none.
func (e *Evidence) Attempt() *usher.Attempt { e.touch(Attempt); return known(e.in.Attempt) }

// Recent are the last attempts, newest last.
func (e *Evidence) Recent() []usher.Attempt { e.touch(Recent); return value(e.in.Recent) }

// FrontDoor is how requests arrive at the gateway.
func (e *Evidence) FrontDoor() *Echo { e.touch(FrontDoor); return known(e.in.FrontDoor) }

// Store is the database.
func (e *Evidence) Store() *StoreState { e.touch(Store); return known(e.in.Store) }

// Nodes are the running gateways.
func (e *Evidence) Nodes() []Node { e.touch(Nodes); return value(e.in.Nodes) }

// History is the earlier revisions of the file, oldest first.
func (e *Evidence) History() []usher.Revision { e.touch(History); return value(e.in.History) }

// Files are the files that the configuration points to.
func (e *Evidence) Files() []FileState { e.touch(Files); return value(e.in.Files) }

// Surroundings are the environments of this command and of the gateways.
func (e *Evidence) Surroundings() []Surrounding {
	e.touch(Surroundings)
	return value(e.in.Surroundings)
}

// Upstreams are the applications as the gateway reaches them.
func (e *Evidence) Upstreams() []Upstream { e.touch(Applications); return value(e.in.Upstreams) }

func value[T any](s *Seen[[]T]) []T {
	if v := known(s); v != nil {
		return *v
	}
	return nil
}
