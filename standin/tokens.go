// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// authority is the name of the IMS environment in tokens; clients choose the
// server by it. The stand-in says what production says.
const authority = "ims-na1"

// An issue is what an access token or a refresh token is to say.
type issue struct {
	kind    string // access_token, refresh_token, service_token
	client  string
	user    string
	state   string
	sid     string
	chain   string
	scopes  []string
	refresh bool // a refresh token goes with it
}

func claimsFor(g grant, who *person, chain string, refresh bool) issue {
	return issue{
		kind: "access_token", client: g.ask.client, user: who.ID, state: g.ask.state, sid: g.sid,
		chain: chain, scopes: g.ask.scopes, refresh: refresh,
	}
}

// accessToken writes an access token: the header and claims seen in the wild,
// in their order, without iss, aud, exp and iat.
func (s *Server) accessToken(d *directory, who *person, i issue) string {
	now := s.clock()
	c := object{
		{"id", millis(now) + "_" + s.random.uuid() + "_uw2"}, {"type", i.kind}, {"client_id", i.client}, {"user_id", i.user},
	}
	if i.state != "" {
		c.set("state", i.state)
	}
	c = append(c, object{
		{"as", authority}, {"aa_id", i.user}, {"ctp", 0}, {"fg", s.random.base32()},
		{"sid", i.sid}, {"rtid", i.chain}, {"moi", s.random.id(4)}, {"pba", ""}, {"oc", "renga*na1r*" + s.random.id(6)},
	}...)
	if i.refresh {
		c.set("rtea", millis(now.Add(refreshLife)))
	}
	c = append(c, object{
		{"expires_in", strconv.FormatInt(accessLife.Milliseconds(), 10)}, {"scope", strings.Join(i.scopes, ",")}, {"created_at", millis(now)},
	}...)
	return s.sealIMS("at", c, d, who)
}

// refreshToken writes a refresh token of the same chain.
func (s *Server) refreshToken(i issue) string {
	now := s.clock()
	return s.sealIMS("rt", object{
		{"id", millis(now) + "_" + s.random.uuid() + "_uw2"}, {"type", "refresh_token"}, {"client_id", i.client}, {"user_id", i.user},
		{"state", i.state}, {"as", authority}, {"sid", i.sid}, {"rtid", i.chain},
		{"expires_in", strconv.FormatInt(refreshLife.Milliseconds(), 10)}, {"scope", strings.Join(i.scopes, ",")}, {"created_at", millis(now)},
	}, nil, nil)
}

// codeToken writes an authorization code, which at IMS is a token as well.
func (s *Server) codeToken(id string, g grant, who *person) string {
	return s.sealIMS("ac", object{
		{"id", id}, {"type", "authorization_code"}, {"client_id", g.ask.client}, {"user_id", who.ID}, {"state", g.ask.state}, {"as", authority},
		{"sid", g.sid}, {"expires_in", strconv.FormatInt(codeLife.Milliseconds(), 10)}, {"scope", strings.Join(g.ask.scopes, ",")}, {"created_at", millis(s.clock())},
	}, nil, nil)
}

// sealIMS signs a token with the header that IMS tokens have.
func (s *Server) sealIMS(purpose string, claims object, _ *directory, _ *person) string {
	key := s.keys.signer()
	token, err := seal(key, object{{"alg", "RS256"}, {"x5u", key.x5u()}, {"kid", key.id}, {"itt", purpose}}, claims)
	if err != nil {
		s.log.Error("a token could not be signed", "error", err)
	}
	return token
}

// idToken writes the ID token of a sign-in, spoiled as the switches say.
func (s *Server) idToken(d *directory, who *person, g grant, access, code string) string {
	now := s.clock()
	c := object{
		{"iss", s.BaseURL()}, {"sub", who.ID}, {"aud", g.ask.client}, {"exp", now.Add(accessLife).Unix()}, {"iat", now.Unix()},
		{"auth_time", g.since.Unix()},
	}
	if g.ask.nonce != "" {
		c.set("nonce", g.ask.nonce)
	}
	if access != "" {
		c.set("at_hash", leftHalf(access))
	}
	if code != "" && g.ask.gives("id_token") {
		c.set("c_hash", leftHalf(code))
	}
	if d.org.ID != "" && who.Type != "adobeID" {
		c.set("org_id", d.org.ID)
	}
	c = append(c, s.personClaims(who, g.ask.scopes, "v2")...)
	return s.sealIDToken(who, g, c)
}

// live opens a token and says whether it is still good.
func (s *Server) live(token, kind string) (imsClaims, bool) {
	claims, _, err := s.keys.open(token)
	service := kind == "access_token" && claims.Type == "service_token"
	if err != nil || claims.Type != kind && !service {
		return claims, false
	}
	return claims, s.whyInvalid(claims) == ""
}

// whyInvalid says why a token of ours is no longer good: expired, or ended.
func (s *Server) whyInvalid(c imsClaims) string {
	now := s.clock()
	created, errCreated := strconv.ParseInt(c.CreatedAt, 10, 64)
	life, errLife := strconv.ParseInt(c.ExpiresIn, 10, 64)
	if errCreated != nil || errLife != nil || now.UnixMilli() >= created+life {
		return "expired"
	}
	for _, id := range []string{c.ID, c.Chain, c.SID} {
		if id == "" {
			continue
		}
		if _, ended := s.ended.get(id, now); ended {
			return "revoked"
		}
	}
	return ""
}

// end makes every token that carries this id invalid: its own, its chain's or
// its session's.
func (s *Server) end(id string) {
	if id != "" {
		s.ended.put(id, struct{}{}, s.clock().Add(refreshLife))
	}
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func (c imsClaims) has(scope string) bool { return slices.Contains(scopesOf(c.Scope), scope) }
