// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// A library that the client does not use signs, so that the two cannot share a mistake.
func TestSignaturesOfAnotherMaker(t *testing.T) {
	type maker struct {
		private any
		public  crypto.PublicKey
	}
	r, e := rsaKeys[0](), edKey()
	rsaMaker := maker{r, &r.PublicKey}
	curve := func(c elliptic.Curve) maker {
		k := must(ecdsa.GenerateKey(c, rand.Reader))
		return maker{k, &k.PublicKey}
	}
	makers := map[string]maker{
		"RS256": rsaMaker, "RS384": rsaMaker, "RS512": rsaMaker, "PS256": rsaMaker, "PS384": rsaMaker, "PS512": rsaMaker,
		"ES256": curve(elliptic.P256()), "ES384": curve(elliptic.P384()), "ES512": curve(elliptic.P521()),
		"EdDSA": {e, e.Public().(ed25519.PublicKey)},
	}
	for _, name := range strings.Fields(algorithmNames) {
		if _, tried := makers[name]; !tried {
			t.Errorf("%s is allowed and not tried", name)
		}
	}
	for alg, m := range makers {
		signer := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: m.private}, nil))
		raw := must(must(signer.Sign([]byte(`{"sub":"ana"}`))).CompactSerialize())
		token := must(parseToken(raw))
		for other := range makers {
			key := publicKey{key: makers[other].public}
			want := other == alg || m == rsaMaker && makers[other] == rsaMaker
			if got := token.signedBy(key); got != want {
				t.Errorf("a token of %s with the key of %s: %v", alg, other, got)
			}
		}
		token.signature[0] ^= 1
		if token.signedBy(publicKey{key: m.public}) {
			t.Errorf("%s: one bit may differ", alg)
		}
	}
}
