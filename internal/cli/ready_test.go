// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadySaysWhatTheGatewaySays(t *testing.T) {
	answer := func(status int, body string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				t.Errorf("asked %s", r.URL)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(srv.Close)
		return strings.TrimPrefix(srv.URL, "http://")
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	nobody := strings.TrimPrefix(gone.URL, "http://")
	somebody := answer(http.StatusOK, `{"ready":true}`)
	_, port, _ := strings.Cut(somebody, ":")
	for name, c := range map[string]struct {
		server, says string
		ready        bool
	}{
		"ready":                   {"admin_listen: " + somebody, "ready", true},
		"ready, on all addresses": {"admin_listen: '0.0.0.0:" + port + "'", "ready", true},
		"not ready":               {"admin_listen: " + answer(http.StatusServiceUnavailable, `{"items":[{"name":"database","state":"missing","says":"it does not answer"},{"name":"provider","state":"degraded"}]}`), "lacks database it does not answer", false},
		"something else":          {"admin_listen: " + answer(http.StatusTeapot, "tea"), "is no gateway: status 418", false},
		"nothing there":           {"admin_listen: " + nobody, "does not answer on " + nobody, false},
		"it only listens":         {"listen: " + somebody, "ready", true},
		"nothing listens":         {"listen: " + nobody, "nothing listens on " + nobody, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "usher.yaml")
			put(t, path, "instance: {name: production, url: https://campaign.corp.example}\nserver: {"+c.server+"}\n")
			var out, errs bytes.Buffer
			status := Run(t.Context(), &Env{Args: []string{"ready", "-c", path}, Stdout: &out, Stderr: &errs, Now: time.Now, Getenv: func(string) string { return "" }})
			if (status == 0) != c.ready || status > 1 || !strings.Contains(out.String()+errs.String(), c.says) {
				t.Errorf("status %d, said %q and %q", status, out.String(), errs.String())
			}
		})
	}
}
