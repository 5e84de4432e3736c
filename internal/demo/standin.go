// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
)

// AuthorityFile is the name of the authority's certificate in the folder.
const AuthorityFile = authorityFile

// Authority is the local TLS authority in dir, with its key: for certificates
// that are wrong on purpose.
func Authority(dir string) (tls.Certificate, error) {
	return tls.LoadX509KeyPair(filepath.Join(dir, authorityFile), filepath.Join(dir, authorityKey))
}

// StandinAddress is where the stand-in of the demo in dir listens, or the usual
// address where there has been no demo.
func StandinAddress(dir string) string {
	ports := [3]int{gatewayPort, standinPort, samplePort}
	if data, err := os.ReadFile(filepath.Join(dir, "ports")); err == nil {
		_, _ = fmt.Sscan(string(data), &ports[0], &ports[1], &ports[2])
	}
	return address(ports[1])
}
