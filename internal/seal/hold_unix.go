// SPDX-License-Identifier: Apache-2.0

//go:build unix

package seal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Hold has the key file to itself among those that change it on this machine,
// until release is called or the process ends, however it ends. Readers are not
// held up. Another holder is [ErrHeld].
func Hold(path string) (release func(), err error) {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	// The folder is what is locked: the file itself is replaced by each change.
	err = syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("key file %s: %w", path, ErrHeld), dir.Close())
	}
	// A file system without locks leaves it to people not to change keys twice at once.
	return func() { _ = dir.Close() }, nil
}
