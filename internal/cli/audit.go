// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/store"
)

// auditFlags choose what is printed.
type auditFlags struct {
	since, until, action, actor, subject string
	follow                               bool
}

func auditCommand(env *Env) *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit FILE",
		Short: "What was done: sign-ins, refusals, and every act of an administrator",
		Long: `Print the record of what was done, the earliest first, as JSON lines: every sign-in,
sign-out and refusal once, with the reference that usher explain takes, and every act
of an administrator: a session ended, a key rotated, a file mended, put in force or
refused, a backup made or restored. The record is only added to; it ends by age
alone (server.retention.audit). It holds no secret.`,
		Example: "  usher audit usher.yaml --since 24h\n  usher audit usher.yaml --action sign-in-refused --follow\n  usher audit usher.yaml | jq -r 'select(.action == \"session-ended\")'",
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

func runAudit(ctx context.Context, env *Env, file string, f auditFlags) error {
	since, err := parseSince("--since", f.since, env.Now())
	if err != nil {
		return usage(err)
	}
	until, err := parseSince("--until", f.until, env.Now())
	if err != nil {
		return usage(err)
	}
	_, db, err := openRecords(ctx, env, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	a := auditor{db: db, flags: f, until: until, out: env.Stdout, seen: map[string]time.Time{}}
	if err := a.print(ctx, since); err != nil {
		return failed(err)
	}
	for f.follow {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		// Another node's clock, or a transaction that took its time, may have put an
		// event before one that was printed already.
		if err := a.print(ctx, a.last.Add(-lateFor)); err != nil && ctx.Err() == nil {
			return failed(err)
		}
	}
	return nil
}

// lateFor is how late an event may come to be followed still.
const lateFor = 15 * time.Second

// auditor prints each event once.
type auditor struct {
	db    *store.DB
	flags auditFlags
	until time.Time
	out   io.Writer
	last  time.Time            // of the latest event printed
	seen  map[string]time.Time // events that may be met again while following
}

func (a *auditor) print(ctx context.Context, since time.Time) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
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
			if !a.wanted(e) {
				continue
			}
			if err := enc.Encode(auditLine{e.ID, e.At, e.Action, e.Actor, e.Client, e.Subject, e.Detail}); err != nil {
				return errors.Join(errors.New("the record could not be printed"), err)
			}
		}
	}
}

// wanted reports whether an event is to be printed, and remembers that it was
// seen where it may be met again.
func (a *auditor) wanted(e store.Event) bool {
	if a.flags.follow {
		if _, again := a.seen[e.ID]; again {
			return false
		}
		a.seen[e.ID] = e.At
		if e.At.After(a.last) {
			a.last = e.At
		}
		if len(a.seen) > 10_000 {
			for id, at := range a.seen {
				if at.Before(a.last.Add(-2 * lateFor)) {
					delete(a.seen, id)
				}
			}
		}
	}
	is := func(want, have string) bool { return want == "" || want == have }
	return is(a.flags.action, e.Action) && is(a.flags.actor, e.Actor) && is(a.flags.subject, e.Subject)
}
