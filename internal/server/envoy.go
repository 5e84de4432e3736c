// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/usher-signin/usher/internal/gate"
)

// Limits of what Envoy may hold open.
const (
	envoyStreams   = 1000 // checks at once on one connection
	envoyHandshake = 10 * time.Second
	envoyPings     = 5 * time.Second // least time between two of Envoy's pings
)

// serveEnvoy opens the listener where Envoy asks over gRPC, if there is to be
// one, and gives what ends it. It is a listener of its own: the other one
// speaks HTTP/2 over TLS only, so that nobody smuggles requests past a front
// server by upgrading to it.
func (s *Server) serveEnvoy(ctx context.Context) (end func(), err error) {
	address := s.Config().Server.EnvoyGRPCListen
	if address == "" {
		return func() {}, nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program; set server.envoy_grpc_listen in %s to a free port", address, s.Config().File)
	}
	if err != nil {
		return nil, fmt.Errorf("server.envoy_grpc_listen %s in %s cannot be opened: %w", address, s.Config().File, err)
	}
	options, err := s.envoyOptions()
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	srv := grpc.NewServer(options...)
	auth.RegisterAuthorizationServer(srv, s.guard.EnvoyGRPC())
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := srv.Serve(ln); err != nil {
			s.opts.Logger.Error("Envoy's listener stopped", slog.Any("error", err))
		}
	}()
	s.opts.Logger.Info("listening for Envoy's checks over gRPC", slog.String("address", ln.Addr().String()))
	return func() {
		hard := time.AfterFunc(drainFor, srv.Stop)
		srv.GracefulStop()
		hard.Stop()
		<-served
	}, nil
}

func (s *Server) envoyOptions() ([]grpc.ServerOption, error) {
	options := []grpc.ServerOption{grpc.MaxRecvMsgSize(gate.MaxCheckMessage), grpc.MaxConcurrentStreams(envoyStreams), grpc.ConnectionTimeout(envoyHandshake),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: envoyPings, PermitWithoutStream: true})}
	t := s.Config().Server.TLS
	if t.CertFile == "" {
		return options, nil
	}
	pair, err := newKeyPair(t.CertFile, t.KeyFile, s.opts.Now)
	if err != nil {
		return nil, err
	}
	return append(options, grpc.Creds(credentials.NewTLS(&tls.Config{GetCertificate: pair.get, MinVersion: tls.VersionTLS12}))), nil
}
