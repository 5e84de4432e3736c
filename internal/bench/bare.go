// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// serveBare is what usher is compared with: `serve check ADDRESS` answers 202
// with one header, `serve answer ADDRESS` gives what usher answers a front server,
// without a look at the question, `serve body ADDRESS` sends bodies of 1 and 64 KiB, and
// `serve proxy ADDRESS UPSTREAM` is httputil.ReverseProxy and nothing else.
func serveBare(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("serve wants a kind and an address, got %q", args)
	}
	var h http.Handler
	switch args[0] {
	case "usher":
		return serveProfiled(ctx, args[1:])
	case "check":
		h = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Forwarded-User", "ANA@AdobeID")
			w.WriteHeader(http.StatusAccepted)
		})
	case "answer":
		h = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for _, header := range [][2]string{{"X-Forwarded-User", "0123456789ABCDEF01234567@AdobeID"}, {"X-Forwarded-Email", "ana@corp.example"},
				{"X-Forwarded-Groups", "Admin,Delivery operators"}, {"X-Forwarded-Preferred-Username", "Ana Lima"}, {"Cache-Control", "no-store"}} {
				w.Header()[header[0]] = []string{header[1]}
			}
			w.WriteHeader(http.StatusOK)
		})
	case "body":
		h = bodies()
	case "proxy":
		upstream, err := url.Parse(args[2])
		if err != nil {
			return err
		}
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 512
		h = &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(upstream) }}
	default:
		return fmt.Errorf("there is no %q to serve", args[0])
	}
	srv := &http.Server{Addr: args[1], Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	return srv.ListenAndServe()
}

func bodies() http.Handler {
	small, large := bytes.Repeat([]byte("u"), 1<<10), bytes.Repeat([]byte("u"), 64<<10)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := small
		if r.URL.Path == "/app/64k" {
			body = large
		}
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(body)
	})
}
