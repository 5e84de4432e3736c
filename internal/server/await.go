// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/internal/web"
)

// How long is waited between two tries of a database that does not answer, and
// how often that is said again.
const (
	firstTry = time.Second
	lastTry  = 5 * time.Second
	sayAgain = time.Minute
)

// Await is New for a gateway that may be started before its database is, as
// when a machine or a whole site comes up: a PostgreSQL that does not answer is
// waited for, and /readyz says so meanwhile. What waiting cannot mend ends it:
// a wrong password, a database that is not there, a newer schema, a file.
func Await(ctx context.Context, opts Options) (*Server, error) {
	var waiting *waitingRoom
	defer func() { waiting.close() }()
	var said time.Time
	for pause := firstTry; ; pause = min(2*pause, lastTry) {
		err := tryDatabase(ctx, opts)
		if !errors.Is(err, store.ErrMayCome) {
			break // New says what there is to say
		}
		if now := opts.Now(); now.Sub(said) >= sayAgain {
			said = now
			opts.Logger.Error("the database does not answer; the gateway starts when it does", slog.Any("error", err))
		}
		if waiting == nil {
			waiting = openWaitingRoom(ctx, opts)
		}
		waiting.tell(err)
		select {
		case <-ctx.Done():
			return nil, errors.Join(errors.New("stopped before the database answered"), err)
		case <-time.After(pause):
		}
	}
	waiting.close()
	waiting = nil
	return New(ctx, opts)
}

// tryDatabase opens the database and closes it again. The file is read each
// time: its address may be what is being mended.
func tryDatabase(ctx context.Context, opts Options) error {
	cfg, err := config.Load(opts.ConfigFile, opts.Environment)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.Server.Database, store.Options{Now: opts.Now, ReadOnly: true})
	if err != nil {
		return err
	}
	return db.Close()
}

// A waitingRoom answers for a gateway that has not started yet, where the file
// names a listener for that.
type waitingRoom struct {
	srv    *http.Server
	served chan struct{}
	says   atomic.Pointer[string]
}

func openWaitingRoom(ctx context.Context, opts Options) *waitingRoom {
	cfg, err := config.Load(opts.ConfigFile, opts.Environment)
	if err != nil || cfg.Server.AdminListen == "" {
		return nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", cfg.Server.AdminListen)
	if err != nil {
		return nil // the gateway says so when it starts
	}
	w := &waitingRoom{served: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", serveAlive)
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Cache-Control", "no-store")
		rw.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(rw).Encode(readiness{Node: opts.Node, Version: opts.Version, Revision: cfg.Revision,
			Items: []ableness{{Name: "database", State: stateMissing, Says: *w.says.Load()}}}) // whoever asked and left is not told
	})
	w.tell(errors.New("it does not answer yet"))
	w.srv = web.NewServer(mux, web.ServerOptions{Logger: opts.Logger})
	go func() { defer close(w.served); _ = w.srv.Serve(ln) }() // it ends with an error always
	return w
}

// tell sets what is said. A room that was not opened hears nothing.
func (w *waitingRoom) tell(err error) {
	if w != nil {
		text := err.Error()
		w.says.Store(&text)
	}
}

func (w *waitingRoom) close() {
	if w != nil {
		_ = w.srv.Close()
		<-w.served
	}
}
