// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/store"
)

// auditFlags choose what is printed, and how.
type auditFlags struct {
	since, until, action, actor, subject, output string
	follow                                       bool
}

func auditCommand(env *Env) *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit FILE",
		Short: "What was done: sign-ins, refusals, and every act of an administrator",
		Long: `Print the record of what was done, the earliest first, as JSON lines: every sign-in,
sign-out and refusal once, with the reference that usher explain takes, and every act
of an administrator: a session ended, a key rotated, a file mended, put in force or
refused, a sign-in rehearsed, a backup made or restored. The record is only added to;
it ends by age alone (server.retention.audit). It holds no secret.

With --follow it goes on until it is interrupted: each event once, in the order in which
the database took it, whatever the clocks of the gateways say. While the database does
not answer it waits, says so once, and goes on where it was.`,
		Example: "  usher audit usher.yaml --since 24h -o text\n  usher audit usher.yaml --action sign-in-refused --follow\n  usher audit usher.yaml | jq -r 'select(.action == \"session-ended\")'",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runAudit(cmd.Context(), env, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "", "from when on: an age such as 24h or 7d, a day, or a time")
	flags.StringVar(&f.until, "until", "", "until when, written likewise")
	flags.StringVar(&f.action, "action", "", "only this action, such as sign-in-refused")
	flags.StringVar(&f.actor, "actor", "", "only what this actor did, such as an email")
	flags.StringVar(&f.subject, "subject", "", "only what was done to this, such as a reference")
	flags.BoolVar(&f.follow, "follow", false, "go on printing what is done, until interrupted")
	flags.StringVarP(&f.output, "output", "o", "json", "json, an object a line; or text, for people")
	return cmd
}

// auditLine is one event as it is printed; its names are for ever.
type auditLine struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Action  string    `json:"action"`
	Actor   string    `json:"actor,omitempty"`
	Client  string    `json:"client,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// bounds reads the flags, and refuses what would print nothing for ever.
func (f auditFlags) bounds(now time.Time) (since, until time.Time, err error) {
	if f.output != "json" && f.output != "text" {
		return since, until, fmt.Errorf("-o is %q, wanted json or text", f.output)
	}
	if f.action != "" && !slices.Contains(auditActions(), f.action) {
		return since, until, fmt.Errorf("--action is %q, and nothing is recorded by that name; wanted one of %s", clean(f.action, 80), strings.Join(auditActions(), ", "))
	}
	if f.follow && f.until != "" {
		return since, until, errors.New("--follow goes on until it is interrupted, and --until says when to end: give one of them")
	}
	if since, err = parseSince("--since", f.since, now); err != nil {
		return since, until, err
	}
	if until, err = parseSince("--until", f.until, now); err != nil {
		return since, until, err
	}
	if !until.IsZero() && !since.Before(until) {
		return since, until, fmt.Errorf("--since is %s and --until is %s: nothing lies between", since.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	return since, until, nil
}

func runAudit(ctx context.Context, env *Env, file string, f auditFlags) error {
	since, until, err := f.bounds(env.Now())
	if err != nil {
		return usage(err)
	}
	open := func(ctx context.Context) (*store.DB, error) {
		_, db, err := readRecords(ctx, env, file)
		return db, err
	}
	db, err := open(ctx)
	if err != nil {
		return err
	}
	a := &auditor{db: db, open: open, flags: f, until: until, env: env, seen: map[string]time.Time{}}
	defer func() { _ = a.db.Close() }()
	if f.follow {
		if a.mark, err = db.Clock(ctx); err != nil {
			return failed(err)
		}
	}
	if err := a.past(ctx, since); err != nil {
		return failed(err)
	}
	if !f.follow {
		return nil
	}
	if err := a.follow(ctx); err != nil {
		return failed(err)
	}
	return nil
}

// auditor prints each event once.
type auditor struct {
	db    *store.DB
	open  func(context.Context) (*store.DB, error)
	flags auditFlags
	until time.Time
	env   *Env
	mark  time.Time            // by the database's clock: what it noted before was met, but for what was late
	seen  map[string]time.Time // events that may be met again while following, and when they were noted
}

// past prints what is on record, in the order in which it was done.
func (a *auditor) past(ctx context.Context, since time.Time) error {
	at, id := since, ""
	for {
		page, err := a.db.EventsAfter(ctx, at, id, 0)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			at, id = e.At, e.ID
			if !a.until.IsZero() && !e.At.Before(a.until) {
				return nil
			}
			if err := a.print(e); err != nil {
				return err
			}
		}
	}
}

// print prints an event that is wanted, and remembers it where it may be met again.
func (a *auditor) print(e store.Event) error {
	if a.flags.follow && e.Noted.After(a.mark.Add(-2*lateFor)) {
		if _, again := a.seen[e.ID]; again {
			return nil
		}
		a.seen[e.ID] = e.Noted
	}
	is := func(want, have string) bool { return want == "" || want == have }
	if !is(a.flags.action, e.Action) || !is(a.flags.actor, e.Actor) || !is(a.flags.subject, e.Subject) {
		return nil
	}
	if err := a.write(e); err != nil {
		return unwritten{err}
	}
	return nil
}

func (a *auditor) write(e store.Event) error {
	if a.flags.output == "text" {
		_, err := fmt.Fprintf(a.env.Stdout, "%s  %-22s  %s\n", stamp(e.At), clean(e.Action, 80), auditWords(e))
		return err
	}
	enc := json.NewEncoder(a.env.Stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(auditLine{e.ID, e.At, e.Action, e.Actor, e.Client, e.Subject, e.Detail})
}

// auditWords joins what is there of who, from where, to what, and why.
func auditWords(e store.Event) string {
	var words []string
	for _, w := range []string{e.Actor, e.Client, e.Subject, e.Detail} {
		if w != "" {
			words = append(words, clean(w, 500))
		}
	}
	return strings.Join(words, "  ")
}

// unwritten says that standard output takes no more: there is nobody to follow for.
type unwritten struct{ error }

func (u unwritten) Error() string { return "the record could not be printed: " + u.error.Error() }
