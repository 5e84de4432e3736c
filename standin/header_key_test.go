// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strings"
)

// headerKeySigns says whether an ID token verifies with the key that its own
// header brings along, and whether it does with one of the key set: what a
// client that believes the header would find, and one that does not.
func headerKeySigns(d desk) string {
	token := d.idToken()
	header := part(d.t, token, 0)
	var own *rsa.PublicKey
	switch {
	case header["jwk"] != nil:
		jwk := header["jwk"].(map[string]any)
		own = publicKey(jwk["n"].(string), jwk["e"].(string))
		if id, there := header["kid"]; there && jwk["kid"] != id {
			return "the header's key has another id than the header"
		}
	case header["x5c"] != nil:
		der, err := base64.StdEncoding.DecodeString(header["x5c"].([]any)[0].(string))
		if err != nil {
			return err.Error()
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return err.Error()
		}
		own = cert.PublicKey.(*rsa.PublicKey)
	default:
		return "no key in the header"
	}
	if !signed(own, token) {
		return "the header's key did not sign"
	}
	for _, k := range d.keySet() {
		if signed(publicKey(k.N, k.E), token) {
			return "a published key signed"
		}
	}
	said := "the header's key signed, and no published one"
	if id, there := header["kid"].(string); there {
		said += ", under " + id
	}
	return said
}

func publicKey(n, e string) *rsa.PublicKey {
	modulus, _ := base64.RawURLEncoding.DecodeString(n)
	exponent, _ := base64.RawURLEncoding.DecodeString(e)
	return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}
}

func signed(key *rsa.PublicKey, token string) bool {
	input, signature, _ := strings.Cut(token[strings.IndexByte(token, '.')+1:], ".")
	b, err := base64.RawURLEncoding.DecodeString(signature)
	sum := sha256.Sum256([]byte(token[:strings.IndexByte(token, '.')] + "." + input))
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], b) == nil
}
