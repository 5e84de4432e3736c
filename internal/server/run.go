// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/usher-signin/usher/internal/config"
)

// drainFor is how long requests under way may take when the server stops.
const drainFor = 10 * time.Second

// heartbeatEvery is how often a node says that it is there, and what it runs.
const heartbeatEvery = 5 * time.Second

// Listen opens the configured listener. Where the port is taken it says so.
func (s *Server) Listen(ctx context.Context) (net.Listener, error) {
	cfg := s.Config()
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", cfg.Server.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program, perhaps another usher; stop it, or set server.listen in %s to a free port", cfg.Server.Listen, cfg.File)
	}
	if errors.Is(err, syscall.EACCES) {
		return nil, fmt.Errorf("%s may not be opened by this user; choose a port above 1023 for server.listen in %s", cfg.Server.Listen, cfg.File)
	}
	if err != nil {
		return nil, fmt.Errorf("server.listen %s in %s cannot be opened: %w", cfg.Server.Listen, cfg.File, err)
	}
	return s.WithTLS(ln)
}

// WithTLS puts TLS on a listener, where the configuration has a certificate.
func (s *Server) WithTLS(ln net.Listener) (net.Listener, error) {
	cfg := s.Config()
	if cfg.Server.TLS.CertFile == "" {
		return ln, nil
	}
	pair, err := newKeyPair(cfg.Server.TLS.CertFile, cfg.Server.TLS.KeyFile, s.opts.Now)
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return tls.NewListener(ln, &tls.Config{GetCertificate: pair.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), nil
}

// Run serves on ln, follows the configuration file, and returns when ctx has
// ended and requests under way are answered.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	for _, task := range []func(context.Context){s.sessions.Run, s.follow, s.followKeys, s.beat, s.sweep} {
		work.Go(func() { task(background) })
	}
	endEnvoy, err := s.serveEnvoy(ctx)
	if err != nil {
		stop()
		work.Wait()
		return errors.Join(err, ln.Close())
	}
	endAdmin, err := s.serveAdmin(ctx)
	if err != nil {
		endEnvoy()
		stop()
		work.Wait()
		return errors.Join(err, ln.Close())
	}
	s.audit(ctx, "gateway-started", s.byNode(), s.Config().File, "revision "+s.Config().Revision)
	err = s.serve(ctx, ln)
	endEnvoy()
	stop()
	work.Wait()
	if e := s.db.Leave(context.WithoutCancel(ctx), s.opts.Node, s.twins.run); e != nil {
		s.opts.Logger.Warn("that this node has ended was not recorded", slog.Any("error", e))
	}
	endAdmin() // last, so that it can be seen how the gateway stops
	s.audit(context.WithoutCancel(ctx), "gateway-stopped", s.byNode(), s.Config().File, "revision "+s.Config().Revision)
	return err
}

// follow puts a changed configuration file in force, and keeps the old one
// where the new one cannot be used.
func (s *Server) follow(ctx context.Context) {
	config.Watch(ctx, s.Config(), s.opts.Environment, s.opts.ReloadEvery, func(cfg *config.Config, err error) {
		if err == nil {
			err = s.reload(ctx, cfg)
		}
		s.noteReload(ctx, err)
		s.auditReload(ctx, err)
		s.metrics.Reload(err == nil)
		if err != nil {
			s.opts.Logger.Error("the configuration file was changed and cannot be used; the old one stays in force", slog.Any("error", err))
		}
		s.opts.OnReload(cfg, err)
	})
}

func (s *Server) reload(ctx context.Context, cfg *config.Config) error {
	if cfg.Revision == s.Config().Revision {
		s.opts.Logger.Info("a file that the configuration names was changed")
	}
	if err := s.enforce(ctx, cfg); err != nil {
		return err
	}
	s.warnWaiting(cfg)
	s.opts.Logger.Info("configuration in force", slog.String("revision", cfg.Revision))
	return nil
}

// beat tells the other nodes, and the doctor, which revision runs here.
func (s *Server) beat(ctx context.Context) {
	s.every(ctx, heartbeatEvery, "the database cannot be written: nobody can sign in or out until it can", func(ctx context.Context) error {
		return s.heartbeat(ctx)
	})
}

// sweep removes what is past its time, in small batches, and gives way to those who ask.
func (s *Server) sweep(ctx context.Context) {
	s.every(ctx, time.Minute, "what is past its time was not removed", func(ctx context.Context) error {
		_, err := s.db.Sweep(ctx, s.asked.Load)
		return err
	})
}

// remindEvery is how often the log is told again of what goes on failing.
const remindEvery = 10 * time.Minute

// every does something again and again. Where it fails the log says so once, with
// what that means, again every ten minutes, and when it is over.
func (s *Server) every(ctx context.Context, interval time.Duration, means string, do func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var since, told time.Time // zero: all is well
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err, now := do(ctx), s.opts.Now()
		switch {
		case ctx.Err() != nil:
		case err == nil && !since.IsZero():
			s.opts.Logger.Info("it is over: "+means, slog.Duration("after", now.Sub(since).Round(time.Second)))
			since = time.Time{}
		case err != nil && since.IsZero():
			since, told = now, now
			s.opts.Logger.Error(means, slog.Any("error", err))
		case err != nil && now.Sub(told) >= remindEvery:
			told = now
			s.opts.Logger.Error(means+", still", slog.Time("since", since), slog.Any("error", err))
		}
	}
}
