// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

const (
	fileTag = "usher-key-1"
	nextTag = "next" // after a key that is to be the next one in use
)

// LoadFile reads a key file: one key a line, the current one first. A file that
// others can read is refused.
func LoadFile(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s has mode %04o, wanted 0600: others could read the keys; run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	keys, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return keys, nil
}

// LoadOrCreateFile reads the key file, or makes one with a fresh key where there is none.
func LoadOrCreateFile(path string, random io.Reader) (*Keys, error) {
	keys, err := LoadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	keys, err = New(random)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return LoadFile(path) // another node made it just now
	}
	if err != nil {
		return nil, fmt.Errorf("making the key file: %w", err)
	}
	_, err = f.Write(keys.encode())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
		return nil, fmt.Errorf("writing the key file: %w", err)
	}
	return keys, nil
}

// New makes a set with one key drawn from random.
func New(random io.Reader) (*Keys, error) {
	k, err := draw(random)
	if err != nil {
		return nil, err
	}
	return keysOf([]key{k}), nil
}

func draw(random io.Reader) (k key, err error) {
	for _, into := range [][]byte{k.id[:], k.secret[:]} {
		if _, err := io.ReadFull(random, into); err != nil {
			return key{}, fmt.Errorf("drawing a key: %w", err)
		}
	}
	return k, nil
}

func (k *Keys) encode() []byte {
	var b bytes.Buffer
	for _, one := range k.list() {
		fmt.Fprintf(&b, "%s %x %s", fileTag, one.id, base64.StdEncoding.EncodeToString(one.secret[:]))
		if one.next {
			b.WriteString(" " + nextTag)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func parse(data []byte) (*Keys, error) {
	var list []key
	for i, line := range strings.Split(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		bad := fmt.Errorf("line %d is not %q, an id and a key", i+1, fileTag)
		next := len(fields) == 4 && fields[3] == nextTag && len(list) > 0
		if len(fields) != 3 && !next || fields[0] != fileTag {
			return nil, bad
		}
		id, err1 := hex.DecodeString(fields[1])
		secret, err2 := base64.StdEncoding.DecodeString(fields[2])
		if err1 != nil || err2 != nil || len(id) != idBytes || len(secret) != keyBytes {
			return nil, bad
		}
		list = append(list, key{[idBytes]byte(id), [keyBytes]byte(secret), next})
	}
	if len(list) == 0 {
		return nil, errors.New("there is no key in it")
	}
	return keysOf(list), nil
}
