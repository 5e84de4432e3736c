// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	usher "github.com/usher-signin/usher"
)

// An AccessToken is a program's access token, after every check.
type AccessToken struct {
	Subject string
	Client  string // empty: not named
	Scopes  usher.Scopes
	Expires time.Time

	raw    string
	claims map[string]any
}

// accessKeysFresh is how old the keys may be by which access tokens are judged:
// they come for hours, and a key that was taken back must not be believed for long.
const accessKeysFresh = 5 * time.Minute

// presentedAccess is an access token with what it is to be judged by.
type presentedAccess struct {
	presented
	wanted usher.Bearer
	read   *AccessToken
}

// An accessCheck is one thing that must hold of an access token.
type accessCheck struct {
	id    string
	judge func(context.Context, presentedAccess) *usher.Cause
}

// of makes a check of ID tokens one of access tokens.
func of(judge func(context.Context, presented) *usher.Cause) func(context.Context, presentedAccess) *usher.Cause {
	return func(ctx context.Context, p presentedAccess) *usher.Cause { return judge(ctx, p.presented) }
}

// accessChecks lists what must hold (RFC 9068 section 4): first whom the token
// is from and for, so that another account's token costs nothing.
func accessChecks() []accessCheck {
	return []accessCheck{
		{"iss", of(checkIss)}, {"aud", checkAccessAud}, {"alg", of(checkAlg)}, {"typ", checkAccessTyp}, {"crit", of(checkCrit)}, {"nonce", checkNoIDToken},
		{"signature", of(checkSignature)}, {"exp", of(checkExp)}, {"iat", of(checkAccessIat)}, {"nbf", of(checkNbf)},
		{"sub", of(checkSub)}, {"client_id", checkAccessClient}, {"scope", checkAccessScope},
	}
}

// imsAccessChecks are those of the vendor's tokens, which have no issuer,
// audience or expiry but members of their own.
func imsAccessChecks() []accessCheck {
	return []accessCheck{
		{"type", checkIMSType}, {"client_id", checkAccessClient}, {"alg", of(checkAlg)}, {"crit", of(checkCrit)},
		{"signature", of(checkSignature)}, {"created_at", checkIMSTimes}, {"user_id", checkIMSUser}, {"scope", checkAccessScope},
	}
}

// VerifyAccess judges an access token of a program.
func (c *Client) VerifyAccess(ctx context.Context, raw usher.Secret, wanted usher.Bearer) (*AccessToken, *usher.Cause) {
	t, err := parseToken(raw.Reveal())
	if err != nil {
		return nil, accessCause("form", err.Error(), "a signed token in compact form")
	}
	p := presentedAccess{presented: presented{client: c, token: t, now: c.now()}, wanted: wanted,
		read: &AccessToken{raw: raw.Reveal(), claims: t.claims, Subject: text(t.claims, "sub")}}
	checks := accessChecks()
	if c.account.IMS() {
		checks = imsAccessChecks()
	}
	for _, check := range checks {
		if check.id == "signature" {
			md, cause := c.Metadata(ctx)
			if cause != nil {
				return nil, cause.At(usher.StepGate)
			}
			if _, age := c.keys.have(md.JWKSURI); age >= accessKeysFresh {
				_, _ = c.keys.renew(ctx, md.JWKSURI) // where that fails the old ones count, as everywhere
			}
			p.metadata = md
		}
		if cause := check.judge(ctx, p); cause != nil {
			if cause.Code == usher.CodeIDTokenInvalid {
				cause.Code = usher.CodeAccessTokenRefused
			}
			hidden := withoutSecrets(cause, []string{p.read.raw})
			hidden.Step = usher.StepGate
			return nil, hidden
		}
	}
	if !c.account.IMS() {
		p.read.Expires, _ = claimTime(t.claims, "exp") // checked above
	}
	return p.read, nil
}

// KeysFetched says when the keys that tokens are judged by were fetched; a
// token that was judged by others is to be judged anew.
func (c *Client) KeysFetched() time.Time {
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	return c.keys.fetched
}

// KeysFresh reports whether access tokens may be judged by the keys at hand.
func (c *Client) KeysFresh() bool {
	fetched := c.KeysFetched()
	return !fetched.IsZero() && c.now().Sub(fetched) < accessKeysFresh
}

// Program asks the provider what it says of the program that a token speaks
// for. An OpenID Connect provider that put the groups into the token is not
// asked; one that tells nothing to programs has told no group.
func (c *Client) Program(ctx context.Context, t *AccessToken) (usher.Person, *usher.Cause) {
	g := &Grant{Provider: c.server, Subject: t.Subject, AccessToken: usher.NewSecret(t.raw), Scopes: t.Scopes, Expires: t.Expires, Claims: t.claims, sent: []string{t.raw}}
	if c.account.IMS() {
		g.Claims = nil
		return c.Person(ctx, g)
	}
	f := &facts{account: c.account, grant: g, person: usher.Person{Provider: c.server, Subject: t.Subject, GrantedScopes: t.Scopes}}
	claim := c.account.GroupsClaim
	if claim == "" {
		claim = defaultGroupsClaim
	}
	info := map[string]any{}
	if _, told := lookup(t.claims, claim); !told {
		asked, cause := c.programInfo(ctx, g)
		if cause != nil {
			return usher.Person{}, cause
		}
		info = asked
	}
	cause := c.oidcFacts(f, info)
	return f.person, cause
}

// programInfo asks userinfo, which many providers keep for persons.
func (c *Client) programInfo(ctx context.Context, g *Grant) (map[string]any, *usher.Cause) {
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return nil, cause
	}
	if md.UserinfoEndpoint == "" {
		return map[string]any{}, nil
	}
	a, cause := c.get(ctx, g.endpoint("userinfo", md.UserinfoEndpoint), g.AccessToken)
	if cause != nil {
		return nil, cause
	}
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
		return map[string]any{}, nil
	}
	if cause := a.refusedBearer(); cause != nil {
		return nil, cause
	}
	info, cause := c.userinfoObject(ctx, md, a)
	if cause == nil && info["sub"] != g.Subject {
		return map[string]any{}, nil // somebody else's, or nobody's: it says nothing of this program
	}
	return info, cause
}

func accessCause(subject, saw, want string) *usher.Cause {
	return &usher.Cause{Step: usher.StepGate, Code: usher.CodeAccessTokenRefused, Subject: subject, Saw: saw, Want: want}
}

// checkAccessTyp takes what says of itself that it is an access token: by the
// type of RFC 9068 section 2.1, or by the claim that one widely used provider
// has in its place. ID tokens, logout tokens and refresh tokens say otherwise.
func checkAccessTyp(_ context.Context, p presentedAccess) *usher.Cause {
	typ, present := p.token.header["typ"]
	s, isString := typ.(string)
	switch kind := strings.TrimPrefix(strings.ToLower(s), "application/"); {
	case isString && kind == "at+jwt":
		return nil
	case (!present || isString && kind == "jwt") && p.token.claims["typ"] == "Bearer":
		return nil
	}
	return accessCause("typ", kindOfMember(p.token.header, "typ")+" "+quote(s), "at+jwt: an access token that says that it is one (RFC 9068)")
}

func checkNoIDToken(_ context.Context, p presentedAccess) *usher.Cause {
	for _, name := range []string{"nonce", "at_hash", "c_hash", "events"} {
		if _, present := p.token.claims[name]; present {
			return accessCause(name, "the claim "+name+", as ID tokens and logout tokens have it", "an access token")
		}
	}
	return nil
}

func checkAccessAud(_ context.Context, p presentedAccess) *usher.Cause {
	list, ok := audience(p.token.claims)
	want := quote(strings.Join(p.wanted.Audience, ", "))
	if !ok {
		return accessCause("aud", kindOfMember(p.token.claims, "aud"), want)
	}
	if !slices.ContainsFunc(list, func(a string) bool { return slices.Contains(p.wanted.Audience, a) }) {
		return accessCause("aud", quote(strings.Join(list, ", ")), want)
	}
	return nil
}

// checkAccessIat does not mind an old token: exp says how long it lasts.
func checkAccessIat(_ context.Context, p presented) *usher.Cause {
	iat, ok := claimTime(p.token.claims, "iat")
	if !ok {
		return p.badTime("iat")
	}
	if ahead := iat.Sub(p.now); ahead > maxSkew {
		return p.timeCause("iat", "a token issued "+ahead.Round(time.Second).String()+" in the future", "one issued before now")
	}
	return nil
}

// checkAccessClient holds a token to the clients that are named. Tokens of IMS
// say for whom they are in no other way.
func checkAccessClient(_ context.Context, p presentedAccess) *usher.Cause {
	client := text(p.token.claims, "client_id")
	if client == "" && !p.client.account.IMS() {
		client = text(p.token.claims, "azp")
	}
	p.read.Client = client
	clients := p.wanted.Clients
	if len(clients) == 0 {
		if !p.client.account.IMS() {
			return nil
		}
		clients = []string{p.client.account.ClientID}
	}
	if !slices.Contains(clients, client) {
		return accessCause("client_id", quote(client), quote(strings.Join(clients, ", ")))
	}
	return nil
}

// checkAccessScope reads the scopes: a text as the standard has it, or with
// commas as IMS has it, or a list under the name that one vendor uses.
func checkAccessScope(_ context.Context, p presentedAccess) *usher.Cause {
	p.read.Scopes = usher.ParseScopes(text(p.token.claims, "scope"))
	if list, ok := stringsOf(p.token.claims["scp"]); ok && len(p.read.Scopes) == 0 {
		p.read.Scopes = list
	}
	if missing := p.wanted.Scopes.Minus(p.read.Scopes); len(missing) > 0 {
		return accessCause("scope", quote(p.read.Scopes.Spaces()), p.wanted.Scopes.Spaces())
	}
	return nil
}

func checkIMSType(_ context.Context, p presentedAccess) *usher.Cause {
	if kind := text(p.token.claims, "type"); kind != "access_token" {
		return accessCause("type", quote(kind), "access_token")
	}
	if itt, present := p.token.header["itt"]; present && itt != "at" {
		return accessCause("itt", "a token of another kind", "at")
	}
	return nil
}

// checkIMSTimes reads created_at and expires_in: texts, in milliseconds.
func checkIMSTimes(_ context.Context, p presentedAccess) *usher.Cause {
	created, ok1 := milliseconds(p.token.claims["created_at"])
	life, ok2 := milliseconds(p.token.claims["expires_in"])
	if !ok1 || !ok2 || life <= 0 || life > maxLifetime.Milliseconds() || created > maxTime*1000 {
		return accessCause("created_at", "created_at or expires_in that are no times", "both, as milliseconds in a text")
	}
	at := time.UnixMilli(created)
	if ahead := at.Sub(p.now); ahead > maxSkew {
		return p.timeCauseOf("created_at", "a token made "+ahead.Round(time.Second).String()+" in the future", "one made before now")
	}
	p.read.Expires = at.Add(time.Duration(life) * time.Millisecond)
	if late := p.now.Sub(p.read.Expires); late >= 0 {
		return p.timeCauseOf("expires_in", "a token that expired "+late.Round(time.Second).String()+" ago", "one that is still valid")
	}
	return nil
}

func (p presentedAccess) timeCauseOf(subject, saw, want string) *usher.Cause {
	cause := p.timeCause(subject, saw, want)
	cause.Code = usher.CodeAccessTokenRefused
	return cause
}

func milliseconds(value any) (int64, bool) {
	var s string
	switch v := value.(type) {
	case string:
		s = v
	case json.Number:
		s = v.String()
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}

func checkIMSUser(_ context.Context, p presentedAccess) *usher.Cause {
	user := text(p.token.claims, "user_id")
	if user == "" || len(user) > maxSubID || strings.ContainsFunc(user, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return accessCause("user_id", fmt.Sprintf("%d bytes, or characters that do not print", len(user)), "who the token speaks for")
	}
	p.read.Subject = user
	return nil
}
