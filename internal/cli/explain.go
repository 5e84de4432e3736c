// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/docs"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

func explainCommand(env *Env) *cobra.Command {
	var e explanation
	cmd := &cobra.Command{
		Use:   "explain REFERENCE | CODE | SYMPTOM | \"pasted error text\"",
		Short: "Explain a sign-in, a check, a symptom, or a pasted error",
		Long: `Explain one sign-in by the reference that the person was shown: what happened, step by
step, what was seen, what was wanted, the first cause, and the fix. Or the page of a
check by its code; the ranked causes of a symptom; what a pasted error text means.

Symptoms: ` + strings.Join(symptomNames(), ", ") + `.`,
		Example: `  usher explain 7F3K-9QXM -c /etc/usher/usher.yaml
  usher explain mask-blanks
  usher explain redirected-to-adobe -c prod.yaml
  usher explain "Login heeft geen recht dat de uitdrukking aanpast"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || strings.TrimSpace(strings.Join(args, "")) == "" {
				return usage(errors.New("what is to be explained? usher explain REFERENCE, CODE, SYMPTOM or \"error text\""))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.explain(cmd.Context(), env, strings.TrimSpace(strings.Join(args, " ")))
		},
	}
	cmd.Flags().StringVarP(&e.file, "config", "c", "", "the configuration file; left out: ./usher.yaml, the demo's, or /etc/usher/usher.yaml")
	cmd.Flags().StringVarP(&e.output, "output", "o", "text", "text or json")
	cmd.Flags().BoolVarP(&e.verbose, "verbose", "v", false, "everything that follows from a cause, too")
	return cmd
}

// An explanation is what was asked for besides the text.
type explanation struct {
	file, output string
	verbose      bool
}

// explain finds out what the text is: a code, a symptom, a reference, or words.
func (e explanation) explain(ctx context.Context, env *Env, text string) error {
	if e.output != "text" && e.output != "json" {
		return usage(fmt.Errorf("-o is %q, wanted text or json", e.output))
	}
	if page, ok := docs.Page(text); ok {
		_, err := fmt.Fprint(env.Stdout, page)
		return err
	}
	if symptom, err := symptomOf(text); err == nil && symptom != "" {
		return e.symptom(env, symptom)
	}
	if ref, err := usher.ParseReference(text); err == nil {
		path, err := configPath(e.file)
		if err != nil {
			return usage(err)
		}
		return e.reference(ctx, env, ref, path)
	}
	return e.pasted(ctx, env, text)
}

// symptom ranks a symptom's causes, over the file where there is one.
func (e explanation) symptom(env *Env, symptom usher.Symptom) error {
	path, err := configPath(e.file)
	if err != nil {
		return usage(fmt.Errorf("the causes of a symptom are ranked over a configuration: %w", err))
	}
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return usage(err)
	}
	c := doctor.NewCase(env.Now(), cfg)
	c.Symptom = symptom
	report := doctor.Report{Usher: Version, Case: c, Results: doctor.Rank(symptom, doctor.Run(checks.All(), c))}
	return e.show(env, report, func() error { return doctor.Ranking(env.Stdout, report, symptom, e.options(env)) })
}

// pasted says what is recognized in a text, and ranks what it may come from:
// over the configuration where there is one.
func (e explanation) pasted(ctx context.Context, env *Env, text string) error {
	matches := doctor.Recognize(checks.All(), text)
	if len(matches) == 0 {
		return usage(errors.New("nothing in this text is known: no code, symptom, reference (such as 7F3K-9QXM), or message of the vendor, an identity provider or a browser; paste more of it, the part with the error's name or number above all, or run usher doctor FILE"))
	}
	path, noFile := configPath(e.file)
	if e.file == "" && noFile != nil {
		return e.unjudged(env, matches)
	}
	for _, m := range matches {
		if m.Reference != "" {
			return e.reference(ctx, env, m.Reference, path)
		}
	}
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return usage(err)
	}
	c := doctor.NewCase(env.Now(), cfg)
	for _, m := range matches {
		c.Symptom = cmp.Or(c.Symptom, m.Symptom, doctor.SymptomErrorAfterLogin) // what a person or an attempt would tell is asked for, too
	}
	report := doctor.Report{Usher: Version, Case: c, Results: doctor.RankMatches(matches, doctor.Run(checks.All(), c))}
	if e.output == "json" {
		return written(doctor.PastedJSON(env.Stdout, matches, report))
	}
	if err := doctor.Recognized(env.Stdout, matches, e.options(env)); err != nil {
		return failed(err)
	}
	return written(doctor.Pasted(env.Stdout, report, e.options(env)))
}

// unjudged ranks without a configuration.
func (e explanation) unjudged(env *Env, matches []doctor.Match) error {
	list := doctor.Candidates(checks.All(), matches)
	if e.output == "json" {
		return written(doctor.PastedJSON(env.Stdout, matches, doctor.Report{Usher: Version, Results: list}))
	}
	if err := doctor.Recognized(env.Stdout, matches, e.options(env)); err != nil {
		return failed(err)
	}
	return written(doctor.CandidateText(env.Stdout, list, env.Program, e.options(env)))
}

func written(err error) error {
	if err != nil {
		return failed(err)
	}
	return nil
}

func (e explanation) options(env *Env) doctor.Options {
	return doctor.Options{Color: env.color(), Width: env.Width, Verbose: e.verbose, Language: doctor.Language(env.language())}
}

func (e explanation) show(env *Env, report doctor.Report, text func() error) error {
	show := text
	if e.output == "json" {
		show = func() error { return doctor.JSON(env.Stdout, report) }
	}
	if err := show(); err != nil {
		return failed(err)
	}
	return nil
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

// mostRevisions bounds how much of the file's history is read.
const mostRevisions = 200

// reference explains one attempt on record.
func (e explanation) reference(ctx context.Context, env *Env, ref usher.Reference, path string) error {
	cfg, err := config.Load(path, lenient())
	if err != nil {
		return usage(err)
	}
	db, err := readExisting(ctx, cfg, env.Now)
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
	if states, err := db.Revisions(ctx, mostRevisions); err == nil { // without them the sign-in is explained all the same
		slices.Reverse(states)
		c.Instances[0].History = doctor.Known(states, c.Now, "the record")
	}
	report := doctor.Report{Usher: Version, Case: c, Results: doctor.ExplainCase(checks.All(), c), Vantage: "the record of the sign-in and the file"}
	return e.show(env, report, func() error { return doctor.Timeline(env.Stdout, report, e.options(env)) })
}
