// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/usher-signin/usher/internal/lane"
	"github.com/usher-signin/usher/internal/web"
)

// httpServer makes the server with the limits of what is read.
func (s *Server) httpServer() *http.Server {
	srv := web.NewServer(s.handler, web.ServerOptions{Logger: s.opts.Logger, Refuse: s.frameRefuse})
	srv.DisableGeneralOptionsHandler = true // net/http would answer OPTIONS * with 200, unjudged
	srv.RegisterOnShutdown(s.proxy.Close)   // open websockets are nobody's requests any more: Shutdown does not wait for them
	return srv
}

// lane makes what answers front servers' questions in place of srv, where it can.
func (s *Server) lane(srv *http.Server) (*lane.Lane, error) {
	return lane.New(lane.Options{
		Handler: srv.Handler, ConnContext: srv.ConnContext, Idle: srv.IdleTimeout, Now: time.Now, Logger: s.opts.Logger, // deadlines are the kernel's, as are net/http's
		Takes:  s.isQuestion,
		Trusts: func(peer netip.Addr) bool { return s.current.Load().proxies.Contains(peer) },
	})
}

// serve answers on ln until ctx has ended and requests under way are answered.
func (s *Server) serve(ctx context.Context, ln net.Listener) error {
	srv := s.httpServer()
	questions, err := s.lane(srv)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	served, left := make(chan error, 1), make(chan struct{})
	go func() { served <- srv.Serve(questions.Enter(ln)) }()
	go func() {
		defer close(left)
		_ = srv.Serve(questions.Leave()) // it ends with the lane, and with no other error
	}()
	s.opts.Logger.Info("listening", slog.String("address", listening(s.Config())), slog.String("public_url", s.Config().Server.PublicURL))
	select {
	case err = <-served:
		err = fmt.Errorf("the listener stopped: %w", err)
	case <-ctx.Done():
		s.leaving.wait(context.WithoutCancel(ctx), s.opts.Now())
		// The listeners end before the server does: once Serve has returned, every connection that was
		// accepted is one that Shutdown knows, and waits for.
		_ = ln.Close()
		if e := <-served; !errors.Is(e, net.ErrClosed) && !errors.Is(e, http.ErrServerClosed) {
			err = e
		}
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	questions.Drain(draining)
	<-left
	if srv.Shutdown(draining) != nil {
		_ = srv.Close()
	}
	return err
}
