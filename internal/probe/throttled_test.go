// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/demo"
)

// Whoever answers that it was asked too often says nothing of what was asked:
// the doctor, run again and again, must not take that for a fault.
func TestDoorThatWasAskedTooOften(t *testing.T) {
	for _, answered := range []int32{0, 1, 2, 3, 4, 5, 6, 7} {
		t.Run(strconv.Itoa(int(answered)), func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			g := newGateway(t, address)
			config, err := demo.TLS(g.dir, time.Now(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			ln, err := net.Listen("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			gateway := httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: g.listen})
				r.Out.Host = r.In.Host
				r.SetXForwarded()
			}}
			var asked atomic.Int32
			srv := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), ReadHeaderTimeout: time.Minute, TLSConfig: config, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) > answered {
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				gateway.ServeHTTP(w, r)
			})}
			go func() { _ = srv.ServeTLS(ln, "", "") }()
			t.Cleanup(func() { _ = srv.Close() })
			g.start(t).look(t).finds(t)
			if asked.Load() <= answered {
				t.Errorf("only %d questions were asked: nothing was tried", asked.Load())
			}
		})
	}
}
