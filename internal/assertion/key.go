// SPDX-License-Identifier: Apache-2.0

package assertion

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/go-jose/go-jose/v4"
)

// MaterialBytes is how many secret bytes a signing key is made from: the
// order's 256 bits and 128 more, so that no scalar is likelier than another
// (FIPS 186-5 appendix A.2.1).
const MaterialBytes = 48

// newKey makes the P-256 key that belongs to the material.
func newKey(material []byte) (*ecdsa.PrivateKey, error) {
	if len(material) != MaterialBytes {
		return nil, fmt.Errorf("a signing key is made from %d bytes, not from %d", MaterialBytes, len(material))
	}
	curve := elliptic.P256()
	most := new(big.Int).Sub(curve.Params().N, big.NewInt(1))
	d := new(big.Int).SetBytes(material)
	d.Mod(d, most).Add(d, big.NewInt(1))
	return ecdsa.ParseRawPrivateKey(curve, d.FillBytes(make([]byte, 32)))
}

// publish gives the key as the set shows it. Its id is its thumbprint (RFC 7638),
// which says nothing of the key that it was derived from.
func publish(key *ecdsa.PrivateKey) (jose.JSONWebKey, error) {
	public := jose.JSONWebKey{Key: &key.PublicKey, Algorithm: string(jose.ES256), Use: "sig"}
	thumb, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return public, fmt.Errorf("naming a signing key: %w", err)
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(thumb)
	return public, nil
}

// keySet is the set of public keys as applications fetch it (RFC 7517 section 5).
func keySet(keys []jose.JSONWebKey) ([]byte, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no key to sign assertions with")
	}
	return json.Marshal(jose.JSONWebKeySet{Keys: keys})
}
