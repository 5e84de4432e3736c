// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
)

// readyWithin bounds how long a gateway may take to say whether it is ready.
const readyWithin = 4 * time.Second

func readyCommand(env *Env) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "ready -c FILE",
		Short: "Ask the gateway on this machine whether it is ready for requests",
		Long: `Ask the gateway that runs with FILE on this machine whether it is ready for requests, at
server.admin_listen; where there is none, only whether it listens. For containers, whose
image holds nothing else that could ask.
Exit status 0: it is; 1: it is not.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file, lenient())
			if err != nil {
				return usage(err)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), readyWithin)
			defer cancel()
			if cfg.Server.AdminListen == "" {
				err = listens(ctx, near(cfg.Server.Listen))
			} else {
				err = isReady(ctx, near(cfg.Server.AdminListen))
			}
			if err != nil {
				return failed(err)
			}
			_, err = fmt.Fprintln(env.Stdout, "ready")
			return err
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", "", "the configuration file")
	_ = cmd.MarkFlagRequired("config")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
	return cmd
}

// near is how this machine reaches an address that something listens on.
func near(listen string) string {
	if host, port, err := net.SplitHostPort(listen); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listen
}

func listens(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("nothing listens on %s", address)
	}
	return conn.Close()
}

func isReady(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r) // no proxy of the environment: it is this machine
	if err != nil {
		return fmt.Errorf("the gateway does not answer on %s, server.admin_listen", address)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusOK {
		return nil
	}
	var said struct {
		Items []struct{ Name, State, Says string }
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&said); err != nil {
		return fmt.Errorf("what answers on %s is no gateway: status %d", address, res.StatusCode)
	}
	var lacks []string
	for _, item := range said.Items {
		if item.State == "missing" {
			lacks = append(lacks, strings.TrimSpace(item.Name+" "+item.Says))
		}
	}
	if len(lacks) == 0 {
		return errors.New("the gateway is not ready")
	}
	return fmt.Errorf("the gateway is not ready: it lacks %s", strings.Join(lacks, "; "))
}
