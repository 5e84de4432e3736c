// SPDX-License-Identifier: Apache-2.0

//go:build unix

package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Where SQLite locks a file while it has it open (SQLite, os.h: SHARED_FIRST
// and SHARED_SIZE).
const (
	sharedFirst = 0x40000000 + 2
	sharedSize  = 510
)

// unheld asks the system whether another process has a SQLite file open, which
// SQLite itself cannot say of one that is damaged.
func unheld(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: sharedFirst, Len: sharedSize}
	err = syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock)
	if err == nil && lock.Type != syscall.F_UNLCK {
		err = fmt.Errorf("process %d has it open: %w", lock.Pid, ErrInUse)
	}
	return errors.Join(err, f.Close())
}

// adopt gives a file to whoever owns the one whose place it takes or, where
// there is none, the folder: root restores what another user's process opens.
func adopt(fresh, path string) error {
	like, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		like, err = os.Stat(filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	owner, ok := like.Sys().(*syscall.Stat_t)
	if !ok || os.Getuid() != 0 {
		return nil
	}
	return os.Chown(fresh, int(owner.Uid), int(owner.Gid))
}
