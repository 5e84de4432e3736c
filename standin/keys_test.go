// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"crypto/x509"
	"encoding/pem"
)

// publicPEM is the signing key as others would write it into a file.
func publicPEM(d desk) string {
	for _, k := range d.keySet() {
		if k.Kid != "ims_na1-key-1" {
			continue
		}
		public, ok := k.public()
		if !ok {
			return ""
		}
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			return ""
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	return ""
}
