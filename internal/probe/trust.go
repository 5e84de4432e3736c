// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"crypto/x509"
	"net/http"
	"net/url"
	"os"

	"golang.org/x/net/http/httpproxy"
)

// trust is whom the gateway trusts towards providers: the system's authorities
// and those of server.ca_file. A file that cannot be read is the files' matter
// to report; the system's are used then.
type trust struct {
	system *x509.CertPool
	all    *x509.CertPool
	extra  bool // all holds more than system
}

func (w *world) readTrust() trust {
	pool := func() *x509.CertPool {
		system, err := x509.SystemCertPool()
		if err != nil {
			return x509.NewCertPool()
		}
		return system
	}
	t := trust{system: pool(), all: pool()}
	if w.cfg.Server.CAFile == "" {
		return t
	}
	if data, err := os.ReadFile(w.cfg.Server.CAFile); err == nil {
		t.extra = t.all.AppendCertsFromPEM(data)
	}
	return t
}

// proxies are the egress proxies of the environment that was passed in, read
// as net/http reads them.
func (w *world) proxies() *httpproxy.Config {
	first := func(names ...string) string {
		for _, n := range names {
			if v := w.Getenv(n); v != "" {
				return v
			}
		}
		return ""
	}
	return &httpproxy.Config{
		HTTPProxy: first("HTTP_PROXY", "http_proxy"), HTTPSProxy: first("HTTPS_PROXY", "https_proxy"),
		NoProxy: first("NO_PROXY", "no_proxy"), CGI: w.Getenv("REQUEST_METHOD") != "",
	}
}

func (w *world) proxyFor(r *http.Request) (*url.URL, error) { return w.proxies().ProxyFunc()(r.URL) }
