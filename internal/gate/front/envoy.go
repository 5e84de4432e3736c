// SPDX-License-Identifier: Apache-2.0

package front

import (
	"fmt"
	"net"
	"strings"
)

// Envoy writes a static configuration for Envoy 1.26 or later: a listener with
// the filter ext_authz over HTTP.
func Envoy(p Params) (string, error) { return envoy(p, "") }

// EnvoyGRPC writes the same for ext_authz over gRPC, for Envoy 1.31 or later.
// asks is where usher listens for it, server.envoy_grpc_listen: host:port.
func EnvoyGRPC(p Params, asks string) (string, error) {
	host, port, err := net.SplitHostPort(asks)
	if err != nil || port == "" || !plain(host, ".-_:") {
		return "", fmt.Errorf("where Envoy asks over gRPC, %q, is not host:port", asks)
	}
	return envoy(p, net.JoinHostPort(host, port))
}

func envoy(p Params, asks string) (string, error) {
	v, err := p.view(false)
	if err != nil {
		return "", err
	}
	all := struct {
		view
		AskHost, AskPort, Needs string
	}{view: v, Needs: "1.26"}
	if asks != "" {
		all.Needs = "1.31"
		all.AskHost, all.AskPort, _ = net.SplitHostPort(asks)
	}
	return render("envoy", envoyText, all)
}

// Lower lists the identity headers as Envoy has names.
func (v view) Lower() []string {
	var out []string
	for _, n := range v.Identity {
		out = append(out, strings.ToLower(n))
	}
	return out
}

// BindHost is the listener's address.
func (v view) BindHost() string {
	if h := v.ListenHost(); h != "" {
		return h
	}
	return "0.0.0.0"
}

const envoyText = `# Written by usher for Envoy {{.Needs}} or later. Declare Envoy's address under
# server.trusted_proxies in usher's file, or usher refuses everything.
static_resources:
  listeners:
    - name: usher_front
      address: {socket_address: {address: "{{.BindHost}}", port_value: {{.ListenPort}}}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: usher_front
                # The client's address is the connection's; what it claims is dropped.
                use_remote_address: true
                xff_num_trusted_hops: 0
                # Routes are chosen, requests judged and forwarded by one spelling of the path.
                normalize_path: true
                path_with_escaped_slashes_action: REJECT_REQUEST
                common_http_protocol_options:
                  headers_with_underscores_action: REJECT_REQUEST
                upgrade_configs: [{upgrade_type: websocket}]
                stream_idle_timeout: 300s
                http_filters:
                  - name: envoy.filters.http.ext_authz
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
                      transport_api_version: V3
                      failure_mode_allow: false
                      status_on_error: {code: ServiceUnavailable}
{{- if .AskPort}}
                      # Headers go one by one and as they are: usher notices repeated and forged ones.
                      encode_raw_headers: true
                      grpc_service:
                        envoy_grpc: {cluster_name: usher_grpc}
                        timeout: 10s
{{- else}}
                      # usher sees every header, so that it notices forged ones.
                      allowed_headers: {patterns: [{safe_regex: {regex: ".*"}}]}
                      http_service:
                        server_uri: {uri: "{{.UsherScheme}}://{{.Usher}}", cluster: usher, timeout: 10s}
                        path_prefix: /usher/auth/envoy
                        authorization_response:
                          # Who is signed in, as usher says, and the client's cookies without usher's.
                          allowed_upstream_headers:
                            patterns:
{{- range .Lower}}
                              - {exact: {{.}}}
{{- end}}
                              - {exact: cookie}
{{- end}}
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                route_config:
                  name: usher_front
                  # What clients must not say.
                  request_headers_to_remove:
{{- range .Untrusted}}
                    - {{.}}
{{- end}}
                  virtual_hosts:
{{- range $site := .Sites}}
                    - name: {{.ID}}
                      domains: ["{{.Host}}", "{{.Host}}:*"]
                      routes:
                        # What only Envoy may ask.
                        - match: {prefix: /usher/auth/}
                          direct_response: {status: 404}
                          typed_per_filter_config: &open
                            envoy.filters.http.ext_authz:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                              disabled: true
                        - match: {prefix: /usher/answer/}
                          direct_response: {status: 404}
                          typed_per_filter_config: *open
                        # usher's own pages: sign-in, sign-out, the way back from the provider.
                        - match: {prefix: /usher/}
                          route: {cluster: usher}
                          typed_per_filter_config: *open
{{- range .Apps}}
                        # Websockets: nobody looks at the session of one that is open, so it ends after a while.
                        - match: {{"{"}}{{if .Prefix}}path_separated_prefix: {{.Prefix}}{{else}}prefix: /{{end}}, headers: [{name: upgrade, string_match: {exact: websocket, ignore_case: true}}]}
                          route: {cluster: {{.ID}}, host_rewrite_literal: "{{$site.Authority}}", timeout: 300s, max_stream_duration: {max_stream_duration: {{$.Seconds}}}}
{{- if $.AskPort}}
                          typed_per_filter_config:
                            envoy.filters.http.ext_authz:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                              check_settings: {context_extensions: {application: {{.Quoted}}}}
{{- end}}
                        - match: {{if .Prefix}}{path_separated_prefix: {{.Prefix}}}{{else}}{prefix: /}{{end}}
                          route: {cluster: {{.ID}}, host_rewrite_literal: "{{$site.Authority}}", timeout: 300s}
{{- if $.AskPort}}
                          typed_per_filter_config:
                            envoy.filters.http.ext_authz:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                              check_settings: {context_extensions: {application: {{.Quoted}}}}
{{- end}}
{{- end}}
{{- end}}
{{- if .CertFile}}
          transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_certificates:
                  - certificate_chain: {filename: {{.CertFile}}}
                    private_key: {filename: {{.KeyFile}}}
{{- end}}
  clusters:
    - name: usher
      type: STRICT_DNS
      connect_timeout: 5s
      load_assignment:
        cluster_name: usher
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: "{{.UsherHost}}", port_value: {{.UsherPort}}}}}}]}]
{{- .EnvoyToUsher}}
{{- if .AskPort}}
    - name: usher_grpc
      type: STRICT_DNS
      connect_timeout: 5s
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: {http2_protocol_options: {}}
      load_assignment:
        cluster_name: usher_grpc
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: "{{.AskHost}}", port_value: {{.AskPort}}}}}}]}]
{{- .EnvoyToUsher}}
{{- end}}
{{- range .Sites}}{{range .Apps}}
    - name: {{.ID}}
      type: STRICT_DNS
      connect_timeout: 10s
      load_assignment:
        cluster_name: {{.ID}}
{{- if .Port}}
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: "{{.Hostname}}", port_value: {{.Port}}}}}}]}]
{{- else}}
        endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "{{.Socket}}"}}}}]}]
{{- end}}
{{- .EnvoyTLS}}
{{- end}}{{end}}
`

// envoyTLS is how a cluster speaks TLS.
func envoyTLS(name, ca, cert, key string) string {
	text := `
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
          sni: "` + name + `"
          common_tls_context:
            tls_params: {tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3}
            validation_context:
              trusted_ca: {filename: ` + ca + `}
              match_typed_subject_alt_names:
                - san_type: DNS
                  matcher: {exact: "` + name + `"}`
	if cert != "" {
		text += `
            tls_certificates:
              - certificate_chain: {filename: ` + cert + `}
                private_key: {filename: ` + key + `}`
	}
	return text
}

// EnvoyToUsher is how usher's clusters speak TLS.
func (v view) EnvoyToUsher() string {
	if !v.UsherTLS {
		return ""
	}
	return envoyTLS(v.UsherName, v.UsherFileCA(), "", "")
}

// EnvoyTLS is how the application's cluster speaks TLS.
func (a app) EnvoyTLS() string {
	if !a.TLS {
		return ""
	}
	return envoyTLS(a.Way.ServerName, a.FileCA(), a.Way.CertFile, a.Way.KeyFile)
}

// Socket is the path of a unix socket.
func (a app) Socket() string { return strings.TrimPrefix(a.Address, "unix:") }
