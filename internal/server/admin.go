// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/web"
)

// serveAdmin opens the listener for health and metrics, if there is to be one,
// and gives what ends it.
func (s *Server) serveAdmin(ctx context.Context) (end func(), err error) {
	cfg := s.Config()
	address := cfg.Server.AdminListen
	if address == "" {
		return func() { s.endTracing() }, nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program; set server.admin_listen in %s to a free port", address, cfg.File)
	}
	if err != nil {
		return nil, fmt.Errorf("server.admin_listen %s in %s cannot be opened: %w", address, cfg.File, err)
	}
	if host, _, err := net.SplitHostPort(address); err != nil || !usher.Loopback(host) {
		s.opts.Logger.Warn("health and metrics can be read from other machines: whoever reaches server.admin_listen learns names of applications and accounts; let a firewall keep others out, or write 127.0.0.1",
			slog.String("address", ln.Addr().String()))
	}
	srv := web.NewServer(s.adminHandler(), web.ServerOptions{Logger: s.opts.Logger})
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			s.opts.Logger.Error("the listener for health and metrics stopped", slog.Any("error", err))
		}
	}()
	s.opts.Logger.Info("listening for health and metrics", slog.String("address", ln.Addr().String()))
	return func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if srv.Shutdown(ending) != nil {
			_ = srv.Close()
		}
		<-served
		s.endTracing()
	}, nil
}

// endTracing sends what is left of the traces.
func (s *Server) endTracing() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.tracing.Close(ctx); err != nil {
		s.opts.Logger.Warn("the last traces were not sent", slog.Any("error", err))
	}
}

func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", serveAlive)
	mux.HandleFunc("GET /readyz", s.serveReadiness)
	mux.Handle("GET /metrics", s.metrics.Handler(s.opts.Logger))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

func serveAlive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "alive\n") // whoever asked and left is not told
}
