// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/assertion"
)

// keysPath is where applications fetch what assertions are verified with.
const keysPath = usher.Prefix + "assertion/keys"

// asserter makes the signer of assertions from the keys in the key file.
func (s *Server) asserter(issuer string) (*assertion.Signer, error) {
	derived, err := s.keys.Derive("assertion", assertion.MaterialBytes)
	if err != nil {
		return nil, err
	}
	var material [][]byte
	for _, m := range derived {
		material = append(material, m.Secret)
	}
	return assertion.New(issuer, material)
}

// serveKeys publishes the keys. Applications keep them; a cache in front may
// keep them for a short time too, so that a rotation reaches everybody.
func (s *Server) serveKeys(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "application/jwk-set+json")
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("X-Content-Type-Options", "nosniff")
	_, err := w.Write(s.current.Load().asserter.KeySet())
	return err
}
