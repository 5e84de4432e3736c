// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/gate/front"
)

// A gateway that browsers reach directly, in order: nothing is found, and all
// that can be seen of it was seen.
func TestHealthyGateway(t *testing.T) {
	g := newGateway(t, "").start(t)
	x := g.look(t)
	x.finds(t)
	d := x.in.FrontDoor
	if d.Err != "" || !d.Value.Marker || d.Value.Callback != http.StatusBadRequest || d.Value.WebSocket == nil || len(d.Value.Untried) > 0 ||
		len(d.Value.Applications) != 1 || d.Value.Applications[0].Status != http.StatusUnauthorized {
		t.Errorf("the public address: %+v", d)
	}
	for fact, why := range map[string]string{"store": x.in.Store.Err, "nodes": x.in.Nodes.Err, "history": x.in.History.Err, "recent": x.in.Recent.Err,
		"files": x.in.Files.Err, "surroundings": x.in.Surroundings.Err, "upstreams": x.in.Upstreams.Err} {
		if why != "" {
			t.Errorf("%s: %s", fact, why)
		}
	}
	if len(x.in.Upstreams.Value) != 1 || x.in.Upstreams.Value[0].Status != http.StatusOK || x.in.Upstreams.From != "gateway node-1" {
		t.Errorf("upstreams: %+v", x.in.Upstreams)
	}
	if len(x.in.Recent.Value) > 0 {
		t.Errorf("looking left attempts on record: %+v", x.in.Recent.Value)
	}
}

// rightPages is how nginx should pass on usher's own pages and applications.
const rightPages = `location / {
      proxy_pass GATEWAY;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $http_connection;
    }`

// Each mistake of a real front server is found, and nothing besides.
func TestBehindNginx(t *testing.T) {
	without := func(line string) string {
		if strings.Count(rightPages, line) != 1 {
			t.Fatalf("%q does not stand in the configuration once", line)
		}
		return strings.Replace(rightPages, line, "", 1)
	}
	with := func(more string) string { return strings.TrimSuffix(rightPages, "}") + more + "\n    }" }
	for name, c := range map[string]struct {
		block   string
		outside string
		change  []string
		codes   []string
	}{
		"in order":           {block: rightPages},
		"no scheme":          {block: without("proxy_set_header X-Forwarded-Proto $scheme;"), codes: []string{"forwarded-proto"}},
		"no host":            {block: strings.ReplaceAll(without("proxy_set_header Host $http_host;"), "X-Forwarded-Host $http_host", "X-Other 1"), codes: []string{"forwarded-host"}},
		"not trusted":        {block: rightPages, change: []string{"[127.0.0.1]", "[127.0.0.9]"}, codes: []string{"proxy-not-trusted"}},
		"callback elsewhere": {block: rightPages + "\n    location = /usher/callback { return 200 ours; }", codes: []string{"callback-unreached"}},
		"cookie path":        {block: with("proxy_cookie_path / /usher/;"), codes: []string{"cookie-not-returned"}},
		"cookies dropped":    {block: with("proxy_hide_header Set-Cookie;"), codes: []string{"cookie-not-returned"}},
		"refusal replaced": {block: with("proxy_intercept_errors on; error_page 401 = @no;") + "\n    location @no { return 401 no; }",
			codes: []string{"cookie-lost-on-refusal"}},
		"a cache": {outside: "proxy_cache_path DIR/cache keys_zone=c:1m;", block: with("proxy_cache c; proxy_cache_valid 200 1m; proxy_ignore_headers Cache-Control Set-Cookie Vary; proxy_cache_key $request_uri;"),
			codes: []string{"answers-cached"}},
		"small headers": {outside: "large_client_header_buffers 4 2k;", block: rightPages, codes: []string{"header-limit"}},
		"query tidied":  {block: strings.Replace(rightPages, "proxy_pass GATEWAY;", "rewrite ^(.*)$ $1?a=$arg_a& break; proxy_pass GATEWAY;", 1), codes: []string{"query-altered"}},
		"no websocket":  {block: without("proxy_set_header Upgrade $http_upgrade;"), codes: []string{"websocket-blocked"}},
		"elsewhere":     {block: "location / { return 200 '<title>Welcome</title>'; }", codes: []string{"public-url-unreached"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			g := newGateway(t, address, c.change...).start(t)
			nginx(t, g, address, c.block, c.outside)
			x := g.look(t)
			x.finds(t, c.codes...)
		})
	}
}

// Where nginx guards an application and asks for verdicts, what it says in its
// questions is seen as the gateway sees it.
func TestNginxThatAsksForVerdicts(t *testing.T) {
	const auth = "location = /usher/auth/nginx {"
	drop := func(line string) func(string) string {
		return func(conf string) string {
			before, after, _ := strings.Cut(conf, auth)
			inside, rest, _ := strings.Cut(after, "\n    }")
			if strings.Count(inside, line) != 1 {
				t.Fatalf("%q does not stand in the questions' block once", line)
			}
			return before + auth + strings.Replace(inside, line, "", 1) + "\n    }" + rest
		}
	}
	for name, c := range map[string]struct {
		alter  func(string) string
		change []string
		codes  []string
	}{
		"as usher writes it":    {},
		"no scheme":             {alter: drop("proxy_set_header X-Forwarded-Proto https;"), codes: []string{"forwarded-proto"}},
		"the client's own host": {alter: drop("proxy_set_header X-Forwarded-Host {{HOST}};"), codes: []string{"forged-host"}},
		"not trusted":           {change: []string{"[127.0.0.1]", "[127.0.0.9]"}, codes: []string{"proxy-not-trusted"}},
		"nobody asks": {alter: func(conf string) string { return strings.ReplaceAll(conf, "auth_request /usher/auth/nginx;", "") },
			codes: []string{"application-unguarded"}},
		"the answer becomes a success": {alter: func(conf string) string {
			return strings.ReplaceAll(conf, "error_page 401 403 500 = @usher_answer;", "error_page 401 403 500 =200 @usher_answer;")
		}, codes: []string{"auth-status-altered"}},
		"the answer is lost": {alter: func(conf string) string {
			return strings.ReplaceAll(conf, "error_page 401 403 500 = @usher_answer;", "error_page 401 403 500 =404 /nowhere;")
		}, codes: []string{"auth-status-altered"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			g := newGateway(t, address, c.change...).start(t)
			cfg := g.config(t)
			conf, err := front.Nginx(front.Params{Usher: "http://" + g.listen, PublicURL: g.public, Applications: cfg.Applications, Listen: address,
				CertFile: filepath.Join(g.dir, "localhost.pem"), KeyFile: filepath.Join(g.dir, "localhost.key.pem"), Identity: []string{"X-Forwarded-User"}})
			if err != nil {
				t.Fatal(err)
			}
			host := "localhost:" + portOf(address)
			if c.alter != nil {
				conf = strings.ReplaceAll(c.alter(strings.ReplaceAll(conf, host, "{{HOST}}")), "{{HOST}}", host)
			}
			nginxWith(t, address, conf)
			g.look(t).finds(t, c.codes...)
		})
	}
}

// What answers in place of a gateway that does not run is no fault of the address.
func TestGatewayThatDoesNotRun(t *testing.T) {
	address := freeAddress(t)
	g := newGateway(t, address)
	if err := g.ln.Close(); err != nil {
		t.Fatal(err)
	}
	never := g.look(t)
	never.finds(t)
	for fact, why := range map[string]string{"front door": never.in.FrontDoor.Err, "store": never.in.Store.Err, "nodes": never.in.Nodes.Err} {
		if why == "" {
			t.Errorf("%s was seen of a gateway that never ran", fact)
		}
	}
	nginx(t, g, address, rightPages)
	x := g.look(t)
	x.finds(t)
	if !strings.Contains(x.in.FrontDoor.Err, "HTTP 502 from nginx") {
		t.Errorf("the front door: %+v", x.in.FrontDoor)
	}
}

// Without the key file the door still tells what it can, and calls nothing an error.
func TestLookingFromElsewhere(t *testing.T) {
	g := newGateway(t, "").start(t)
	elsewhere := filepath.Join(t.TempDir(), "usher.yaml")
	data, err := os.ReadFile(g.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(elsewhere, data, 0o600); err != nil {
		t.Fatal(err)
	}
	copied := &gateway{dir: filepath.Dir(elsewhere), file: elsewhere}
	x := copied.look(t)
	x.finds(t)
	if !strings.Contains(x.in.FrontDoor.Err, "a usher gateway answers at "+g.public) || !strings.Contains(x.in.FrontDoor.Err, "is not on this machine") {
		t.Errorf("the front door: %+v", x.in.FrontDoor)
	}
	if exists, err := os.ReadDir(copied.dir); err != nil || len(exists) != 1 {
		t.Errorf("looking made files: %v, %v", exists, err)
	}
}

// A gateway with other keys is told apart, and so is a page of somebody else's.
func TestAnotherGateway(t *testing.T) {
	address := freeAddress(t)
	ours := newGateway(t, address).start(t)
	other := newGateway(t, address).start(t)
	nginx(t, other, address, rightPages)
	x := ours.look(t)
	x.finds(t, "public-url-unreached")
	if !strings.Contains(x.in.FrontDoor.Value.Other, "another usher gateway") {
		t.Errorf("who answered: %+v", x.in.FrontDoor)
	}
	if y := other.look(t); !y.in.FrontDoor.Value.Marker {
		t.Errorf("the other gateway does not know its own door: %+v", y.in.FrontDoor)
	}
}
