// SPDX-License-Identifier: Apache-2.0

package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// told is one call of onChange.
type told struct {
	label string
	err   error
}

// watching runs Watch over a real file in a bubble with a clock of its own.
// step lets the time of one look pass and gives what was told.
func watching(t *testing.T, text string, story func(path string, step func() []told)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prod.yaml")
	save(t, path, text)
	save(t, filepath.Join(filepath.Dir(path), "ims"), "one\n")
	synctest.Test(t, func(t *testing.T) {
		c, err := Load(path, OS())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex // the look and the story take turns by the clock alone
		var heard []told
		go Watch(ctx, c, OS(), time.Second, func(c *Config, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				heard = append(heard, told{err: err})
				return
			}
			heard = append(heard, told{label: c.Accounts[0].Label + "/" + c.Accounts[0].ClientSecret.Reveal()})
		})
		synctest.Wait()
		time.Sleep(time.Second / 2) // between two looks
		story(path, func() []told {
			time.Sleep(time.Second)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			now := heard
			heard = nil
			return now
		})
		stop()
		synctest.Wait()
	})
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func one(t *testing.T, got []told, label string) {
	t.Helper()
	if len(got) != 1 || got[0].err != nil || got[0].label != label {
		t.Errorf("told %v, want %s once", got, label)
	}
}

func nothing(t *testing.T, got []told) {
	t.Helper()
	if len(got) != 0 {
		t.Errorf("told %v, want nothing", got)
	}
}

const watched = "ims_client_secret: {file: ims}"

func TestWatch(t *testing.T) {
	watching(t, account("label: a", watched), func(path string, step func() []told) {
		nothing(t, step())
		save(t, path, account("label: b", watched))
		nothing(t, step()) // it may still be written
		one(t, step(), "b/one")
		nothing(t, step())

		save(t, filepath.Join(filepath.Dir(path), "ims"), "two\n")
		nothing(t, step())
		one(t, step(), "b/two")

		fresh := path + ".new" // an editor that replaces the file
		save(t, fresh, account("label: c", watched))
		if err := os.Rename(fresh, path); err != nil {
			t.Fatal(err)
		}
		nothing(t, step())
		one(t, step(), "c/two")
		nothing(t, step())
	})
}

func TestWatchWaitsForTheWriter(t *testing.T) {
	watching(t, account("label: a", watched), func(path string, step func() []told) {
		for _, part := range []string{"label: b", "label: bb", "label: bbb"} {
			save(t, path, account(part, watched))
			nothing(t, step())
		}
		one(t, step(), "bbb/one")
		save(t, path, "")
		nothing(t, step())
		save(t, path, account("label: bbb", watched))
		nothing(t, step())
		nothing(t, step())
	})
}

func TestWatchTellsABadFileOnce(t *testing.T) {
	watching(t, account("label: a", watched), func(path string, step func() []told) {
		save(t, path, account("lable: b", "enabled: maybe", watched))
		nothing(t, step())
		got := step()
		var problems *Problems
		if len(got) != 1 || !errors.As(got[0].err, &problems) || len(problems.List) != 2 {
			t.Fatalf("told %v, want both problems once", got)
		}
		nothing(t, step())
		save(t, path, account("label: [", watched))
		nothing(t, step())
		if got := step(); len(got) != 1 || got[0].err == nil {
			t.Errorf("told %v, want the other error", got)
		}
		save(t, path, account("label: a", watched))
		nothing(t, step())
		one(t, step(), "a/one")
	})
}

// A secret that is missing makes a bad file; it is good again once the secret is there.
func TestWatchSeesAMissingSecretCome(t *testing.T) {
	watching(t, account("label: a", watched), func(path string, step func() []told) {
		secret := filepath.Join(filepath.Dir(path), "ims")
		if err := os.Remove(secret); err != nil {
			t.Fatal(err)
		}
		nothing(t, step())
		if got := step(); len(got) != 1 || got[0].err == nil || !strings.Contains(got[0].err.Error(), "there is no such file") {
			t.Errorf("told %v, want that the secret is missing", got)
		}
		nothing(t, step())
		save(t, secret, "three\n")
		nothing(t, step())
		one(t, step(), "a/three")
	})
}

func TestWatchSeesTheFileGoAndCome(t *testing.T) {
	watching(t, account("label: a", watched), func(path string, step func() []told) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		nothing(t, step())
		if got := step(); len(got) != 1 || !errors.Is(got[0].err, fs.ErrNotExist) {
			t.Errorf("told %v, want that there is no file", got)
		}
		nothing(t, step())
		save(t, path, account("label: a", watched))
		nothing(t, step())
		one(t, step(), "a/one")
	})
}

// What has not been touched is not read again, and a change within one tick of
// the file system's clock is seen all the same.
func TestLooksSpareReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	save(t, path, "one")
	reads := 0
	env := OS()
	env.ReadFile = func(name string) ([]byte, error) {
		reads++
		return readBounded(name)
	}
	w := watcher{env: env, looks: make(map[string]look)}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	young, old := info.ModTime().Add(time.Second), info.ModTime().Add(time.Minute)
	first := w.look(path, young)
	if w.look(path, young); reads != 2 {
		t.Errorf("read %d times, want 2: a young file may change unseen", reads)
	}
	w.look(path, old)
	if w.look(path, old); reads != 3 {
		t.Errorf("read %d times, want 3: an old file does not", reads)
	}
	save(t, path, "two")
	if err := os.Chtimes(path, info.ModTime(), info.ModTime().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if w.look(path, old) == first || reads != 4 {
		t.Errorf("the change was not seen, or not by reading (%d times)", reads)
	}
}
