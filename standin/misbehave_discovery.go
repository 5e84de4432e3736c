// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"net/url"
	"strings"
)

const (
	discoveryIssuerWrong    = "discovery-issuer-wrong"
	discoveryIssuerSlash    = "discovery-issuer-slash"
	discoveryIssuerHost     = "discovery-issuer-host"
	discoveryMoved          = "discovery-moved"
	discoveryIssuerTemplate = "discovery-issuer-template"
	discoveryMissing        = "discovery-missing"
	discoveryMemberMissing  = "discovery-member-missing"
	discoveryHTTP           = "discovery-endpoints-http"
	discoveryElsewhere      = "discovery-endpoints-elsewhere"
	discoveryOutside        = "discovery-endpoints-outside"
	discoveryAlgorithms     = "discovery-algorithms"
	discoveryPlainPKCE      = "discovery-pkce-plain"
	discoveryAtRoot         = "discovery-at-root"
	discoveryShape          = "discovery-shape"
)

func discoverySwitches() []Switch {
	const part = "discovery"
	return []Switch{
		{Name: discoveryIssuerWrong, Part: part, Check: "discovery-issuer", Default: "INVALID", Does: "The metadata names another issuer: ours with this text after it."},
		{Name: discoveryIssuerSlash, Part: part, Check: "discovery-issuer", Does: "The issuer in the metadata has a slash at its end."},
		{Name: discoveryIssuerTemplate, Part: part, Check: "discovery-issuer", Does: "The issuer in the metadata is a template: it ends in /{tenantid}."},
		{Name: discoveryIssuerHost, Part: part, Check: "discovery-issuer", Default: "https://ims.internal.invalid", Does: "The issuer in the metadata is on another host."},
		{Name: discoveryMoved, Part: part, Check: "discovery-changed", Does: "The token endpoint is at another path of the same server. Whoever read the metadata before knows the former."},
		{Name: discoveryMissing, Part: part, Check: "discovery-unreachable", Does: "There is no metadata: 404. A client that knows IMS does without."},
		{Name: discoveryMemberMissing, Part: part, Check: "discovery-invalid", Default: "jwks_uri", Choices: []string{"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "response_types_supported"}, Does: "One member of the metadata is left out."},
		{Name: discoveryHTTP, Part: part, Check: "discovery-endpoint-http", Does: "The endpoints in the metadata are plain http."},
		{Name: discoveryElsewhere, Part: part, Check: "discovery-endpoint-host", Default: "ims.internal.invalid", Does: "The endpoints in the metadata are on another host, as behind a proxy that was not told its name."},
		{Name: discoveryOutside, Part: part, Check: "discovery-invalid", Default: "http://169.254.169.254/latest/meta-data", Does: "jwks_uri and token_endpoint point to an address that nobody should fetch."},
		{Name: discoveryAlgorithms, Part: part, Check: "signing-algorithm", Default: "HS256", Choices: []string{"HS256", "none", "ES256"}, Does: "The metadata offers only this signing algorithm."},
		{Name: discoveryPlainPKCE, Part: part, Check: "pkce-not-offered", Does: "The metadata says that only plain code challenges are understood."},
		{Name: discoveryAtRoot, Part: part, Does: "The metadata is also where OpenID Connect Discovery wants it: under the issuer itself. IMS has it under /ims/ alone."},
		{Name: discoveryShape, Part: part, Check: "discovery-invalid", Default: "array", Choices: []string{"array", "string", "null"}, Does: "The metadata is JSON of another kind than an object."},
	}
}

func (s *Server) spoilDiscovery(d *object) {
	base := s.BaseURL()
	if v, on := s.value(discoveryIssuerWrong); on {
		d.set("issuer", base+v)
	}
	if s.on(discoveryIssuerSlash) {
		d.set("issuer", base+"/")
	}
	if s.on(discoveryIssuerTemplate) {
		d.set("issuer", base+"/{tenantid}")
	}
	if v, on := s.value(discoveryIssuerHost); on {
		d.set("issuer", v)
	}
	if s.on(discoveryMoved) {
		d.set("token_endpoint", base+"/ims/token/v4")
	}
	if s.on(discoveryHTTP) {
		d.eachURL(func(u string) string { return strings.Replace(u, "https://", "http://", 1) })
	}
	if host, on := s.value(discoveryElsewhere); on {
		d.eachURL(func(u string) string { return strings.Replace(u, base, "https://"+host, 1) })
	}
	if to, on := s.value(discoveryOutside); on {
		d.set("jwks_uri", to)
		d.set("token_endpoint", to)
	}
	if alg, on := s.value(discoveryAlgorithms); on {
		d.set("id_token_signing_alg_values_supported", []string{alg})
	}
	if s.on(discoveryPlainPKCE) {
		d.set("code_challenge_methods_supported", []string{"plain"})
	}
	if s.on(introspectionOpen) {
		d.set("introspection_endpoint", base+"/ims/introspect")
	}
	if s.announcesIssuer() {
		d.set("authorization_response_iss_parameter_supported", true)
	}
	if name, on := s.value(discoveryMemberMissing); on {
		d.drop(name)
	}
}

// eachURL changes every endpoint's address, and leaves the issuer alone.
func (o *object) eachURL(change func(string) string) {
	for i := range *o {
		m := &(*o)[i]
		text, ok := m.value.(string)
		if u, err := url.Parse(text); ok && m.name != "issuer" && err == nil && u.Host != "" {
			m.value = change(text)
		}
	}
}

// discoveryAnswer serves the metadata, at IMS's place or at the root.
func (s *Server) discoveryAnswer(r *http.Request) answer {
	if s.on(discoveryMissing) {
		return textAnswer(http.StatusNotFound, "Not Found")
	}
	switch shape, _ := s.value(discoveryShape); shape {
	case "array":
		return jsonAnswer(http.StatusOK, []string{s.BaseURL()})
	case "string":
		return jsonAnswer(http.StatusOK, s.BaseURL())
	case "null":
		return jsonAnswer(http.StatusOK, nil)
	}
	return s.discovery(r)
}

// rootDiscovery is the place that OpenID Connect Discovery names.
func (s *Server) rootDiscovery(r *http.Request) answer {
	if !s.on(discoveryAtRoot) {
		return textAnswer(http.StatusNotFound, "Not Found. IMS has its metadata at /ims/.well-known/openid-configuration.")
	}
	return s.discoveryAnswer(r)
}
