// SPDX-License-Identifier: Apache-2.0

package front

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// envoyRoute is what is read of a route here; the names are Envoy's
// (config.route.v3.Route).
type envoyRoute struct {
	Match struct {
		Prefix              string
		PathSeparatedPrefix string `yaml:"path_separated_prefix"`
		Headers             []struct {
			Name        string
			StringMatch struct {
				Exact      string
				IgnoreCase bool `yaml:"ignore_case"`
			} `yaml:"string_match"`
		}
	}
	Route struct {
		Cluster           string
		HostRewrite       string `yaml:"host_rewrite_literal"`
		Timeout           string
		MaxStreamDuration struct {
			MaxStreamDuration string `yaml:"max_stream_duration"`
		} `yaml:"max_stream_duration"`
	}
	Filters map[string]any `yaml:"typed_per_filter_config"`
}

// routesOf finds the routes of every virtual host.
func routesOf(t *testing.T, conf string) [][]envoyRoute {
	t.Helper()
	var whole yaml.Node
	if err := yaml.Unmarshal([]byte(conf), &whole); err != nil {
		t.Fatal(err)
	}
	var out [][]envoyRoute
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 && c.Value == "routes" {
				var routes []envoyRoute
				if err := n.Content[i+1].Decode(&routes); err != nil {
					t.Fatal(err)
				}
				out = append(out, routes)
			}
			look(c)
		}
	}
	look(&whole)
	return out
}

// TestEnvoyEndsWebsockets: each application has a route for websockets before
// the other, to the same place under the same name, and that one alone ends.
func TestEnvoyEndsWebsockets(t *testing.T) {
	for _, name := range []string{"envoy", "envoy over gRPC"} {
		p := params()
		p.OpenFor = 20 * time.Minute
		conf, err := all()[name](p)
		if err != nil {
			t.Fatal(err)
		}
		sockets := 0
		for _, routes := range routesOf(t, conf) {
			for i, r := range routes {
				bound := r.Route.MaxStreamDuration.MaxStreamDuration
				if len(r.Match.Headers) == 0 {
					if bound != "" {
						t.Errorf("%s: uploads and streams end after %s", name, bound)
					}
					continue
				}
				sockets++
				if h := r.Match.Headers[0]; len(r.Match.Headers) != 1 || h.Name != "upgrade" || h.StringMatch.Exact != "websocket" || !h.StringMatch.IgnoreCase || bound != "1200s" {
					t.Errorf("%s: websockets are known by %+v and end after %q", name, r.Match.Headers, bound)
				}
				same := r
				same.Match.Headers, same.Route.MaxStreamDuration.MaxStreamDuration = nil, ""
				if len(routes) == i+1 || !reflect.DeepEqual(same, routes[i+1]) {
					t.Errorf("%s: a websocket and a page at one address are not treated alike: %+v", name, r)
				}
			}
		}
		if sockets != len(p.Applications) {
			t.Errorf("%s: %d routes for websockets of %d applications", name, sockets, len(p.Applications))
		}
	}
}

// TestHowLongWebsocketsMay: every file says how long, or that it cannot.
func TestHowLongWebsocketsMay(t *testing.T) {
	for name, want := range map[string]string{"envoy": "max_stream_duration: 1800s", "caddy": "# stream_timeout 1800s", "haproxy": "timeout tunnel 1800s",
		"nginx": "nginx ends no websocket", "traefik": "Traefik ends no websocket"} {
		p := params()
		if name == "traefik" {
			p.Applications[2].Upstream = "http://127.0.0.1:9000"
		}
		conf, err := all()[name](p)
		if err != nil || !strings.Contains(conf, want) {
			t.Errorf("%s does not say %q (%v)", name, want, err)
		}
	}
}
