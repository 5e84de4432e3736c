// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// Material is secret bytes that belong to one key of the set. Every node that
// has the key file derives the same.
type Material struct {
	ID     string // of the key it was derived from; it may be shown
	Secret []byte
}

// Derive makes size bytes for a purpose from each key, the current one first,
// by HKDF-SHA-256 (RFC 5869). Nothing can be said of the key from them, or of
// what is derived for another purpose.
func (k *Keys) Derive(purpose string, size int) ([]Material, error) {
	var out []Material
	for _, one := range k.list() {
		secret, err := hkdf.Key(sha256.New, one.secret[:], one.id[:], "usher derive "+purpose, size)
		if err != nil {
			return nil, fmt.Errorf("deriving %d bytes for %s: %w", size, purpose, err)
		}
		out = append(out, Material{ID: fmt.Sprintf("%x", one.id), Secret: secret})
	}
	return out, nil
}
