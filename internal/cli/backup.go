// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/store"
)

func backupCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE OUT",
		Short: "Copy the SQLite database to a new file, while the gateway runs",
		Long: `Copy the SQLite database of FILE to the new file OUT, as of one moment, while the
gateway runs; then read the copy back from end to end. OUT has mode 0600, appears
whole or not at all, and is never written over another file.

The key file is not in it: what the database seals opens only with the keys of
server.key_file. Keep a copy of that file too, somewhere else.
PostgreSQL is copied with its own pg_dump.`,
		Example: "  usher backup usher.yaml /var/backups/usher-$(date +%F).db",
		Args:    cobra.ExactArgs(2),
		RunE:    func(cmd *cobra.Command, args []string) error { return runBackup(cmd.Context(), env, args[0], args[1]) },
	}
}

func runBackup(ctx context.Context, env *Env, file, out string) error {
	cfg, err := config.Load(file, lenient())
	if err != nil {
		return usage(err)
	}
	contents, err := store.Backup(ctx, cfg.Server.Database, out, store.Options{Now: env.Now})
	if errors.Is(err, store.ErrNoFile) {
		return usage(fmt.Errorf("the database of %s is %s: %w", file, cfg.Server.DatabaseShown(), err))
	}
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(env.Stdout, "%s: %s, %s, %s of the record, schema version %d; read back whole.\n", out,
		many(contents.Sessions, "open session", "open sessions"), many(contents.Attempts, "attempt", "attempts"), many(contents.Events, "event", "events"), contents.Schema)
	fmt.Fprintf(env.Stdout, "Keep a copy of the key file %s apart from it: without its keys the sealed parts stay closed.\n", cfg.Server.KeyFile)
	db, err := openExisting(ctx, cfg, env.Now)
	if err != nil || db == nil {
		fmt.Fprintf(env.Stderr, "usher: the backup is made, and was not recorded in the audit: %v\n", err)
		return nil
	}
	defer func() { _ = db.Close() }()
	if full, err := filepath.Abs(out); err == nil {
		out = full
	}
	note(ctx, env, db, "database-backed-up", out, fmt.Sprintf("%d bytes", contents.Bytes))
	return nil
}
