// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/gate/front"
)

// frontServers are those that a configuration can be written for. Apache does
// not ask: usher is the reverse proxy behind it.
func frontServers() []string {
	return []string{"nginx", "traefik", "caddy", "envoy", "haproxy", "apache"}
}

func frontCommand(env *Env) *cobra.Command {
	var p front.Params
	var at string
	var lua, overGRPC bool
	cmd := &cobra.Command{
		Use:   "front " + strings.Join(frontServers(), "|") + " FILE",
		Short: "Print the ready configuration of a front server for this instance's applications",
		Long: `Print the ready configuration of a front server for the applications of FILE. Each
application needs an upstream: where the front server finds it. Add the front server's
address to server.trusted_proxies, or usher believes nothing that it says.`,
		Example:   "  usher front nginx /etc/usher/usher.yaml >/etc/nginx/conf.d/usher.conf",
		Args:      cobra.ExactArgs(2),
		ValidArgs: frontServers(),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := config.Load(args[1], lenient())
			if err != nil {
				return usage(err)
			}
			p.PublicURL, p.Applications, p.Withheld = cfg.Server.PublicURL, cfg.Applications, withheld(cfg)
			p.OpenFor = cfg.Server.Session.Idle
			if err := meet(&p, cfg, at, env.Now()); err != nil {
				return usage(fmt.Errorf("%s: %w", args[1], err))
			}
			if p.Identity, err = gate.HeaderNames(cfg.Applications); err != nil {
				return usage(fmt.Errorf("%s: %w", args[1], err))
			}
			if slices.ContainsFunc(cfg.Applications, func(a usher.Application) bool { return a.Assertion }) {
				p.Identity = append(p.Identity, gate.AssertionHeader)
			}
			text, err := "", error(nil)
			if overGRPC {
				text, err = envoyOverGRPC(args[0], p, cfg.Server.EnvoyGRPCListen)
			} else {
				text, err = frontText(args[0], p, lua)
			}
			if err != nil {
				return usage(fmt.Errorf("%s: %w", args[1], err))
			}
			for _, n := range notes(args[0], p, cfg) {
				fmt.Fprintf(env.Stderr, "usher: note: %s\n", n)
			}
			_, err = fmt.Fprint(env.Stdout, text)
			return err
		},
	}
	cmd.Flags().StringVar(&p.CertFile, "cert", "", "certificate of the sites")
	cmd.Flags().StringVar(&p.KeyFile, "key", "", "key of the certificate")
	cmd.Flags().StringVar(&p.Listen, "listen", "", "port, or address:port, of the sites")
	cmd.Flags().BoolVar(&p.PlainHTTP, "plain-http", false, "the front server stands behind another one that ends TLS")
	cmd.Flags().StringVar(&at, "usher", "", "host:port at which the front server reaches usher; server.listen where left out")
	cmd.Flags().StringVar(&p.UsherName, "usher-name", "", "the name in usher's certificate; from server.tls.cert_file where left out")
	cmd.Flags().StringVar(&p.UsherCA, "usher-ca", "", "certificates of the authorities that vouch for usher's, PEM; found where left out")
	cmd.Flags().BoolVar(&lua, "lua", false, "haproxy: print the script that the configuration loads instead")
	cmd.Flags().BoolVar(&overGRPC, "grpc", false, "envoy: ask over gRPC, at server.envoy_grpc_listen, instead of HTTP")
	return cmd
}

func envoyOverGRPC(server string, p front.Params, asks string) (string, error) {
	if server != "envoy" {
		return "", fmt.Errorf("--grpc is for envoy; %s asks over HTTP", server)
	}
	if asks == "" {
		return "", errors.New("server.envoy_grpc_listen is not set: say where Envoy is to ask over gRPC, such as 127.0.0.1:4182")
	}
	return front.EnvoyGRPC(p, asks)
}

// haproxyLua is where HAProxy's configuration expects its script.
const haproxyLua = "/etc/haproxy/usher.lua"

func frontText(server string, p front.Params, lua bool) (string, error) {
	switch server {
	case "nginx":
		return front.Nginx(p)
	case "traefik":
		return front.Traefik(p, "websecure")
	case "caddy":
		return front.Caddy(p)
	case "envoy":
		return front.Envoy(p)
	case "apache":
		return front.Apache(p)
	case "haproxy":
		conf, script, err := front.HAProxy(p, haproxyLua)
		if lua {
			return script, err
		}
		return conf, err
	}
	return "", fmt.Errorf("no configuration can be written for %q; there are %s", server, strings.Join(frontServers(), ", "))
}
