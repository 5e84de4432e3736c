// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"slices"
	"strings"
)

const (
	clientUnknown   = "client-unknown"
	clientDisabled  = "client-disabled"
	clientSecret    = "client-secret-refused"
	clientPublic    = "client-public"
	clientPlatform  = "client-single-page"
	basicRaw        = "token-basic-raw"
	callbacksListed = "callbacks-listed"
	scopeMissing    = "scope-not-provisioned"
	scopeSpaces     = "scope-spaces-only"
)

func clientSwitches() []Switch {
	const part = "client"
	return []Switch{
		{Name: clientUnknown, Part: part, Check: "client-id-unknown", Does: "No client is known, as after somebody removed it."},
		{Name: clientDisabled, Part: part, Check: "client-grant", Does: "Every client is known, and disabled."},
		{Name: clientSecret, Part: part, Check: "client-secret-wrong", Default: "replaced", Choices: []string{"replaced", "expired"}, Does: "Every secret is refused: another took its place, or its time is over (as Entra says it)."},
		{Name: clientPublic, Part: part, Check: "client-secret-wrong", Does: "Every client is public: it has no secret, and whoever sends one is refused."},
		{Name: clientPlatform, Part: part, Check: "client-platform", Does: "Every client is registered for a single-page application: its codes are redeemed by browsers alone (as Entra says it)."},
		{Name: basicRaw, Part: part, Check: "client-secret-encoding", Does: "HTTP Basic credentials are taken as they are, and not form-decoded. It shows with secrets that hold characters such as + and %."},
		{Name: callbacksListed, Part: part, Check: "callback-not-listed", Default: "none", Choices: []string{"none", "slash", "case", "port", "http"}, Does: "The allow-list holds no callback, or each one letter off: with a slash more, its last letter in the other case, with its port, over http."},
		{Name: scopeMissing, Part: part, Check: "scope-not-provisioned", Default: "openid", Does: "This scope is not provisioned."},
		{Name: scopeSpaces, Part: part, Check: "scope-not-provisioned", Does: "Scopes are split at blanks alone, as OpenID Connect has it; IMS takes commas as well."},
	}
}

// client finds a registration, as the switches show it.
func (s *Server) client(id string) (*registration, bool) {
	known, ok := s.current.Load().clients[id]
	if !ok || s.on(clientUnknown) {
		return nil, false
	}
	c := *known
	c.Disabled = c.Disabled || s.on(clientDisabled)
	if how, _ := s.value(clientSecret); how == "replaced" && !c.public() {
		c.Secrets = []string{string(s.formKey)} // nobody knows it
	}
	if s.on(clientPublic) {
		c.Secrets = nil
	}
	if scope, on := s.value(scopeMissing); on {
		c.Scopes = slices.DeleteFunc(slices.Clone(c.Scopes), func(have string) bool { return have == scope })
	}
	if how, on := s.value(callbacksListed); on {
		c.patterns, c.CallbackPatterns = nil, nil
		c.CallbackURLs = nearMisses(how, c.CallbackURLs)
	}
	return &c, true
}

// nearMisses are callbacks as an administrator may have registered them.
func nearMisses(how string, callbacks []string) []string {
	var out []string
	for _, c := range callbacks {
		switch how {
		case "slash":
			c += "/"
		case "case":
			last := c[len(c)-1:]
			c = c[:len(c)-1] + strings.ToUpper(last)
			if last == strings.ToUpper(last) {
				c = c[:len(c)-1] + strings.ToLower(last)
			}
		case "port":
			scheme, rest, _ := strings.Cut(c, "://")
			host, path, _ := strings.Cut(rest, "/")
			c = scheme + "://" + host + ":443/" + path
		case "http":
			c = strings.Replace(c, "https://", "http://", 1)
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

// refusesSecret is asked where the secret is right.
func (s *Server) refusesSecret() *problem {
	if how, _ := s.value(clientSecret); how == "expired" {
		return &problem{http.StatusUnauthorized, "invalid_client", "AADSTS7000222: the client secret keys of this application have expired"}
	}
	return nil
}

// refusesServers is asked about each well-authenticated token request.
func (s *Server) refusesServers(r *http.Request) *problem {
	if s.on(clientPlatform) && r.Header.Get("Origin") == "" {
		return badRequest("invalid_request", "AADSTS9002327: what a single-page application was given is redeemed by cross-origin requests only")
	}
	return nil
}

// scopesIn splits the scope parameter of an authorize request.
func (s *Server) scopesIn(text string) []string {
	if s.on(scopeSpaces) {
		return strings.Fields(text)
	}
	return scopesOf(text)
}
