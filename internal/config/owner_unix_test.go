// SPDX-License-Identifier: Apache-2.0

//go:build unix

package config

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// The owner stays where this user may give files away; where not, nothing is written.
func TestWriteKeepsTheOwner(t *testing.T) {
	path, c := onDisk(t, account("label: a"), 0o640)
	const somebody = 54321
	if os.Geteuid() != 0 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		foreign, _ := info.Sys().(*syscall.Stat_t)
		foreign.Uid = somebody
		if _, err := replace(path, info, c.src.data, []byte("x"), noon); err == nil || !strings.Contains(err.Error(), "it belongs to user 54321") {
			t.Errorf("got %v, want a refusal that names the owner", err)
		}
		return
	}
	if err := os.Chown(path, somebody, somebody); err != nil {
		t.Fatal(err)
	}
	got, err := relabel(t, c).Write(path, OS(), noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, got.Backup} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if is := info.Sys().(*syscall.Stat_t); is.Uid != somebody || is.Gid != somebody || info.Mode() != 0o640 {
			t.Errorf("%s belongs to %d:%d with mode %v", name, is.Uid, is.Gid, info.Mode())
		}
	}
}
