// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mostCommand bounds what is read of a process's command line.
const mostCommand = 16 << 10

// serving lists the processes on this machine that serve a configuration file,
// as far as this user may see them.
func serving(file string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var out []int
	for _, e := range entries {
		id, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", e.Name())
		if named, ok := servedFile(commandLine(dir)); ok && samePath(dir, named, file) {
			out = append(out, id)
		}
	}
	return out
}

func commandLine(dir string) []string {
	f, err := os.Open(filepath.Join(dir, "cmdline"))
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, mostCommand))
	if err != nil {
		return nil
	}
	var args []string
	for _, a := range bytes.Split(bytes.TrimSuffix(data, []byte{0}), []byte{0}) {
		args = append(args, string(a))
	}
	return args
}

// servedFile finds the file in a command line such as usher serve -c FILE.
func servedFile(args []string) (string, bool) {
	if len(args) < 3 || args[1] != "serve" || !strings.Contains(filepath.Base(args[0]), "usher") {
		return "", false
	}
	for i, a := range args[2:] {
		for _, flag := range []string{"--config=", "-c="} {
			if v, ok := strings.CutPrefix(a, flag); ok {
				return v, true
			}
		}
		if (a == "-c" || a == "--config") && i+3 < len(args) {
			return args[i+3], true
		}
	}
	return "", false
}

func samePath(dir, named, file string) bool {
	if !filepath.IsAbs(named) {
		from, err := os.Readlink(filepath.Join(dir, "cwd"))
		if err != nil {
			return false
		}
		named = filepath.Join(from, named)
	}
	a, err1 := os.Stat(named)
	b, err2 := os.Stat(file)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}
