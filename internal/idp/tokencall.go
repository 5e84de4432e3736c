// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	usher "github.com/usher-signin/usher"
)

// authMethod is how the client proves itself at the provider's endpoints (RFC
// 6749 section 2.3). It is chosen from the metadata and never tried out: a
// second attempt would send the code twice.
type authMethod string

const (
	authBasic  authMethod = "client_secret_basic"
	authPost   authMethod = "client_secret_post"
	authPublic authMethod = "none"
)

func (c *Client) authMethod(e endpoint, md *Metadata) (authMethod, *usher.Cause) {
	offered := md.AuthMethods
	switch {
	case c.account.ClientSecret.Empty():
		return authPublic, nil
	case c.account.IMS():
		// The older IMS endpoints did not take Basic, all take the body.
		return authPost, nil
	case len(offered) == 0, slices.Contains(offered, string(authBasic)):
		return authBasic, nil
	case slices.Contains(offered, string(authPost)):
		return authPost, nil
	}
	return "", e.cause(usher.CodeProviderMetadata, "token_endpoint_auth_methods_supported: "+quote(strings.Join(offered, ", ")),
		"client_secret_basic or client_secret_post", "")
}

// post sends a form to an endpoint that authenticates the client, exactly
// once. Secrets go into the body or a header, never into the address.
func (c *Client) post(ctx context.Context, e endpoint, method authMethod, form url.Values) (*answer, *usher.Cause) {
	form = cloneForm(form)
	if method != authBasic {
		form.Set("client_id", c.account.ClientID)
	}
	if method == authPost {
		form.Set("client_secret", c.account.ClientSecret.Reveal())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, e.cause(e.odd, e.shown(), "an address that can be called", "")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if method == authBasic {
		req.Header.Set("Authorization", BasicCredentials(c.account.ClientID, c.account.ClientSecret.Reveal(), false))
	}
	return c.call(e, req)
}

func cloneForm(form url.Values) url.Values {
	out := make(url.Values, len(form)+2)
	for name, values := range form {
		out[name] = slices.Clone(values)
	}
	return out
}

// tokens is a token answer (RFC 6749 section 5.1), its shapes checked.
type tokens struct {
	access, refresh string
	id              string // empty: none
	idKind          string // what stood in its place
	scope           string
	scopeSaid       bool
	expires         time.Time // zero: not said
	answer          *answer
}

// secrets are what was sent for the tokens, and the tokens.
func (t *tokens) secrets() []string { return t.answer.from.sent }

// tokenEndpoint is the token endpoint, to which the secrets sent go.
func (c *Client) tokenEndpoint(md *Metadata, sent ...string) endpoint {
	return endpoint{name: "token endpoint", url: md.TokenEndpoint, step: usher.StepRedeem, odd: CodeTokenAnswer,
		sent: append(sent, c.account.ClientSecret.Reveal())}
}

// tokenCall makes a token request and reads its answer.
func (c *Client) tokenCall(ctx context.Context, md *Metadata, form url.Values, sent ...string) (*tokens, *usher.Cause) {
	e := c.tokenEndpoint(md, sent...)
	method, cause := c.authMethod(e, md)
	if cause != nil {
		return nil, cause
	}
	a, cause := c.post(ctx, e, method, form)
	if cause != nil {
		return nil, cause
	}
	if a.status != http.StatusOK {
		return nil, c.tokenRefused(a)
	}
	object, cause := a.object(foldTop)
	if cause != nil {
		return nil, cause
	}
	for _, token := range []string{"access_token", "refresh_token", "id_token"} {
		a.from.sent = append(a.from.sent, text(object, token))
	}
	return c.readTokens(a, object)
}

func (c *Client) readTokens(a *answer, object map[string]any) (*tokens, *usher.Cause) {
	t := &tokens{answer: a, access: text(object, "access_token"), id: text(object, "id_token"), idKind: kindOfMember(object, "id_token")}
	odd := func(name, saw, want string) *usher.Cause {
		return a.from.cause(CodeTokenAnswer, name+": "+saw, want, a.trace())
	}
	bad := func(name, want string) *usher.Cause { return odd(name, kindOfMember(object, name), want) }
	if t.access == "" || len(t.access) > maxToken || strings.ContainsFunc(t.access, func(r rune) bool { return r <= 0x20 || r > 0x7e }) {
		return nil, bad("access_token", "a string of printable characters")
	}
	if kind := text(object, "token_type"); !strings.EqualFold(kind, "bearer") {
		if kind != "" {
			return nil, odd("token_type", quote(kind), "Bearer")
		}
		return nil, bad("token_type", "Bearer")
	}
	for _, f := range []struct {
		name string
		into *string
	}{{"refresh_token", &t.refresh}, {"scope", &t.scope}} {
		switch v := object[f.name].(type) {
		case nil:
		case string:
			*f.into = v
		default:
			return nil, bad(f.name, "a string, or nothing")
		}
	}
	_, t.scopeSaid = object["scope"].(string)
	life, ok := c.lifetime(object)
	if !ok {
		return nil, bad("expires_in", "a positive number of seconds, or nothing")
	}
	if life > 0 {
		t.expires = c.now().Add(life)
	}
	return t, nil
}

// maxLifetime bounds what a provider may say of a token's life.
const maxLifetime = 10 * 365 * 24 * time.Hour

// lifetime reads expires_in; zero where it is not said.
func (c *Client) lifetime(object map[string]any) (time.Duration, bool) {
	value, present := object["expires_in"]
	if !present || value == nil {
		return 0, true
	}
	n, isNumber := value.(json.Number)
	if !isNumber {
		return 0, false
	}
	seconds, err := n.Float64()
	if err != nil || math.IsNaN(seconds) {
		return 0, false
	}
	if c.account.IMS() {
		seconds = imsSeconds(seconds)
	}
	if seconds < 1 || seconds > maxLifetime.Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// tokenRefused reads an error of the token endpoint (RFC 6749 section 5.2). IMS
// answers 400 where the standard wants 401, and tells a wrong secret from an
// unknown client only in its description.
func (c *Client) tokenRefused(a *answer) *usher.Cause {
	object, err := decodeObject(a.body, foldTop)
	if err != nil || a.page() {
		cause := a.notUsable(sniff(a.body), "tokens")
		cause.Code = usher.CodeTokenRefused
		return cause
	}
	name, description := rfc6749Text(scrub(text(object, "error"), a.from.sent...)), text(object, "error_description")
	if description == "" {
		description = text(object, "message")
	}
	code := tokenErrorCode(name, description)
	// Secrets go before the text is cut: the rest of one would not be known again.
	if description = capped(scrub(printable(description), a.from.sent...), maxDescription); description != "" {
		description = "the provider says: " + description
	}
	cause := a.from.cause(code, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", a.status, name)), "tokens from "+a.from.shown(), joinSentences(description, a.trace()))
	switch code {
	case usher.CodeClientSecretWrong:
		cause.Subject, cause.Want = c.account.ClientID, "the secret that the provider holds for this client"
	case usher.CodeClientIDUnknown:
		cause.Subject, cause.Want = c.account.ClientID, "a client id that "+a.from.shown()+" knows"
	case usher.CodeScopeNotProvisioned:
		cause.Subject, cause.Want = c.account.ClientID, "scopes that the provider provisioned for this client"
	}
	return cause
}

func tokenErrorCode(name, description string) usher.Code {
	lower := strings.ToLower(description)
	switch {
	case strings.Contains(lower, "invalid client_secret"):
		return usher.CodeClientSecretWrong
	case strings.Contains(lower, "invalid client_id"):
		return usher.CodeClientIDUnknown
	case name == "invalid_client":
		return usher.CodeClientSecretWrong
	case name == "invalid_scope" || name == "invalid_scopes":
		return usher.CodeScopeNotProvisioned
	}
	return usher.CodeTokenRefused
}
