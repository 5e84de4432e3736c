// SPDX-License-Identifier: Apache-2.0

package front

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/usher-signin/usher"
)

func params() Params {
	return Params{Usher: "http://127.0.0.1:4180", PublicURL: "https://login.corp.example", CertFile: "/etc/ssl/usher.crt", KeyFile: "/etc/ssl/usher.key",
		Identity: []string{"X-Forwarded-User", "X-Forwarded-Groups"},
		Applications: []usher.Application{
			{Name: "campaign", URL: "https://campaign.corp.example", Upstream: "http://127.0.0.1:8080"},
			{Name: "wiki", URL: "https://campaign.corp.example/wiki", Upstream: "https://wiki.internal:8443"},
			{Name: "reports", URL: "https://reports.corp.example:8443/r/", Upstream: "unix:/run/reports.sock"},
		}}
}

// all lists the generators.
func all() map[string]func(Params) (string, error) {
	return map[string]func(Params) (string, error){
		"nginx": Nginx, "caddy": Caddy, "envoy": Envoy, "apache": Apache,
		"envoy over gRPC": func(p Params) (string, error) { return EnvoyGRPC(p, "127.0.0.1:4182") },
		"traefik":         func(p Params) (string, error) { return Traefik(p, "websecure") },
		"haproxy": func(p Params) (string, error) {
			conf, lua, err := HAProxy(p, "/etc/haproxy/usher.lua")
			return conf + lua, err
		},
	}
}

func TestEveryGeneratorNamesEverything(t *testing.T) {
	for name, generate := range all() {
		p := params()
		if name == "traefik" {
			p.Applications[2].Upstream = "http://127.0.0.1:9000"
		}
		text, err := generate(p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := []string{"127.0.0.1:4180", "campaign.corp.example", "reports.corp.example", "login.corp.example", "trusted_proxies", "/usher/"}
		if name == "envoy over gRPC" {
			want = append(want, `port_value: 4182`, "grpc_service:", "application: \"wiki\"")
		}
		if strings.HasPrefix(name, "envoy") {
			want[0] = `port_value: 4180`
		}
		if name != "apache" {
			want = append(want, "wiki.internal")
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not mention %s", name, w)
			}
		}
		if name != "apache" && name != "envoy over gRPC" && !strings.Contains(strings.ToLower(text), "x-forwarded-groups") {
			t.Errorf("%s does not mention the identity headers", name)
		}
		if strings.Contains(text, "<no value>") || strings.Contains(text, "&#") {
			t.Errorf("%s holds traces of its template:\n%s", name, text)
		}
	}
}

func TestLongerPrefixesComeFirst(t *testing.T) {
	text, err := Nginx(params())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"location = /wiki {", "location /wiki/ {", "location = /r {", "location /r/ {", "proxy_pass http://unix:/run/reports.sock;", "listen 443 ssl;", "X-Forwarded-Host reports.corp.example:8443;"} {
		if !strings.Contains(text, w) {
			t.Errorf("nginx's file lacks %q", w)
		}
	}
	conf, _, err := HAProxy(params(), "/x.lua")
	if err != nil {
		t.Fatal(err)
	}
	if wiki, root := strings.Index(conf, "path -m beg /wiki/"), strings.Index(conf, "use_backend usher_app_1 if usher_host_1\n"); wiki < 0 || root < 0 || wiki > root {
		t.Errorf("HAProxy would choose the shorter prefix: %d, %d\n%s", wiki, root, conf)
	}
}

func TestParametersThatCannotStandInAFile(t *testing.T) {
	for name, alter := range map[string]func(p *Params){
		"usher over TLS without a name":    func(p *Params) { p.Usher = "https://127.0.0.1:4180" },
		"usher over TLS with an address":   func(p *Params) { p.Usher, p.UsherName = "https://127.0.0.1:4180", "10.0.0.1" },
		"a name for usher with more":       func(p *Params) { p.Usher, p.UsherName = "https://127.0.0.1:4180", "a b" },
		"a file of authorities with more":  func(p *Params) { p.UsherCA = "/x; include /etc/passwd" },
		"usher on a socket":                func(p *Params) { p.Usher = "unix:/run/usher.sock" },
		"an upstream's CA with more":       func(p *Params) { p.Applications[1].UpstreamTLS.CAFile = "/x y" },
		"an upstream's name with more":     func(p *Params) { p.Applications[1].UpstreamTLS.ServerName = "x;y" },
		"an upstream's TLS in the clear":   func(p *Params) { p.Applications[0].UpstreamTLS.CAFile = "/x" },
		"half a certificate for upstreams": func(p *Params) { p.Applications[1].UpstreamTLS.CertFile = "/x.crt" },
		"usher with a path":                func(p *Params) { p.Usher = "http://127.0.0.1:4180/x" },
		"usher nowhere":                    func(p *Params) { p.Usher = "" },
		"a line break in the certificate":  func(p *Params) { p.CertFile = "/x\n}" },
		"a blank in the key":               func(p *Params) { p.KeyFile = "/x y" },
		"no application":                   func(p *Params) { p.Applications = nil },
		"a certificate without key":        func(p *Params) { p.KeyFile = "" },
		"no certificate":                   func(p *Params) { p.CertFile, p.KeyFile = "", "" },
		"a certificate for plain HTTP":     func(p *Params) { p.PlainHTTP = true },
		"a listen address with more":       func(p *Params) { p.Listen = "443; include /etc/passwd" },
		"no identity header":               func(p *Params) { p.Identity = nil },
		"an identity header with more":     func(p *Params) { p.Identity = []string{"X-User $x"} },
		"an empty identity header":         func(p *Params) { p.Identity = []string{""} },
		"an application without upstream":  func(p *Params) { p.Applications[0].Upstream = "" },
		"an upstream with a path":          func(p *Params) { p.Applications[0].Upstream = "http://127.0.0.1:8080/x" },
		"an upstream with more":            func(p *Params) { p.Applications[0].Upstream = "http://127.0.0.1:8080;return" },
		"a socket with more":               func(p *Params) { p.Applications[0].Upstream = "unix:/run/x y" },
		"an application without a name":    func(p *Params) { p.Applications[0].Name = "" },
		"a prefix with a variable":         func(p *Params) { p.Applications[0].URL = "https://campaign.corp.example/$uri" },
		"a prefix with a brace":            func(p *Params) { p.Applications[0].URL = "https://campaign.corp.example/%7B" },
		"the same address twice":           func(p *Params) { p.Applications[1].URL = p.Applications[0].URL },
		"a host written in two ways":       func(p *Params) { p.Applications[1].URL = "http://campaign.corp.example/wiki" },
		"a public address that is none":    func(p *Params) { p.PublicURL = "login" },
		"a public address with other port": func(p *Params) { p.PublicURL = "https://campaign.corp.example:444" },
	} {
		for generator, generate := range all() {
			p := params()
			p.Applications[2].Upstream = "http://127.0.0.1:9000"
			alter(&p)
			if name == "no certificate" && (generator == "caddy" || generator == "traefik") {
				continue // they get certificates themselves
			}
			if text, err := generate(p); err == nil || text != "" {
				t.Errorf("%s: %s was written down", generator, name)
			}
		}
	}
	if _, err := Traefik(params(), "web"); err == nil {
		t.Error("a unix socket was written down for Traefik")
	}
	p := params()
	p.Applications = p.Applications[:2]
	if _, err := Traefik(p, "a b"); err == nil {
		t.Error("an entry point with a blank was written down")
	}
	for key, want := range map[string]bool{"/etc/ssl/usher.key": true, "/etc/ssl/usher.crt.key": true, "/etc/ssl/usher.crt": true, "/etc/ssl/other.key": false} {
		p.KeyFile = key
		if conf, _, err := HAProxy(p, "/x.lua"); (err == nil) != want || strings.Contains(conf, "ssl-load-extra-del-ext") != (key == "/etc/ssl/usher.key") {
			t.Errorf("a key in %s for HAProxy: %v\n%s", key, err, conf)
		}
	}
	if _, _, err := HAProxy(p, "/a b.lua"); err == nil {
		t.Error("a Lua path with a blank was written down")
	}
}

func TestYAMLCanBeRead(t *testing.T) {
	p := params()
	p.Applications[2].Upstream = "http://127.0.0.1:9000"
	traefik, err := Traefik(p, "websecure")
	if err != nil {
		t.Fatal(err)
	}
	var dynamic struct {
		HTTP struct {
			Middlewares map[string]struct {
				ForwardAuth struct {
					Address             string
					TrustForwardHeader  bool     `yaml:"trustForwardHeader"`
					AuthResponseHeaders []string `yaml:"authResponseHeaders"`
				} `yaml:"forwardAuth"`
				Headers struct {
					CustomRequestHeaders map[string]string `yaml:"customRequestHeaders"`
				}
			}
			Routers map[string]struct {
				Rule, Service string
				Priority      int
				Middlewares   []string
			}
			Services map[string]struct {
				LoadBalancer struct{ Servers []struct{ URL string } } `yaml:"loadBalancer"`
			}
		}
	}
	if err := yaml.Unmarshal([]byte(traefik), &dynamic); err != nil {
		t.Fatalf("%v in\n%s", err, traefik)
	}
	wiki := dynamic.HTTP.Middlewares["usher_app_2"].ForwardAuth
	if wiki.Address != "http://127.0.0.1:4180/usher/auth/traefik?application=wiki" || wiki.TrustForwardHeader || len(wiki.AuthResponseHeaders) != 3 {
		t.Errorf("Traefik's middleware is %+v", wiki)
	}
	for name, r := range dynamic.HTTP.Routers {
		if _, ok := dynamic.HTTP.Services[r.Service]; !ok {
			t.Errorf("the router %s leads to %q, which is not there", name, r.Service)
		}
		for _, m := range r.Middlewares {
			if _, ok := dynamic.HTTP.Middlewares[m]; !ok {
				t.Errorf("the router %s has the middleware %q, which is not there", name, m)
			}
		}
		if r.Service != "usher" && len(r.Middlewares) != 2 {
			t.Errorf("the router %s asks nobody", name)
		}
	}
	if a, b := dynamic.HTTP.Routers["usher_app_1"], dynamic.HTTP.Routers["usher_app_2"]; a.Priority >= b.Priority {
		t.Errorf("Traefik would choose the shorter prefix: %+v %+v", a, b)
	}
	for name, value := range dynamic.HTTP.Middlewares["usher-strip"].Headers.CustomRequestHeaders {
		if value != "" || strings.EqualFold(name, "X-Forwarded-User") {
			t.Errorf("Traefik strips %s to %q", name, value)
		}
	}
	for _, generate := range []func(Params) (string, error){all()["envoy"], all()["envoy over gRPC"]} {
		envoy, err := generate(params())
		if err != nil {
			t.Fatal(err)
		}
		var static map[string]any
		if err := yaml.Unmarshal([]byte(envoy), &static); err != nil {
			t.Fatalf("%v in\n%s", err, envoy)
		}
		// Every cluster that a route leads to must be there.
		for _, line := range strings.Split(envoy, "\n") {
			_, rest, found := strings.Cut(line, "route: {cluster: ")
			if !found {
				_, rest, found = strings.Cut(line, "cluster_name: usher_grpc")
				rest = "usher_grpc" + rest
			}
			if found {
				name, _, _ := strings.Cut(strings.ReplaceAll(rest, "}", ","), ",")
				if !strings.Contains(envoy, "    - name: "+name+"\n") {
					t.Errorf("a route leads to %q, which is not there", name)
				}
			}
		}
	}
	for _, asks := range []string{"", "127.0.0.1", "127.0.0.1:", "x y:1", "x\"y:1"} {
		if _, err := EnvoyGRPC(params(), asks); err == nil {
			t.Errorf("%q was taken for where Envoy asks", asks)
		}
	}
}
