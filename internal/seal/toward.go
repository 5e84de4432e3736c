// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
	"io"
)

// An Opener opens what was sealed toward it, and nobody else does, whoever
// keeps the sealed value meanwhile (hybrid public key encryption, RFC 9180, with
// X25519, HKDF-SHA-256 and AES-256-GCM).
type Opener struct{ key hpke.PrivateKey }

// NewOpener draws a key from random, 32 bytes, that lives only in this value.
func NewOpener(random io.Reader) (*Opener, error) {
	raw := make([]byte, keyBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	private, err := ecdh.X25519().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	key, err := hpke.NewDHKEMPrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return &Opener{key}, nil
}

// Key gives the half of the key that everybody may have.
func (o *Opener) Key() []byte { return o.key.PublicKey().Bytes() }

// Open decrypts what [Toward] made for the same purpose and row.
func (o *Opener) Open(purpose, row string, sealed []byte) ([]byte, error) {
	plain, err := hpke.Open(o.key, hpke.HKDFSHA256(), hpke.AES256GCM(), bind(purpose, row), sealed)
	if err != nil {
		return nil, ErrNotOpened
	}
	return plain, nil
}

// Toward seals plain for a purpose and a row so that only the [Opener] with
// this key opens it.
func Toward(key []byte, purpose, row string, plain []byte) ([]byte, error) {
	public, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(key)
	if err != nil {
		return nil, errors.New("the key to seal toward is none: it was altered, or made by another version")
	}
	sealed, err := hpke.Seal(public, hpke.HKDFSHA256(), hpke.AES256GCM(), bind(purpose, row), plain)
	if err != nil {
		return nil, fmt.Errorf("sealing toward a key: %w", err)
	}
	return sealed, nil
}
