// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/probe"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/signin"
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

It can be interrupted and run again at any point. Keep a copy of the key file.`,
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
	sealed := map[string]int{}
	for _, table := range store.SealedTables() {
		by, err := db.SealedBy(ctx, table)
		if err != nil {
			return failed(err)
		}
		for header, n := range by {
			sealed[seal.SealedBy([]byte(header))] += n
		}
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

func rotateKey(ctx context.Context, env *Env, file string, wait time.Duration) error {
	cfg, db, keys, err := openKeys(ctx, env, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	old := keys.Current()
	prepared, err := keys.Prepare(rand.Reader)
	if err != nil {
		return failed(err)
	}
	if keys.Next() == "" {
		if err := prepared.ReplaceFile(cfg.Server.KeyFile); err != nil {
			return failed(err)
		}
		fmt.Fprintf(env.Stdout, "The key %s was added to %s.\n", prepared.Next(), cfg.Server.KeyFile)
	} else {
		fmt.Fprintf(env.Stdout, "Going on with the key %s, which was added before.\n", prepared.Next())
	}
	if err := awaitKey(ctx, env, db, prepared.Next(), wait); err != nil {
		return failed(err)
	}
	promoted, err := prepared.Promote()
	if err != nil {
		return failed(err)
	}
	if err := promoted.ReplaceFile(cfg.Server.KeyFile); err != nil {
		return failed(err)
	}
	note(ctx, env, db, "key-rotated", promoted.Current(), "in place of "+old)
	fmt.Fprintf(env.Stdout, "The key %s seals from now on; %s still opens what it sealed.\n", promoted.Current(), old)
	late := awaitUse(ctx, env, db, promoted.Current(), wait)
	if err := resealAll(ctx, env, db, promoted); err != nil {
		return err
	}
	if late != nil {
		return failed(late)
	}
	return nil
}

// awaitNodes waits until every running gateway is ready, and names those that
// are not in time.
func awaitNodes(ctx context.Context, env *Env, db *store.DB, wait time.Duration, ready func(store.About) bool) (have, without []string, err error) {
	for deadline := env.Now().Add(wait); ; {
		nodes, err := db.Nodes(ctx)
		if err != nil {
			return nil, nil, err
		}
		have, without = nil, nil
		for _, n := range nodes {
			switch {
			case env.Now().Sub(n.Seen) > probe.NodeSilence:
			case ready(n.About):
				have = append(have, n.Name)
			default:
				without = append(without, n.Name)
			}
		}
		if len(without) == 0 || env.Now().After(deadline) {
			return have, without, nil
		}
		select {
		case <-ctx.Done():
			return have, without, errors.New("interrupted; run this again to go on")
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// awaitKey waits until every running gateway can open with a key.
func awaitKey(ctx context.Context, env *Env, db *store.DB, id string, wait time.Duration) error {
	have, without, err := awaitNodes(ctx, env, db, wait, func(n store.About) bool { return slices.Contains(n.KeyIDs, id) })
	switch {
	case err != nil:
		return err
	case len(without) > 0:
		return fmt.Errorf("%s did not read the key %s within %s, so it is not in use yet; give it the same key file, see its log, and run this again (a gateway that was killed counts as running for %s)",
			strings.Join(without, ", "), id, wait, probe.NodeSilence)
	case len(have) == 0:
		fmt.Fprintln(env.Stdout, "No gateway is running.")
	default:
		fmt.Fprintf(env.Stdout, "Every running gateway has it: %s.\n", strings.Join(have, ", "))
	}
	return nil
}

// awaitUse waits until every running gateway seals with a key: what one seals
// after everything was sealed anew would keep the older key needed.
func awaitUse(ctx context.Context, env *Env, db *store.DB, id string, wait time.Duration) error {
	_, without, err := awaitNodes(ctx, env, db, wait, func(n store.About) bool { return len(n.KeyIDs) > 0 && n.KeyIDs[0] == id })
	if err == nil && len(without) > 0 {
		err = fmt.Errorf("%s still seals with the older key after %s; see its log, and run usher key list to see what is sealed with which", strings.Join(without, ", "), wait)
	}
	return err
}

// resealBatch is how many values are sealed anew in one transaction.
const resealBatch = 200

func resealAll(ctx context.Context, env *Env, db *store.DB, keys *seal.Keys) error {
	var sum store.Resealed
	for _, table := range store.SealedTables() {
		purpose := signin.SealedFor(table)
		turn := func(row string, sealed []byte) ([]byte, error) {
			if seal.SealedBy(sealed) == keys.Current() {
				return nil, nil
			}
			plain, err := keys.Open(purpose, row, sealed)
			if err != nil {
				return nil, err
			}
			return keys.Seal(purpose, row, plain)
		}
		for after, more := "", true; more; {
			batch, err := db.Reseal(ctx, table, after, resealBatch, turn)
			sum.New, sum.Lost = sum.New+batch.New, sum.Lost+batch.Lost
			if err != nil {
				return failed(fmt.Errorf("after %s: %w; what is left still opens with the older key: run this again when the database answers", many(sum.New, "value", "values"), err))
			}
			after, more = batch.Last, batch.Last != ""
		}
	}
	fmt.Fprintf(env.Stdout, "%s sealed anew.\n", many(sum.New, "value was", "values were"))
	if sum.Lost > 0 {
		fmt.Fprintf(env.Stderr, "usher: %s could not be opened with any key of the file, and were left as they are: those sign-outs do not reach the provider\n", many(sum.Lost, "value", "values"))
	}
	return nil
}
