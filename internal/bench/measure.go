// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/gate"
)

// bench is one run.
type bench struct {
	options
	dir         string
	progress    io.Writer
	now         func() time.Time
	random      io.Reader
	usher, self string // binaries
	provider    string // address of the stand-in
	processes   []*process
	stops       []func()

	subjects []*subject
	facts    []fact
	logins   []sample
}

// A subject is one thing that is measured in every round.
type subject struct {
	name    string
	against string // the subject that its ratio is to
	want    string // the goal, in words
	process *process
	load    load
	samples []sample
}

// A fact is measured once.
type fact struct{ name, value, want string }

func (b *bench) measure(ctx context.Context) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{{"building", b.build}, {"starting what is measured", b.prepare}, {"warming up", b.warm}, {"measuring", b.repeat}, {"signing in", b.measureSignIns}, {"looking at memory and start", b.look}} {
		_, _ = fmt.Fprintln(b.progress, step.what)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// prepare starts every server and signs somebody in at each.
func (b *bench) prepare(ctx context.Context) error {
	apachePort, release, err := reserve() // the provider has to know it
	if err != nil {
		return err
	}
	defer release()
	if err := b.provide(ctx, apachePort); err != nil {
		return err
	}
	bare, err := b.bare(ctx, serverCPU, "check")
	if err != nil {
		return err
	}
	answer, err := b.bare(ctx, serverCPU, "answer")
	if err != nil {
		return err
	}
	upstream, err := b.bare(ctx, loadCPU, "body")
	if err != nil {
		return err
	}
	proxy, err := b.bare(ctx, serverCPU, "proxy", "http://"+upstream.address)
	if err != nil {
		return err
	}
	few, err := b.serveUsher(ctx, "few", "http://"+upstream.address, 0)
	if err != nil {
		return err
	}
	many, err := b.serveUsher(ctx, "many", "http://"+upstream.address, b.sessions)
	if err != nil {
		return err
	}
	cookie, err := b.signIn(ctx, few)
	if err != nil {
		return err
	}
	script, err := b.cycle(filepath.Dir(many.file))
	if err != nil {
		return err
	}
	b.checks(bare, answer, few, many, cookie, script)
	b.proxies(proxy, few, cookie)
	if err := b.another(ctx, upstream); err != nil {
		return err
	}
	release()
	if err := b.apache(ctx, apachePort); err != nil {
		return err
	}
	return b.choose()
}

// another has a second build of usher measured with a valid session.
func (b *bench) another(ctx context.Context, upstream *gateway) error {
	if b.also == "" {
		return nil
	}
	g, err := b.serveBuild(ctx, b.also, "also", "http://"+upstream.address, 0)
	if err != nil {
		return err
	}
	cookie, err := b.signIn(ctx, g)
	if err != nil {
		return err
	}
	for _, connections := range []int{32, 256} {
		at := fmt.Sprintf(", %d connections", connections)
		b.subjects = append(b.subjects, &subject{name: "the other usher, a valid session" + at, against: "bare net/http" + at, process: g.process,
			load: load{address: "http://" + g.address + gate.NginxPath, headers: asks(cookie), connections: connections}})
	}
	return nil
}

// choose leaves out what was not asked for.
func (b *bench) choose() error {
	units := make(map[string]bool)
	for _, s := range b.subjects {
		if strings.Contains(s.name, b.only) {
			units[s.against] = true
		}
	}
	for _, s := range b.subjects { // what is compared with a unit that has one of its own
		if units[s.name] {
			units[s.against] = true
		}
	}
	if len(units) == 0 {
		return fmt.Errorf("there is no subject whose name contains %q", b.only)
	}
	b.subjects = slices.DeleteFunc(b.subjects, func(s *subject) bool { return !strings.Contains(s.name, b.only) && !units[s.name] })
	return nil
}

func (b *bench) bare(ctx context.Context, cpu, kind string, more ...string) (*gateway, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	g := &gateway{address: "127.0.0.1:" + port}
	g.process, err = b.start(ctx, cpu, kind+".log", g.address, append([]string{b.self, "serve", kind, g.address}, more...)...)
	return g, err
}

// signIn signs somebody in through the gateway, as a browser does.
func (b *bench) signIn(ctx context.Context, g *gateway) (string, error) {
	v, err := b.visitor(g.address)
	if err != nil {
		return "", err
	}
	address := "https://" + host + "/app/1k"
	status, body, err := v.open(ctx, address)
	if err != nil || status != http.StatusOK || v.last.String() != address {
		return "", fmt.Errorf("nobody could sign in through usher: %w, %d at %s\n%.300s", err, status, v.last, body)
	}
	return v.cookies(address)
}

// asks are the headers that nginx sends with auth_request.
func asks(cookie string) []string {
	h := []string{"X-Original-Method: GET", "X-Original-URI: /app/1k", "X-Forwarded-Host: " + host, "X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.7"}
	if cookie != "" {
		h = append(h, "Cookie: "+cookie)
	}
	return h
}

// cycle writes the script that sends every session's cookie in turn.
func (b *bench) cycle(dir string) (string, error) {
	script := filepath.Join(dir, "cycle.lua")
	text := fmt.Sprintf(`local requests = {}
local i = 0
init = function()
  for line in io.lines(%q) do
    wrk.headers["Cookie"] = "__Host-usher_session=" .. line
    requests[#requests + 1] = wrk.format("GET", nil)
  end
end
request = function()
  i = i %% #requests + 1
  return requests[i]
end
`, filepath.Join(dir, "cookies"))
	return script, os.WriteFile(script, []byte(text), 0o600)
}

// inTurn names the case of many sessions.
const inTurn = "live sessions in turn"

func (b *bench) checks(bare, answer, few, many *gateway, cookie, script string) {
	for _, connections := range []int{32, 256} {
		at := fmt.Sprintf(", %d connections", connections)
		// Every subject is asked what the bare server is asked, cookies in turn too:
		// a client that changes them is slower.
		add := func(name, unit, want string, g *gateway, headers []string, script string, refused bool) {
			b.subjects = append(b.subjects, &subject{name: name + at, against: unit + at, want: want, process: g.process,
				load: load{address: "http://" + g.address + gate.NginxPath, headers: headers, script: script, connections: connections, refused: refused}})
		}
		const one, turn = "bare net/http", "bare net/http, " + inTurn
		add(one, one, "the unit", bare, asks(cookie), "", false)
		add("bare net/http with usher's answer", one, "what judging nothing gives", answer, asks(cookie), "", false)
		add("usher, a valid session", one, "at least 0.85", few, asks(cookie), "", false)
		add("usher, nobody signed in", one, "at least 0.8", few, asks(""), "", true)
		add(turn, turn, "the unit", bare, asks(""), script, false)
		add(fmt.Sprintf("usher, %d "+inTurn, b.sessions), turn, "at least 0.75", many, asks(""), script, false)
	}
}

func (b *bench) proxies(proxy, few *gateway, cookie string) {
	for _, size := range []string{"1k", "64k"} {
		unit := "bare ReverseProxy, " + size
		for _, one := range []struct {
			name, want string
			g          *gateway
		}{{unit, "the unit", proxy}, {"usher as reverse proxy, " + size, "at least 0.9", few}} {
			b.subjects = append(b.subjects, &subject{name: one.name, against: unit, want: one.want, process: one.g.process,
				load: load{address: "http://" + one.g.address + "/app/" + size, connections: 32,
					headers: []string{"Host: " + host, "X-Forwarded-Proto: https", "X-Forwarded-Host: " + host, "X-Forwarded-For: 192.0.2.7", "Cookie: " + cookie}}})
		}
	}
}

func (b *bench) apache(ctx context.Context, port string) error {
	if _, err := os.Stat(openidcModule); err != nil {
		return fmt.Errorf("mod_auth_openidc is not installed: %w; scripts/packages.sh installs it", err)
	}
	p, cookie, err := b.serveApache(ctx, port)
	if err != nil {
		return err
	}
	for _, connections := range []int{32, 256} {
		at := fmt.Sprintf(", %d connections", connections)
		b.subjects = append(b.subjects, &subject{name: "Apache, mod_auth_openidc" + at, against: "usher, a valid session" + at, want: "at most 0.167 of usher's", process: p,
			load: load{address: "http://localhost:" + port + "/check", headers: []string{"Cookie: " + cookie}, connections: connections, lossy: true}})
	}
	return nil
}

// warm lets every server meet its load once, and every session of the large
// case be met.
func (b *bench) warm(ctx context.Context) error {
	for _, s := range b.subjects {
		met := 0.0
		for again := true; again; again = s.load.script != "" && s.load.connections == 32 && met < float64(b.sessions) {
			seconds := 1
			if s.load.script != "" {
				seconds = 10 + int(2*met/1000) // each load begins at the first session
			}
			one, err := send(ctx, s.process, s.load, seconds)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			met = one.perSecond * float64(seconds)
		}
	}
	return nil
}

func (b *bench) repeat(ctx context.Context) error {
	for round := range b.rounds {
		_, _ = fmt.Fprintf(b.progress, "round %d of %d\n", round+1, b.rounds)
		for _, s := range b.subjects {
			one, err := send(ctx, s.process, s.load, b.seconds)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.samples = append(s.samples, one)
		}
	}
	return nil
}
