// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
)

type fixFlags struct {
	yes, dryRun bool
	subject     string
}

func fixCommand(env *Env) *cobra.Command {
	var f fixFlags
	cmd := &cobra.Command{
		Use:   "fix CODE FILE",
		Short: "Make the exact edit that a finding asks for: diff, backup, write",
		Long: `Make the exact edits that the findings of this code ask for: the difference is
shown, confirmed, the file is backed up and then written as a whole. What changes
who may enter says who gains and who loses. Comments and order stay.

Exit status: 0 the file is written, or would be (--dry-run), or nothing of this code
is wrong with it; 1 it is not written: nobody said yes, it was changed meanwhile, or
what is found is mended elsewhere; 2 the call or the file cannot be used.`,
		Example: "  usher fix mask-blanks prod.yaml --dry-run\n  usher fix scope-not-provisioned prod.yaml --subject audiencemanager_api --yes",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFix(cmd.Context(), env, usher.Code(args[0]), args[1], f)
		},
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the difference and change nothing")
	cmd.Flags().StringVar(&f.subject, "subject", "", "mend the finding on this subject only, where the code has several")
	return cmd
}

func runFix(ctx context.Context, env *Env, code usher.Code, path string, f fixFlags) error {
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return usage(err)
	}
	if _, err := doctor.Only(checks.All(), []usher.Code{code}); err != nil {
		return usage(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return usage(err)
	}
	if config.RevisionOf(data) != cfg.Revision {
		return failed(fmt.Errorf("%s was changed at this very moment; run this again", path))
	}
	m := mending{env: env, code: code, subject: f.subject, path: path}
	if err := m.collect(cfg, data); err != nil || len(m.done) == 0 {
		return err
	}
	change, err := cfg.Between(m.text)
	if err != nil {
		return failed(err)
	}
	next, diff, err := change.Preview(path, data, lenient())
	if err != nil {
		return failed(err)
	}
	for _, d := range m.done {
		fmt.Fprintln(env.Stdout, lookalike.Visible(d))
	}
	fmt.Fprintf(env.Stdout, "\n%s", shownLines(diff))
	printDelta(env, cfg, next)
	m.printRest()
	if f.dryRun {
		fmt.Fprintln(env.Stdout, "\nNothing was changed (--dry-run).")
		return nil
	}
	if !f.yes && !confirmed(env, path) {
		fmt.Fprintln(env.Stdout, "Nothing was changed.")
		return silently(exitError)
	}
	written, err := change.Write(path, lenient(), env.Now())
	if err != nil {
		return failed(err)
	}
	fmt.Fprintf(env.Stdout, "%s is written; as it was before: %s\n", path, written.Backup)
	noteFix(ctx, env, cfg, code)
	return nil
}

// mending collects the edits of every finding of one code. Each is made on
// what the one before it left, and judged anew: two findings may edit one line.
type mending struct {
	env     *Env
	code    usher.Code
	subject string
	path    string

	text []byte   // of the file, as it would be
	done []string // descriptions of the edits
	rest []string // what no edit mends

	others   []string // subjects of this code that were not asked for
	unjudged string   // what would settle it, where the file alone does not tell
}

// mostEdits bounds a search that makes no headway.
const mostEdits = 200

func (m *mending) collect(cfg *config.Config, data []byte) error {
	m.text = data
	var tried []string
	found := false
	for range mostEdits {
		fix, key, any := m.next(cfg, tried)
		found = found || any
		if fix == nil {
			break
		}
		tried = append(tried, key)
		after, err := cfg.Change(fix.Edits...).Apply(m.text)
		if err != nil {
			return failed(err)
		}
		next, err := config.Parse(m.path, after, lenient())
		if err != nil {
			return failed(fmt.Errorf("%s is left as it is: with the change it would not load:\n%w", m.path, err))
		}
		cfg, m.text = next, after
		subject, _, _ := strings.Cut(key, "\x00")
		m.done = append(m.done, lookalike.Show(subject)+": "+fix.Description)
	}
	return m.verdict(found)
}

// next gives the first finding that has an edit and was not tried yet, and
// whether anything of the code is found at all.
func (m *mending) next(cfg *config.Config, tried []string) (fix *usher.Fix, key string, found bool) {
	m.rest, m.others, m.unjudged = nil, nil, ""
	for _, r := range doctor.Run(checks.All(), doctor.NewCase(m.env.Now(), cfg)) {
		switch {
		case r.Code != m.code:
			continue
		case r.Status == doctor.Unknown:
			m.unjudged = r.Gather.String()
			continue
		case !r.Finding():
			continue
		case m.subject != "" && m.subject != r.Subject:
			m.others = append(m.others, lookalike.Show(r.Subject))
			continue
		}
		found = true
		f := r.Usher().Fix
		key = r.Subject + "\x00" + r.Saw.String()
		switch {
		case f == nil:
			m.rest = append(m.rest, lookalike.Show(r.Subject)+": see "+m.env.Program+" explain "+string(m.code))
		case len(f.Edits) == 0 || slices.Contains(tried, key):
			m.rest = append(m.rest, lookalike.Show(r.Subject)+": "+f.Description)
		default:
			return f, key, true
		}
	}
	return nil, "", found
}

func (m *mending) verdict(found bool) error {
	switch {
	case len(m.done) > 0:
		return nil
	case !found && len(m.others) > 0:
		return usage(fmt.Errorf("%s: the check %s finds nothing wrong with %q, but with %s: name one of these with --subject, or none to mend them all",
			m.path, m.code, m.subject, lookalike.Visible(strings.Join(m.others, ", "))))
	case !found && m.unjudged != "":
		fmt.Fprintf(m.env.Stdout, "%s: the file alone does not tell whether %s holds, and no edit of it is known to be wanted; to settle: %s\n", m.path, m.code, lookalike.Visible(m.unjudged))
		return nil
	case !found:
		fmt.Fprintf(m.env.Stdout, "%s: the check %s finds nothing wrong, so there is nothing to fix\n", m.path, m.code)
		return nil
	default:
		return failed(fmt.Errorf("%s: no edit of the file mends %s; what to do instead:\n  %s", m.path, m.code, lookalike.Visible(strings.Join(m.rest, "\n  "))))
	}
}

// printRest says what is found still, and mended elsewhere.
func (m *mending) printRest() {
	if len(m.rest) == 0 {
		return
	}
	fmt.Fprintln(m.env.Stdout, "\nNo edit of the file mends the rest:")
	for _, r := range m.rest {
		fmt.Fprintf(m.env.Stdout, "  %s\n", lookalike.Visible(r))
	}
}

// shownLines shows what a screen hides or disguises in each line of a text.
func shownLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		l, ended := strings.CutSuffix(l, "\n")
		lines[i] = lookalike.Show(strings.TrimSuffix(l, "\r"))
		if ended {
			lines[i] += "\n"
		}
	}
	return strings.Join(lines, "")
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
		fmt.Fprintf(env.Stdout, "  gains  %s -> %s\n", lookalike.Show(e.Email), lookalike.Show(e.Operator))
	}
	for _, e := range loses {
		fmt.Fprintf(env.Stdout, "  loses  %s -> %s\n", lookalike.Show(e.Email), lookalike.Show(e.Operator))
	}
}

func confirmed(env *Env, path string) bool { return confirm(env, "\nWrite this to "+path+"?") }

// confirm asks, and takes no answer for no.
func confirm(env *Env, question string) bool {
	fmt.Fprint(env.Stdout, question+" [y/N] ")
	line, _ := bufio.NewReader(env.Stdin).ReadString('\n') // no answer is no
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "j", "ja":
		return true
	}
	return false
}
