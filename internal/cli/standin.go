// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/standin"
)

func standinCommand(env *Env) *cobra.Command {
	var listen, dir string
	var plain bool
	cmd := &cobra.Command{
		Use:   "standin [FILE]",
		Short: "Run the stand-in: an IMS and an Enterprise Dashboard on this machine",
		Long: `Run the stand-in for Adobe IMS and its Enterprise Dashboard. It serves the
organization of FILE, or a sample one, prints its base address as its first line,
and listens on this machine only.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			org := standin.Sample()
			if len(args) == 1 {
				cfg, err := config.Load(args[0], lenient())
				if err != nil {
					return usage(err)
				}
				if cfg.Organization == nil {
					return usage(fmt.Errorf("%s has no organization: there is nothing to serve; add one, or leave the file out for a sample", args[0]))
				}
				org = server.StandinOrganization(cfg.Organization)
			}
			return runStandin(cmd.Context(), env, org, listen, dir, plain)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:4181", "loopback address to listen on; port 0 chooses a free one")
	cmd.Flags().BoolVar(&plain, "plain-http", false, "serve http instead of https")
	cmd.Flags().StringVar(&dir, "dir", demo.DefaultDir, "folder of the local TLS authority, made where there is none")
	return cmd
}

func lenient() config.Environment {
	e := config.OS()
	e.LenientSecrets = true
	return e
}

func runStandin(ctx context.Context, env *Env, org standin.Organization, listen, dir string, plain bool) error {
	ln, err := standin.Listen(listen)
	if err != nil {
		return usage(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return failed(err)
	}
	scheme := "https"
	if plain {
		scheme = "http"
	}
	base := fmt.Sprintf("%s://localhost:%s", scheme, port)
	logger := slog.New(slog.NewTextHandler(env.Stderr, nil))
	provider, err := standin.New(standin.Options{Organization: org, BaseURL: base, Now: env.Now, Rand: rand.Reader, Logger: logger})
	if err != nil {
		return usage(errors.Join(err, ln.Close()))
	}
	srv := &http.Server{Handler: provider, ReadHeaderTimeout: 10 * time.Second}
	if !plain {
		if srv.TLSConfig, err = demo.TLS(dir, env.Now(), rand.Reader); err != nil {
			return usage(errors.Join(err, ln.Close()))
		}
	}
	fmt.Fprintf(env.Stdout, "%s\n", base)
	fmt.Fprintf(env.Stdout, "Enterprise Dashboard: %s/dashboard/\n", base)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if srv.Shutdown(closing) != nil {
			_ = srv.Close()
		}
	}()
	if plain {
		err = srv.Serve(ln)
	} else {
		err = srv.ServeTLS(ln, "", "")
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return failed(err)
	}
	<-stopped
	return nil
}
