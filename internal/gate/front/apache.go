// SPDX-License-Identifier: Apache-2.0

package front

// Apache writes virtual hosts for Apache httpd 2.4.47 or later with the modules
// proxy, proxy_http, headers and, for TLS, ssl.
//
// httpd has no way of its own to ask another server for a verdict: the modules
// that could, in FastCGI or Lua, are rarely there and each would be a second
// client to keep. So httpd ends TLS and usher is the reverse proxy behind it:
// the applications' upstreams stand in usher's own file. An application that
// httpd itself serves moves to a virtual host on a loopback port, which is then
// its upstream.
func Apache(p Params) (string, error) {
	v, err := p.view(false)
	if err != nil {
		return "", err
	}
	return render("apache", apacheText, v)
}

const apacheText = `# Written by usher for Apache httpd: it ends TLS and hands every request to
# usher, which judges it and forwards it to the application. Declare httpd's
# address under server.trusted_proxies in usher's file.
#   a2enmod proxy proxy_http headers{{if or .CertFile .UsherTLS}} ssl{{end}}
{{- if .UsherTLS}}
# httpd looks in usher's certificate for the host that the browser asked for:
# the certificate has to hold every ServerName below.
{{- end}}
{{range .Sites}}
<VirtualHost {{if $.ListenHost}}{{$.Listen}}{{else}}*:{{$.ListenPort}}{{end}}>
    ServerName {{.Host}}
{{- if $.CertFile}}
    SSLEngine on
    SSLCertificateFile {{$.CertFile}}
    SSLCertificateKeyFile {{$.KeyFile}}
    SSLProtocol -all +TLSv1.2 +TLSv1.3
{{- end}}

    # Bodies wait until usher wants them (ping below): it may answer before.
    # The path goes on as it was written: usher judges it, httpd does not.
    AllowEncodedSlashes NoDecode
    ProxyRequests Off
    ProxyPreserveHost On
    ProxyTimeout 300
    LimitRequestBody 0
    RequestHeader unset X-Forwarded-For
    RequestHeader set X-Forwarded-Proto {{.Scheme}}

    # What only front servers of another kind ask.
    <LocationMatch "^/usher/(auth|answer)/">
        Require all denied
    </LocationMatch>
{{- if $.UsherTLS}}

    SSLProxyEngine on
    SSLProxyProtocol -all +TLSv1.2 +TLSv1.3
    SSLProxyVerify require
    SSLProxyVerifyDepth 3
    SSLProxyCheckPeerName on
    SSLProxyCheckPeerExpire on
    SSLProxyCACertificateFile {{$.UsherFileCA}}
{{- end}}

    ProxyPass / {{$.UsherScheme}}://{{$.Usher}}/ nocanon upgrade=websocket flushpackets=on ping=60
</VirtualHost>
{{end}}`
