// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
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

func TestFilesAreForThisUserOnly(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // the mode must not be the umask's doing
	dir := t.TempDir()
	path := filepath.Join(dir, "u.db")
	for round := range 2 {
		db := open(t, "sqlite:"+path, store.Options{})
		if err := db.PutTicket(t.Context(), usher.Ticket{ID: fmt.Sprint(round), Issued: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if err := db.Backup(t.Context(), filepath.Join(dir, fmt.Sprint("backup", round))); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) < 4 {
			t.Fatalf("%v, %v; wanted the database, the two files beside it and a backup", entries, err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v, %v; wanted 0600", e.Name(), info.Mode(), err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil { // as another program may have made it
			t.Fatal(err)
		}
	}
}

// TestFolderThatCannotBeWritten runs as a user without rights, since root may
// write everywhere.
func TestFolderThatCannotBeWritten(t *testing.T) {
	if os.Getuid() != 0 {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		_, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "u.db"), store.Options{})
		wantNotMade(t, fmt.Sprint(err))
		return
	}
	dir, err := os.MkdirTemp("/tmp", "usher-store-*") // every user reaches it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(dir, "kept.db")
	if err := open(t, "sqlite:"+kept, store.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(kept, 0o644); err != nil {
		t.Fatal(err)
	}
	wantNotMade(t, asNobody(t, dir, "sqlite:"+filepath.Join(dir, "u.db")))
	if got := asNobody(t, dir, "sqlite:"+kept); !strings.Contains(got, "other users of this machine can read") {
		t.Errorf("a file of another user that all can read: %s", got)
	}
	if err := os.Chmod(kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := asNobody(t, dir, "sqlite:"+kept); !strings.Contains(got, "give the file, the files beside it and their folder to the user that usher runs as") {
		t.Errorf("a file of another user: %s", got)
	}
}

func wantNotMade(t *testing.T, got string) {
	t.Helper()
	if !strings.Contains(got, "cannot be made; give its folder to the user that usher runs as") {
		t.Errorf("a folder that cannot be written: %s", got)
	}
}

// asNobody opens a database as a user without rights, from a copy of this
// program in dir.
func asNobody(t *testing.T, dir, dsn string) string {
	t.Helper()
	cmd := child(t, "open", dsn)
	copied := filepath.Join(dir, "program")
	if _, err := os.Stat(copied); err != nil {
		copyFile(t, cmd.Path, copied)
	}
	cmd.Path, cmd.Args[0], cmd.Dir = copied, copied, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("%s was opened by a user without rights", dsn)
	}
	return string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
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
