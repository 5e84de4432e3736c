// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"crypto/rand"
	"crypto/tls"
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

type standinFlags struct {
	listen, dir string
	plain       bool
}

func standinCommand(env *Env) *cobra.Command {
	var f standinFlags
	cmd := &cobra.Command{
		Use:   "standin [FILE]",
		Short: "Run the stand-in: an IMS and an Enterprise Dashboard on this machine",
		Long: `Run the stand-in for Adobe IMS and its Enterprise Dashboard. It serves the
organization of FILE, or a sample one, prints its base address as its first line,
and listens on this machine only. What is changed in its dashboard is served at
once, and written back to FILE when you ask for it there, after the difference
was shown. To make a running stand-in misbehave: usher standin switch.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := standin.Options{Organization: standin.Sample()}
			if len(args) == 1 {
				if err := standinFile(env, args[0], &o); err != nil {
					return usage(err)
				}
			}
			return runStandin(cmd.Context(), env, o, f)
		},
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:4181", "loopback address to listen on; port 0 chooses a free one")
	cmd.Flags().BoolVar(&f.plain, "plain-http", false, "serve http instead of https")
	cmd.PersistentFlags().StringVar(&f.dir, "dir", demo.DefaultDir, "folder of the local TLS authority, made where there is none")
	cmd.AddCommand(standinSwitchCommand(env, &f.dir))
	return cmd
}

// standinFile makes the stand-in serve the organization of a file, and write
// it back there.
func standinFile(env *Env, path string, o *standin.Options) error {
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return err
	}
	if cfg.Organization == nil {
		return fmt.Errorf("%s has no organization: there is nothing to serve; add one, or leave the file out for a sample", path)
	}
	file, err := server.NewStandinFile(cfg, lenient(), env.Now, rand.Reader)
	if err != nil {
		return err
	}
	for _, id := range file.MadeUp() {
		fmt.Fprintf(env.Stderr, "usher: %s: no secret of the client %q can be read on this machine, so the stand-in made one up; its dashboard shows it, and the file keeps what it says\n", path, id)
	}
	o.Organization, o.Save, o.Preview = file.Organization(), file.Save, file.Preview
	return nil
}

func lenient() config.Environment {
	e := config.OS()
	e.LenientSecrets = true
	return e
}

func runStandin(ctx context.Context, env *Env, o standin.Options, f standinFlags) error {
	ln, err := standin.Listen(f.listen)
	if err != nil {
		return usage(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return failed(err)
	}
	scheme := "https"
	if f.plain {
		scheme = "http"
	}
	o.BaseURL, o.Now, o.Rand = fmt.Sprintf("%s://localhost:%s", scheme, port), env.Now, rand.Reader
	o.Logger = slog.New(slog.NewTextHandler(env.Stderr, nil))
	var pair *tls.Config
	if !f.plain {
		if pair, err = demo.TLS(f.dir, env.Now(), rand.Reader); err == nil {
			o.Authority, err = demo.Authority(f.dir)
		}
		if err != nil {
			return usage(errors.Join(err, ln.Close()))
		}
	}
	provider, err := standin.New(o)
	if err != nil {
		return usage(errors.Join(err, ln.Close()))
	}
	srv := &http.Server{Handler: provider, ReadHeaderTimeout: 10 * time.Second}
	if !f.plain {
		srv.TLSConfig = provider.TLS(pair)
	}
	fmt.Fprintf(env.Stdout, "%s\n", o.BaseURL)
	fmt.Fprintf(env.Stdout, "Enterprise Dashboard: %s/dashboard/\n", o.BaseURL)
	return serveStandin(ctx, srv, ln, f.plain)
}

// serveStandin serves until ctx ends.
func serveStandin(ctx context.Context, srv *http.Server, ln net.Listener, plain bool) error {
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
	var err error
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
