// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/probe"
)

// remote is an account whose provider is another machine.
func remote() account {
	return account{server: "https://idp.corp.example", id: "Campaign1", secret: canary, callback: callback, scopes: "openid", environment: "production"}
}

// whys lists why each of the provider's facts is missing; "seen" where it is there.
func whys(p doctor.Provider) map[string]string {
	say := func(there bool, err string) string {
		switch {
		case !there:
			return "nobody tried"
		case err == "":
			return "seen"
		}
		return err
	}
	out := map[string]string{}
	if p.Discovery != nil {
		out["metadata"] = say(true, p.Discovery.Err)
	}
	if p.Keys != nil {
		out["keys"] = say(true, p.Keys.Err)
	}
	if p.Authorize != nil {
		out["authorize"] = say(true, p.Authorize.Err)
	}
	if p.Grant != nil {
		out["grant"] = say(true, p.Grant.Err)
	}
	if p.Routes != nil {
		out["routes"] = say(true, p.Routes.Err)
	}
	if p.Clock != nil {
		out["clock"] = say(true, p.Clock.Err)
	}
	return out
}

// Ten seconds are all that gathering takes, whatever the world does: the time
// of the bubble is not real, so that this can be said to the second.
func TestBudget(t *testing.T) {
	address := netip.MustParseAddr("192.0.2.1")
	found := func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{address}, nil }
	for name, world := range map[string]func(o *probe.Options, end <-chan struct{}){
		"a resolver that does not answer and heeds nobody": func(o *probe.Options, end <-chan struct{}) {
			o.Lookup = func(context.Context, string) ([]netip.Addr, error) { <-end; return nil, context.Canceled }
			o.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				select {
				case <-ctx.Done():
				case <-end:
				}
				return nil, context.Canceled
			}
		},
		"connections that never come about, and heed nobody": func(o *probe.Options, end <-chan struct{}) {
			o.Lookup = found
			o.Dial = func(context.Context, string, string) (net.Conn, error) { <-end; return nil, context.Canceled }
		},
		"servers that take a connection and say nothing": func(o *probe.Options, end <-chan struct{}) {
			o.Lookup = found
			o.Dial = func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() { <-end; _ = theirs.Close() }()
				return ours, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := config.Parse("test.yaml", []byte(remote().yaml()), config.Environment{LenientSecrets: true})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				end := make(chan struct{})
				defer func() { close(end); synctest.Wait() }()
				in := &doctor.Instance{Config: cfg}
				o := probe.Options{AuthProbes: true, Getenv: func(string) string { return "" }}
				world(&o, end)
				began := time.Now()
				probe.Gather(context.Background(), in, o)
				if took := time.Since(began); took > 10*time.Second || took < time.Second {
					t.Errorf("it took %s", took)
				}
				for fact, why := range whys(in.Providers[0]) {
					if why == "nobody tried" || why == "" {
						t.Errorf("%s: %q", fact, why)
					}
				}
				if got := whys(in.Providers[0]); len(got) != 6 || got["keys"] == "seen" || got["authorize"] == "seen" || got["grant"] == "seen" || got["clock"] == "seen" {
					t.Errorf("of a provider that never answered: %v", got)
				}
			})
		})
	}
}

// A body that comes byte by byte ends with the budget too, and the report says
// that it was the budget.
func TestBudgetEndsADrippingBody(t *testing.T) {
	s := newStandin(t)
	s.Set("drip", "60000")
	x := examine(t, imsAccount(t, s), func(o *probe.Options) { o.Budget, o.Each = 300*time.Millisecond, time.Hour })
	if x.took > 30*time.Second {
		t.Errorf("it took %s", x.took)
	}
	for fact, why := range whys(x.provider()) {
		if fact != "routes" && fact != "clock" && !strings.Contains(why, "300ms") {
			t.Errorf("%s: %q does not name the budget", fact, why)
		}
	}
	if got := x.found(); len(got) > 0 {
		t.Errorf("what was not seen is no finding: %v", got)
	}
	gaveUp := 0
	for _, step := range x.steps {
		if step.Name == "" || step.Instance != "test" {
			t.Errorf("a step without a name: %+v", step)
		}
		if step.State != probe.Started {
			gaveUp++
		}
	}
	if gaveUp*2 != len(x.steps) {
		t.Errorf("%d steps ended, of %d lines", gaveUp, len(x.steps))
	}
}

// Who stops the run gets what was seen so far, at once.
func TestCancellation(t *testing.T) {
	s := newStandin(t)
	s.Set("hang", "on@authorize,token")
	cfg, err := config.Parse("test.yaml", []byte(imsAccount(t, s).yaml()), config.Environment{LenientSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	in := &doctor.Instance{Config: cfg}
	probe.Gather(ctx, in, probe.Options{AuthProbes: true, Budget: time.Hour, Each: time.Hour, Getenv: func(string) string { return "" }, Progress: func(s probe.Step) {
		if s.State == probe.Done && strings.HasPrefix(s.Name, "signing keys") {
			cancel()
		}
	}})
	got := whys(in.Providers[0])
	if got["metadata"] != "seen" || got["keys"] != "seen" || !strings.Contains(got["authorize"], "stopped") || !strings.Contains(got["grant"], "stopped") {
		t.Errorf("%v", got)
	}
}

// A hosted instance is the vendor's to look at, and an account that no sign-in
// could use is nobody's.
func TestNothingIsAskedWithoutReason(t *testing.T) {
	s := newStandin(t)
	text := imsAccount(t, s).yaml()
	for name, changed := range map[string]string{
		"hosted": strings.Replace(text, "deployment: on-premise", "deployment: hosted", 1),
		"twin":   strings.Replace(text, "operator_groups:", "  - internal_name: Adobe_Experience_Cloud\n    type: Adobe Experience Cloud\n    enabled: false\n    ims_server: "+s.URL+"\n    ims_client_id: Campaign1\noperator_groups:", 1),
	} {
		cfg, err := config.Parse("test.yaml", []byte(changed), config.Environment{LenientSecrets: true})
		if err != nil {
			t.Fatal(err)
		}
		in := &doctor.Instance{Config: cfg}
		probe.Gather(context.Background(), in, probe.Options{AuthProbes: true, Budget: time.Minute, Each: 20 * time.Second, Getenv: func(string) string { return "" }})
		last := in.Providers[len(in.Providers)-1]
		if last.Discovery != nil || last.Grant != nil || last.Routes != nil {
			t.Errorf("%s: it was asked: %v", name, whys(last))
		}
	}
}
