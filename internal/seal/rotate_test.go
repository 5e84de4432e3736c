// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRotation follows a value through a rotation: prepared, promoted, old.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.key")
	keys, err := LoadOrCreateFile(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old := keys.Current()
	value, err := keys.Seal("p", "r", []byte("plain"))
	if err != nil || SealedBy(value) != old || SealedBy(value[:9]) != old || SealedBy(value[:8]) != "" {
		t.Fatalf("sealed by %q, wanted %q; %v", SealedBy(value), old, err)
	}
	prepared, err := keys.Prepare(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepared.ReplaceFile(path); err != nil {
		t.Fatal(err)
	}
	node, err := LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	next := node.Next()
	if node.Current() != old || next == "" || next == old || len(node.IDs()) != 2 {
		t.Fatalf("prepared: current %s, next %s, of %v", node.Current(), next, node.IDs())
	}
	if again, err := node.Prepare(rand.Reader); err != nil || again.Next() != next {
		t.Errorf("preparing again draws another key: %s, %v", again.Next(), err)
	}
	promoted, err := node.Promote()
	if err != nil || promoted.Current() != next || promoted.Next() != "" || strings.Join(promoted.IDs(), " ") != next+" "+old {
		t.Fatalf("promoted: %v, %v", promoted.IDs(), err)
	}
	if err := promoted.ReplaceFile(path); err != nil {
		t.Fatal(err)
	}
	fresh, err := promoted.Seal("p", "r", []byte("newer"))
	if err != nil || SealedBy(fresh) != next {
		t.Fatalf("sealed by %s, %v; wanted the new key", SealedBy(fresh), err)
	}
	// A node that still has the prepared set opens what the new key sealed.
	if plain, err := node.Open("p", "r", fresh); err != nil || string(plain) != "newer" {
		t.Errorf("%q, %v", plain, err)
	}
	// One that has the first set only looks at the file when it meets the value.
	looks := 0
	keys.OnUnknown(func() {
		looks++
		now, err := LoadFile(path)
		if err != nil {
			t.Error(err)
			return
		}
		keys.Replace(now)
	})
	for name, sealed := range map[string][]byte{"newer": fresh, "plain": value} {
		if plain, err := keys.Open("p", "r", sealed); err != nil || string(plain) != name {
			t.Errorf("%q, %v; wanted %s", plain, err, name)
		}
	}
	if looks != 1 {
		t.Errorf("looked %d times at the file, wanted once", looks)
	}
	stranger, err := New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := stranger.Seal("p", "r", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open("p", "r", foreign); !errors.Is(err, ErrUnknownKey) || looks != 2 {
		t.Errorf("a stranger's: %v after %d looks", err, looks)
	}
	if _, err := promoted.Promote(); err == nil {
		t.Error("promoted without a prepared key")
	}
}

func TestReplaceFileIsWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "usher.key")
	keys, err := LoadOrCreateFile(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.ReplaceFile(filepath.Join(dir, "none.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key file that is not there: %v", err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.ReplaceFile(path); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the same set reads differently: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
	// A key that is the next one must not be the first: then nothing would seal.
	if _, err := parse(bytes.Replace(before, []byte("\n"), []byte(" next\n"), 1)); err == nil {
		t.Error("a file whose only key is the next one was read")
	}
	for range 80 {
		p, err := keys.Prepare(rand.Reader)
		if err != nil {
			if !strings.Contains(err.Error(), "64 keys") {
				t.Error(err)
			}
			return
		}
		if keys, err = p.Promote(); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("a key file grows without end")
}
