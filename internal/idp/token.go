// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	usher "github.com/usher-signin/usher"
)

// maxToken bounds a signed token, in bytes.
const maxToken = 64 << 10

// A signedToken is a JWS in compact form, taken apart; nothing of it is
// trusted before signedBy said yes.
type signedToken struct {
	raw       string
	header    map[string]any
	claims    map[string]any
	signature []byte
}

// parseToken takes a token apart strictly: three parts of unpadded base64url,
// header and claims one JSON object each, no member twice in any spelling.
func parseToken(raw string) (*signedToken, error) {
	if len(raw) > maxToken {
		return nil, fmt.Errorf("a token of %d bytes, more than %d", len(raw), maxToken)
	}
	if n := strings.Count(raw, ".") + 1; n != 3 {
		return nil, fmt.Errorf("a token whose parts number %d instead of three", n)
	}
	parts := strings.Split(raw, ".")
	decoded := make([][]byte, 3)
	for i, name := range []string{"header", "claims", "signature"} {
		var err error
		// The decoder skips line breaks, which no compact form holds.
		if strings.ContainsAny(parts[i], "\r\n") {
			err = errors.New("line break")
		} else {
			decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(parts[i])
		}
		if err != nil {
			return nil, fmt.Errorf("a %s that is not base64url", name)
		}
	}
	t := &signedToken{raw: raw, signature: decoded[2]}
	var err error
	if t.header, err = decodeObject(decoded[0], foldTop); err != nil {
		return nil, fmt.Errorf("a header that cannot be used: %w", err)
	}
	if t.claims, err = decodeObject(decoded[1], foldTop); err != nil {
		return nil, fmt.Errorf("claims that cannot be used: %w", err)
	}
	return t, nil
}

func (t *signedToken) algorithm() string { return text(t.header, "alg") }

// signedBy verifies the signature with one key. The header is read once, by
// our own reader, and decides nothing but the algorithm: a library that reads
// it again could see other members, or stop at one that has to be ignored.
func (t *signedToken) signedBy(k publicKey) bool {
	algorithm := t.algorithm()
	if !k.fits(algorithm) {
		return false
	}
	s, known := signatureOf(algorithm)
	signed := []byte(t.raw[:strings.LastIndexByte(t.raw, '.')])
	return known && s.verify(k.key, s.hash, signed, t.signature)
}

// verifySignature looks for the provider's key that made the signature. The
// cause says what of key or signature was wrong.
func (c *Client) verifySignature(ctx context.Context, md *Metadata, t *signedToken) *usher.Cause {
	algorithm, kid := t.algorithm(), text(t.header, "kid")
	if _, present := t.header["kid"]; present && kid == "" {
		return verifyCause("kid", kindOfMember(t.header, "kid"), "the name of a key, or nothing")
	}
	for _, renew := range []bool{false, true} {
		// A token without kid cannot say that its key is new, so after a failure
		// the keys are fetched once more. A known kid whose signature is wrong
		// is simply wrong.
		if renew && kid != "" {
			break
		}
		keys, cause := c.keys.find(ctx, md.JWKSURI, algorithm, kid, renew)
		if cause != nil {
			return cause
		}
		if len(keys) == 0 {
			cause := verifyCause("kid", "a signature by the key "+quote(kid)+", "+algorithm,
				"a key of the provider's key set that is for signatures and fits "+algorithm)
			cause.Detail = c.keys.describe()
			return cause
		}
		for _, k := range keys {
			if t.signedBy(k) {
				return nil
			}
		}
	}
	return verifyCause("signature", "a signature that the provider's key does not verify", "the provider's signature")
}

func verifyCause(subject, saw, want string) *usher.Cause {
	return &usher.Cause{Step: usher.StepVerify, Code: usher.CodeIDTokenInvalid, Subject: subject, Saw: saw, Want: want}
}
