// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

func TestFileThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, content string) {
		if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("junk.db", strings.Repeat("no database at all ", 1000))
	write("short.db", "x")
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	foreign(t, at("foreign.db"))
	for name, c := range map[string]struct {
		dsn      string
		readOnly bool
		want     string
	}{
		"no folder":             {dsn: "sqlite:" + at("missing/u.db"), want: "does not exist; make it"},
		"a file for a folder":   {dsn: "sqlite:" + at("junk.db/u.db"), want: "is no folder"},
		"a folder for the file": {dsn: "sqlite:" + at("folder"), want: "is no file"},
		"no database":           {dsn: "sqlite:" + at("junk.db"), want: "is no SQLite database: name another file"},
		"nearly nothing":        {dsn: "sqlite:" + at("short.db"), want: "is no SQLite database, it has 1 bytes"},
		"another program's":     {dsn: "sqlite:" + at("foreign.db"), want: "another program's: it has the tables songs"},
		"no name":               {dsn: "sqlite:", want: "names no file"},
		"a host":                {dsn: "sqlite://db.corp.example/u.db", want: "looks like a host"},
		"another engine":        {dsn: "mysql://root:canary@localhost/x", want: `begins with "mysql"; wanted sqlite:PATH`},
		"a bare path":           {dsn: "/var/lib/usher.db", want: "wanted sqlite:PATH"},
		"nothing":               {dsn: "", want: "wanted sqlite:PATH"},
		"nothing to read":       {dsn: "sqlite:" + at("none.db"), readOnly: true, want: "start usher serve with it once"},
		"empty memory":          {dsn: "sqlite::memory:", readOnly: true, want: "nothing to read"},
		"another's, to read":    {dsn: "sqlite:" + at("foreign.db"), readOnly: true, want: "usher has not used it yet"},
	} {
		_, err := store.Open(t.Context(), c.dsn, store.Options{ReadOnly: c.readOnly})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; wanted a sentence with %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
	}
	if _, err := os.Stat(at("none.db")); err == nil {
		t.Error("opening for reading made a file")
	}
	if tables := tablesOf(t, at("foreign.db")); tables != "songs" {
		t.Errorf("another program's database now has the tables %s", tables)
	}
}

// foreign makes the database of another program.
func foreign(t *testing.T, path string) {
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ExecContext(t.Context(), "CREATE TABLE songs (title TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}

func tablesOf(t *testing.T, path string) string {
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	var names string
	if err := pool.QueryRowContext(t.Context(), "SELECT group_concat(name) FROM sqlite_master").Scan(&names); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestReadOnlyChangesNothing(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "u.db")
	db := open(t, dsn, store.Options{})
	if err := db.PutSession(t.Context(), someone("one")); err != nil {
		t.Fatal(err)
	}
	reader := open(t, dsn, store.Options{ReadOnly: true})
	if _, err := reader.Session(t.Context(), "one"); err != nil {
		t.Errorf("reading beside the one that writes: %v", err)
	}
	for name, err := range map[string]error{
		"ending":  reader.EndSession(t.Context(), "one", time.Now()),
		"opening": reader.PutSession(t.Context(), someone("two")),
		"taking":  func() error { _, err := reader.TakeTicket(t.Context(), "x"); return err }(),
	} {
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: %v; wanted that it is for reading only", name, err)
		}
	}
}

func TestFileThatIsTakenAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "u.db")
	db := open(t, "sqlite:"+path, store.Options{})
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); !errors.Is(err, usher.ErrUnavailable) || !strings.Contains(err.Error(), "was removed while usher used it") {
		t.Errorf("without its file: %v; wanted that it was removed", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); !errors.Is(err, usher.ErrUnavailable) || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("with another file: %v; wanted that it was replaced", err)
	}
}

func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "u.db")
	db := open(t, "sqlite:"+path, store.Options{})
	for i := range 200 {
		if err := db.PutSession(t.Context(), someone(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 60 * 4096; i < len(content); i++ { // behind the schema and its indexes' roots
		content[i] = 0x5a
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db = open(t, "sqlite:"+path, store.Options{})
	damaged := 0
	for i := range 200 {
		_, err := db.Session(t.Context(), fmt.Sprint(i))
		if err == nil {
			continue
		}
		if errors.Is(err, usher.ErrNotFound) || !errors.Is(err, usher.ErrUnavailable) || !strings.Contains(err.Error(), "is damaged: stop usher") {
			t.Fatalf("session %d of a damaged file: %v; wanted that it is damaged", i, err)
		}
		damaged++
	}
	if damaged == 0 {
		t.Error("no damage was met: the test damages nothing")
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	db := open(t, "sqlite:"+filepath.Join(dir, "u.db"), store.Options{Timeout: 20 * time.Second})
	if err := db.PutSession(t.Context(), someone("before")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for who := range 4 {
		writing.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := db.PutSession(t.Context(), someone(fmt.Sprint(who, "-", i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	backup := filepath.Join(dir, "backup.db")
	err := db.Backup(t.Context(), backup)
	stop()
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	whole(t, backup)
	if _, err := open(t, "sqlite:"+backup, store.Options{}).Session(t.Context(), "before"); err != nil {
		t.Errorf("what was there before is not in the backup: %v", err)
	}
	if err := db.Backup(t.Context(), backup); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a backup over a backup: %v; wanted a refusal", err)
	}
	if err := db.Backup(t.Context(), filepath.Join(dir, "missing", "b.db")); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("a backup to nowhere: %v; wanted a refusal", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".usher-backup-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := open(t, "sqlite::memory:", store.Options{}).Backup(t.Context(), filepath.Join(dir, "m.db")); err == nil {
		t.Error("a database in memory was copied")
	}
}
