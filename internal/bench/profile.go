// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/server"
)

// serveProfiled is `serve usher FILE PROFILE AFTER SECONDS`: the gateway in this
// process, its log gathered as `usher serve` does, its processor profiled for
// some seconds once it has warmed up.
func serveProfiled(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("serve usher wants a configuration, a profile, a duration to warm up and one to profile, got %q", args)
	}
	after, err := time.ParseDuration(args[2])
	if err != nil {
		return err
	}
	lasts, err := time.ParseDuration(args[3])
	if err != nil {
		return err
	}
	sink := server.NewLogSink(os.Stderr)
	go sink.Run(ctx)
	go server.TendHeap(ctx)
	s, err := server.New(ctx, server.Options{ConfigFile: args[0], Environment: config.OS(), Now: time.Now, Random: rand.Reader,
		Requests: sink, Logger: slog.New(slog.NewJSONHandler(sink, nil)), Node: "bench"})
	if err != nil {
		return err
	}
	ln, err := s.Listen(ctx)
	if err != nil {
		return err
	}
	profile, err := os.Create(args[1]) //nolint:gosec // named by whoever measures
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer stop()
		time.Sleep(after)
		if pprof.StartCPUProfile(profile) == nil {
			time.Sleep(lasts)
			pprof.StopCPUProfile()
		}
	}()
	return errors.Join(s.Run(ctx, ln), s.Close(), profile.Close())
}

// What is left of the time before the profile: to sign in and to warm up, and
// to have every one of many sessions read from the database once.
const (
	profileAfter     = 4 * time.Second
	profileAfterMany = 45 * time.Second
)

// profileUsher prints where the processor's time goes while valid sessions are
// checked: one, or where -only names them so, the many in turn.
func (b *bench) profileUsher(ctx context.Context, out io.Writer) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := b.provide(ctx, "9"); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	g := &gateway{address: "127.0.0.1:" + port}
	if g.file, err = b.configuration("profiled", port, "http://127.0.0.1:9"); err != nil {
		return err
	}
	many := b.only != "" && strings.Contains(inTurn, b.only)
	after := profileAfter
	if many {
		after = profileAfterMany
		if err := b.seed(ctx, filepath.Dir(g.file), b.sessions); err != nil {
			return err
		}
	}
	samples, lasts := filepath.Join(b.dir, "profile"), time.Duration(b.seconds)*time.Second
	if b.report != "" {
		samples = b.report
	}
	g.process, err = b.start(ctx, serverCPU, "profiled.log", g.address, b.self, "serve", "usher", g.file, samples, after.String(), lasts.String())
	if err != nil {
		return err
	}
	l, err := b.profileLoad(ctx, g, many)
	if err != nil {
		return err
	}
	one, err := send(ctx, g.process, l, b.seconds+int(after/time.Second)-1)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%.0f requests a second, %.1f us of processor each\n", one.perSecond, micros(one.perRequest))
	_ = g.cmd.Wait()                                                                                            // it ends by itself once the profile is written
	top := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount", "45", b.self, samples) //nolint:gosec // our own files
	top.Stdout = out
	return top.Run()
}

func (b *bench) profileLoad(ctx context.Context, g *gateway, many bool) (load, error) {
	l := load{address: "http://" + g.address + gate.NginxPath, connections: 32}
	if many {
		script, err := b.cycle(filepath.Dir(g.file))
		l.headers, l.script = asks(""), script
		return l, err
	}
	cookie, err := b.enterOnly(ctx, g)
	l.headers = asks(cookie)
	return l, err
}

// enterOnly signs in where no application answers: the cookie is what counts.
func (b *bench) enterOnly(ctx context.Context, g *gateway) (string, error) {
	v, err := b.visitor(g.address)
	if err != nil {
		return "", err
	}
	if err := v.enter(ctx); err != nil {
		return "", err
	}
	return v.cookies("https://" + host + "/app/1k")
}
