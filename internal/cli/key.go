// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/store"
)

func keyCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "The keys that seal what the database keeps", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("usher key rotate FILE, or usher key list FILE"))
		}}
	cmd.AddCommand(keyRotateCommand(env), keyListCommand(env))
	return cmd
}

func keyListCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "list FILE", Short: "The ids of the keys, and how much each has sealed", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, db, keys, err := openKeys(cmd.Context(), env, args[0])
			if err != nil {
				return err
			}
			defer func() { _ = db.Close() }()
			return listKeys(cmd.Context(), env, db, keys)
		},
	}
}

// sealedBy counts what is kept sealed by the keys that sealed it.
func sealedBy(ctx context.Context, db *store.DB) (map[string]int, error) {
	sealed := map[string]int{}
	for _, table := range store.SealedTables() {
		by, err := db.SealedBy(ctx, table)
		if err != nil {
			return nil, err
		}
		for header, n := range by {
			sealed[seal.SealedBy([]byte(header))] += n
		}
	}
	return sealed, nil
}

func keyRotateCommand(env *Env) *cobra.Command {
	wait := 30 * time.Second
	cmd := &cobra.Command{
		Use:   "rotate FILE",
		Short: "Put a fresh key in use; nobody is signed out",
		Long: `Put a fresh key in use, while the gateways run; nobody is signed out.

  1. A fresh key is added to server.key_file. It opens and does not seal yet.
  2. Every running gateway reads the key file anew by itself. One that has not within
     --wait is named, and nothing else happens: give it the same key file, and run
     this again; it goes on with the same key.
  3. The key seals from now on; the older ones stay in the file to open what they sealed.
  4. What the database keeps sealed is sealed anew with it, in small batches.

It can be interrupted and run again at any point: what a run left undone the next
one finishes, with the same key. Keep a copy of the key file.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return rotateKey(cmd.Context(), env, args[0], wait) },
	}
	cmd.Flags().DurationVar(&wait, "wait", wait, "how long running gateways may take to read the key file anew")
	return cmd
}

// openKeys opens the records and the key file of an instance.
func openKeys(ctx context.Context, env *Env, file string) (*config.Config, *store.DB, *seal.Keys, error) {
	cfg, db, err := openRecords(ctx, env, file)
	if err != nil {
		return nil, nil, nil, err
	}
	keys, err := seal.LoadFile(cfg.Server.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no key file %s on this machine: run this where the gateway runs; it makes the file when it first starts", cfg.Server.KeyFile)
	}
	if err != nil {
		return nil, nil, nil, errors.Join(usage(err), db.Close())
	}
	return cfg, db, keys, nil
}

func listKeys(ctx context.Context, env *Env, db *store.DB, keys *seal.Keys) error {
	sealed, err := sealedBy(ctx, db)
	if err != nil {
		return failed(err)
	}
	for _, id := range keys.IDs() {
		role := "opens"
		switch id {
		case keys.Current():
			role = "seals"
		case keys.Next():
			role = "next "
		}
		fmt.Fprintf(env.Stdout, "%s  %s  %s\n", id, role, many(sealed[id], "value", "values"))
		delete(sealed, id)
	}
	for _, id := range slices.Sorted(maps.Keys(sealed)) {
		fmt.Fprintf(env.Stdout, "%s  is not in the key file, and sealed %s\n", id, many(sealed[id], "value", "values"))
	}
	if len(sealed) > 0 {
		return silently(exitError)
	}
	return nil
}
