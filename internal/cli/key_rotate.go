// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/store"
)

func rotateKey(ctx context.Context, env *Env, file string, wait time.Duration) error {
	cfg, db, _, err := openKeys(ctx, env, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	release, err := seal.Hold(cfg.Server.KeyFile)
	if err != nil {
		return failed(err)
	}
	defer release()
	keys, err := seal.LoadFile(cfg.Server.KeyFile) // as it is now that nobody else changes it
	if err != nil {
		return failed(err)
	}
	r := rotation{env: env, db: db, file: cfg.Server.KeyFile, wait: wait}
	if keys.Next() == "" {
		if done, err := r.finish(ctx, keys); done || err != nil {
			return err
		}
	}
	prepared, err := r.prepare(ctx, keys)
	if err != nil {
		return err
	}
	if err := r.awaitKey(ctx, prepared.Next()); err != nil {
		return failed(err)
	}
	promoted, err := prepared.Promote()
	if err != nil {
		return failed(err)
	}
	if err := promoted.ReplaceFile(r.file); err != nil {
		return failed(err)
	}
	note(ctx, env, db, keyRotated, promoted.Current(), "in place of "+keys.Current())
	fmt.Fprintf(env.Stdout, "The key %s seals from now on; %s still opens what it sealed.\n", promoted.Current(), keys.Current())
	late := r.awaitUse(ctx, promoted.Current())
	if _, err := resealAll(ctx, env, db, promoted); err != nil {
		return err
	}
	if late != nil {
		return failed(late)
	}
	note(ctx, env, db, keyFinished, promoted.Current(), "every gateway seals with it, and all that is kept")
	return nil
}

// What is recorded of a rotation: that there is a key, that it was put in use,
// and that nothing more is to be done about it.
const (
	keyAdded    = "key-added"
	keyRotated  = "key-rotated"
	keyFinished = "key-rotation-finished"
)

// rotation is one run of usher key rotate.
type rotation struct {
	env  *Env
	db   *store.DB
	file string // the key file
	wait time.Duration
}

// prepare adds the key that is to be the next, unless an earlier run has.
func (r rotation) prepare(ctx context.Context, keys *seal.Keys) (*seal.Keys, error) {
	prepared, err := keys.Prepare(rand.Reader)
	if err != nil {
		return nil, failed(err)
	}
	if keys.Next() != "" {
		fmt.Fprintf(r.env.Stdout, "Going on with the key %s, which was added before.\n", prepared.Next())
		return prepared, nil
	}
	if err := prepared.ReplaceFile(r.file); err != nil {
		return nil, failed(err)
	}
	note(ctx, r.env, r.db, keyAdded, prepared.Next(), "to "+r.file)
	fmt.Fprintf(r.env.Stdout, "The key %s was added to %s.\n", prepared.Next(), r.file)
	return prepared, nil
}

// finish does what an earlier run left undone after its key was put in use: it
// was killed, or a gateway was late. That needs no further key.
func (r rotation) finish(ctx context.Context, keys *seal.Keys) (done bool, err error) {
	sealed, err := sealedBy(ctx, r.db)
	if err != nil {
		return false, failed(err)
	}
	older := 0
	for _, id := range keys.IDs()[1:] {
		older += sealed[id]
	}
	nodes, err := r.db.Nodes(ctx)
	if err != nil {
		return false, failed(err)
	}
	behind := slices.ContainsFunc(nodes, func(n store.Node) bool {
		return n.Running() && len(n.About.KeyIDs) > 0 && n.About.KeyIDs[0] != keys.Current() && slices.Contains(keys.IDs(), n.About.KeyIDs[0])
	})
	rotated, err := r.recorded(ctx, keyRotated, keys.Current())
	if err != nil {
		return false, failed(err)
	}
	finished, err := r.recorded(ctx, keyFinished, keys.Current())
	if err != nil {
		return false, failed(err)
	}
	if older == 0 && !behind && (finished || !rotated) {
		return false, nil
	}
	fmt.Fprintf(r.env.Stdout, "The key %s is in use, and an earlier run could not see to it that it is everywhere. This finishes it; no other key is made.\n", keys.Current())
	if !rotated {
		note(ctx, r.env, r.db, keyRotated, keys.Current(), "by an earlier run that was interrupted")
	}
	if err := r.awaitKey(ctx, keys.Current()); err != nil {
		return false, failed(err)
	}
	late := r.awaitUse(ctx, keys.Current())
	anew, err := resealAll(ctx, r.env, r.db, keys)
	if err == nil && late != nil {
		err = failed(late)
	}
	if err != nil {
		return true, err
	}
	if finished && anew == 0 && !behind {
		fmt.Fprintln(r.env.Stdout, "What is left cannot be opened with any key, so there was nothing to finish. A fresh key follows.")
		return false, nil
	}
	if !finished {
		note(ctx, r.env, r.db, keyFinished, keys.Current(), "every gateway seals with it, and all that is kept")
	}
	return true, nil
}

// recorded reports whether something is on record of a key.
func (r rotation) recorded(ctx context.Context, action, id string) (bool, error) {
	events, err := r.db.Events(ctx, store.EventFilter{Action: action, Subject: id, Limit: 1})
	return len(events) > 0, err
}

// awaitNodes waits until every running gateway is ready, and names those that
// are not in time.
func (r rotation) awaitNodes(ctx context.Context, ready func(store.About) bool) (have, without []string, err error) {
	for deadline := r.env.Now().Add(r.wait); ; {
		nodes, err := r.db.Nodes(ctx)
		if err != nil {
			return nil, nil, err
		}
		have, without = nil, nil
		for _, n := range nodes {
			switch {
			case !n.Running():
			case ready(n.About):
				have = append(have, n.Name)
			default:
				without = append(without, n.Name)
			}
		}
		if len(without) == 0 || r.env.Now().After(deadline) {
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
func (r rotation) awaitKey(ctx context.Context, id string) error {
	have, without, err := r.awaitNodes(ctx, func(n store.About) bool { return slices.Contains(n.KeyIDs, id) })
	switch {
	case err != nil:
		return err
	case len(without) > 0:
		return fmt.Errorf("no answer with the key %s within %s from %s. Nothing more is sealed with it until then, and nothing is lost. Where that gateway has a copy of the key file of its own, copy %s there (mode 0600); else see its log; then run this again (a gateway that was killed counts as running for %s)",
			id, r.wait, strings.Join(without, ", "), r.file, store.NodeSilence)
	case len(have) == 0:
		fmt.Fprintln(r.env.Stdout, "No gateway is running.")
	default:
		fmt.Fprintf(r.env.Stdout, "Every running gateway has it: %s.\n", strings.Join(have, ", "))
	}
	return nil
}

// awaitUse waits until every running gateway seals with a key: what one seals
// after everything was sealed anew would keep the older key needed.
func (r rotation) awaitUse(ctx context.Context, id string) error {
	_, without, err := r.awaitNodes(ctx, func(n store.About) bool { return len(n.KeyIDs) > 0 && n.KeyIDs[0] == id })
	if err == nil && len(without) > 0 {
		err = fmt.Errorf("still sealing with the older key after %s: %s. Where that gateway has a copy of the key file of its own, copy %s there once more; else see its log; then run this again, which finishes this rotation",
			r.wait, strings.Join(without, ", "), r.file)
	}
	return err
}

// resealBatch is how many values are sealed anew in one transaction.
const resealBatch = 200

// resealAll seals anew what other keys sealed, and says how much that was.
func resealAll(ctx context.Context, env *Env, db *store.DB, keys *seal.Keys) (int, error) {
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
				return sum.New, failed(fmt.Errorf("after %s: %w; what is left still opens with the older key: run this again when the database answers", many(sum.New, "value", "values"), err))
			}
			after, more = batch.Last, batch.Last != ""
		}
	}
	fmt.Fprintf(env.Stdout, "%s sealed anew.\n", many(sum.New, "value was", "values were"))
	if sum.Lost > 0 {
		fmt.Fprintf(env.Stderr, "usher: %s could not be opened with any key of the file, and were left as they are: those sign-outs do not reach the provider\n", many(sum.Lost, "value", "values"))
	}
	return sum.New, nil
}
