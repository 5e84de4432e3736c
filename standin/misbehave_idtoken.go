// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"time"
)

const (
	idIssuerIMS      = "id-token-issuer-ims"
	idIssuerWrong    = "id-token-issuer-wrong"
	idAudienceWrong  = "id-token-audience-wrong"
	idAudienceExtra  = "id-token-audience-extra"
	idAudienceList   = "id-token-audience-list"
	idPartyWrong     = "id-token-party-wrong"
	idClaimMissing   = "id-token-claim-missing"
	idNonceWrong     = "id-token-nonce-wrong"
	idExpired        = "id-token-expired"
	idFuture         = "id-token-issued-in-future"
	idNotYet         = "id-token-not-before-future"
	idOld            = "id-token-issued-long-ago"
	idTimesOdd       = "id-token-times-odd"
	idSubjectOdd     = "id-token-subject-odd"
	idHashWrong      = "id-token-hash-wrong"
	idDuplicate      = "id-token-duplicate-member"
	idOtherCase      = "id-token-other-case-member"
	idLarge          = "id-token-large"
	idKidMissing     = "id-token-kid-missing"
	idKidUnknown     = "id-token-kid-unknown"
	idKidOdd         = "id-token-kid-odd"
	idAlgorithm      = "id-token-algorithm"
	idSignature      = "id-token-signature-broken"
	idHeaderKey      = "id-token-header-key"
	idCritical       = "id-token-critical-header"
	idTyp            = "id-token-type-of-another"
	idCompact        = "id-token-compact-form"
	idSignedByOthers = "id-token-signed-by-other-key"
)

func idTokenSwitches() []Switch {
	const part = "ID token"
	return []Switch{
		{Name: idIssuerIMS, Part: part, Does: "iss is the issuer with /ims after it, as Adobe documents for one kind of client. A client of IMS accepts both."},
		{Name: idIssuerWrong, Part: part, Check: "id-token-invalid", Default: "1", Does: "iss is the issuer with this text after it."},
		{Name: idAudienceWrong, Part: part, Check: "id-token-invalid", Default: "1", Does: "aud is the client id with this text after it."},
		{Name: idAudienceExtra, Part: part, Check: "id-token-invalid", Does: "aud names a second client besides ours, without azp."},
		{Name: idAudienceList, Part: part, Does: "aud is a list of one, which is as good as a text."},
		{Name: idPartyWrong, Part: part, Check: "id-token-invalid", Does: "azp names another client."},
		{Name: idClaimMissing, Part: part, Check: "id-token-invalid", Default: "sub", Choices: []string{"iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "at_hash"}, Does: "One claim is left out."},
		{Name: idNonceWrong, Part: part, Check: "id-token-invalid", Default: "changed", Choices: []string{"changed", "array", "empty", "number"}, Does: "The nonce is not the one that was sent."},
		{Name: idExpired, Part: part, Check: "id-token-invalid", Default: "360", Unit: "seconds", Does: "The token expired this long ago."},
		{Name: idFuture, Part: part, Check: "id-token-invalid", Default: "600", Unit: "seconds", Does: "The token was issued this far in the future."},
		{Name: idNotYet, Part: part, Check: "id-token-invalid", Default: "600", Unit: "seconds", Does: "The token is valid only after this time (nbf)."},
		{Name: idOld, Part: part, Check: "id-token-invalid", Default: "604800", Unit: "seconds", Does: "The token was issued this long ago, and has not expired."},
		{Name: idTimesOdd, Part: part, Check: "id-token-invalid", Default: "string", Choices: []string{"string", "fraction", "negative", "huge", "null"}, Does: "exp and iat are not whole numbers of seconds."},
		{Name: idSubjectOdd, Part: part, Check: "id-token-invalid", Default: "empty", Choices: []string{"empty", "number", "array", "long", "control"}, Does: "sub is no text of 1 to 255 characters."},
		{Name: idHashWrong, Part: part, Check: "id-token-invalid", Does: "at_hash belongs to another access token."},
		{Name: idDuplicate, Part: part, Check: "id-token-invalid", Does: "The claims hold sub twice, the second one another person's."},
		{Name: idOtherCase, Part: part, Check: "id-token-invalid", Does: "The claims also hold SUB, another person's."},
		{Name: idLarge, Part: part, Check: "id-token-invalid", Default: "100", Unit: "KiB", Does: "The token is this large."},
		{Name: idKidMissing, Part: part, Does: "The header has no key id; the key set has several keys."},
		{Name: idKidUnknown, Part: part, Check: "id-token-invalid", Does: "The key id is in no key set."},
		{Name: idKidOdd, Part: part, Check: "id-token-invalid", Default: "path", Choices: []string{"path", "sql", "lines", "long", "number"}, Does: "The key id is an attack."},
		{Name: idAlgorithm, Part: part, Check: "id-token-invalid", Default: "none", Choices: []string{"none", "NoNe", "HS256-secret", "HS256-public-key", "RS384", "ES256"}, Does: "The header names another algorithm: none; HS256 with the client secret or with the public key; one that the key does not fit."},
		{Name: idSignature, Part: part, Check: "id-token-invalid", Does: "Every byte of the signature is wrong."},
		{Name: idSignedByOthers, Part: part, Check: "id-token-invalid", Does: "The token is signed with another key than the key id names."},
		{Name: idHeaderKey, Part: part, Check: "id-token-invalid", Default: "jwk", Choices: []string{"jwk", "jku", "x5c", "x5u", "kid"}, Does: "The token is signed with a key that is in no key set: the header brings it along (jwk, x5c), points to it (jku, x5u), or brings it along under the id of the published key (kid)."},
		{Name: idCritical, Part: part, Check: "id-token-invalid", Does: "The header has a critical extension that nobody knows (crit)."},
		{Name: idTyp, Part: part, Check: "id-token-invalid", Default: "logout+jwt", Does: "The header says that the token is of another purpose (typ)."},
		{Name: idCompact, Part: part, Check: "id-token-invalid", Default: "two-parts", Choices: []string{"two-parts", "four-parts", "encrypted", "padded", "spaces", "json"}, Does: "The token is not written in the compact form of a signed token."},
	}
}

// sealIDToken writes the ID token, spoiled as the switches say.
func (s *Server) sealIDToken(_ *person, g grant, claims object) string {
	key := s.signingKey(true)
	header := object{{"alg", "RS256"}, {"x5u", key.x5u()}, {"kid", key.id}}
	s.spoilIssuerAndAudience(&claims, g)
	s.spoilTimes(&claims)
	s.spoilIDClaims(&claims)
	s.spoilMembers(&claims)
	signer := s.spoilIDHeader(&header, key)
	token, err := s.signAs(header, claims, key, signer, g)
	if err != nil {
		s.log.Error("an ID token could not be signed", "error", err)
	}
	return s.spoilCompact(token)
}

func (s *Server) spoilIssuerAndAudience(c *object, g grant) {
	if s.on(idIssuerIMS) {
		c.set("iss", s.BaseURL()+"/ims")
	}
	if v, on := s.value(idIssuerWrong); on {
		c.set("iss", s.BaseURL()+v)
	}
	if v, on := s.value(idAudienceWrong); on {
		c.set("aud", g.ask.client+v)
	}
	if s.on(idAudienceExtra) {
		c.set("aud", []string{g.ask.client, "another-client"})
	}
	if s.on(idAudienceList) {
		c.set("aud", []string{g.ask.client})
	}
	if s.on(idPartyWrong) {
		c.set("aud", []string{g.ask.client, "another-client"})
		c.set("azp", "another-client")
	}
	if g.again && s.on(refreshIssuer) {
		c.set("iss", s.BaseURL()+"/other")
	}
	if g.again && s.on(refreshSubject) {
		c.set("sub", hex24("another person")+"@AdobeID")
	}
}

func (s *Server) spoilTimes(c *object) {
	now := s.clock()
	if n := s.number(idExpired); n != 0 {
		c.set("exp", now.Unix()-int64(n))
		c.set("iat", now.Add(-accessLife).Unix()-int64(n))
	}
	if n := s.number(idFuture); n != 0 {
		c.set("iat", now.Unix()+int64(n))
		c.set("exp", now.Add(accessLife).Unix()+int64(n))
	}
	if n := s.number(idNotYet); n != 0 {
		c.set("nbf", now.Unix()+int64(n))
	}
	if n := s.number(idOld); n != 0 {
		c.set("iat", now.Unix()-int64(n))
	}
	if how, on := s.value(idTimesOdd); on {
		c.set("exp", oddTime(how, now.Add(accessLife)))
		c.set("iat", oddTime(how, now))
	}
}

func oddTime(how string, t time.Time) any {
	return map[string]any{
		"string": t.UTC().Format(time.RFC3339), "fraction": float64(t.Unix()) + 0.5, "negative": -t.Unix(), "huge": 1e300, "null": nil,
	}[how]
}

func (s *Server) spoilIDClaims(c *object) {
	if how, on := s.value(idNonceWrong); on {
		nonce, _ := c.get("nonce").(string)
		c.set("nonce", map[string]any{"changed": nonce + "1", "array": []string{nonce}, "empty": "", "number": 1}[how])
	}
	if how, on := s.value(idSubjectOdd); on {
		c.set("sub", map[string]any{
			"empty": "", "number": 7, "array": []any{c.get("sub")}, "long": strings.Repeat("s", 256), "control": "a\u0000b\r\nc",
		}[how])
	}
	if s.on(idHashWrong) && c.get("at_hash") != nil {
		c.set("at_hash", leftHalf("another access token"))
	}
	if name, on := s.value(idClaimMissing); on {
		c.drop(name)
	}
}

// spoilMembers makes readers disagree about what the claims say.
func (s *Server) spoilMembers(c *object) {
	other := hex24("another person") + "@AdobeID"
	if s.on(idDuplicate) {
		c.add("sub", other)
	}
	if s.on(idOtherCase) {
		c.add("SUB", other)
	}
	if n := s.number(idLarge); n > 0 {
		c.add("padding", strings.Repeat("x", min(n, 16_384)<<10))
	}
}

// spoilIDHeader changes the header and returns the key that signs.
func (s *Server) spoilIDHeader(h *object, key *signingKey) *signingKey {
	if s.on(keysWithoutID) || s.on(idKidMissing) {
		h.drop("kid")
	}
	if s.on(idKidUnknown) {
		h.set("kid", "ims_na1-key-unknown")
	}
	if how, on := s.value(idKidOdd); on {
		h.set("kid", map[string]any{
			"path": "../../../../etc/passwd", "sql": "' OR '1'='1", "lines": "key\r\nX-Injected: 1\x00", "long": strings.Repeat("k", 10<<10), "number": 1,
		}[how])
	}
	if s.on(idCritical) {
		h.set("crit", []string{"urn:example:unknown"})
		h.set("urn:example:unknown", true)
	}
	if v, on := s.value(idTyp); on {
		h.set("typ", v)
	}
	if how, on := s.value(idHeaderKey); on {
		foreign := s.keys.spare(foreignKey)
		if how != "kid" {
			h.drop("kid")
		}
		switch how {
		case "jwk":
			h.set("jwk", foreign.jwk())
		case "jku":
			h.set("jku", s.BaseURL()+"/standin/foreign-keys")
		case "x5u":
			h.set("x5u", s.BaseURL()+"/keys/prod/"+foreign.x5u())
		case "x5c":
			if der, err := foreign.certificate(s.clock()); err == nil {
				h.set("x5c", []string{base64.StdEncoding.EncodeToString(der)})
			}
		case "kid":
			jwk := foreign.jwk()
			jwk.set("kid", h.get("kid"))
			h.set("jwk", jwk)
		}
		return foreign
	}
	if s.on(idSignedByOthers) {
		return s.keys.unused
	}
	return key
}

// signAs signs as the header's algorithm says, or pretends to.
func (s *Server) signAs(h, c object, named, signer *signingKey, g grant) (string, error) {
	how, _ := s.value(idAlgorithm)
	switch how {
	case "none", "NoNe":
		h.set("alg", how)
		input, err := signingInput(h, c)
		return input + ".", err
	case "HS256-secret":
		h.set("alg", "HS256")
		return mac(h, c, []byte(s.secretOf(g.ask.client)))
	case "HS256-public-key":
		h.set("alg", "HS256")
		der, err := x509.MarshalPKIXPublicKey(&named.private.PublicKey)
		if err != nil {
			return "", err
		}
		return mac(h, c, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	case "RS384", "ES256":
		h.set("alg", how)
	}
	token, err := seal(signer, h, c)
	if err == nil && s.on(idSignature) {
		token, err = breakSignature(token)
	}
	return token, err
}

func (s *Server) secretOf(client string) string {
	if c, ok := s.current.Load().clients[client]; ok && len(c.Secrets) > 0 {
		return c.Secrets[0]
	}
	return ""
}

func mac(h, c object, key []byte) (string, error) {
	input, err := signingInput(h, c)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(input))
	return input + "." + encode(m.Sum(nil)), nil
}

// spoilCompact rewrites a finished token.
func (s *Server) spoilCompact(token string) string {
	how, on := s.value(idCompact)
	parts := strings.Split(token, ".")
	if !on || len(parts) != 3 {
		return token
	}
	switch how {
	case "two-parts":
		return parts[0] + "." + parts[1]
	case "four-parts":
		return token + "." + parts[2]
	case "encrypted":
		return encode([]byte(`{"alg":"RSA1_5","enc":"A128CBC-HS256"}`)) + ".AA.AA." + parts[1] + ".AA"
	case "padded":
		return parts[0] + "=." + parts[1] + "==." + parts[2] + "=="
	case "spaces":
		return " " + parts[0] + ".\n" + parts[1] + "." + parts[2] + " "
	}
	return `{"payload":"` + parts[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}]}`
}
