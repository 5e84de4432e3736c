// SPDX-License-Identifier: Apache-2.0

// Package cli is the usher command: a command a file.
//
// Its manners: what was asked for goes to standard output, everything else to
// standard error; color only on a terminal that wants it; a refusal says what
// was seen, what was wanted and what to do; exit status 0 means that nothing is
// wrong, 1 that an error was found, 2 that the call or its input cannot be
// used, 3 that nothing is wrong yet something could not be judged. The status
// does not depend on the output format.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Version is what `usher version` says; releases set it when linking.
const Version = "0.1.0"

// Exit statuses, the same in every command and format.
const (
	exitError   = 1
	exitUsage   = 2
	exitUnknown = 3
)

// Env is the world as a command sees it.
type Env struct {
	Args           []string // without the program's name
	Program        string   // how a person would call this program again
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Now            func() time.Time
	Terminal       bool // standard output is a terminal
	Watched        bool // standard error is one
	Width          int  // columns of it; 0: not known
}

// Main runs the command with the real world and returns its exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, realEnv())
}

// Run runs the command.
func Run(ctx context.Context, env *Env) int {
	root := newRoot(env)
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var status *statusError
	if !errors.As(err, &status) {
		status = &statusError{status: exitUsage, err: err}
	}
	if status.err != nil {
		fmt.Fprintf(env.Stderr, "usher: %s\n", strings.TrimRight(status.err.Error(), "\n"))
	}
	return status.status
}

// A statusError ends the program with a status, and a sentence if there is one.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

func failed(err error) error { return &statusError{exitError, err} }

func usage(err error) error { return &statusError{exitUsage, err} }

// silently ends with a status when everything has been said already.
func silently(status int) error {
	if status == 0 {
		return nil
	}
	return &statusError{status: status}
}

func newRoot(env *Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "usher",
		Short: "Sign operators in, guard applications, and know why a sign-in fails",
		Long: `usher is the front desk of an on-premise application. It signs operators in with
Adobe IMS or any OpenID Connect provider, turns the organization's groups into
operator groups, lets operators through to the applications it guards - and when
a sign-in fails, it says why, with the evidence and the exact fix.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w; see: usher %s --help", err, c.Name()))
	})
	root.AddCommand(
		demoCommand(env), serveCommand(env), readyCommand(env), doctorCommand(env), explainCommand(env),
		fixCommand(env), rehearseCommand(env), bundleCommand(env), accessCommand(env), frontCommand(env),
		standinCommand(env), schemaCommand(env), versionCommand(env),
		historyCommand(env), auditCommand(env), backupCommand(env), restoreCommand(env), sessionCommand(env), keyCommand(env),
	)
	return root
}
