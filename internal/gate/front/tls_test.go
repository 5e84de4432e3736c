// SPDX-License-Identifier: Apache-2.0

package front

import (
	"strings"
	"testing"
)

// TestUpstreamByItsAddress: who is told that a name is missing is told what to write, and it helps.
func TestUpstreamByItsAddress(t *testing.T) {
	for address, tls := range map[string]string{"10.0.0.5:8443": "10.0.0.5", "[2001:db8::5]:8443": "2001:db8::5"} {
		for name, generate := range all() {
			p := params()
			p.Applications = p.Applications[:2]
			p.Applications[1].Upstream = "https://" + address
			if name == "apache" {
				continue // usher is its upstream
			}
			_, err := generate(p)
			if err == nil {
				t.Errorf("%s writes a configuration for an upstream whose certificate it cannot check", name)
				continue
			}
			for _, want := range []string{`application "wiki"`, tls, "upstream_tls: {server_name: NAME}", "openssl s_client -connect " + address} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%s does not say %s: %v", name, want, err)
				}
			}
			p.Applications[1].UpstreamTLS.ServerName = "wiki.internal"
			if conf, err := generate(p); err != nil || !strings.Contains(conf, "wiki.internal") {
				t.Errorf("%s with the name: %v", name, err)
			}
		}
	}
}
