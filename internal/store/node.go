// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/usher-signin/usher"
)

// PutRevision records that a node loaded a state of the configuration file. A
// node that loads the same state again, after a restart for example, adds
// nothing: the record says since when.
func (db *DB) PutRevision(ctx context.Context, rev usher.Revision) error {
	_, err := write(ctx, db, "recording a revision", func(ctx context.Context, r runner) (int, error) {
		err := within(field{"the node's name", rev.Node, maxKey}, field{"the revision's id", rev.ID, maxKey},
			field{"the configuration file", rev.Text, maxRecord}, field{"what is wrong with it", rev.Error, maxRecord})
		if err != nil {
			return 0, err
		}
		var id, problem string
		err = r.row(ctx, `SELECT id, problem FROM revisions WHERE node = ? ORDER BY loaded DESC LIMIT 1`, rev.Node).Scan((*text)(&id), (*text)(&problem))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
		if err == nil && id == rev.ID && problem == rev.Error {
			return 0, nil
		}
		return r.exec(ctx, `INSERT INTO revisions (node, loaded, id, content, problem) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (node, loaded) DO UPDATE SET id = excluded.id, content = excluded.content, problem = excluded.problem`,
			rev.Node, micros(rev.Loaded), rev.ID, rev.Text, rev.Error)
	})
	return err
}

// Revisions lists the latest revisions of all nodes, newest first; limit zero
// is 100, at most 1,000.
func (db *DB) Revisions(ctx context.Context, limit int) ([]usher.Revision, error) {
	return read(ctx, db, "listing revisions", func(ctx context.Context, r runner) ([]usher.Revision, error) {
		return list(ctx, r, func(rows *sql.Rows) (rev usher.Revision, err error) {
			return rev, rows.Scan((*text)(&rev.Node), (*moment)(&rev.Loaded), (*text)(&rev.ID), (*text)(&rev.Text), (*text)(&rev.Error))
		}, limited(limit), `SELECT node, loaded, id, content, problem FROM revisions ORDER BY loaded DESC, node`)
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
	const doing = "noting that a node is there"
	if err := within(field{"the node's name", node, maxKey}, field{"the revision's id", revision, maxKey}); err != nil {
		return db.failure(doing, err)
	}
	_, err := single(ctx, db, doing, `INSERT INTO nodes (node, revision, seen) VALUES (?, ?, ?)
		ON CONFLICT (node) DO UPDATE SET revision = excluded.revision, seen = excluded.seen`, node, revision, micros(at))
	return err
}

// Nodes lists the nodes by name, also those that fell silent during the last
// day: Seen tells.
func (db *DB) Nodes(ctx context.Context) ([]Node, error) {
	return read(ctx, db, "listing nodes", func(ctx context.Context, r runner) ([]Node, error) {
		return list(ctx, r, func(rows *sql.Rows) (n Node, err error) {
			return n, rows.Scan((*text)(&n.Name), (*text)(&n.Revision), (*moment)(&n.Seen))
		}, mostRows, `SELECT node, revision, seen FROM nodes ORDER BY node`)
	})
}
