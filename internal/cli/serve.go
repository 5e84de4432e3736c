// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/server"
)

func serveCommand(env *Env) *cobra.Command {
	var file, format, level, node string
	cmd := &cobra.Command{
		Use:   "serve -c FILE",
		Short: "Run the gateway",
		Long: `Run the gateway that FILE describes. A changed file is put in force at once; one
that cannot be used is reported in full, and the old one stays in force.
A PostgreSQL that does not answer yet is waited for.
The log goes to standard error, one record a line.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sink := server.NewLogSink(env.Stderr)
			logger, err := newLogger(sink, format, level)
			if err != nil {
				return usage(err)
			}
			slog.SetDefault(logger) // net/http's client writes to the log package: one record a line there, too
			stop := keepLog(cmd.Context(), sink)
			defer stop()
			s, err := server.Await(cmd.Context(), server.Options{ConfigFile: file, Environment: config.OS(), Now: env.Now, Random: rand.Reader,
				Logger: logger, Requests: requestLog(cmd.Context(), sink, logger, format), Near: lookalike.Near, Node: nodeName(node, file), Version: Version})
			if err != nil {
				return usage(err)
			}
			if _, told := os.LookupEnv("GOGC"); !told {
				go server.TendHeap(cmd.Context())
			}
			ln, err := s.Listen(cmd.Context())
			if err != nil {
				return usage(errors.Join(err, s.Close()))
			}
			if err := errors.Join(s.Run(cmd.Context(), ln), s.Close()); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", "", "the configuration file")
	cmd.Flags().StringVar(&node, "node", "", "the name of this gateway among several; left out: the machine's name and the port")
	cmd.Flags().StringVar(&format, "log-format", "json", "json or text")
	cmd.Flags().StringVar(&level, "log-level", "info", "debug, info, warn or error")
	_ = cmd.MarkFlagRequired("config")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
	return cmd
}

// keepLog writes what the sink gathers until stop is called, and then the rest.
func keepLog(ctx context.Context, sink *server.LogSink) (stop func()) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() { defer close(done); sink.Run(running) }()
	return func() {
		cancel()
		<-done
		_ = sink.Flush()
	}
}

// requestLog is where lines about requests go where they have the common form.
func requestLog(ctx context.Context, sink *server.LogSink, logger *slog.Logger, format string) *server.LogSink {
	if format != "json" || !logger.Enabled(ctx, slog.LevelInfo) {
		return nil
	}
	return sink
}

func newLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level is %q, wanted debug, info, warn or error", level)
	}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l})), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})), nil
	}
	return nil, fmt.Errorf("--log-format is %q, wanted json or text", format)
}

// nodeName tells gateways apart where several serve one instance: by the machine
// and, because several may run on one, by the port that the file gives.
func nodeName(given, file string) string {
	if given != "" {
		return given
	}
	host := machineName()
	if cfg, err := config.Load(file, lenient()); err == nil {
		if _, port, err := net.SplitHostPort(cfg.Server.Listen); err == nil {
			return host + ":" + port
		}
	}
	return host // the file cannot be read, and the server will say so
}

func machineName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "node"
	}
	return host
}
