// SPDX-License-Identifier: Apache-2.0

//go:build unix

package seal

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// sameOwner gives a file to whoever owned another: root changes a key file that
// another user's process must read.
func sameOwner(f *os.File, as fs.FileInfo) error {
	want, ok := as.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if have, ok := info.Sys().(*syscall.Stat_t); ok && have.Uid == want.Uid && have.Gid == want.Gid {
		return nil
	}
	if err := f.Chown(int(want.Uid), int(want.Gid)); err != nil {
		return fmt.Errorf("giving it to its owner: %w", err)
	}
	return nil
}
