// SPDX-License-Identifier: Apache-2.0

package front

import "strings"

// Nginx writes a file for nginx's http block, for example
// /etc/nginx/conf.d/usher.conf. It needs nginx 1.13.1 or later with the
// modules auth_request and rewrite, which every distribution's build has.
func Nginx(p Params) (string, error) {
	v, err := p.view(false)
	if err != nil {
		return "", err
	}
	type identity struct{ Name, Variable, From string }
	all := struct {
		view
		Headers []identity
	}{view: v}
	for _, n := range p.Identity {
		lower := strings.ReplaceAll(strings.ToLower(n), "-", "_")
		all.Headers = append(all.Headers, identity{n, "$usher_" + lower, "$upstream_http_" + lower})
	}
	return render("nginx", nginxText, all)
}

const nginxText = `# Written by usher for nginx. Include it in the http block, for example as
# /etc/nginx/conf.d/usher.conf. Declare nginx's address under
# server.trusted_proxies in usher's file, or usher refuses everything.

map $http_upgrade $usher_connection {
    default upgrade;
    ''      '';
}
{{- if .Withheld}}

# The client's credentials without access tokens: these are for usher.
map $http_authorization $usher_authorization {
    default              $http_authorization;
    "~*^bearer(?:[ ]|$)" '';
}
{{- end}}

upstream usher_gate {
    server {{.Usher}};
    keepalive 32;
}

# Connections on which nothing but verdicts is asked for: usher answers those
# faster than others.
upstream usher_verdicts {
    server {{.Usher}};
    keepalive 32;
}
{{range $site := .Sites}}
server {
    listen {{$.Listen}}{{if $.CertFile}} ssl{{end}};
    server_name {{.Host}};
{{- if $.CertFile}}
    ssl_certificate     {{$.CertFile}};
    ssl_certificate_key {{$.KeyFile}};
{{- end}}

    # What is judged is this host; no other name leads here.
    if ($host != "{{.Host}}") {
        return 421;
    }

    # usher's own pages: sign-in, sign-out, the way back from the provider.
    location /usher/ {
        proxy_pass {{$.UsherScheme}}://usher_gate;
{{- $.NginxToUsher}}
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host {{.Authority}};
        proxy_set_header X-Forwarded-Host {{.Authority}};
        proxy_set_header X-Forwarded-Proto {{.Scheme}};
        proxy_set_header X-Forwarded-For $remote_addr;
    }

    # What only nginx may ask.
    location /usher/auth/ { return 404; }
    location /usher/answer/ { return 404; }

    location = /usher/auth/nginx {
        internal;
        proxy_pass {{$.UsherScheme}}://usher_verdicts/usher/auth/nginx;
{{- $.NginxToUsher}}
        proxy_http_version 1.1;
        proxy_pass_request_body off;
        proxy_request_buffering off;
        client_max_body_size 0; # it is not sent, and must not stand in the way
        proxy_set_header Content-Length "";
        proxy_set_header Connection "";
        proxy_set_header Host {{.Authority}};
        proxy_set_header X-Usher-Application $usher_application;
        proxy_set_header X-Original-Method $request_method;
        proxy_set_header X-Original-URI $request_uri;
        proxy_set_header X-Forwarded-Host {{.Authority}};
        proxy_set_header X-Forwarded-Proto {{.Scheme}};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Method "";
        proxy_set_header X-Forwarded-Uri "";
        proxy_set_header X-Original-URL "";
        proxy_set_header X-Original-Host "";
        proxy_set_header X-Rewrite-URL "";
        proxy_connect_timeout 5s;
        proxy_read_timeout 10s;
        proxy_buffer_size 32k;
        proxy_buffers 4 32k;
        proxy_busy_buffers_size 64k;
    }

    # usher answers what may not pass: it sends page loads to sign in, tells
    # programs in JSON, and shows why somebody was refused.
    location @usher_answer {
        rewrite ^ /usher/answer/nginx? break;
        proxy_pass {{$.UsherScheme}}://usher_gate;
{{- $.NginxToUsher}}
        proxy_http_version 1.1;
        proxy_method GET;
        proxy_pass_request_body off;
        proxy_request_buffering off;
        client_max_body_size 0; # it is not sent, and must not stand in the way
        proxy_set_header Content-Length "";
        proxy_set_header Connection "";
        proxy_set_header Host {{.Authority}};
        proxy_set_header X-Usher-Application $usher_application;
        proxy_set_header X-Original-Method $request_method;
        proxy_set_header X-Original-URI $request_uri;
        proxy_set_header X-Forwarded-Host {{.Authority}};
        proxy_set_header X-Forwarded-Proto {{.Scheme}};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Method "";
        proxy_set_header X-Forwarded-Uri "";
        proxy_set_header X-Original-URL "";
        proxy_set_header X-Original-Host "";
        proxy_set_header X-Rewrite-URL "";
    }
{{range $app := .Apps}}{{range $i, $where := $app.Locations}}
    # {{$app.Remark}}
    location {{$where}} {
        set $usher_application "{{$app.Said}}";
        auth_request /usher/auth/nginx;
        error_page 401 403 500 = @usher_answer;
{{- range $.Headers}}
        auth_request_set {{.Variable}} {{.From}};
{{- end}}
        auth_request_set $usher_cookie $upstream_http_x_usher_cookie;

        proxy_pass {{$app.NginxUpstream}};
{{- $app.NginxTLS}}
        proxy_http_version 1.1;
        proxy_intercept_errors off;
        # Of silence. nginx ends no websocket that goes on speaking, and nobody
        # looks at its session again.
        proxy_read_timeout 5m;
        # Uploads and answers pass as they come, however large or long.
        client_max_body_size 0;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $usher_connection;
        proxy_set_header Host {{$site.Authority}};
        proxy_set_header X-Forwarded-Host {{$site.Authority}};
        proxy_set_header X-Forwarded-Proto {{$site.Scheme}};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Real-IP $remote_addr;
        # The client's cookies without usher's.
        proxy_set_header Cookie $usher_cookie;
{{- if $app.Withheld}}
        proxy_set_header Authorization $usher_authorization;
{{- end}}
        # Who is signed in, as usher says; empty ones are left out.
{{- range $.Headers}}
        proxy_set_header {{.Name}} {{.Variable}};
{{- end}}
        # What clients must not say.
{{- range $.Untrusted}}
        proxy_set_header {{.}} "";
{{- end}}
    }
{{end}}{{end}}
{{- if not .Whole}}
    location / { return 404; }
{{end}}}
{{end}}`

// Locations are the nginx locations of the application: a plain prefix would
// not stop at the border of a segment.
func (a app) Locations() []string {
	if a.Prefix == "" {
		return []string{"/"}
	}
	return []string{"= " + a.Prefix, a.Prefix + "/"}
}

// nginxTLS are the lines that check and choose a server's certificate: nginx
// does neither by itself.
func nginxTLS(name, ca, cert, key string) string {
	lines := []string{"proxy_ssl_verify on;", "proxy_ssl_verify_depth 3;", "proxy_ssl_trusted_certificate " + ca + ";", "proxy_ssl_server_name on;",
		"proxy_ssl_name " + name + ";", "proxy_ssl_protocols TLSv1.2 TLSv1.3;"}
	if cert != "" {
		lines = append(lines, "proxy_ssl_certificate "+cert+";", "proxy_ssl_certificate_key "+key+";")
	}
	return "\n        " + strings.Join(lines, "\n        ")
}

// NginxToUsher are the lines for TLS to usher.
func (v view) NginxToUsher() string {
	if !v.UsherTLS {
		return ""
	}
	return nginxTLS(v.UsherName, v.UsherFileCA(), "", "")
}

// NginxTLS are the lines for TLS to the application.
func (a app) NginxTLS() string {
	if !a.TLS {
		return ""
	}
	return nginxTLS(a.Way.ServerName, a.FileCA(), a.Way.CertFile, a.Way.KeyFile)
}

// NginxUpstream is the application as proxy_pass takes it: without a path, so
// that nginx passes on the path as it was judged.
func (a app) NginxUpstream() string {
	if a.Address == a.Upstream { // unix:/path
		return "http://" + a.Address
	}
	return a.Upstream
}
