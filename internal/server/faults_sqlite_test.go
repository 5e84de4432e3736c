// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk mounts a small file system, which only root may.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if os.Getuid() != 0 || exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size="+size+",mode=0700", "usher-test", dir).Run() != nil {
		t.Skip("only root, where it may mount a small file system, can fill one")
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("unmounting %s: %s %v", dir, out, err)
		}
	})
	return dir
}

// fillDisk writes until there is no room, and gives the file to remove.
func fillDisk(t *testing.T, dir string) string {
	t.Helper()
	ballast := filepath.Join(dir, "ballast")
	file, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for block := 64 << 10; block > 0; {
		if _, err := file.Write(make([]byte, block)); errors.Is(err, syscall.ENOSPC) {
			block /= 4
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return ballast
}

func TestFullDiskWhileServing(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "8m")
	dsn := "sqlite:" + filepath.Join(dir, "u.db")
	f := trouble(t, dsn, dsn)
	ballast := ""
	f.holds(t, fault{reads: true, says: "whose disk is full: make room",
		begin: func(t *testing.T) { ballast = fillDisk(t, dir) },
		end: func(t *testing.T) {
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		}})
}

// TestDiskThatFails makes the files immutable: each write fails, as on a disk that
// the system has made read-only because of errors.
func TestDiskThatFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "u.db")
	fix := func(flag string) error {
		args := []string{flag}
		for _, file := range []string{path, path + "-wal"} {
			if _, err := os.Stat(file); err == nil {
				args = append(args, file)
			}
		}
		return exec.Command("chattr", args...).Run()
	}
	f := trouble(t, "sqlite:"+path, "sqlite:"+path)
	t.Cleanup(func() { _ = fix("-i") })
	if os.Getuid() != 0 || fix("+i") != nil || fix("-i") != nil {
		t.Skip("only root, on a file system that knows the attribute, can make a file immutable")
	}
	f.holds(t, fault{reads: true, says: "see that the file system is not mounted read-only",
		begin: func(t *testing.T) {
			if err := fix("+i"); err != nil {
				t.Fatal(err)
			}
		},
		end: func(t *testing.T) {
			if err := fix("-i"); err != nil {
				t.Fatal(err)
			}
		}})
}

// TestLockedFileWhileServing has another program hold the file for longer than
// usher waits.
func TestLockedFileWhileServing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "u.db")
	f := trouble(t, "sqlite:"+path, "sqlite:"+path)
	var tx *sql.Tx
	var pool *sql.DB
	f.holds(t, fault{reads: true, says: "other program",
		begin: func(t *testing.T) {
			var err error
			if pool, err = sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_busy_timeout=10000"); err != nil {
				t.Fatal(err)
			}
			if tx, err = pool.BeginTx(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		},
		end: func(t *testing.T) {
			if err := errors.Join(tx.Rollback(), pool.Close()); err != nil {
				t.Fatal(err)
			}
		}})
}
