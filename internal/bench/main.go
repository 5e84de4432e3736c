// SPDX-License-Identifier: Apache-2.0

// Command bench measures usher beside what it is to be compared with, in one
// run: a bare net/http server, a bare reverse proxy, and Apache with
// mod_auth_openidc from Debian's packages. It prints a report in Markdown.
//
// Absolute figures move with the machine and the hour; ratios within one run
// much less. So every subject is measured once in each round, the server is
// pinned to one processor and the load to another, and the report gives medians
// with their spread, and the processor time of the whole server per request from
// the kernel's accounting.
//
//	go run ./internal/bench -rounds 5 -seconds 5
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

// options are what can be asked for.
type options struct {
	rounds, seconds, sessions int
	signIns, profile          bool
	report, only, also        string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) > 0 && args[0] == "serve" { // what the measured subjects of this program are started with
		return serveBare(ctx, args[1:])
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 5, "how often each subject is measured")
	flags.IntVar(&o.seconds, "seconds", 5, "how long each measurement takes")
	flags.IntVar(&o.sessions, "sessions", 100_000, "how many live sessions the large case has")
	flags.BoolVar(&o.signIns, "sign-ins", true, "measure whole sign-ins too")
	flags.BoolVar(&o.profile, "profile", false, "instead: print where the processor's time goes while valid sessions are checked")
	flags.StringVar(&o.report, "o", "", "also write the report to this file; with -profile, keep the samples there")
	flags.StringVar(&o.only, "only", "", "measure only the subjects whose name contains this, and what they are compared with")
	flags.StringVar(&o.also, "also", "", "measure another build of usher beside this one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, tool := range []string{"wrk", "taskset"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is not installed; scripts/packages.sh installs it", tool)
		}
	}
	dir, err := os.MkdirTemp("", "usher-bench")
	if err != nil {
		return err
	}
	b := &bench{options: o, dir: dir, progress: progress, now: time.Now, random: rand.Reader}
	if o.profile {
		return errors.Join(b.profileUsher(ctx, out), b.stop(), os.RemoveAll(dir))
	}
	err = errors.Join(b.measure(ctx), b.stop(), os.RemoveAll(dir))
	if err != nil {
		return err
	}
	text := b.reportText()
	if o.report != "" {
		if err := os.WriteFile(filepath.Clean(o.report), []byte(text), 0o644); err != nil { //nolint:gosec // a report is for everybody
			return err
		}
	}
	_, err = io.WriteString(out, text)
	return err
}
