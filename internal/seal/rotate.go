// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// maxKeys bounds a key file: that many rotations are many years.
const maxKeys = 64

// Replace puts another set in place of this one, for everybody who holds it.
func (k *Keys) Replace(with *Keys) {
	list := slices.Clone(with.list())
	k.held.Store(&list)
}

// OnUnknown has look called when a value names a key that is not in the set,
// before Open says so: look may find the key and call [Keys.Replace]. It must
// bound how often it does.
func (k *Keys) OnUnknown(look func()) { k.unknown.Store(&look) }

// Next names the key that is to be the next one in use; empty: there is none.
func (k *Keys) Next() string {
	for _, one := range k.list() {
		if one.next {
			return fmt.Sprintf("%x", one.id)
		}
	}
	return ""
}

// Prepare gives the set with a fresh key that opens and does not seal yet, so
// that every node can have it before the first value is sealed with it. A set
// that has one already is given back as it is.
func (k *Keys) Prepare(random io.Reader) (*Keys, error) {
	if k.Next() != "" {
		return keysOf(slices.Clone(k.list())), nil
	}
	if len(k.list()) >= maxKeys {
		return nil, fmt.Errorf("the key file has %d keys; take out old ones that nothing is sealed with any more", len(k.list()))
	}
	fresh, err := draw(random)
	if err != nil {
		return nil, err
	}
	fresh.next = true
	return keysOf(slices.Insert(slices.Clone(k.list()), 1, fresh)), nil
}

// Promote gives the set with the prepared key in use; all others still open.
func (k *Keys) Promote() (*Keys, error) {
	list := slices.Clone(k.list())
	i := slices.IndexFunc(list, func(one key) bool { return one.next })
	if i < 0 {
		return nil, errors.New("no key was prepared")
	}
	next := list[i]
	next.next = false
	return keysOf(slices.Insert(slices.Delete(list, i, i+1), 0, next)), nil
}

// SealedBy names the key that sealed a value, from the value's first nine bytes;
// empty: they are no beginning of a sealed value.
func SealedBy(sealed []byte) string {
	if len(sealed) < headerSize || sealed[0] != version {
		return ""
	}
	return fmt.Sprintf("%x", sealed[1:headerSize])
}

// ReplaceFile writes the set over an existing key file: whole or not at all,
// with mode 0600, and owned by whoever owned the file before. Who calls it holds
// the file; see [Hold].
func (k *Keys) ReplaceFile(path string) (err error) {
	before, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	sweep(filepath.Dir(path))
	f, err := os.CreateTemp(filepath.Dir(path), unfinished) // mode 0600
	if err != nil {
		return fmt.Errorf("writing the key file %s: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already where all went well
	_, err = f.Write(k.encode())
	if err = errors.Join(err, sameOwner(f, before), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the key file %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing the key file %s: %w", path, err)
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder has the disk know a file's new name. Not every system can.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// ErrHeld says that another process is changing the key file.
var ErrHeld = errors.New("another usher key rotate is at work on it; let it end")

// sweep removes what a process left that was killed while it wrote a key file:
// it holds keys. Only who holds the file may call it.
func sweep(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, unfinished))
	for _, name := range left {
		_ = os.Remove(name)
	}
}

// unfinished is how a key file is called that is being written.
const unfinished = ".usher-key-*"
