// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

type fixFlags struct{ yes, dryRun bool }

func fixCommand(env *Env) *cobra.Command {
	var f fixFlags
	cmd := &cobra.Command{
		Use:   "fix CODE FILE",
		Short: "Make the exact edit that a finding asks for: diff, backup, write",
		Long: `Make the exact edit that the first finding of this code asks for: the difference is
shown, confirmed, the file is backed up and then written as a whole. An edit that
changes who may enter says who gains and who loses. Comments and order stay.`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return runFix(env, usher.Code(args[0]), args[1], f) },
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the difference and change nothing")
	return cmd
}

func runFix(env *Env, code usher.Code, path string, f fixFlags) error {
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return usage(err)
	}
	if _, err := doctor.Only(checks.All(), []usher.Code{code}); err != nil {
		return usage(err)
	}
	fix, err := findFix(env, cfg, code)
	if err != nil {
		return usage(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return usage(err)
	}
	change := cfg.Change(fix.Edits...)
	next, diff, err := change.Preview(path, data, lenient())
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(env.Stdout, "%s\n\n%s", fix.Description, diff)
	printDelta(env, cfg, next)
	if f.dryRun {
		fmt.Fprintln(env.Stdout, "\nNothing was changed (--dry-run).")
		return nil
	}
	if !f.yes && !confirmed(env, path) {
		fmt.Fprintln(env.Stdout, "Nothing was changed.")
		return nil
	}
	written, err := change.Write(path, lenient(), env.Now())
	if err != nil {
		return failed(err)
	}
	fmt.Fprintf(env.Stdout, "%s is written; as it was before: %s\n", path, written.Backup)
	return nil
}

// findFix gives the edit of the first finding of a code.
func findFix(env *Env, cfg *config.Config, code usher.Code) (*usher.Fix, error) {
	found := false
	said := ""
	for _, r := range doctor.Run(checks.All(), doctor.NewCase(env.Now(), cfg)) {
		if r.Code != code || !r.Finding() {
			continue
		}
		found = true
		fix := r.Usher().Fix
		switch {
		case fix == nil:
		case len(fix.Edits) == 0:
			said = fix.Description
		default:
			return fix, nil
		}
	}
	switch {
	case !found:
		return nil, fmt.Errorf("%s: the check %s finds nothing wrong, so there is nothing to fix", cfg.File, code)
	case said != "":
		return nil, fmt.Errorf("%s: no edit of the file mends %s; what to do instead: %s", cfg.File, code, said)
	default:
		return nil, fmt.Errorf("%s: no edit of the file mends %s; see: %s explain %s", cfg.File, code, env.Program, code)
	}
}

// printDelta says who gains and who loses by the change, as far as the file
// knows the organization.
func printDelta(env *Env, before, after *config.Config) {
	if before.Organization == nil {
		fmt.Fprintln(env.Stdout, "\nWho gains or loses by this cannot be said: the file has no organization.")
		return
	}
	gains, loses := doctor.AccessDelta(doctor.Access(before), doctor.Access(after))
	if len(gains)+len(loses) == 0 {
		fmt.Fprintln(env.Stdout, "\nNobody gains or loses access by this.")
		return
	}
	fmt.Fprintln(env.Stdout, "\nThis changes who may enter:")
	for _, e := range gains {
		fmt.Fprintf(env.Stdout, "  gains  %s -> %s\n", e.Email, e.Operator)
	}
	for _, e := range loses {
		fmt.Fprintf(env.Stdout, "  loses  %s -> %s\n", e.Email, e.Operator)
	}
}

func confirmed(env *Env, path string) bool {
	fmt.Fprintf(env.Stdout, "\nWrite this to %s? [y/N] ", path)
	line, _ := bufio.NewReader(env.Stdin).ReadString('\n') // no answer is no
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "j", "ja":
		return true
	}
	return false
}
