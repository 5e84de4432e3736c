// SPDX-License-Identifier: Apache-2.0

//go:build linux || darwin || freebsd

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// freeBytes says how much this user can still write to the folder's disk.
func freeBytes(folder string) int64 {
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize) //nolint:gosec,unconvert // the types differ between systems
}

// unwritable reports whether the folder is on a file system that nobody can write to.
func unwritable(folder string) bool {
	const write = 2
	return errors.Is(syscall.Access(folder, write), syscall.EROFS)
}

// denied reports whether the system keeps this user out of what belongs to
// somebody else. What is this user's own, or on a disk that nobody may write
// to, is not denied: there the gateway would fare no better. Nothing is opened:
// see prepareFile.
func denied(path string, info fs.FileInfo) bool {
	const readAndWrite = 4 | 2
	if err := syscall.Access(path, readAndWrite); !errors.Is(err, syscall.EACCES) {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(s.Uid) != os.Geteuid()
}
