// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes of the table
	_ "crypto/sha512"
	"math/big"
)

// A signature is how one algorithm signs (RFC 7518 section 3, RFC 8037).
type signature struct {
	hash   crypto.Hash // also that of at_hash
	fits   func(crypto.PublicKey) bool
	verify func(key crypto.PublicKey, hash crypto.Hash, signed, sig []byte) bool
}

// algorithmNames are the algorithms that may be allowed at all: never none,
// never a secret shared with the provider (HS256 and its kin).
const algorithmNames = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"

func signatureOf(algorithm string) (s signature, known bool) {
	switch algorithm {
	case "RS256":
		return signature{crypto.SHA256, isRSA, verifyPKCS1}, true
	case "RS384":
		return signature{crypto.SHA384, isRSA, verifyPKCS1}, true
	case "RS512":
		return signature{crypto.SHA512, isRSA, verifyPKCS1}, true
	case "PS256":
		return signature{crypto.SHA256, isRSA, verifyPSS}, true
	case "PS384":
		return signature{crypto.SHA384, isRSA, verifyPSS}, true
	case "PS512":
		return signature{crypto.SHA512, isRSA, verifyPSS}, true
	case "ES256":
		return signature{crypto.SHA256, onCurve(elliptic.P256()), verifyECDSA}, true
	case "ES384":
		return signature{crypto.SHA384, onCurve(elliptic.P384()), verifyECDSA}, true
	case "ES512":
		return signature{crypto.SHA512, onCurve(elliptic.P521()), verifyECDSA}, true
	case "EdDSA":
		return signature{crypto.SHA512, isEd25519, verifyEd25519}, true
	}
	return signature{}, false
}

func isRSA(k crypto.PublicKey) bool     { _, ok := k.(*rsa.PublicKey); return ok }
func isEd25519(k crypto.PublicKey) bool { _, ok := k.(ed25519.PublicKey); return ok }
func onCurve(curve elliptic.Curve) func(crypto.PublicKey) bool {
	return func(k crypto.PublicKey) bool {
		e, ok := k.(*ecdsa.PublicKey)
		return ok && e.Curve == curve
	}
}

func digest(hash crypto.Hash, signed []byte) []byte {
	h := hash.New()
	h.Write(signed)
	return h.Sum(nil)
}

func verifyPKCS1(key crypto.PublicKey, hash crypto.Hash, signed, sig []byte) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && rsa.VerifyPKCS1v15(k, hash, digest(hash, signed), sig) == nil
}

func verifyPSS(key crypto.PublicKey, hash crypto.Hash, signed, sig []byte) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && rsa.VerifyPSS(k, hash, digest(hash, signed), sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
}

// verifyECDSA takes r and s side by side, each as long as the curve's field.
func verifyECDSA(key crypto.PublicKey, hash crypto.Hash, signed, sig []byte) bool {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return false
	}
	size := (k.Curve.Params().BitSize + 7) / 8
	if len(sig) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:])
	return ecdsa.Verify(k, digest(hash, signed), r, s)
}

func verifyEd25519(key crypto.PublicKey, _ crypto.Hash, signed, sig []byte) bool {
	k, ok := key.(ed25519.PublicKey)
	return ok && ed25519.Verify(k, signed, sig)
}
