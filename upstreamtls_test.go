// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"testing"

	"github.com/usher-signin/usher"
)

func TestUnusableTLS(t *testing.T) {
	const secure = "https://app.internal:8443"
	for _, row := range []struct {
		upstream string
		tls      usher.UpstreamTLS
		want     string
	}{
		{secure, usher.UpstreamTLS{}, ""},
		{"http://app.internal", usher.UpstreamTLS{}, ""},
		{"", usher.UpstreamTLS{ServerName: "app"}, ""}, // nobody connects to it
		{secure, usher.UpstreamTLS{ServerName: "app", CAFile: "ca.pem"}, ""},
		{"HTTPS://app.internal", usher.UpstreamTLS{ServerName: "app"}, ""},
		{secure, usher.UpstreamTLS{CertFile: "c", KeyFile: "k"}, ""},
		{secure, usher.UpstreamTLS{CertFile: "c"}, "key_file"},
		{secure, usher.UpstreamTLS{KeyFile: "k"}, "cert_file"},
		{"http://app.internal", usher.UpstreamTLS{CAFile: "ca.pem"}, "upstream"},
		{"unix:/run/app.sock", usher.UpstreamTLS{ServerName: "app"}, "upstream"},
	} {
		if got := (&usher.Application{Upstream: row.upstream, UpstreamTLS: row.tls}).UnusableTLS(); got != row.want {
			t.Errorf("%s with %+v: %q, want %q", row.upstream, row.tls, got, row.want)
		}
	}
}
