// SPDX-License-Identifier: Apache-2.0

package usher

import "strings"

// UnusableTLS says with which key of the application no connection to its
// upstream can be made as upstream_tls has it: upstream, where that speaks no
// TLS; cert_file or key_file, where one is missing beside the other. Empty:
// nothing is wrong by the file alone.
func (a *Application) UnusableTLS() (key string) {
	t := a.UpstreamTLS
	switch {
	case t == (UpstreamTLS{}) || a.Upstream == "":
		return ""
	case !strings.HasPrefix(strings.ToLower(a.Upstream), "https://"):
		return "upstream"
	case t.CertFile == "" && t.KeyFile != "":
		return "cert_file"
	case t.CertFile != "" && t.KeyFile == "":
		return "key_file"
	}
	return ""
}
