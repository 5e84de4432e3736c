// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/usher-signin/usher"
)

// PutRevision records that a node loaded a state of the configuration file.
func (db *DB) PutRevision(ctx context.Context, r usher.Revision) error {
	_, err := db.exec(ctx, "recording a revision", `INSERT INTO revisions (node, loaded, id, content, problem) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (node, loaded) DO NOTHING`, r.Node, micros(r.Loaded), r.ID, r.Text, r.Error)
	return err
}

// Revisions lists the latest revisions, newest first.
func (db *DB) Revisions(ctx context.Context, limit int) ([]usher.Revision, error) {
	return list(ctx, db, "listing revisions", `SELECT node, loaded, id, content, problem FROM revisions ORDER BY loaded DESC LIMIT ?`, []any{limit},
		func(r row) (usher.Revision, error) {
			var rev usher.Revision
			var loaded int64
			err := r.Scan(&rev.Node, &loaded, &rev.ID, &rev.Text, &rev.Error)
			rev.Loaded = moment(loaded)
			return rev, err
		})
}

// A Node is one running usher: which revision it runs, and when it last said so.
type Node struct {
	Name     string
	Revision string
	Seen     time.Time
}

// Heartbeat notes that a node is there, and what it runs.
func (db *DB) Heartbeat(ctx context.Context, node, revision string, at time.Time) error {
	_, err := db.exec(ctx, "noting that a node is there", `INSERT INTO nodes (node, revision, seen) VALUES (?, ?, ?)
		ON CONFLICT (node) DO UPDATE SET revision = excluded.revision, seen = excluded.seen`, node, revision, micros(at))
	return err
}

// Nodes lists the nodes that said something since.
func (db *DB) Nodes(ctx context.Context, since time.Time) ([]Node, error) {
	return list(ctx, db, "listing nodes", `SELECT node, revision, seen FROM nodes WHERE seen >= ? ORDER BY node`, []any{micros(since)},
		func(r row) (Node, error) {
			var n Node
			var seen int64
			err := r.Scan(&n.Name, &n.Revision, &seen)
			n.Seen = moment(seen)
			return n, err
		})
}
