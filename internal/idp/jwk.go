// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// A publicKey is a usable key of the provider's key set.
type publicKey struct {
	id        string // kid; may be empty
	algorithm string // alg; empty: any that fits the key
	key       crypto.PublicKey
}

// fits says whether the key may have made a signature of this algorithm.
func (k publicKey) fits(algorithm string) bool {
	s, known := signatureOf(algorithm)
	return known && s.fits(k.key) && (k.algorithm == "" || k.algorithm == algorithm)
}

// Bounds of RSA keys: smaller ones are weak, larger ones are slow to verify.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// readKey reads one JSON Web Key (RFC 7517). The error says why the key is of
// no use; that is no fault of the key set, which may hold keys for others.
func readKey(jwk map[string]any) (publicKey, error) {
	k := publicKey{id: text(jwk, "kid"), algorithm: text(jwk, "alg")}
	if use, present := jwk["use"]; present && use != "sig" {
		return k, errors.New("it is not for signatures")
	}
	if ops, present := jwk["key_ops"]; present {
		if list, ok := stringsOf(ops); !ok || !slices.Contains(list, "verify") {
			return k, errors.New("its key_ops lack verify")
		}
	}
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		if _, present := jwk[private]; present {
			return k, errors.New("it holds private parts, so anybody may sign with it")
		}
	}
	if k.algorithm != "" {
		if _, known := signatureOf(k.algorithm); !known {
			return k, fmt.Errorf("its alg %s is none that usher accepts", quote(k.algorithm))
		}
	}
	var err error
	switch kty := text(jwk, "kty"); kty {
	case "RSA":
		k.key, err = readRSA(jwk)
	case "EC":
		k.key, err = readEC(jwk)
	case "OKP":
		k.key, err = readOKP(jwk)
	default:
		err = fmt.Errorf("its kty is %s", quote(kty))
	}
	if err == nil && k.algorithm != "" && !k.fits(k.algorithm) {
		err = fmt.Errorf("its alg %s does not fit its kty", k.algorithm)
	}
	return k, err
}

func readRSA(jwk map[string]any) (crypto.PublicKey, error) {
	nRaw, err1 := readBytes(jwk, "n", maxRSABits/8+8)
	eRaw, err2 := readBytes(jwk, "e", 8)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	n, e := new(big.Int).SetBytes(nRaw), new(big.Int).SetBytes(eRaw)
	if bits := n.BitLen(); bits < minRSABits || bits > maxRSABits || n.Bit(0) == 0 {
		return nil, fmt.Errorf("its modulus of %d bits is not an odd number of %d to %d bits", bits, minRSABits, maxRSABits)
	}
	if !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 || e.Bit(0) == 0 {
		return nil, errors.New("its exponent is not an odd number from 3 to 2^31-1")
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

func readEC(jwk map[string]any) (crypto.PublicKey, error) {
	var curve elliptic.Curve
	switch crv := text(jwk, "crv"); crv {
	case "P-256":
		curve = elliptic.P256()
	case "P-384":
		curve = elliptic.P384()
	case "P-521":
		curve = elliptic.P521()
	default:
		return nil, fmt.Errorf("its curve is %s", quote(crv))
	}
	size := (curve.Params().BitSize + 7) / 8
	x, err1 := readBytes(jwk, "x", size)
	y, err2 := readBytes(jwk, "y", size)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if len(x) != size || len(y) != size {
		return nil, errors.New("its coordinates are too short")
	}
	point := append(append([]byte{4}, x...), y...)
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, errors.New("its point is not on the curve")
	}
	return key, nil
}

func readOKP(jwk map[string]any) (crypto.PublicKey, error) {
	if crv := text(jwk, "crv"); crv != "Ed25519" {
		return nil, fmt.Errorf("its curve is %s", quote(crv))
	}
	x, err := readBytes(jwk, "x", ed25519.PublicKeySize)
	if err != nil {
		return nil, err
	}
	if len(x) != ed25519.PublicKeySize {
		return nil, errors.New("its point is too short")
	}
	return ed25519.PublicKey(x), nil
}

// readBytes decodes a base64url member of at most limit bytes.
func readBytes(jwk map[string]any, name string, limit int) ([]byte, error) {
	s, ok := jwk[name].(string)
	if !ok || s == "" {
		return nil, fmt.Errorf("its %s is %s", name, kindOfMember(jwk, name))
	}
	if len(s) > base64.RawURLEncoding.EncodedLen(limit) {
		return nil, fmt.Errorf("its %s is too long", name)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("its %s is not base64url", name)
	}
	return raw, nil
}
