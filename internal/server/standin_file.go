// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/standin"
)

// A StandinFile is the configuration file whose organization a stand-in
// serves, and writes back to.
type StandinFile struct {
	env config.Environment
	now func() time.Time

	mu     sync.Mutex
	cfg    *config.Config
	madeUp map[string]string // by value: the client whose own secret cannot be read here
}

// NewStandinFile takes a file that was loaded. Where none of a client's secrets
// can be read on this machine it is given one that random makes up, so that it
// does not become a public client; that one is never written.
func NewStandinFile(cfg *config.Config, env config.Environment, now func() time.Time, random io.Reader) (*StandinFile, error) {
	if cfg.Organization == nil {
		return nil, fmt.Errorf("%s has no organization: there is nothing to serve", cfg.File)
	}
	f := &StandinFile{env: env, now: now, cfg: cfg, madeUp: map[string]string{}}
	for i, c := range cfg.Organization.Clients {
		if len(c.Secrets) > 0 || cfg.SecretAt(fmt.Sprintf("organization.clients[%d].secrets[0]", i)).Source == config.SecretAbsent {
			continue
		}
		raw := make([]byte, 16)
		if _, err := io.ReadFull(random, raw); err != nil {
			return nil, err
		}
		f.madeUp["made-up-"+hex.EncodeToString(raw)] = c.ID
	}
	return f, nil
}

// Organization is what the stand-in is to serve.
func (f *StandinFile) Organization() standin.Organization {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := StandinOrganization(f.cfg.Organization)
	for i := range o.Clients {
		for value, id := range f.madeUp {
			if o.Clients[i].ID == id {
				o.Clients[i].Secrets = []string{value}
			}
		}
	}
	return o
}

// MadeUp lists the clients whose secrets cannot be read on this machine.
func (f *StandinFile) MadeUp() []string {
	var ids []string
	for _, id := range f.madeUp {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Loaded says that the file was read anew, and returns whether that is news:
// what Save wrote is not, and what was changed on the dashboard since then
// must not be taken back for it.
func (f *StandinFile) Loaded(cfg *config.Config) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	news := cfg.Revision != f.cfg.Revision
	f.cfg = cfg
	return news
}

// Preview says what writing the organization back would change.
func (f *StandinFile) Preview(_ context.Context, o standin.Organization) (standin.Draft, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	draft := standin.Draft{File: f.cfg.File}
	rw, err := f.rewrite(o)
	if errors.Is(err, config.ErrNothing) {
		return draft, nil
	}
	if err != nil {
		return draft, err
	}
	data, err := os.ReadFile(f.cfg.File)
	if err != nil {
		return draft, err
	}
	if _, draft.Diff, err = rw.Preview(f.cfg.File, data, f.env); err != nil {
		return draft, f.changed(err)
	}
	if rw.Whole {
		draft.Notes = append(draft.Notes, "The section is written anew: the comments inside it are lost, because of the way it is written now.")
	}
	if rw.Plain > 0 {
		draft.Notes = append(draft.Notes, fmt.Sprintf("New secrets will stand in the file itself, readable: %d. To refer to a file or a variable instead, write {file: PATH} or {env: NAME} in their place afterwards.", rw.Plain))
	}
	return draft, nil
}

// Save writes the organization back, and says where the file as it was is kept.
func (f *StandinFile) Save(_ context.Context, o standin.Organization) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rw, err := f.rewrite(o)
	if errors.Is(err, config.ErrNothing) {
		return "The file holds all of it already.", nil
	}
	if err != nil {
		return "", err
	}
	written, err := rw.Write(f.cfg.File, f.env, f.now())
	if err != nil {
		return "", f.changed(err)
	}
	f.cfg = written.Config
	return "Written to " + f.cfg.File + ". As it was before: " + written.Backup + ".", nil
}

func (f *StandinFile) rewrite(o standin.Organization) (config.Rewrite, error) {
	for i := range o.Clients {
		o.Clients[i].Secrets = slices.DeleteFunc(slices.Clone(o.Clients[i].Secrets), func(s string) bool { return f.madeUp[s] != "" })
	}
	return f.cfg.SetOrganization(organizationOf(o))
}

// changed says what to do where somebody else has edited the file.
func (f *StandinFile) changed(err error) error {
	if !errors.Is(err, config.ErrChanged) {
		return err
	}
	return fmt.Errorf("%s; nothing is written, so that nobody's edit is lost: start the stand-in again to serve the file as it is now, or put it back as it was", strings.TrimRight(err.Error(), "."))
}
