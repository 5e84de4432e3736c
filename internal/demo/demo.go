// SPDX-License-Identifier: Apache-2.0

// Package demo runs everything on this machine: a local TLS authority, the
// stand-in for IMS and its Enterprise Dashboard, the gateway with an embedded
// database, and a sample application behind it, all on loopback, all https.
package demo

import (
	"context"
	"crypto/tls"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/standin"
)

//go:embed usher.yaml.tmpl
var configTemplate string

// ConfigName is the name of the configuration file in the demo's folder.
const ConfigName = "usher.yaml"

const secretFile = "client.secret"

// Ports that the demo asks for first.
const (
	gatewayPort = 4180
	standinPort = 4181
	samplePort  = 4182
)

// Options say where the demo lives and in which world.
type Options struct {
	Dir         string
	Environment config.Environment
	Now         func() time.Time
	Random      io.Reader
	Logger      *slog.Logger
	Near        usher.NearFunc
	Version     string // of the program
}

// A Demo is everything, started.
type Demo struct {
	Dir        string
	Config     string // path of the configuration file
	Public     string // address to open
	Dashboard  string // address of the stand-in's Enterprise Dashboard
	Authority  string // path of the authority's certificate
	Notes      []string
	Reused     bool // the folder was there before
	Provider   *standin.Server
	Gateway    *server.Server
	file       *server.StandinFile
	work       sync.WaitGroup
	stop       context.CancelFunc
	failed     chan error
	listeners  []net.Listener
	background []*http.Server
}

// Start starts everything. What was begun is stopped again where something fails.
func Start(ctx context.Context, o Options) (*Demo, error) {
	d := &Demo{Dir: o.Dir, Config: filepath.Join(o.Dir, ConfigName), Authority: filepath.Join(o.Dir, authorityFile), failed: make(chan error, 3)}
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := d.start(ctx, o); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	return d, nil
}

func (d *Demo) start(ctx context.Context, o Options) error {
	if err := d.folder(); err != nil {
		return err
	}
	pair, err := authority{dir: d.Dir, now: o.Now(), random: o.Random}.certificate()
	if err != nil {
		return err
	}
	ports, err := d.listen(ctx)
	if err != nil {
		return err
	}
	if err := d.write(ports, o.Random); err != nil {
		return err
	}
	cfg, err := config.Load(d.Config, o.Environment)
	if err != nil {
		return err
	}
	d.Public, d.Dashboard = cfg.Server.PublicURL, address(ports[1])+"/dashboard/"
	if err := d.startProvider(cfg, ports[1], pair, o); err != nil {
		return err
	}
	if err := d.startSample(pair); err != nil {
		return err
	}
	return d.startGateway(ctx, o)
}

// folder makes the folder, for this user only.
func (d *Demo) folder() error {
	if info, err := os.Stat(d.Dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; name another folder with --dir", d.Dir)
	}
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return fmt.Errorf("the demo's folder cannot be made: %w; name another one with --dir", err)
	}
	probe, err := os.CreateTemp(d.Dir, ".usher-*")
	if err != nil {
		return fmt.Errorf("the demo cannot write in %s: %w; name another folder with --dir", d.Dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// listen opens the three ports, the ones of the last time where there was one.
func (d *Demo) listen(ctx context.Context) ([3]int, error) {
	want := [3]int{gatewayPort, standinPort, samplePort}
	if data, err := os.ReadFile(filepath.Join(d.Dir, "ports")); err == nil {
		_, _ = fmt.Sscan(string(data), &want[0], &want[1], &want[2])
	}
	var got [3]int
	for i, name := range []string{"the gateway", "the stand-in", "the sample application"} {
		ln, err := standin.Listen(fmt.Sprintf("127.0.0.1:%d", want[i]))
		if err != nil {
			if ln, err = standin.Listen("127.0.0.1:0"); err != nil {
				return got, fmt.Errorf("no port can be opened on this machine for %s: %w", name, err)
			}
			d.Notes = append(d.Notes, fmt.Sprintf("Port %d is taken, so %s is on port %d.", want[i], name, portOf(ln)))
		}
		d.listeners = append(d.listeners, ln)
		got[i] = portOf(ln)
	}
	if ctx.Err() != nil {
		return got, ctx.Err()
	}
	text := fmt.Sprintf("%d %d %d\n", got[0], got[1], got[2])
	return got, writeFile(filepath.Join(d.Dir, "ports"), []byte(text), 0o600)
}

func portOf(ln net.Listener) int {
	if a, ok := ln.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

func address(port int) string { return fmt.Sprintf("https://localhost:%d", port) }

// write writes the configuration the first time; later it only follows a port
// that had to change, and leaves everything else as the reader made it.
func (d *Demo) write(ports [3]int, random io.Reader) error {
	data, err := os.ReadFile(d.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return d.Reset(ports, random)
	}
	if err != nil {
		return fmt.Errorf("the demo's configuration: %w", err)
	}
	d.Reused = true
	if err := checkKept(d.Dir); err != nil {
		return err
	}
	var last [3]int
	if seen, err := os.ReadFile(filepath.Join(d.Dir, "ports.written")); err == nil {
		_, _ = fmt.Sscan(string(seen), &last[0], &last[1], &last[2])
	}
	if last == ports {
		return nil
	}
	var moves []string
	for i, old := range last {
		if old != 0 {
			moves = append(moves, fmt.Sprintf(":%d", old), fmt.Sprintf(":%d", ports[i]))
		}
	}
	return d.keep(ports, strings.NewReplacer(moves...).Replace(string(data)))
}

func checkKept(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, secretFile)); err != nil {
		return fmt.Errorf("%s is not there any more: %w; remove the folder %s to begin anew", secretFile, err, dir)
	}
	return nil
}

// Reset writes the configuration as it was at first, for these ports.
func (d *Demo) Reset(ports [3]int, random io.Reader) error {
	secret, err := d.secret(random)
	if err != nil {
		return err
	}
	text, err := render(ports, secret)
	if err != nil {
		return err
	}
	return d.keep(ports, text)
}

func (d *Demo) keep(ports [3]int, text string) error {
	stamp := fmt.Sprintf("%d %d %d\n", ports[0], ports[1], ports[2])
	return errors.Join(writeFile(d.Config, []byte(text), 0o600), writeFile(filepath.Join(d.Dir, "ports.written"), []byte(stamp), 0o600))
}

func render(ports [3]int, secret string) (string, error) {
	t, err := template.New(ConfigName).Parse(configTemplate)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, map[string]string{"Public": address(ports[0]), "IMS": address(ports[1]), "Sample": address(ports[2]),
		"Listen": fmt.Sprintf("127.0.0.1:%d", ports[0]), "Secret": secret, "NoBreakSpace": "\u00a0"})
	return b.String(), err
}

// secret reads the client's secret, or draws one.
func (d *Demo) secret(random io.Reader) (string, error) {
	path := filepath.Join(d.Dir, secretFile)
	if data, err := os.ReadFile(path); err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	raw := make([]byte, 18)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", err
	}
	value := fmt.Sprintf("%x", raw)
	return value, writeFile(path, []byte(value+"\n"), 0o600)
}

func (d *Demo) startProvider(cfg *config.Config, port int, pair tls.Certificate, o Options) error {
	options := standin.Options{BaseURL: address(port), Now: o.Now, Rand: o.Random, Logger: o.Logger.With("part", "stand-in")}
	var err error
	if options.Authority, err = Authority(d.Dir); err != nil {
		return err
	}
	if cfg.Organization != nil { // somebody may have taken it out of the file
		if d.file, err = server.NewStandinFile(cfg, o.Environment, o.Now, o.Random); err != nil {
			return err
		}
		options.Organization, options.Save, options.Preview = d.file.Organization(), d.file.Save, d.file.Preview
	}
	d.Provider, err = standin.New(options)
	if err != nil {
		return err
	}
	d.serve(d.Provider, d.listeners[1], d.Provider.TLS(serverTLS(pair)))
	return nil
}

func (d *Demo) startSample(pair tls.Certificate) error {
	app, err := sample()
	if err != nil {
		return err
	}
	d.serve(app, d.listeners[2], serverTLS(pair))
	return nil
}

func serverTLS(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}

// serve serves a part of the demo that is not usher itself.
func (d *Demo) serve(h http.Handler, ln net.Listener, config *tls.Config) {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, TLSConfig: config,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	d.background = append(d.background, srv)
	d.work.Go(func() {
		if err := srv.ServeTLS(ln, "", ""); !errors.Is(err, http.ErrServerClosed) {
			d.failed <- err
		}
	})
}

func (d *Demo) startGateway(ctx context.Context, o Options) error {
	gateway, err := server.New(ctx, server.Options{ConfigFile: d.Config, Environment: o.Environment, Now: o.Now, Random: o.Random,
		Logger: o.Logger, Near: o.Near, Node: "demo", Version: o.Version, ReloadEvery: 300 * time.Millisecond, OnReload: d.follow})
	if err != nil {
		return err
	}
	d.Gateway = gateway
	ln, err := gateway.WithTLS(d.listeners[0])
	if err != nil {
		return err
	}
	d.work.Go(func() {
		if err := gateway.Run(ctx, ln); err != nil {
			d.failed <- err
		}
	})
	return nil
}

// follow hands a changed organization to the stand-in: in the demo the file is
// the Enterprise Dashboard's truth, too.
func (d *Demo) follow(cfg *config.Config, err error) {
	if err != nil || cfg == nil || cfg.Organization == nil || d.file == nil {
		return
	}
	before := d.file.Organization()
	if !d.file.Loaded(cfg) || reflect.DeepEqual(before, d.file.Organization()) {
		return // what was edited is not the organization: it is no reason to drop what was changed on the dashboard
	}
	_, _ = d.Provider.Offer(d.file.Organization()) // an organization that cannot be served leaves the former one
}

// Wait returns when ctx ends, or when a part fails by itself.
func (d *Demo) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.failed:
		return err
	}
}

// Stop ends everything and waits for it.
func (d *Demo) Stop() error {
	d.stop()
	var errs []error
	for _, srv := range d.background {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close()
		}
		cancel()
	}
	for _, ln := range d.listeners {
		_ = ln.Close() // most are closed already, by whoever served on them
	}
	d.work.Wait()
	if d.Gateway != nil {
		errs = append(errs, d.Gateway.Close())
	}
	return errors.Join(errs...)
}
