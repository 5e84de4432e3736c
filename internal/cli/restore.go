// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/store"
)

func restoreCommand(env *Env) *cobra.Command {
	var keep, unkeyed, yes bool
	cmd := &cobra.Command{
		Use:   "restore FILE BACKUP",
		Short: "Put a backup in place of the SQLite database, and keep that one beside it",
		Long: `Put BACKUP in place of the SQLite database of FILE, whole or not at all; the database
from before is kept beside it. It refuses while a gateway has the database open, where
a newer usher made the backup, where the backup is damaged, and where the key file
lacks a key that the backup was sealed with.

Nothing that was ended lives again: a session of the backup stays open only where the
database from before knows it to be open. Nothing that was done is forgotten: its
record of attempts, revisions and acts is carried over.`,
		Example: "  systemctl stop usher && usher restore usher.yaml /var/backups/usher-2026-11-22.db && systemctl start usher",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRestore(cmd.Context(), env, args[0], args[1], restoreFlags{keep, unkeyed, yes})
		},
	}
	cmd.Flags().BoolVar(&keep, "keep-sessions", false, "keep sessions open that the database from before does not know, where it is lost: some may have been ended since the backup")
	cmd.Flags().BoolVar(&unkeyed, "without-keys", false, "restore although keys are missing: what they sealed stays closed, so those sign-outs do not reach the provider")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

type restoreFlags struct{ keep, unkeyed, yes bool }

func runRestore(ctx context.Context, env *Env, file, backup string, f restoreFlags) error {
	cfg, err := config.Load(file, lenient())
	if err != nil {
		return usage(err)
	}
	from := backup
	if full, err := filepath.Abs(backup); err == nil {
		from = full
	}
	check := func(c store.Contents) error {
		if err := keysFor(cfg, c); err != nil && !f.unkeyed {
			return err
		}
		if f.yes {
			return nil
		}
		fmt.Fprintf(env.Stdout, "%s holds %s and %s; its latest record is of %s.\n", backup, many(c.Sessions, "open session", "open sessions"), many(c.Attempts, "attempt", "attempts"), stamp(c.Latest))
		if !confirmed(env, cfg.Server.DatabaseShown()) {
			return errUnconfirmed
		}
		return nil
	}
	done, err := store.Restore(ctx, cfg.Server.Database, backup, store.Options{Now: env.Now}, store.Restoring{KeepSessions: f.keep, Check: check,
		Event: store.Event{Actor: actor(env), Action: "database-restored", Subject: from, Detail: "from a backup"}})
	switch {
	case errors.Is(err, errUnconfirmed):
		fmt.Fprintln(env.Stdout, "Nothing was changed.")
		return nil
	case errors.Is(err, store.ErrNoFile):
		return usage(fmt.Errorf("the database of %s is %s: %w", file, cfg.Server.DatabaseShown(), err))
	case err != nil:
		return usage(err)
	}
	sayRestored(env, cfg, backup, done)
	return nil
}

var errUnconfirmed = errors.New("nothing was confirmed")

func sayRestored(env *Env, cfg *config.Config, backup string, done store.Restored) {
	fmt.Fprintf(env.Stdout, "%s is in place of %s: %s, %s of the backup ended.\n", backup, cfg.Server.DatabaseShown(),
		many(done.Open, "session is open", "sessions are open"), many(done.Ended, "session", "sessions"))
	if done.Before != "" {
		fmt.Fprintf(env.Stdout, "The database from before: %s\n", done.Before)
	}
	switch {
	case done.Merged:
		fmt.Fprintln(env.Stdout, "Its record of attempts, revisions and acts was carried over.")
	case done.Damaged != "":
		fmt.Fprintln(env.Stdout, "It is damaged, so its record could not be carried over.")
	case done.Before != "":
		fmt.Fprintln(env.Stdout, "It was not of this version of usher, so its record was not carried over.")
	}
	fmt.Fprintln(env.Stdout, "Now start the gateway.")
}

// keysFor refuses a backup that was sealed with keys which the key file lacks.
func keysFor(cfg *config.Config, c store.Contents) error {
	var have []string
	keys, err := seal.LoadFile(cfg.Server.KeyFile)
	if err == nil {
		have = keys.IDs()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var missing []string
	count := 0
	for header, n := range c.Sealed {
		if id := seal.SealedBy([]byte(header)); !slices.Contains(have, id) {
			missing = append(missing, id)
			count += n
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("%s of the backup %s sealed with the key %s, which the key file %s does not have; put the key file of that time in place, or give --without-keys",
		many(count, "value", "values"), map[bool]string{true: "is", false: "are"}[count == 1], strings.Join(missing, ", "), cfg.Server.KeyFile)
}
