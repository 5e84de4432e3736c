// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/usher-signin/usher/internal/seal"
)

func opener(t *testing.T) *seal.Opener {
	t.Helper()
	o, err := seal.NewOpener(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestToward(t *testing.T) {
	mine, other := opener(t), opener(t)
	if bytes.Equal(mine.Key(), other.Key()) {
		t.Fatal("two openers have one key")
	}
	plain := []byte("code=canary")
	sealed, err := seal.Toward(mine.Key(), "rehearsal", "row", plain)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, plain) {
		t.Error("the sealed value holds the plain one")
	}
	if got, err := mine.Open("rehearsal", "row", sealed); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened as %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another key":     func() ([]byte, error) { return other.Open("rehearsal", "row", sealed) },
		"another purpose": func() ([]byte, error) { return mine.Open("session", "row", sealed) },
		"another row":     func() ([]byte, error) { return mine.Open("rehearsal", "rows", sealed) },
		"cut short":       func() ([]byte, error) { return mine.Open("rehearsal", "row", sealed[:len(sealed)-1]) },
		"nothing":         func() ([]byte, error) { return mine.Open("rehearsal", "row", nil) },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrNotOpened) || got != nil {
			t.Errorf("%s: opened as %q, %v", name, got, err)
		}
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := mine.Open("rehearsal", "row", bent); !errors.Is(err, seal.ErrNotOpened) {
			t.Fatalf("byte %d altered: %v", i, err)
		}
	}
}

func TestTowardNoKey(t *testing.T) {
	for _, key := range [][]byte{nil, {1, 2, 3}, make([]byte, 31), make([]byte, 33)} {
		if _, err := seal.Toward(key, "p", "r", []byte("x")); err == nil {
			t.Errorf("sealed toward %d bytes that are no key", len(key))
		}
	}
	if _, err := seal.Toward(make([]byte, 32), "p", "r", []byte("x")); err == nil {
		t.Error("sealed toward the point that gives everybody the same secret")
	}
	if _, err := seal.NewOpener(bytes.NewReader(nil)); err == nil {
		t.Error("made a key of nothing")
	}
}
