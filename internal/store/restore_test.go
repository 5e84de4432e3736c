// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// sealedBy is someone whose sealed part names a key.
func sealedBy(id, key string) usher.Session {
	s := someone(id)
	s.Sealed = []byte("\x01" + key + " sealed")
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, db *store.DB) {
	t.Helper()
	must(t, db.Close())
}

// TestRestore goes back to a backup: nothing that was ended since lives again,
// and nothing that was done since is forgotten.
func TestRestore(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	dsn, backup := "sqlite:"+filepath.Join(dir, "u.db"), filepath.Join(dir, "backup.db")
	db, err := store.Open(ctx, dsn, store.Options{})
	must(t, err)
	for _, id := range []string{"stays", "ended later"} {
		must(t, db.PutSession(ctx, sealedBy(id, "12345678")))
	}
	must(t, db.PutPending(ctx, usher.Pending{StateHash: "pending", Begun: time.Now()}))
	contents, err := store.Backup(ctx, dsn, backup, store.Options{})
	must(t, err)
	if contents.Sessions != 2 || contents.Schema == 0 || contents.Sealed["\x0112345678"] != 2 {
		t.Errorf("the backup holds %+v", contents)
	}
	must(t, db.EndSession(ctx, "ended later", time.Now()))
	must(t, db.PutSession(ctx, someone("opened later")))
	_, err = db.Audit(ctx, store.Event{Actor: "ana", Action: "done-since"})
	must(t, err)

	if _, err := store.Restore(ctx, dsn, backup, store.Options{}, store.Restoring{}); !errors.Is(err, store.ErrInUse) {
		t.Fatalf("restored under a running gateway: %v", err)
	}
	if _, err := db.Session(ctx, "opened later"); err != nil {
		t.Errorf("after the refusal: %v", err)
	}
	closed(t, db)

	for name, check := range map[string]func(store.Contents) error{"wrong key": func(c store.Contents) error {
		if c.Sealed["\x0112345678"] != 2 {
			t.Errorf("sealed by %v", c.Sealed)
		}
		return errors.New("another key")
	}} {
		if _, err := store.Restore(ctx, dsn, backup, store.Options{}, store.Restoring{Check: check}); err == nil || !strings.Contains(err.Error(), "another key") {
			t.Errorf("%s: %v", name, err)
		}
	}
	done, err := store.Restore(ctx, dsn, backup, store.Options{}, store.Restoring{Event: store.Event{Actor: "root", Action: "database-restored"}})
	must(t, err)
	if !done.Merged || done.Open != 1 || done.Ended != 1 || done.Before == "" {
		t.Errorf("restored as %+v", done)
	}
	db = open(t, dsn, store.Options{})
	for id, there := range map[string]bool{"stays": true, "ended later": false, "opened later": false} {
		if _, err := db.Session(ctx, id); (err == nil) != there {
			t.Errorf("session %q: %v; wanted it there: %v", id, err, there)
		}
	}
	if err := db.PutSession(ctx, func() usher.Session { s := someone("again"); s.Login = someone("ended later").Login; return s }()); !errors.Is(err, store.ErrLoginEnded) {
		t.Errorf("the ended login opens another session: %v", err)
	}
	if _, err := db.TakePending(ctx, "pending"); !errors.Is(err, usher.ErrNotFound) {
		t.Errorf("a sign-in under way at the time of the backup: %v; wanted it dropped", err)
	}
	events, err := db.EventsAfter(ctx, time.Time{}, "", 0)
	must(t, err)
	if len(events) != 2 || events[0].Action != "done-since" || events[1].Action != "database-restored" || !strings.Contains(events[1].Detail, "1 sessions of it stay open, 1 were ended") {
		t.Errorf("the record is %+v", events)
	}
	before := open(t, "sqlite:"+done.Before, store.Options{})
	if _, err := before.Session(ctx, "opened later"); err != nil {
		t.Errorf("the database from before was not kept: %v", err)
	}
	for _, path := range []string{filepath.Join(dir, "u.db"), backup, done.Before} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".usher-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Where there is nothing to compare with, the backup's sessions end, unless it
// is said that they should not.
func TestRestoreWithoutDatabase(t *testing.T) {
	ctx := t.Context()
	for _, damaged := range []bool{false, true} {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprintf("damaged %v, keep %v", damaged, keep), func(t *testing.T) {
				dir := t.TempDir()
				path, backup := filepath.Join(dir, "u.db"), filepath.Join(dir, "backup.db")
				db, err := store.Open(ctx, "sqlite:"+path, store.Options{})
				must(t, err)
				must(t, db.PutSession(ctx, someone("one")))
				must(t, db.Backup(ctx, backup))
				closed(t, db)
				must(t, os.Remove(path))
				if damaged {
					must(t, os.WriteFile(path, []byte(strings.Repeat("no database ", 500)), 0o600))
					must(t, os.WriteFile(path+"-wal", []byte("a stale log"), 0o600))
				}
				done, err := store.Restore(ctx, "sqlite:"+path, backup, store.Options{}, store.Restoring{KeepSessions: keep})
				must(t, err)
				if (done.Damaged != "") != damaged || (done.Before != "") != damaged || done.Merged {
					t.Errorf("restored as %+v", done)
				}
				db = open(t, "sqlite:"+path, store.Options{})
				if _, err := db.Session(ctx, "one"); (err == nil) != keep {
					t.Errorf("the session: %v; wanted it there: %v", err, keep)
				}
			})
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	dsn := "sqlite:" + filepath.Join(dir, "u.db")
	db, err := store.Open(ctx, dsn, store.Options{})
	must(t, err)
	good, newer, cut, text, empty := filepath.Join(dir, "good"), filepath.Join(dir, "newer"), filepath.Join(dir, "cut"), filepath.Join(dir, "text"), filepath.Join(dir, "empty")
	for i := range 200 {
		must(t, db.PutSession(ctx, someone(fmt.Sprint(i))))
	}
	must(t, db.Backup(ctx, good))
	must(t, store.PretendNewer(ctx, db))
	must(t, db.Backup(ctx, newer))
	closed(t, db)
	data, err := os.ReadFile(good)
	must(t, err)
	must(t, os.WriteFile(cut, data[:len(data)/2/4096*4096], 0o600))
	must(t, os.WriteFile(text, []byte(strings.Repeat("x", 5000)), 0o600))
	must(t, os.WriteFile(empty, nil, 0o600))
	must(t, os.WriteFile(good+"2", data, 0o600))
	must(t, os.WriteFile(good+"2-wal", []byte("log"), 0o600))
	before, err := os.ReadFile(filepath.Join(dir, "u.db"))
	must(t, err)
	for name, want := range map[string]string{newer: "a newer usher made it", cut: "damaged", text: "no SQLite database", empty: "no SQLite database", good + "2": "no finished copy", filepath.Join(dir, "none"): "no such file"} {
		if _, err := store.Restore(ctx, dsn, name, store.Options{}, store.Restoring{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; wanted %q", filepath.Base(name), err, want)
		}
	}
	if after, err := os.ReadFile(filepath.Join(dir, "u.db")); err != nil || string(after) != string(before) {
		t.Errorf("a refused restore changed the database: %v", err)
	}
	if _, err := store.Restore(ctx, "postgres://x@127.0.0.1/x", good, store.Options{}, store.Restoring{}); !errors.Is(err, store.ErrNoFile) {
		t.Errorf("PostgreSQL: %v", err)
	}
}

// A child process that has the database open counts as well, also where the
// file is damaged.
func TestRestoreRefusesWhileAnotherProcessHasIt(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "u.db"), filepath.Join(dir, "backup.db")
	db, err := store.Open(ctx, "sqlite:"+path, store.Options{})
	must(t, err)
	must(t, db.Backup(ctx, backup))
	closed(t, db)
	cmd := child(t, "write", "sqlite:"+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(ctx, "sqlite:"+path, backup, store.Options{}, store.Restoring{}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("restored under another process: %v", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("no database at all"), 0)
	must(t, errors.Join(err, f.Close()))
	if _, err := store.Restore(ctx, "sqlite:"+path, backup, store.Options{}, store.Restoring{}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("restored over a damaged file under another process: %v", err)
	}
}
