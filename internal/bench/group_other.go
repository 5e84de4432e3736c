// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package main

import (
	"errors"
	"os"
	"os/exec"
)

// ownGroup does nothing where there are no groups of processes.
func ownGroup(*exec.Cmd) {}

// endGroup ends p, and nothing that it started.
func endGroup(p *os.Process) error {
	if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}
