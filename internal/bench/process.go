// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A process is a server that was started for the run.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	ready   time.Duration // from start to the first connection
}

// The server's processor and the load's.
const (
	serverCPU = "0"
	loadCPU   = "1"
)

// start runs a server pinned to a processor and waits until it answers.
func (b *bench) start(ctx context.Context, cpu, log, address string, command ...string) (*process, error) {
	file, err := os.Create(filepath.Join(b.dir, log))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "taskset", append([]string{"-c", cpu}, command...)...) //nolint:gosec // our own commands
	cmd.Stdout, cmd.Stderr = file, file
	ownGroup(cmd)
	p := &process{cmd: cmd, started: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	b.processes = append(b.processes, p)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
		if err == nil {
			p.ready = time.Since(p.started)
			return p, conn.Close()
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	said, _ := os.ReadFile(file.Name())
	return nil, fmt.Errorf("%s did not answer at %s:\n%s", command[0], address, said)
}

// stop ends every process that was started, by its own group.
func (b *bench) stop() error {
	var errs []error
	for _, p := range b.processes {
		if err := endGroup(p.cmd.Process); err != nil {
			errs = append(errs, err)
		}
		_ = p.cmd.Wait() // its status says how it was stopped
	}
	for _, stop := range b.stops {
		stop()
	}
	return errors.Join(errs...)
}

// cpu is the processor time, user and system, of the process and its children.
func (p *process) cpu() (time.Duration, error) {
	var total time.Duration
	return total, p.each(func(dir string) error {
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			return err
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		user, err1 := strconv.Atoi(fields[11])
		system, err2 := strconv.Atoi(fields[12])
		total += time.Duration(user+system) * time.Second / 100 // USER_HZ
		return errors.Join(err1, err2)
	})
}

// What the kernel says of memory: now, and at most since the start. Under a
// machine that takes back what is not in use, only the latter says what a load needed.
const (
	residentNow  = "VmRSS:"
	residentMost = "VmHWM:"
)

// memory is the resident set of the process and its children, bytes.
func (p *process) memory(which string) (int64, error) {
	var total int64
	return total, p.each(func(dir string) error {
		status, err := os.ReadFile(filepath.Join(dir, "status"))
		if err != nil {
			return err
		}
		_, rest, found := strings.Cut(string(status), which)
		if !found {
			return nil
		}
		kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		total += kib << 10
		return err
	})
}

// each visits the process and all of its group: Apache has workers.
func (p *process) each(visit func(dir string) error) error {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return err
	}
	group := strconv.Itoa(p.cmd.Process.Pid)
	for _, dir := range all {
		stat, err := os.ReadFile(filepath.Join(dir, "stat")) //nolint:gosec // /proc
		if err != nil {
			continue // gone meanwhile
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if fields[2] == group {
			if err := visit(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// reserve finds a free port and keeps it until release is called.
func reserve() (port string, release func(), err error) {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	_, port, err = net.SplitHostPort(ln.Addr().String())
	return port, func() { _ = ln.Close() }, err
}

func freePort() (string, error) {
	port, release, err := reserve()
	if err == nil {
		release()
	}
	return port, err
}
