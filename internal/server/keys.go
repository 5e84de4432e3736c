// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher/internal/seal"
)

// keysEvery is how often the key file is looked at, and keysAtOnce how soon it
// may be looked at again because a value names a key that is not known.
const (
	keysEvery  = time.Second
	keysAtOnce = 100 * time.Millisecond
)

// keyring follows the key file, so that a rotation needs no restart.
type keyring struct {
	path string
	keys *seal.Keys
	now  func() time.Time
	log  *slog.Logger

	mu     sync.Mutex
	looked time.Time
	fault  string // why the file cannot be used now; empty: it can
}

// look reads the file. What is in force stays in force where it cannot be read.
func (k *keyring) look() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.looked = k.now()
	fresh, err := seal.LoadFile(k.path)
	if err != nil {
		if k.fault != err.Error() {
			k.fault = err.Error()
			k.log.Error("the key file cannot be read; the keys that were read before stay in force", slog.Any("error", err))
		}
		return
	}
	k.fault = ""
	if slices.Equal(fresh.IDs(), k.keys.IDs()) && fresh.Next() == k.keys.Next() {
		return
	}
	k.keys.Replace(fresh)
	k.log.Info("the key file was read anew", slog.String("seals", fresh.Current()), slog.String("keys", strings.Join(fresh.IDs(), " ")))
}

// unknown looks at once, because a value names a key that is not known: another
// node may have sealed it a moment after a rotation.
func (k *keyring) unknown() {
	k.mu.Lock()
	soon := k.now().Sub(k.looked) < keysAtOnce
	k.mu.Unlock()
	if !soon {
		k.look()
	}
}

func (k *keyring) problem() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.fault
}

// followKeys puts a changed key file in force, and tells the other nodes, which
// may be waiting for it.
func (s *Server) followKeys(ctx context.Context) {
	told := s.keys.IDs()
	s.every(ctx, keysEvery, "a changed key file is not in force everywhere", func(ctx context.Context) error {
		s.keyring.look()
		if slices.Equal(told, s.keys.IDs()) {
			return nil
		}
		// What is derived from the keys is part of the snapshot.
		if err := s.remake(); err != nil {
			return err
		}
		told = s.keys.IDs()
		return s.heartbeat(ctx)
	})
}

// remake makes the snapshot of the configuration in force anew.
func (s *Server) remake() error {
	s.putting.Lock()
	defer s.putting.Unlock()
	snap, err := s.snapshot(s.Config())
	if err == nil {
		s.current.Store(snap)
	}
	return err
}
