// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/internal/store"
)

// reloaded is how the last look at the configuration file ended.
type reloaded struct {
	at      time.Time // when what is in force was put in force
	pending string    // revision on disk that is not in force
	refused string    // why not
}

// mostRefusal bounds what is said of a file that was refused, in bytes.
const mostRefusal = 4 << 10

// noteReload tells the doctor at once whether the file on disk was put in force.
func (s *Server) noteReload(ctx context.Context, problem error) {
	if problem == nil {
		return // enforce has said so
	}
	now := reloaded{at: s.about.Load().at, refused: strings.ToValidUTF8(problem.Error()[:min(len(problem.Error()), mostRefusal)], "")}
	if data, err := os.ReadFile(s.opts.ConfigFile); err == nil {
		now.pending = config.RevisionOf(data)
	} else if errors.Is(err, fs.ErrNotExist) {
		now.pending = "none"
	}
	s.about.Store(&now)
	if err := s.heartbeat(ctx); err != nil {
		s.opts.Logger.Warn("that the file was refused was not recorded", slog.Any("error", err))
	}
}

// heartbeat says what this node is now. One at a time: else what was true a
// moment ago could be written last.
func (s *Server) heartbeat(ctx context.Context) error {
	s.beating.Lock()
	defer s.beating.Unlock()
	before, err := s.db.NodeCalled(ctx, s.opts.Node)
	if err != nil {
		return err
	}
	other := before.Run != s.twins.run
	if other && s.leaving.stopping() {
		return nil // the next one of this name is there already
	}
	s.twins.see(before, s.opts.Now(), s.opts.Logger)
	return s.db.Heartbeat(ctx, s.node())
}

// node is what this node says of itself.
func (s *Server) node() store.Node {
	cfg, last := s.Config(), s.about.Load()
	host, _ := os.Hostname() // without a name the doctor cannot tell machines apart, and says so
	file, err := filepath.Abs(s.opts.ConfigFile)
	if err != nil {
		file = s.opts.ConfigFile
	}
	return store.Node{Name: s.opts.Node, Revision: cfg.Revision, Seen: s.opts.Now(), About: store.About{
		Loaded: last.at, Pending: last.pending, Refused: last.refused, Version: s.opts.Version, KeyIDs: s.keys.IDs(), Process: os.Getpid(), Run: s.twins.run, Twin: s.twins.twin(),
		Host: host, File: file, Listen: s.opened.listen, Engine: s.db.Engine(), Database: s.opened.database, Waiting: s.waiting(cfg), Secrets: s.fingerprints(cfg), Surround: surround(s.opts.Environment)}}
}

// surround gives the environment variables that change how this process reaches others.
func surround(env config.Environment) map[string]string {
	return probe.Variables(func(name string) string {
		if env.LookupEnv == nil {
			return ""
		}
		v, _ := env.LookupEnv(name)
		return v
	})
}
