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

// A Node is one running usher: which revision it runs, what it says of itself,
// and when it last said so.
type Node struct {
	Name     string
	Revision string
	Seen     time.Time // by the node's clock
	About    About
	Silent   time.Duration // since it last said so, by the database's clock; given by Nodes
}

// NodeSilence is how long a node may have said nothing and still count as running.
const NodeSilence = 20 * time.Second

// Running reports whether the node counts as one that runs. One that was killed
// does so until it has been silent for [NodeSilence].
func (n Node) Running() bool { return n.Silent <= NodeSilence }

// About is what a node says of itself, for the doctor. It holds no secret.
type About struct {
	Loaded   time.Time         `json:"loaded,omitzero"`   // when its revision was put in force
	Pending  string            `json:"pending,omitempty"` // revision on disk that it did not put in force
	Refused  string            `json:"refused,omitempty"` // why not
	Version  string            `json:"version,omitempty"` // of the program
	KeyIDs   []string          `json:"keys,omitempty"`    // the one that seals first
	Process  int               `json:"process,omitempty"`
	Run      string            `json:"run,omitempty"`  // drawn anew each time that the program is started
	Twin     *Twin             `json:"twin,omitempty"` // another process that calls itself the same; nil: none does
	Host     string            `json:"host,omitempty"` // name of the machine
	File     string            `json:"file,omitempty"` // the configuration file, as an absolute path
	Listen   string            `json:"listen,omitempty"`
	Engine   string            `json:"engine,omitempty"`   // of its database
	Database string            `json:"database,omitempty"` // its address, password left out
	Waiting  []Waiting         `json:"waiting,omitempty"`  // settings that count only after a restart
	Secrets  map[string]string `json:"secrets,omitempty"`  // a name for each of its secrets, which says nothing of it without the key
	Surround map[string]string `json:"surround,omitempty"` // environment variables that change how it reaches others, passwords left out
}

// A Twin is another running process that has taken a node's name: what the two
// say of themselves replaces what the other said.
type Twin struct {
	Process int       `json:"process,omitempty"`
	Host    string    `json:"host,omitempty"`
	File    string    `json:"file,omitempty"`
	Since   time.Time `json:"since"`
}

// A Waiting is a setting that a node was started with and that its file has
// changed since.
type Waiting struct {
	Key     string `json:"key"`
	Runs    string `json:"runs"`
	Written string `json:"written"`
}

// Heartbeat notes that a node is there, what it runs, and what it says of itself.
func (db *DB) Heartbeat(ctx context.Context, n Node) error {
	const doing = "noting that a node is there"
	about, err := encodeRecord("what the node says of itself", n.About)
	if err == nil {
		err = within(field{"the node's name", n.Name, maxKey}, field{"the revision's id", n.Revision, maxKey}, field{"what the node says of itself", about, maxAbout})
	}
	if err != nil {
		return db.failure(doing, err)
	}
	_, err = single(ctx, db, doing, `INSERT INTO nodes (node, revision, seen, about, noted) VALUES (?, ?, ?, ?, `+db.dialect.clock+`)
		ON CONFLICT (node) DO UPDATE SET revision = excluded.revision, seen = excluded.seen, about = excluded.about, noted = excluded.noted`, n.Name, n.Revision, micros(n.Seen), about)
	return err
}

// Leave takes a node off the list: it has ended in good order. Where another
// process has taken its name, that one stays.
func (db *DB) Leave(ctx context.Context, node, run string) error {
	_, err := write(ctx, db, "taking a node off the list", func(ctx context.Context, r runner) (int, error) {
		if err := r.hold(ctx, "node", node); err != nil {
			return 0, err
		}
		about, err := aboutNode(ctx, r, node)
		if err != nil || about.Run != "" && about.Run != run {
			return 0, err
		}
		return r.exec(ctx, `DELETE FROM nodes WHERE node = ?`, node)
	})
	return err
}

// NodeCalled reads what the node of a name says of itself; nothing where there is none.
func (db *DB) NodeCalled(ctx context.Context, node string) (About, error) {
	return read(ctx, db, "reading what a node says of itself", func(ctx context.Context, r runner) (About, error) { return aboutNode(ctx, r, node) })
}

func aboutNode(ctx context.Context, r runner, node string) (a About, err error) {
	var said text
	if err = r.row(ctx, `SELECT about FROM nodes WHERE node = ?`, node).Scan(&said); errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err != nil || said == "" {
		return a, err
	}
	return a, (record{&a}).Scan(string(said))
}

// maxAbout bounds what a node says of itself, in bytes.
const maxAbout = 1 << 17

// Nodes lists the nodes by name, also those that fell silent during the last
// day: Silent tells. A node of an older program says by its own clock when it was there.
func (db *DB) Nodes(ctx context.Context) ([]Node, error) {
	return read(ctx, db, "listing nodes", func(ctx context.Context, r runner) ([]Node, error) {
		return list(ctx, r, func(rows *sql.Rows) (n Node, err error) {
			var (
				about  text
				silent int64
			)
			if err = rows.Scan((*text)(&n.Name), (*text)(&n.Revision), (*moment)(&n.Seen), &about, &silent); err != nil {
				return n, err
			}
			n.Silent = time.Duration(silent) * time.Microsecond
			if about == "" {
				return n, nil
			}
			return n, (record{&n.About}).Scan(string(about))
		}, mostRows, `SELECT node, revision, seen, about, `+r.dialect.clock+` - CASE WHEN noted = 0 THEN seen ELSE noted END FROM nodes ORDER BY node`)
	})
}
