// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Source is one of the provider's answers about the person, as it may be shown.
type Source struct {
	Name   string  `json:"source"` // ID token, userinfo, profile, organizations
	Claims []Claim `json:"claims"`
}

// A Claim is one member of an answer. Tokens, secrets and what ties the sign-in
// together are never shown; the value then says so.
type Claim struct {
	Name  string `json:"name"`
	Value string `json:"value"` // JSON, cut where it is long
}

// watched keeps the answers, before they are made fit to be shown.
type watched struct{ list []heard }

type heard struct {
	name  string
	value any
}

// saw notes an answer. Without anybody who asked it does nothing.
func (w *watched) saw(name string, value any) {
	if w != nil {
		w.list = append(w.list, heard{name, value})
	}
}

// Limits of what is shown of an answer.
const (
	maxClaims     = 200
	maxClaimValue = 600 // bytes
	maxClaimDepth = 8
)

// Sources gives the answers about the person of a grant that was rehearsed, in
// the order in which they came, without anything secret.
func (g *Grant) Sources() []Source {
	if g.watched == nil {
		return nil
	}
	var out []Source
	for _, h := range g.watched.list {
		s := Source{Name: h.name}
		add := func(name string, value any) {
			if len(s.Claims) < maxClaims {
				s.Claims = append(s.Claims, Claim{clean(name, maxShown), g.presentable(name, value)})
			}
		}
		switch v := h.value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				add(name, v[name])
			}
		case []any:
			for i, item := range v {
				add("["+strconv.Itoa(i)+"]", item)
			}
		default:
			add("", v)
		}
		out = append(out, s)
	}
	return out
}

// presentable spells a value without what must not be shown.
func (g *Grant) presentable(name string, value any) string {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false) // it is not for a page; control characters are escaped all the same
	if err := enc.Encode(veiled(name, value, 0)); err != nil {
		return kindOf(value)
	}
	return capped(scrub(strings.TrimSpace(raw.String()), g.sent...), maxClaimValue)
}

const veil = "[not shown]"

// veiled replaces what must not be shown, at any depth.
func veiled(name string, value any, depth int) any {
	if confidential(name) || depth > maxClaimDepth {
		return veil
	}
	switch v := value.(type) {
	case string:
		if looksLikeToken(v) {
			return veil
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for n, inner := range v {
			out[n] = veiled(n, inner, depth+1)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = veiled("", inner, depth+1)
		}
		return out
	}
	return value
}

// confidential says that a member is one to keep to oneself, by its name.
func confidential(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "nonce", "at_hash", "c_hash", "s_hash", "jti", "sid", "session", "session_state", "code", "state", "jwt", "cookie", "apikey", "api_key":
		return true
	}
	for _, part := range []string{"token", "secret", "password", "passwd", "credential", "verifier"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// looksLikeToken recognizes a JWT by the JSON object that its first part holds.
func looksLikeToken(s string) bool {
	return strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") >= 2
}
