// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"math/big"
	"strconv"
)

const (
	keysEmpty        = "keys-empty"
	keysStale        = "keys-stale"
	keysRotate       = "keys-rotate-before-signing"
	keysWeak         = "keys-weak"
	keysDuplicateID  = "keys-duplicate-id"
	keysPrivate      = "keys-private"
	keysWithoutID    = "keys-without-id"
	keysOddNeighbors = "keys-odd-neighbors"
	keysMany         = "keys-many"
	keysForEncrypt   = "keys-for-encryption"
)

func keySwitches() []Switch {
	const part = "keys"
	return []Switch{
		{Name: keysEmpty, Part: part, Check: "keys-empty", Does: "The key set is empty."},
		{Name: keysStale, Part: part, Check: "id-token-invalid", Does: "The key set never shows the key that signs now, however often it is fetched."},
		{Name: keysRotate, Part: part, Does: "A new key is made just before each ID token is signed: whoever has the key set in memory must fetch it again."},
		{Name: keysWeak, Part: part, Check: "keys-weak", Does: "ID tokens are signed with a key of 1,024 bits."},
		{Name: keysDuplicateID, Part: part, Check: "keys-ambiguous", Does: "The key set holds two different keys of the same id; the wrong one comes first."},
		{Name: keysPrivate, Part: part, Check: "keys-private", Does: "The key set shows the private exponent."},
		{Name: keysWithoutID, Part: part, Does: "Neither the keys nor the ID tokens carry a key id."},
		{Name: keysOddNeighbors, Part: part, Does: "The key set also holds keys of unknown kinds and broken ones, before the good ones."},
		{Name: keysMany, Part: part, Check: "id-token-invalid", Default: "1000", Unit: "keys", Does: "The key set holds this many keys besides."},
		{Name: keysForEncrypt, Part: part, Check: "keys-empty", Does: "Every key in the set is for encryption only."},
	}
}

func (s *Server) spoilKeys(list *[]any) {
	now := s.signingKey(false)
	each := func(change func(*object)) {
		for i, k := range *list {
			if o, ok := k.(object); ok {
				change(&o)
				(*list)[i] = o
			}
		}
	}
	if s.on(keysWeak) {
		*list = append([]any{now.jwk()}, *list...)
	}
	if s.on(keysStale) {
		kept := []any{}
		for _, k := range *list {
			if k.(object).get("kid") != now.id {
				kept = append(kept, k)
			}
		}
		*list = kept
	}
	if s.on(keysDuplicateID) {
		other := s.keys.unused.jwk()
		other.set("kid", now.id)
		*list = append([]any{other}, *list...)
	}
	if s.on(keysPrivate) {
		each(func(o *object) {
			if key, ok := s.keys.find(o.get("kid").(string)); ok {
				o.set("d", encode(key.private.D.Bytes()))
			}
		})
	}
	if s.on(keysForEncrypt) {
		each(func(o *object) { o.set("use", "enc") })
	}
	if n := s.number(keysMany); n > 0 {
		*list = append(manyKeys(now, min(n, maxList)), *list...)
	}
	if s.on(keysOddNeighbors) {
		*list = append(oddKeys(), *list...)
	}
	if s.on(keysWithoutID) {
		each(func(o *object) { o.drop("kid") })
	}
	if s.on(keysEmpty) {
		*list = []any{}
	}
}

// signingKey is the key for the next ID token.
func (s *Server) signingKey(next bool) *signingKey {
	if s.on(keysWeak) {
		return s.keys.spare(weakKey)
	}
	if next && s.on(keysRotate) {
		s.keys.rotate()
	}
	return s.keys.signer()
}

// manyKeys are public keys of plausible shape that have signed nothing.
func manyKeys(like *signingKey, n int) []any {
	keys := make([]any, n)
	for i := range keys {
		k := like.jwk()
		k.set("kid", "ims_na1-key-many-"+strconv.Itoa(i))
		modulus := new(big.Int).Sub(like.private.N, big.NewInt(int64(2*(i+1))))
		k.set("n", encode(modulus.Bytes()))
		keys[i] = k
	}
	return keys
}

// oddKeys must be passed over, not stumbled upon.
func oddKeys() []any {
	return []any{
		object{{"kty", "EC"}, {"crv", "secp256k1"}, {"kid", "odd-curve"}, {"x", "AA"}, {"y", "AA"}},
		object{{"kty", "OKP"}, {"crv", "X448"}, {"kid", "odd-okp"}, {"x", "AA"}},
		object{{"kty", "oct"}, {"k", "c2VjcmV0"}, {"kid", "odd-secret"}},
		object{{"kty", "RSA"}, {"kid", "odd-modulus"}, {"e", "AQAB"}, {"n", "not base64!"}},
		object{{"kty", "RSA"}, {"kid", "odd-exponent"}, {"e", "AQ"}, {"n", "AQAB"}},
		object{{"kty", "AKP"}, {"alg", "ML-DSA-44"}, {"kid", "odd-new"}},
	}
}
