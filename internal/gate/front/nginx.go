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

upstream usher_gate {
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
        proxy_pass http://usher_gate;
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
        proxy_pass http://usher_gate/usher/auth/nginx;
        proxy_http_version 1.1;
        proxy_pass_request_body off;
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
        proxy_pass http://usher_gate;
        proxy_http_version 1.1;
        proxy_method GET;
        proxy_pass_request_body off;
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
    # {{$app.Name}}
    location {{$where}} {
        set $usher_application "{{$app.Name}}";
        auth_request /usher/auth/nginx;
        error_page 401 403 500 = @usher_answer;
{{- range $.Headers}}
        auth_request_set {{.Variable}} {{.From}};
{{- end}}
        auth_request_set $usher_cookie $upstream_http_x_usher_cookie;

        proxy_pass {{$app.NginxUpstream}};
        proxy_http_version 1.1;
        proxy_intercept_errors off;
        proxy_read_timeout 5m;
        client_max_body_size 0;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $usher_connection;
        proxy_set_header Host {{$site.Authority}};
        proxy_set_header X-Forwarded-Host {{$site.Authority}};
        proxy_set_header X-Forwarded-Proto {{$site.Scheme}};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Real-IP $remote_addr;
        # The client's cookies without usher's.
        proxy_set_header Cookie $usher_cookie;
        # Who is signed in, as usher says; empty ones are left out.
{{- range $.Headers}}
        proxy_set_header {{.Name}} {{.Variable}};
{{- end}}
        # What clients must not say.
{{- range $.Untrusted}}
        proxy_set_header {{.}} "";
{{- end}}
    }
{{end}}{{end}}}
{{end}}`

// Locations are the nginx locations of the application: a plain prefix would
// not stop at the border of a segment.
func (a app) Locations() []string {
	if a.Prefix == "" {
		return []string{"/"}
	}
	return []string{"= " + a.Prefix, a.Prefix + "/"}
}

// NginxUpstream is the application as proxy_pass takes it: without a path, so
// that nginx passes on the path as it was judged.
func (a app) NginxUpstream() string {
	if a.Address == a.Upstream { // unix:/path
		return "http://" + a.Address
	}
	return a.Upstream
}
