// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bufio"
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// TestKilledWhileWriting kills a process in the middle of its writes, several
// times over. What was answered must be there, and the file whole.
func TestKilledWhileWriting(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	path := filepath.Join(t.TempDir(), "u.db")
	var answered []string
	for round := range rounds {
		cmd := child(t, "write", "sqlite:"+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// A different number each round, so that the end meets different moments.
		want := 60 + 17*round
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if strings.HasPrefix(lines.Text(), "error") {
				t.Error(lines.Text())
			}
			if n == want {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			if id := lines.Text(); strings.Count(id, "-") == 2 {
				answered = append(answered, id)
			}
		}
		_ = cmd.Wait() // it was killed
	}
	if len(answered) < 60*rounds {
		t.Fatalf("only %d writes were answered", len(answered))
	}
	whole(t, path)
	db := open(t, "sqlite:"+path, store.Options{})
	for _, id := range answered {
		number, err := strconv.Atoi(id[strings.LastIndex(id, "-")+1:])
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Session(t.Context(), id)
		if ended := number%2 == 1; ended && !errors.Is(err, usher.ErrNotFound) || !ended && err != nil {
			t.Errorf("session %s, whose end was answered %v: %v", id, ended, err)
		}
	}
}

// whole asks SQLite whether a file is undamaged.
func whole(t *testing.T, path string) {
	t.Helper()
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	var verdict string
	if err := pool.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("the file's integrity: %q, %v", verdict, err)
	}
	if err := pool.Close(); err != nil {
		t.Error(err)
	}
}
