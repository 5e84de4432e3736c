// SPDX-License-Identifier: Apache-2.0

package front

import "strings"

// Caddy writes site blocks for a Caddyfile. It needs Caddy 2.5.1 or later.
//
// The directive forward_auth is written out here: its short form keeps a
// client's header where the answer has an empty one.
func Caddy(p Params) (string, error) {
	v, err := p.view(true)
	if err != nil {
		return "", err
	}
	return render("caddy", caddyText, v)
}

const caddyText = `# Written by usher for Caddy: put these site blocks into the Caddyfile. Declare
# Caddy's address under server.trusted_proxies in usher's file, or usher
# refuses everything.
{{range $site := .Sites}}
{{if $.PlainHTTP}}http{{else}}https{{end}}://{{.Host}}:{{$.ListenPort}} {
{{- if $.ListenHost}}
	bind {{$.ListenHost}}
{{- end}}
{{- if $.CertFile}}
	tls {{$.CertFile}} {{$.KeyFile}}
{{- end}}
	# What only Caddy may ask.
	@usher_closed path /usher/auth/* /usher/answer/*
	handle @usher_closed {
		respond 404
	}

	# usher's own pages: sign-in, sign-out, the way back from the provider.
	handle /usher/* {
		reverse_proxy {{$.UsherScheme}}://{{$.Usher}} {
			header_up Host {{.Authority}}
			header_up X-Forwarded-Host {{.Authority}}
			header_up X-Forwarded-Proto {{.Scheme}}
{{- $.CaddyToUsher "\t\t\t"}}
		}
	}
{{range $app := .Apps}}
	# {{.Remark}}
{{- if .Prefix}}
	@{{.ID}} path {{.Prefix}} {{.Prefix}}/*
	handle @{{.ID}} {
{{- else}}
	handle {
{{- end}}
		route {
			# What clients must not say.
{{- range $.Untrusted}}
			request_header -{{.}}
{{- end}}
			reverse_proxy {{$.UsherScheme}}://{{$.Usher}} {
				method GET
				rewrite /usher/auth/caddy?application={{urlquery .Name}}
				header_up -Content-Length
				header_up X-Forwarded-Method {method}
				header_up X-Forwarded-Uri {uri}
				header_up X-Forwarded-Host {{$site.Authority}}
				header_up X-Forwarded-Proto {{$site.Scheme}}
				header_up Host {{$site.Authority}}
{{- $.CaddyToUsher "\t\t\t\t"}}
				# Who is signed in, as usher says, and the client's cookies without usher's.
				@usher_leaves_cookies {
					status 200
					header X-Usher-Cookie *
				}
				handle_response @usher_leaves_cookies {
{{- range $.Identity}}
					request_header {{.}} {http.reverse_proxy.header.{{.}}}
{{- end}}
					request_header Cookie {http.reverse_proxy.header.X-Usher-Cookie}
				}
				@usher_allows status 200
				handle_response @usher_allows {
{{- range $.Identity}}
					request_header {{.}} {http.reverse_proxy.header.{{.}}}
{{- end}}
					request_header -Cookie
				}
			}
{{- if .Withheld}}
			# Access tokens are for usher.
			@{{.ID}}_token header_regexp Authorization (?i)^bearer(\s|$)
			request_header @{{.ID}}_token -Authorization
{{- end}}
			reverse_proxy {{.CaddyUpstream}} {
				header_up Host {{$site.Authority}}
				header_up X-Forwarded-Host {{$site.Authority}}
				header_up X-Forwarded-Proto {{$site.Scheme}}
{{- .CaddyTLS}}
				# Nobody looks at the session of a websocket that is open. From Caddy 2.7
				# on this ends one after a while; earlier ones do not know it:
				# stream_timeout {{$.Seconds}}
			}
		}
	}
{{end}}
{{- if not .Whole}}
	handle {
		respond 404
	}
{{end}}}
{{end}}`

// Whole reports whether an application has the whole host.
func (s site) Whole() bool {
	return len(s.Apps) > 0 && s.Apps[len(s.Apps)-1].Prefix == ""
}

// caddyTLS are the lines that say how TLS is spoken.
func caddyTLS(indent, name, ca, cert, key string) string {
	lines := []string{"transport http {", "\ttls", "\ttls_server_name " + name}
	if ca != "" {
		lines = append(lines, "\ttls_trusted_ca_certs "+ca)
	}
	if cert != "" {
		lines = append(lines, "\ttls_client_auth "+cert+" "+key)
	}
	return "\n" + indent + strings.Join(append(lines, "}"), "\n"+indent)
}

// CaddyToUsher are the lines for TLS to usher.
func (v view) CaddyToUsher(indent string) string {
	if !v.UsherTLS {
		return ""
	}
	return caddyTLS(indent, v.UsherName, v.UsherCA, "", "")
}

// CaddyTLS are the lines for TLS to the application.
func (a app) CaddyTLS() string {
	if !a.TLS {
		return ""
	}
	return caddyTLS("\t\t\t\t", a.Way.ServerName, a.CA(), a.Way.CertFile, a.Way.KeyFile)
}

// CaddyUpstream is the application as reverse_proxy takes it.
func (a app) CaddyUpstream() string {
	if a.Address == a.Upstream { // unix:/path
		return "unix/" + a.Address[len("unix:"):]
	}
	return a.Upstream
}
