// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// An ask is an authorize request, read and judged.
type ask struct {
	version   string // v1 or v2
	client    string
	asked     string // redirect_uri as it came
	target    string // where the answer goes: asked, or the client's default
	listed    bool   // asked is on the allow-list
	kind      string // response_type
	mode      string // query or fragment
	state     string
	nonce     string
	scopes    []string
	challenge string
	method    string // S256 or plain
	prompt    string // none, login or empty
}

// responseTypes are the documented ones, and the response mode of each where
// the request names none.
func defaultMode(kind string) (mode string, known bool) {
	switch kind {
	case "code":
		return "query", true
	case "token", "id_token", "id_token token", "code id_token":
		return "fragment", true
	}
	return "", false
}

// gives says whether the response type holds this part: code, token or id_token.
func (a ask) gives(part string) bool { return slices.Contains(strings.Fields(a.kind), part) }

// readAsk reads the request of a known client. The ask is good enough to
// answer to even where a problem is returned.
func (s *Server) readAsk(version string, p params, client *registration) (ask, *problem) {
	a := ask{
		version: version, client: client.ID, asked: p["redirect_uri"], kind: p["response_type"], nonce: p["nonce"],
		challenge: p["code_challenge"], method: p["code_challenge_method"], prompt: p["prompt"], scopes: s.scopesIn(p["scope"]),
	}
	a.listed = client.allows(a.asked)
	a.target = a.asked
	if !a.listed {
		a.target = client.defaultRedirect()
	}
	if a.kind == "" {
		a.kind = "code"
	}
	limit := 4096
	if version == "v1" {
		limit = 255
	}
	mode, known := defaultMode(a.kind)
	a.mode = mode
	if utf8.RuneCountInString(p["state"]) > limit {
		return a, badRequest("invalid_request", "the state is too long")
	}
	a.state = p["state"]
	if !known {
		a.mode = "query"
		return a, badRequest("unsupported_response_type", "the response_type is not supported")
	}
	if bad := a.readMode(p["response_mode"]); bad != nil {
		return a, bad
	}
	if bad := a.readRest(client); bad != nil {
		return a, bad
	}
	return a, s.checkScopes(&a, client)
}

// readMode takes query and fragment. v1 puts tokens into the query of whoever
// asks for it, which a public client relies on; later versions do not.
func (a *ask) readMode(mode string) *problem {
	switch {
	case mode == "":
	case mode != "query" && mode != "fragment":
		return badRequest("invalid_request", "the response_mode is query or fragment")
	case mode == "query" && a.kind != "code" && a.version != "v1":
		return badRequest("invalid_request", "tokens are not returned in a query")
	default:
		a.mode = mode
	}
	return nil
}

// readRest judges prompt, nonce and the code challenge (RFC 7636).
func (a *ask) readRest(client *registration) *problem {
	switch a.prompt {
	case "", "none", "login":
	default:
		return badRequest("invalid_request", "the prompt is none or login")
	}
	if a.gives("id_token") && a.nonce == "" {
		return badRequest("invalid_request", "an ID token from authorize needs a nonce")
	}
	switch {
	case a.challenge == "" && a.method != "":
		return badRequest("invalid_request", "a code_challenge_method without a code_challenge")
	case a.challenge == "" && client.public() && a.gives("code"):
		return badRequest("invalid_request", "a public client must send a code_challenge")
	case a.challenge == "":
		return nil
	case a.method == "":
		a.method = "plain"
	case a.method != "S256" && a.method != "plain":
		return badRequest("invalid_request", "the code_challenge_method is S256 or plain")
	}
	if !verifierShape(a.challenge) {
		return badRequest("invalid_request", "the code_challenge has 43 to 128 of the characters A-Z a-z 0-9 - . _ ~")
	}
	return nil
}

// checkScopes refuses the whole request for one scope that is not provisioned.
func (s *Server) checkScopes(a *ask, client *registration) *problem {
	if len(a.scopes) == 0 && slices.Contains(client.Scopes, "AdobeID") {
		a.scopes = []string{"AdobeID"}
	}
	if s.on(scopeIgnored) {
		a.scopes = slices.DeleteFunc(slices.Clone(a.scopes), func(scope string) bool { return !slices.Contains(client.Scopes, scope) })
	}
	for _, scope := range a.scopes {
		if !slices.Contains(client.Scopes, scope) {
			return badRequest("invalid_scope", "the scope "+scope+" is not provisioned for the client")
		}
	}
	return nil
}

func verifierShape(v string) bool {
	if len(v) < 43 || len(v) > 128 {
		return false
	}
	for _, c := range []byte(v) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// reply puts an answer's members into the query or the fragment of where it goes.
func reply(target, mode string, members object) string {
	values := make([]string, 0, len(members))
	for _, m := range members {
		if text, ok := m.value.(string); ok {
			values = append(values, url.QueryEscape(m.name)+"="+url.QueryEscape(text))
		}
	}
	added := strings.Join(values, "&")
	before, fragment, _ := strings.Cut(target, "#")
	if mode == "fragment" {
		return before + "#" + added
	}
	if strings.Contains(before, "?") {
		before += "&" + added
	} else {
		before += "?" + added
	}
	if fragment != "" {
		before += "#" + fragment
	}
	return before
}
