// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/lookalike"
)

func demoCommand(env *Env) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run everything on this machine: stand-in, gateway, a sample application",
		Long: `Run everything on this machine: a local TLS authority, the stand-in for IMS and its
Enterprise Dashboard, the gateway with an embedded SQLite database, and a sample
application behind it. It prints where to click, as whom, and what to break.
Ctrl-C ends it; the folder is used again the next time.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := demoLog(dir)
			if err != nil {
				return usage(err)
			}
			defer func() { _ = log.Close() }()
			d, err := demo.Start(cmd.Context(), demo.Options{Dir: dir, Environment: config.OS(), Now: env.Now, Random: rand.Reader,
				Logger: slog.New(slog.NewTextHandler(log, nil)), Near: lookalike.Near, Version: Version})
			if err != nil {
				return usage(err)
			}
			demoPage(env.Stdout, env, d, dir)
			err = d.Wait(cmd.Context())
			if err := errors.Join(err, d.Stop()); err != nil {
				return failed(err)
			}
			fmt.Fprintln(env.Stdout, "\nStopped. Everything is kept in "+dir+".")
			return nil
		},
	}
	cmd.PersistentFlags().StringVar(&dir, "dir", demo.DefaultDir, "folder of the demo, made where there is none")
	cmd.AddCommand(demoBreakCommand(env, &dir), demoMendCommand(env, &dir))
	return cmd
}

// demoLog keeps the log out of the page that people read.
func demoLog(dir string) (io.WriteCloser, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the demo's folder cannot be made: %w; name another one with --dir", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "usher.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the demo cannot write in %s: %w; name another folder with --dir", dir, err)
	}
	return f, nil
}

func demoPage(w io.Writer, env *Env, d *demo.Demo, dir string) {
	bold, plain := "", ""
	if env.color() {
		bold, plain = "\x1b[1m", "\x1b[0m"
	}
	say := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	config := d.Config
	say("%susher demo%s - everything on this machine, in %s", bold, plain, dir)
	for _, note := range d.Notes {
		say("  ! %s", note)
	}
	say("")
	say("Open      %s%s/reports/%s", bold, d.Public, plain)
	say("          %s/settings/   (administrators only)", d.Public)
	say("Dashboard %s", d.Dashboard)
	say("Your browser warns once about the certificate: its authority exists on this machine only (%s).", d.Authority)
	say("")
	say("Sign in as            password")
	for _, p := range demo.Persons() {
		say("  %-18s  %-10s  %s", p.Email, p.Password, p.What)
	}
	say("")
	say("Then try, in another terminal:")
	for _, t := range demo.Tries(config, dir, demo.DefaultDir) {
		say("  %s %-42s  %s", env.Program, t.Command, t.What)
	}
	say("")
	say("Ctrl-C ends it. The log is %s.", filepath.Join(dir, "usher.log"))
}
