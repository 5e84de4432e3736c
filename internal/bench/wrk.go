// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// A load is what wrk sends.
type load struct {
	address     string
	headers     []string
	script      string // a Lua file; empty: none
	connections int
	refused     bool // the right answer is a refusal
	lossy       bool // a peer may break connections under load; they are counted
}

// A sample is one measurement.
type sample struct {
	perSecond  float64
	p99        time.Duration
	perRequest time.Duration // processor time of the server
	broken     int           // connections
}

var (
	rate      = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	requests  = regexp.MustCompile(`(\d+) requests in`)
	quantile  = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)`)
	notFine   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	badSocket = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

// send loads a server for some seconds. Answers other than the right ones
// make the measurement worthless, and an error.
func send(ctx context.Context, p *process, l load, seconds int) (sample, error) {
	args := []string{"-c", loadCPU, "wrk", "-t1", "-c" + strconv.Itoa(l.connections), "-d" + strconv.Itoa(seconds) + "s", "--latency", "--timeout", "10s"}
	for _, h := range l.headers {
		args = append(args, "-H", h)
	}
	if l.script != "" {
		args = append(args, "-s", l.script)
	}
	before, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	out, err := exec.CommandContext(ctx, "taskset", append(args, l.address)...).CombinedOutput() //nolint:gosec // our own arguments
	if err != nil {
		return sample{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	after, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	return read(string(out), l, after-before)
}

func read(out string, l load, spent time.Duration) (sample, error) {
	perSecond, count, p99 := rate.FindStringSubmatch(out), requests.FindStringSubmatch(out), quantile.FindStringSubmatch(out)
	if perSecond == nil || count == nil || p99 == nil {
		return sample{}, fmt.Errorf("wrk said something unexpected:\n%s", out)
	}
	n, _ := strconv.Atoi(count[1])
	bad := 0
	if m := notFine.FindStringSubmatch(out); m != nil {
		bad, _ = strconv.Atoi(m[1])
	}
	if n == 0 || l.refused && bad != n || !l.refused && bad != 0 {
		return sample{}, fmt.Errorf("%s: %d of %d answers were refusals, so nothing was measured", l.address, bad, n)
	}
	s := sample{perRequest: spent / time.Duration(n)}
	if m := badSocket.FindStringSubmatch(out); m != nil {
		for _, count := range m[1:] {
			n, _ := strconv.Atoi(count)
			s.broken += n
		}
		if s.broken > 0 && !l.lossy {
			return sample{}, fmt.Errorf("%s: connections failed: %s", l.address, m[0])
		}
	}
	s.perSecond, _ = strconv.ParseFloat(perSecond[1], 64)
	value, _ := strconv.ParseFloat(p99[1], 64)
	s.p99 = time.Duration(value * float64(map[string]time.Duration{"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second}[p99[2]]))
	return s, nil
}
