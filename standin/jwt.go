// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// seal writes a compact JSON Web Token, signed RS256.
func seal(key *signingKey, header, claims object) (string, error) {
	input, err := signingInput(header, claims)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key.private, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return input + "." + encode(signature), nil
}

func signingInput(header, claims object) (string, error) {
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	c, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	return encode(h) + "." + encode(c), nil
}

// imsClaims are the claims of the tokens that IMS gives and takes back. They
// hold no iss, aud, exp or iat: a token is valid for expires_in milliseconds
// from created_at on, and both are strings.
type imsClaims struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	ClientID  string `json:"client_id"`
	UserID    string `json:"user_id"`
	State     string `json:"state,omitempty"`
	SID       string `json:"sid,omitempty"`
	Chain     string `json:"rtid,omitempty"` // what one sign-in gave, through every refresh
	Scope     string `json:"scope"`
	ExpiresIn string `json:"expires_in"`
	CreatedAt string `json:"created_at"`
}

var errToken = errors.New("this is no token of this stand-in")

// open checks the signature of a token that this stand-in gave, and reads it.
func (k *keyring) open(token string) (imsClaims, json.RawMessage, error) {
	var claims imsClaims
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > maxBody {
		return claims, nil, errToken
	}
	var header struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	if decode(parts[0], &header) != nil || header.Alg != "RS256" {
		return claims, nil, errToken
	}
	key, ok := k.find(header.Kid)
	if !ok {
		return claims, nil, errToken
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return claims, nil, errToken
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(&key.private.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return claims, nil, errToken
	}
	var raw json.RawMessage
	if decode(parts[1], &raw) != nil || json.Unmarshal(raw, &claims) != nil {
		return claims, nil, errToken
	}
	return claims, raw, nil
}

func decode(part string, into any) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// leftHalf is at_hash and c_hash: the left half of the value's SHA-256
// (OpenID Connect Core 3.1.3.6 and 3.3.2.11).
func leftHalf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return encode(sum[:16])
}

// breakSignature changes every byte of a token's signature.
func breakSignature(token string) (string, error) {
	input, signature := token[:strings.LastIndexByte(token, '.')+1], token[strings.LastIndexByte(token, '.')+1:]
	b, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return "", err
	}
	for i := range b {
		b[i] ^= 0xff
	}
	return input + encode(b), nil
}
