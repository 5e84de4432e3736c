// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"net/url"

	"github.com/usher-signin/usher"
)

// hostOf gives the canonical host of an address.
func hostOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("%q is not an address", address)
	}
	host := usher.CanonicalHost(u.Host)
	if host == "" {
		return "", fmt.Errorf("%q has no host", address)
	}
	return host, nil
}
