// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
)

func explainCommand(env *Env) *cobra.Command {
	var file, output string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "explain REFERENCE",
		Short: "Explain one sign-in by the reference that the person was shown",
		Long: `Explain one sign-in by the reference that the person was shown: what happened, step by
step, what was seen, what was wanted, the first cause, and the fix.`,
		Example: "  usher explain 7F3K-9QXM -c /etc/usher/usher.yaml",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(errors.New("which sign-in? usher explain REFERENCE, as on the page that the person saw"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := usher.ParseReference(args[0])
			if err != nil {
				return usage(fmt.Errorf("%q is %w", args[0], err))
			}
			path, err := configPath(file)
			if err != nil {
				return usage(err)
			}
			return explainReference(cmd.Context(), env, ref, path, output, verbose)
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", "", "the configuration file; left out: ./usher.yaml, the demo's, or /etc/usher/usher.yaml")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "everything that follows from the cause, too")
	return cmd
}

// usualPlaces are where a configuration file is looked for when none is named.
func usualPlaces() []string {
	return []string{demo.ConfigName, demo.DefaultDir + "/" + demo.ConfigName, "/etc/usher/" + demo.ConfigName}
}

func configPath(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	for _, path := range usualPlaces() {
		if exists(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no configuration file at %s; name it with -c FILE", strings.Join(usualPlaces(), ", "))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func explainReference(ctx context.Context, env *Env, ref usher.Reference, path, output string, verbose bool) error {
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return usage(err)
	}
	db, err := openExisting(ctx, cfg, env.Now)
	if err != nil {
		return usage(err)
	}
	if db == nil {
		return usage(fmt.Errorf("the database %s of %s does not exist on this machine: run this where the gateway runs", cfg.Server.DatabaseShown(), path))
	}
	defer func() { _ = db.Close() }()
	attempt, err := db.Attempt(ctx, ref)
	if errors.Is(err, usher.ErrNotFound) {
		return usage(fmt.Errorf("no sign-in with the reference %s is on record in %s; check the letters, and that this is the instance the person used", ref, cfg.Server.DatabaseShown()))
	}
	if err != nil {
		return usage(err)
	}
	c := doctor.FromAttempt(cfg, attempt)
	c.Now = env.Now()
	report := doctor.Report{Usher: Version, Case: c, Results: doctor.ExplainCase(checks.All(), c), Vantage: "the record of the sign-in and the file"}
	switch output {
	case "json":
		err = doctor.JSON(env.Stdout, report)
	case "text":
		timeline(env, attempt)
		options := doctor.Options{Color: env.colour(), Width: env.Width, Verbose: verbose, Language: doctor.Language(env.language())}
		err = doctor.Text(env.Stdout, report, options)
	default:
		return usage(fmt.Errorf("-o is %q, wanted text or json", output))
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// timeline prints what happened, step by step.
func timeline(env *Env, a usher.Attempt) {
	bold, plain := "", ""
	if env.colour() {
		bold, plain = "\x1b[1m", "\x1b[0m"
	}
	say := func(format string, args ...any) { fmt.Fprintf(env.Stdout, format+"\n", args...) }
	say("%ssign-in %s%s   %s   %s", bold, a.Reference, plain, outcomeWords(a), a.Begun.Local().Format("2006-01-02 15:04:05 MST"))
	who := "nobody known yet"
	if a.Person != nil {
		who = lookalike.Show(strings.TrimSpace(a.Person.Name + " <" + a.Person.Email + ">"))
	}
	say("  who      %s", who)
	if a.Account != "" {
		say("  account  %s   configuration revision %s", a.Account, a.Revision)
	}
	if a.ReturnTo != "" {
		say("  wanted   %s", lookalike.Show(a.ReturnTo))
	}
	if a.Client != "" {
		say("  from     %s   %s", a.Client, lookalike.Show(a.UserAgent))
	}
	say("")
	for _, p := range a.Trail {
		say("  %8s  %-9s %s", "+"+p.At.Sub(a.Begun).Round(time.Millisecond).String(), p.Step, lookalike.Show(p.Note))
	}
	if a.Cause != nil {
		say("")
		say("  %sfirst cause: %s%s, at the step %s", bold, a.Cause.Code, plain, a.Cause.Step)
		for _, part := range [][2]string{{"saw", a.Cause.Saw}, {"wanted", a.Cause.Want}, {"", a.Cause.Detail}} {
			if part[1] != "" {
				say("    %-7s %s", part[0], lookalike.Show(part[1]))
			}
		}
	}
	say("")
}

func outcomeWords(a usher.Attempt) string {
	switch a.Outcome {
	case usher.OutcomeSignedIn:
		return "signed in"
	case usher.OutcomeRefused:
		return "refused"
	default:
		return "begun, and nobody came back from the provider"
	}
}
