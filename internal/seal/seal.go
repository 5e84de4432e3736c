// SPDX-License-Identifier: Apache-2.0

// Package seal keeps values secret at rest. A sealed value names the key that
// sealed it, so that keys can be rotated while old values still open, and is
// tied to a purpose and a row, so that it opens nowhere else.
//
// The cipher is AES-256-GCM with a random nonce (NIST SP 800-38D) under a key
// derived for the purpose by HKDF-SHA-256 (RFC 5869).
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
)

const (
	version    = 1
	idBytes    = 8
	keyBytes   = 32
	headerSize = 1 + idBytes
)

// Reasons why a value does not open.
var (
	ErrUnknownKey = errors.New("the value was sealed with a key that is not in the key file")
	ErrNotOpened  = errors.New("the value does not open: it was altered, or belongs to another row")
)

// Keys is a set of keys: the first seals, all open. It is safe for concurrent
// use, and another set can take its place meanwhile (see [Keys.Replace]).
type Keys struct {
	held    atomic.Pointer[[]key]
	unknown atomic.Pointer[func()]
}

type key struct {
	id     [idBytes]byte
	secret [keyBytes]byte
	next   bool // it opens, and does not seal yet; never the first
}

func keysOf(list []key) *Keys {
	k := &Keys{}
	k.held.Store(&list)
	return k
}

func (k *Keys) list() []key {
	if held := k.held.Load(); held != nil {
		return *held
	}
	return nil
}

// Seal encrypts plain for a purpose and a row.
func (k *Keys) Seal(purpose, row string, plain []byte) ([]byte, error) {
	list := k.list()
	if len(list) == 0 {
		return nil, errors.New("there is no key to seal with")
	}
	current := list[0]
	aead, err := current.aead(purpose)
	if err != nil {
		return nil, err
	}
	out := append([]byte{version}, current.id[:]...)
	return aead.Seal(out, nil, plain, bind(purpose, row)), nil //nolint:gosec // the cipher draws its own nonce and takes none
}

// Open decrypts what Seal made for the same purpose and row.
func (k *Keys) Open(purpose, row string, sealed []byte) ([]byte, error) {
	plain, err := k.open(purpose, row, sealed)
	if errors.Is(err, ErrUnknownKey) {
		if look := k.unknown.Load(); look != nil {
			(*look)()
			return k.open(purpose, row, sealed)
		}
	}
	return plain, err
}

func (k *Keys) open(purpose, row string, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize || sealed[0] != version {
		return nil, ErrNotOpened
	}
	for _, candidate := range k.list() {
		if string(candidate.id[:]) != string(sealed[1:headerSize]) {
			continue
		}
		aead, err := candidate.aead(purpose)
		if err != nil {
			return nil, err
		}
		plain, err := aead.Open(nil, nil, sealed[headerSize:], bind(purpose, row))
		if err != nil {
			return nil, ErrNotOpened
		}
		return plain, nil
	}
	return nil, ErrUnknownKey
}

// Current names the key that seals; it may be shown and compared between nodes.
func (k *Keys) Current() string {
	if len(k.list()) == 0 {
		return ""
	}
	return fmt.Sprintf("%x", k.list()[0].id)
}

// IDs names all keys, the one that seals first.
func (k *Keys) IDs() []string {
	out := make([]string, len(k.list()))
	for i, one := range k.list() {
		out[i] = fmt.Sprintf("%x", one.id)
	}
	return out
}

func (k key) aead(purpose string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, k.secret[:], k.id[:], "usher "+purpose, keyBytes)
	if err != nil {
		return nil, fmt.Errorf("deriving the key for %s: %w", purpose, err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("making the cipher for %s: %w", purpose, err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bind joins purpose and row with their lengths, so that no two pairs give the same bytes.
func bind(purpose, row string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(purpose)))
	out = append(out, purpose...)
	return append(out, row...)
}
