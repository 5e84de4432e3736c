// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/store"
)

// doctorFlags are what the doctor can be asked for.
type doctorFlags struct {
	output, symptom, user    string
	only                     []string
	offline, strict, verbose bool
	noAuthProbes             bool
}

func doctorCommand(env *Env) *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor FILE... | BUNDLE",
		Short: "Find out what is wrong, with the evidence and the exact fix",
		Long: `Judge a configuration file, and what is around it now: the provider, the public
address, the running gateways, the database, files and applications. Every check says
what it saw, what was wanted, and the exact edit that mends it. Nothing is changed. It
takes ten seconds at most; Ctrl-C ends it with what is known by then. What cannot be
seen from this machine is not judged, and said. Several files are compared with one
another.

BUNDLE is a support archive that usher bundle wrote, here or elsewhere: it is judged
by what was seen then and there, and gives the same findings.

Exit status: 0 nothing is wrong; 1 an error was found; 2 the call or a file cannot
be used; 3 nothing is wrong yet something could not be judged (with --strict).`,
		Example: "  usher doctor prod.yaml\n  usher doctor prod.yaml stage.yaml\n  usher doctor prod.yaml --symptom redirected-to-adobe -o json\n  usher doctor usher-production-20261123-0212.zip",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("which configuration file? usher doctor FILE"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runDoctor(cmd.Context(), env, args, f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "text", "text, json, sarif or junit")
	flags.StringVar(&f.symptom, "symptom", "", "what a person sees: "+strings.Join(symptomNames(), ", "))
	flags.StringVar(&f.user, "user", "", "email of one person: is there a way in?")
	flags.StringSliceVar(&f.only, "only", nil, "codes of the checks to run, separated by commas")
	flags.BoolVar(&f.offline, "offline", false, "judge the file alone; ask nobody, the database included")
	flags.BoolVar(&f.noAuthProbes, "no-auth-probes", false, "do not send the client secret to the provider: it is then not judged")
	flags.BoolVar(&f.strict, "strict", false, "exit with 3 where something could not be judged")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "unfold consequences, list what holds")
	return cmd
}

func symptomNames() []string {
	var names []string
	for _, s := range doctor.Symptoms() {
		names = append(names, string(s.Symptom))
	}
	return names
}

func runDoctor(ctx context.Context, env *Env, files []string, f doctorFlags) error {
	write, err := doctorFormat(env, &f)
	if err != nil {
		return usage(err)
	}
	all, err := doctor.Only(checks.All(), codes(f.only))
	if err != nil {
		return usage(err)
	}
	report, err := caseOf(ctx, env, files, &f)
	if err != nil {
		return err
	}
	report.Results = doctor.Run(all, report.Case)
	if symptom := report.Case.Symptom; symptom != "" {
		report.Results = doctor.Rank(symptom, report.Results)
	}
	if err := write(report); err != nil {
		return failed(err)
	}
	status := report.Exit(f.strict)
	for _, in := range report.Case.Instances {
		if f.user != "" && doctor.ExplainPersonIn(checks.All(), in, f.user).Errors() > 0 {
			status = exitError // what is accepted in general may still keep this person out
		}
	}
	return silently(status)
}

func doctorFormat(env *Env, f *doctorFlags) (func(doctor.Report) error, error) {
	switch f.output {
	case "text":
		options := doctor.Options{Color: env.color(), Width: env.Width, Verbose: f.verbose, Language: doctor.Language(env.language())}
		return func(r doctor.Report) error { return doctorText(env, r, *f, options) }, nil
	case "json":
		return func(r doctor.Report) error { return doctor.JSON(env.Stdout, r) }, nil
	case "sarif":
		return func(r doctor.Report) error { return doctor.SARIF(env.Stdout, r) }, nil
	case "junit":
		return func(r doctor.Report) error { return doctor.JUnit(env.Stdout, r) }, nil
	}
	return nil, fmt.Errorf("-o is %q, wanted text, json, sarif or junit", f.output)
}

// doctorText shows what was asked for: one person, a symptom's causes, or all.
func doctorText(env *Env, r doctor.Report, f doctorFlags, o doctor.Options) error {
	switch {
	case f.user != "":
		for _, in := range r.Case.Instances {
			if err := doctor.PersonText(env.Stdout, doctor.ExplainPersonIn(checks.All(), in, f.user), o); err != nil {
				return err
			}
		}
		return nil
	case r.Case.Symptom != "":
		return doctor.Ranking(env.Stdout, r, r.Case.Symptom, o)
	default:
		return doctor.Text(env.Stdout, r, o)
	}
}

func codes(list []string) []usher.Code {
	var out []usher.Code
	for _, c := range list {
		out = append(out, usher.Code(strings.TrimSpace(c)))
	}
	return out
}

func symptomOf(name string) (usher.Symptom, error) {
	if name == "" {
		return "", nil
	}
	for _, s := range doctor.Symptoms() {
		if string(s.Symptom) == name {
			return s.Symptom, nil
		}
	}
	return "", fmt.Errorf("--symptom is %q, wanted one of %s", name, strings.Join(symptomNames(), ", "))
}

// readExisting opens the instance's database for reading where there is one;
// nil where there is none. A newer program thus changes nothing under an older
// gateway.
func readExisting(ctx context.Context, cfg *config.Config, now func() time.Time) (*store.DB, error) {
	return openWith(ctx, cfg, store.Options{Now: now, ReadOnly: true})
}

// openExisting opens the instance's database where there is one; nil where there is none.
func openExisting(ctx context.Context, cfg *config.Config, now func() time.Time) (*store.DB, error) {
	return openWith(ctx, cfg, store.Options{Now: now})
}

func openWith(ctx context.Context, cfg *config.Config, o store.Options) (*store.DB, error) {
	if path, ok := strings.CutPrefix(cfg.Server.Database, "sqlite:"); ok && !exists(path) {
		return nil, nil
	}
	return store.Open(ctx, cfg.Server.Database, o)
}
