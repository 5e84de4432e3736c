// SPDX-License-Identifier: Apache-2.0

package front

import (
	"errors"
	"fmt"
	"net"
)

var errEntryPoint = errors.New("name Traefik's entry point, such as websecure")

// Traefik writes a dynamic configuration for Traefik's file provider, version 3.
func Traefik(p Params, entryPoint string) (string, error) {
	v, err := p.view(true)
	if err != nil {
		return "", err
	}
	for _, s := range v.Sites {
		for _, a := range s.Apps {
			if a.Address == a.Upstream {
				return "", fmt.Errorf("application %q: Traefik reaches no unix sockets; give the application a port", a.Name)
			}
		}
	}
	if entryPoint == "" || !plain(entryPoint, "-_") {
		return "", errEntryPoint
	}
	return render("traefik", traefikText, struct {
		view
		EntryPoint string
	}{v, entryPoint})
}

const traefikText = `# Written by usher for Traefik 3: a dynamic configuration for the file provider.
# Declare Traefik's address under server.trusted_proxies in usher's file, or
# usher refuses everything. Middlewares that cut or add to paths come after
# these: usher judges whole paths. Traefik ends no websocket that is open, and
# nobody looks at its session again.
{{- if .UsherTLS}}
# Traefik looks in usher's certificate for the name that it asks at: on Traefik's
# machine {{.UsherName}} has to lead to {{.UsherHost}}, for example by /etc/hosts.
{{- end}}
http:
  middlewares:
    # What clients must not say.
    usher-strip:
      headers:
        customRequestHeaders:
{{- range .Untrusted}}
          {{.}}: ""
{{- end}}
{{- range .Sites}}{{range .Apps}}
    {{.ID}}:
      forwardAuth:
        address: "{{$.TraefikAsks}}/usher/auth/traefik?application={{urlquery .Name}}"
        trustForwardHeader: false
{{- if and $.UsherTLS $.UsherCA}}
        tls: {ca: {{$.UsherCA}}}
{{- end}}
        # Who is signed in, as usher says, and the client's cookies without usher's.
        authResponseHeaders:
{{- range $.Identity}}
          - {{.}}
{{- end}}
          - Cookie
{{- if .Withheld}}
          # Without access tokens: these are for usher.
          - Authorization
{{- end}}
{{- end}}{{end}}
  routers:
{{- range $site := .Sites}}
    # usher's own pages: sign-in, sign-out, the way back from the provider.
    {{.ID}}:
      rule: "Host(` + "`{{.Host}}`" + `) && PathPrefix(` + "`/usher/`" + `) && !PathPrefix(` + "`/usher/auth/`" + `) && !PathPrefix(` + "`/usher/answer/`" + `)"
      priority: 100000
      entryPoints: [{{$.EntryPoint}}]
      service: usher
{{- if not $.PlainHTTP}}
      tls: {}
{{- end}}
{{- range .Apps}}
    {{.ID}}:
      rule: "Host(` + "`{{$site.Host}}`" + `){{if .Prefix}} && (Path(` + "`{{.Prefix}}`" + `) || PathPrefix(` + "`{{.Prefix}}/`" + `)){{end}}"
      priority: {{.Priority}}
      entryPoints: [{{$.EntryPoint}}]
      middlewares: [usher-strip, {{.ID}}]
      service: {{.ID}}
{{- if not $.PlainHTTP}}
      tls: {}
{{- end}}
{{- end}}
{{- end}}
  services:
    usher:
      loadBalancer:
        servers:
          - url: "{{.UsherScheme}}://{{.Usher}}"
{{- if .UsherTLS}}
        serversTransport: usher
{{- end}}
{{- range .Sites}}{{range .Apps}}
    {{.ID}}:
      loadBalancer:
        servers:
          - url: "{{.Upstream}}"
{{- if .TLS}}
        serversTransport: {{.ID}}
{{- end}}
{{- end}}{{end}}
{{- if .Transports}}
  serversTransports:
{{- if .UsherTLS}}
    usher:
      serverName: "{{.UsherName}}"
{{- if .UsherCA}}
      rootCAs: [{{.UsherCA}}]
{{- end}}
{{- end}}
{{- range .Sites}}{{range .Apps}}{{if .TLS}}
    {{.ID}}:
      serverName: "{{.Way.ServerName}}"
{{- if .CA}}
      rootCAs: [{{.CA}}]
{{- end}}
{{- if .Way.CertFile}}
      certificates: [{certFile: {{.Way.CertFile}}, keyFile: {{.Way.KeyFile}}}]
{{- end}}
{{- end}}{{end}}{{end}}
{{- end}}
{{- if .CertFile}}
tls:
  certificates:
    - certFile: {{.CertFile}}
      keyFile: {{.KeyFile}}
{{- end}}
`

// TraefikAsks is where ForwardAuth asks: by the name in usher's certificate,
// since it knows no other to look for.
func (v view) TraefikAsks() string {
	if v.UsherTLS {
		return "https://" + net.JoinHostPort(v.UsherName, v.UsherPort)
	}
	return "http://" + v.Usher
}

// Transports reports whether TLS is spoken to anybody.
func (v view) Transports() bool {
	tls := v.UsherTLS
	for _, s := range v.Sites {
		for _, a := range s.Apps {
			tls = tls || a.TLS
		}
	}
	return tls
}

// Priority puts longer prefixes first.
func (a app) Priority() int { return 1000 + len(a.Prefix) }
