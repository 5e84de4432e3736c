// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
)

// Bearers answers who a program is by its access token (RFC 6750).
type Bearers interface {
	// Takes says whether an application takes tokens, and whether it gets them.
	Takes(application string) (takes, forward bool)
	// Bearer finds who a token speaks for. An error means that it cannot be said.
	Bearer(ctx context.Context, application, token string) (Visitor, *BearerRefusal, error)
}

// A BearerRefusal says why a token is not taken, in the words of RFC 6750
// section 3.1.
type BearerRefusal struct {
	Status int    // 400, 401 or 403
	Error  string // invalid_request, invalid_token or insufficient_scope
	Scope  string // wanted; empty: it is not the scope
	Cause  *usher.Cause
}

// maxBearer bounds a token, in bytes.
const maxBearer = 16 << 10

// bearerOf gives the token of a request. Two of them, or one that cannot be
// one, is a refusal; other schemes are the application's own affair.
func bearerOf(h http.Header) (token string, refusal *BearerRefusal) {
	lines := h["Authorization"]
	if len(lines) == 0 {
		return "", nil
	}
	found := 0
	for _, line := range lines {
		if isBearer(line) {
			token = strings.TrimLeft(line[len(bearerScheme):], " ")
			found++
		}
	}
	bad := func(saw string) *BearerRefusal {
		return &BearerRefusal{Status: http.StatusBadRequest, Error: "invalid_request", Cause: &usher.Cause{Step: usher.StepGate, Code: usher.CodeAccessTokenRefused,
			Subject: "Authorization", Saw: saw, Want: "one header with the word Bearer, a blank and the token"}}
	}
	switch {
	case found == 0:
		return "", nil
	case len(lines) > 1:
		return "", bad("the header more than once")
	case len(token) > maxBearer:
		return "", bad("a token of more than 16 KiB")
	case !b64token(token):
		return "", bad("what is no token")
	}
	return token, nil
}

const bearerScheme = "Bearer"

func isBearer(line string) bool {
	return len(line) >= len(bearerScheme) && strings.EqualFold(line[:len(bearerScheme)], bearerScheme) && (len(line) == len(bearerScheme) || line[len(bearerScheme)] == ' ' || line[len(bearerScheme)] == '\t')
}

// b64token is the form of a token (RFC 6750 section 2.1).
func b64token(s string) bool {
	body := strings.TrimRight(s, "=")
	if body == "" {
		return false
	}
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// program asks who the request's token speaks for. asked is false where there
// is none, or the application takes none.
func (r *Rules) program(ctx context.Context, app *usher.Application, s *site, q *Request) (v Visitor, refusal *BearerRefusal, asked bool, err error) {
	if !s.takesBearer {
		return Visitor{}, nil, false, nil
	}
	token, refusal := bearerOf(q.Header)
	if refusal != nil {
		return Visitor{}, refusal, true, nil
	}
	if token == "" {
		return Visitor{}, nil, false, nil
	}
	v, refusal, err = r.bearers.Bearer(ctx, app.Name, token)
	return v, refusal, true, err
}

// refuseBearer makes the judgement of a token that is not taken.
func refuseBearer(app *usher.Application, s *site, target usher.Target, refusal *BearerRefusal) judgement {
	d := usher.RefuseWith(refusal.Cause)
	d.Application = app
	return judgement{Decision: d, target: target, site: s, bearer: refusal}
}

// challenge is the answer's WWW-Authenticate (RFC 6750 section 3). It names the
// part of the token that was wrong, and nothing of what it held.
func (b *BearerRefusal) challenge() []string {
	var t strings.Builder
	t.WriteString(`Bearer realm="usher", error="` + b.Error + `"`)
	if b.Cause != nil && plainName(strings.ReplaceAll(b.Cause.Subject, "_", "-")) {
		t.WriteString(`, error_description="the token was refused for its ` + b.Cause.Subject + `"`)
	}
	if b.Scope != "" && plainText(strings.ReplaceAll(b.Scope, " ", ""), false) && !strings.ContainsAny(b.Scope, `"\\`) {
		t.WriteString(`, scope="` + b.Scope + `"`)
	}
	return []string{t.String()}
}

// withhold has the front server keep a token from an application that is not to
// have it. Traefik replaces the client's header by what the answer has; others
// remove it by themselves. Credentials of other schemes are the application's.
func (d *dialect) withhold(answer, asked http.Header) {
	lines := asked["Authorization"]
	switch held := slices.ContainsFunc(lines, isBearer); {
	case d.below && held:
		answer["X-Envoy-Auth-Headers-To-Remove"] = append(answer["X-Envoy-Auth-Headers-To-Remove"], "authorization")
	case d.replaces && !held && len(lines) > 0:
		answer["Authorization"] = lines
	}
}

// withholdBearer keeps a token from an application that is not to have it, also
// on public paths, where nobody looked at it.
func withholdBearer(h http.Header, s *site) {
	if !s.takesBearer || s.forwardBearer {
		return
	}
	for _, line := range h["Authorization"] {
		if isBearer(line) {
			delete(h, "Authorization")
			return
		}
	}
}
