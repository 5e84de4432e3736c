// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fresh(t *testing.T) *Keys {
	t.Helper()
	k, err := New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOpensOnlyWhereItBelongs(t *testing.T) {
	keys, other := fresh(t), fresh(t)
	sealed, err := keys.Seal("session", "row1", []byte("canary"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("canary")) {
		t.Fatal("the sealed value shows the plain one")
	}
	if plain, err := keys.Open("session", "row1", sealed); err != nil || string(plain) != "canary" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	refused := map[string]struct {
		keys         *Keys
		purpose, row string
		want         error
	}{
		"another row":     {keys, "session", "row2", ErrNotOpened},
		"another purpose": {keys, "pending", "row1", ErrNotOpened},
		"glued names":     {keys, "sessionr", "ow1", ErrNotOpened},
		"another key":     {other, "session", "row1", ErrUnknownKey},
	}
	for name, c := range refused {
		if plain, err := c.keys.Open(c.purpose, c.row, sealed); !errors.Is(err, c.want) || plain != nil {
			t.Errorf("%s: opened %q, %v; wanted %v", name, plain, err, c.want)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := keys.Open("session", "row1", bad); err == nil {
			t.Errorf("opened with byte %d altered", i)
		}
		if _, err := keys.Open("session", "row1", sealed[:i]); err == nil {
			t.Errorf("opened when cut to %d bytes", i)
		}
	}
	again, _ := keys.Seal("session", "row1", []byte("canary"))
	if bytes.Equal(again, sealed) {
		t.Error("the same value sealed twice gives the same bytes")
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.key")
	first, err := LoadOrCreateFile(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v; wanted 0600", info.Mode(), err)
	}
	second, err := LoadOrCreateFile(path, rand.Reader)
	if err != nil || second.Current() != first.Current() {
		t.Fatalf("the second start has key %q, the first had %q (%v)", second.Current(), first.Current(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFile(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key file that others can read: %v; wanted a refusal that says chmod 600", err)
	}
}

func TestBrokenKeyFile(t *testing.T) {
	for name, text := range map[string]string{
		"empty":    "",
		"junk":     "hello\n",
		"short":    "usher-key-1 00 AAAA\n",
		"bad code": "usher-key-1 0000000000000000 !!!!\n",
	} {
		path := filepath.Join(t.TempDir(), "usher.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if k, err := LoadOrCreateFile(path, rand.Reader); err == nil {
			t.Errorf("%s: loaded as %v", name, k.Current())
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%s: the file was overwritten", name)
		}
	}
}
