// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/store"
)

const noneRuns = "no gateway is running with this database"

// here reports whether this machine is one that the gateway has run on: the key
// file or the database is there. What is missing or unreachable on any other
// machine says nothing.
func here(cfg *config.Config) bool {
	return slices.ContainsFunc(namedFiles(cfg), func(f namedFile) bool {
		if !f.made {
			return false
		}
		_, err := os.Lstat(f.name)
		return err == nil || errors.Is(err, os.ErrPermission)
	})
}

// errElsewhere is why nothing is known of a gateway that runs elsewhere.
var errElsewhere = errors.New("no gateway has run with this file on this machine; ask on the machine that it runs on")

// openRecords opens the instance's database for reading. A database is never
// made, nor changed, by asking.
func (w *world) openRecords(ctx context.Context) (*store.DB, error) {
	address := w.cfg.Server.Database
	if address == "" {
		return nil, errors.New("the database's address is not to be had here")
	}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		if path == ":memory:" {
			return nil, errors.New("the database is in the gateway's memory")
		}
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no database %s on this machine: the gateway runs elsewhere, or has not run yet", path)
		}
	}
	db, err := store.Open(ctx, address, store.Options{Now: w.Now, ReadOnly: true, Timeout: w.Each})
	if err != nil {
		return nil, fmt.Errorf("the database cannot be read: %w", err)
	}
	return db, nil
}

// records is what the database says of the gateways.
type records struct {
	running []store.Node // that said so lately
	engine  string
}

func (w *world) readRecords(ctx context.Context) (records, error) {
	db, err := w.openRecords(ctx)
	if err != nil {
		return records{}, err
	}
	defer func() { _ = db.Close() }()
	nodes, err := db.Nodes(ctx)
	if err != nil {
		return records{}, err
	}
	return records{running: slices.DeleteFunc(nodes, func(n store.Node) bool { return !n.Running() }), engine: db.Engine()}, nil
}

// onThisMachine reports whether a gateway says that it runs here.
func onThisMachine(n store.Node) bool {
	host, err := os.Hostname()
	return err == nil && host != "" && n.About.Host == host
}

// hasOurKey reports whether a gateway can open what our key file seals.
func (d *door) hasOurKey(n store.Node) bool {
	return slices.Contains(n.About.KeyIDs, d.keys.Current())
}
