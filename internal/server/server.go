// SPDX-License-Identifier: Apache-2.0

// Package server wires a configuration into a running usher. Nothing is decided
// here: rooms are made, handed to one another, started and stopped.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/bearer"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/internal/telemetry"
	"github.com/usher-signin/usher/internal/web"
)

// Options are the world that a Server runs in.
type Options struct {
	ConfigFile  string
	Environment config.Environment
	Now         func() time.Time
	Random      io.Reader
	Logger      *slog.Logger
	Near        usher.NearFunc // how near misses are recognized, to explain refusals
	Node        string         // name of this node, for the record
	Version     string         // of the program, for the record
	// Requests takes the lines about single requests, in the form that slog's
	// JSON handler gives; nil: they go to Logger.
	Requests *LogSink
	// ReloadEvery is how often the configuration file is looked at; zero: once a second.
	ReloadEvery time.Duration
	// OnReload is told of each configuration that was put in force, or was not.
	OnReload func(*config.Config, error)
}

// A Server is a running usher, without its listener.
type Server struct {
	opts     Options
	db       *store.DB
	keys     *seal.Keys
	keyring  *keyring
	sessions *session.Manager
	flow     *signin.Flow
	programs *bearer.Verifier
	guard    *gate.Guard
	pages    *pages.Pages
	proxy    *gate.Proxy
	handler  http.Handler
	current  atomic.Pointer[snapshot]
	about    atomic.Pointer[reloaded]
	opened   opened
	leaving  *leaving
	putting  sync.Mutex // held while a snapshot is made and put in force
	beating  sync.Mutex // held while this node says what it is
	twins    twins

	metrics *telemetry.Metrics
	asked   atomic.Uint64      // requests judged so far
	tracing *telemetry.Tracing // nil: nothing is traced

	isQuestion  func(target string) bool // a front server's, by the request line's target
	frameRefuse func(http.ResponseWriter, *http.Request, *web.Error)
}

// New loads the configuration and makes everything ready. It fails with a
// sentence where the configuration, the database or the key file cannot be used.
func New(ctx context.Context, opts Options) (*Server, error) {
	if opts.ReloadEvery == 0 {
		opts.ReloadEvery = time.Second
	}
	if opts.OnReload == nil {
		opts.OnReload = func(*config.Config, error) {}
	}
	cfg, err := config.Load(opts.ConfigFile, opts.Environment)
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, opened: openedWith(cfg), leaving: newLeaving()}
	s.twins.run = s.requestID()
	if err := s.observed(ctx, cfg); err != nil {
		return nil, err
	}
	if s.db, err = store.Open(ctx, cfg.Server.Database, store.Options{Now: opts.Now, Keep: retention(cfg), Watch: s.watchStore()}); err != nil {
		return nil, err
	}
	if err := s.furnish(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

func retention(cfg *config.Config) store.Retention {
	keep := cfg.Server.Retention
	return store.Retention{Attempts: keep.Attempts, Unfinished: min(keep.Attempts, 7*24*time.Hour), Events: keep.Audit, Revisions: keep.Audit, Sessions: keep.Sessions}
}

// furnish makes the rooms, and puts the first configuration in force.
func (s *Server) furnish(ctx context.Context, cfg *config.Config) (err error) {
	if cfg.Server.KeyFile == "" {
		return errors.New("server.key_file is not set: with PostgreSQL, name a file (0600) that every node has a copy of; usher makes it where it does not exist")
	}
	if s.keys, err = seal.LoadOrCreateFile(cfg.Server.KeyFile, s.opts.Random); err != nil {
		return err
	}
	s.keyring = &keyring{path: cfg.Server.KeyFile, keys: s.keys, now: s.opts.Now, log: s.opts.Logger}
	s.keys.OnUnknown(s.keyring.unknown)
	s.sessions = session.New(session.Options{Store: s.db, Rules: func() *session.Rules { return s.current.Load().session }, Renewer: renewer{s},
		Now: s.opts.Now, Random: s.opts.Random, Logger: s.opts.Logger})
	if s.programs, err = bearer.New(s.opts.Now); err != nil {
		return err
	}
	if s.pages, err = pages.New(pages.Options{Logger: s.opts.Logger}); err != nil {
		return err
	}
	s.flow = &signin.Flow{Rules: func() *signin.Rules { return s.current.Load().signin }, Store: told{s.db, s.metrics}, Sessions: s.sessions,
		Sealer: s.keys, Now: s.opts.Now, Random: s.opts.Random, Logger: s.opts.Logger}
	s.flow.Unrecorded = func(ctx context.Context, a usher.Attempt) { told{s.db, s.metrics}.count(ctx, &a) }
	s.guard, err = gate.New(gate.Options{Rules: func() *gate.Rules { return s.current.Load().gate }, Attempts: s.db,
		Pages: gatePages{s}, Observe: s.observe, Measure: s.metrics.Verdict, Now: s.opts.Now, Random: s.opts.Random, Logger: s.opts.Logger})
	if err != nil {
		return err
	}
	roots, err := trusted(cfg.Server.CAFile)
	if err != nil {
		return err
	}
	s.proxy = s.guard.Proxy(gate.ProxyOptions{RootCAs: roots})
	if s.handler, err = s.routes(); err != nil {
		return err
	}
	return s.enforce(ctx, cfg)
}

// Config returns the configuration in force.
func (s *Server) Config() *config.Config { return s.current.Load().config }

// enforce puts a configuration in force, whole or not at all.
func (s *Server) enforce(ctx context.Context, cfg *config.Config) error {
	s.putting.Lock()
	defer s.putting.Unlock()
	snap, err := s.snapshot(cfg)
	if err == nil {
		s.current.Store(snap)
		s.about.Store(&reloaded{at: s.opts.Now()})
		s.measureApplications(cfg)
	}
	s.keepRevision(ctx, cfg, err)
	return err
}

// keepRevision records what this node loaded, for history and for the doctor.
func (s *Server) keepRevision(ctx context.Context, cfg *config.Config, problem error) {
	rev := usher.Revision{ID: cfg.Revision, Node: s.opts.Node, Loaded: s.opts.Now(), Text: cfg.Redacted()}
	if problem != nil {
		rev.Error = problem.Error()
	}
	err := s.db.PutRevision(ctx, rev)
	if err == nil && problem == nil {
		err = s.heartbeat(ctx)
	}
	if err != nil {
		s.opts.Logger.Warn("the revision of the configuration was not recorded", slog.Any("error", err))
	}
}

// client makes the client of an account's provider.
func (s *Server) client(cfg *config.Config, a usher.ExternalAccount) (*idp.Client, error) {
	roots, err := trusted(cfg.Server.CAFile)
	if err != nil {
		return nil, err
	}
	host, err := hostOf(a.Server)
	local := err == nil && usher.Loopback(host) && cfg.Instance.Environment == usher.Development
	client := idp.Transport(idp.TransportOptions{Roots: roots, Proxy: http.ProxyFromEnvironment, AllowLoopback: local})
	client.Transport = telemetry.Provider(s.metrics, s.tracing, a.InternalName, s.opts.Now, client.Transport)
	return idp.New(a, idp.Options{Now: s.opts.Now, Environment: cfg.Instance.Environment, HTTP: client})
}

// Close gives back what New took. Run must have ended.
func (s *Server) Close() error { return s.db.Close() }

func listening(cfg *config.Config) string {
	scheme := "http"
	if cfg.Server.TLS.CertFile != "" {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s", scheme, cfg.Server.Listen)
}
