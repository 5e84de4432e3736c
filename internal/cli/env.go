// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"
)

func realEnv() *Env {
	fd := int(os.Stdout.Fd())
	env := &Env{
		Args: os.Args[1:], Program: program(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Now: time.Now, Terminal: term.IsTerminal(fd), Watched: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if env.Terminal {
		if width, _, err := term.GetSize(fd); err == nil {
			env.Width = width
		}
	}
	return env
}

// program says how to call this program again: by `go run` when that built it.
func program() string {
	exe, err := os.Executable()
	if err == nil && strings.Contains(filepath.ToSlash(exe), "/go-build") {
		return "go run ./cmd/usher"
	}
	if _, err := os.Stat("/usr/bin/usher"); err == nil || !strings.ContainsRune(os.Args[0], filepath.Separator) {
		return "usher"
	}
	return os.Args[0]
}

// color says whether to color: only on a terminal, and never where NO_COLOR
// (no-color.org) or a dumb terminal says otherwise.
func (e *Env) color() bool {
	return e.Terminal && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}

// language is the language that people are addressed in: en or nl.
func (e *Env) language() string {
	for _, name := range []string{"USHER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := e.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "nl") {
				return "nl"
			}
			return "en"
		}
	}
	return "en"
}
