// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// shortID is how much of a session's id is shown, and leastID how much of it
// must be given. The id is a hash: it opens nothing.
const (
	shortID = 12
	leastID = 8
)

func sessionCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{Use: "session", Short: "Who is signed in; end sessions on every node", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(errors.New("usher session list FILE, or usher session end FILE"))
		}}
	cmd.AddCommand(sessionListCommand(env), sessionEndCommand(env))
	return cmd
}

// sessionFlags choose sessions.
type sessionFlags struct {
	person, host, output string
	limit                int
	all, yes             bool
}

func sessionListCommand(env *Env) *cobra.Command {
	var f sessionFlags
	cmd := &cobra.Command{
		Use:     "list FILE",
		Short:   "Who is signed in",
		Example: "  usher session list usher.yaml\n  usher session list usher.yaml --person ana@corp.example -o json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return listSessions(cmd.Context(), env, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.person, "person", "", "only of this email, or subject at the provider")
	flags.StringVar(&f.host, "host", "", "only on this host")
	flags.IntVar(&f.limit, "limit", 1000, "at most so many, the latest")
	flags.StringVarP(&f.output, "output", "o", "table", "table or json")
	return cmd
}

func listSessions(ctx context.Context, env *Env, file string, f sessionFlags) error {
	if f.output != "table" && f.output != "json" {
		return usage(fmt.Errorf("-o is %q, wanted table or json", f.output))
	}
	cfg, db, err := readRecords(ctx, env, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	sessions, err := chooseSessions(ctx, db, f, func(s usher.Session) bool { return !s.Ended(env.Now(), cfg.Server.Session.Idle) })
	if err != nil {
		return usage(err)
	}
	if f.output == "json" {
		return sessionsJSON(env, sessions)
	}
	if len(sessions) == 0 {
		fmt.Fprintln(env.Stdout, "Nobody is signed in who was asked for.")
		return nil
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SESSION\tPERSON\tHOST\tSIGNED IN\tLAST SEEN\tENDS\tREFERENCE")
	for _, s := range sessions {
		fmt.Fprintf(w, "%.*s\t%s\t%s\t%s\t%s\t%s\t%s\n", shortID, s.ID, clean(personOf(s), 60), clean(s.Host, 60), stamp(s.Begun), stamp(s.LastSeen), stamp(s.Expires), s.Login)
	}
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	fmt.Fprintln(env.Stdout, many(len(sessions), "session", "sessions")+".")
	return nil
}

func personOf(s usher.Session) string {
	if s.Person.Email != "" {
		return s.Person.Email
	}
	return s.Person.Subject
}

// sessionLine is a session as JSON lists it; its names are for ever.
type sessionLine struct {
	ID        string    `json:"id"`
	Email     string    `json:"email,omitempty"`
	Provider  string    `json:"provider"`
	Subject   string    `json:"subject"`
	Host      string    `json:"host"`
	Account   string    `json:"account"`
	Begun     time.Time `json:"begun"`
	LastSeen  time.Time `json:"last_seen"`
	Expires   time.Time `json:"expires"`
	Reference string    `json:"reference"`
}

func sessionsJSON(env *Env, sessions []usher.Session) error {
	lines := []sessionLine{}
	for _, s := range sessions {
		lines = append(lines, sessionLine{s.ID, s.Person.Email, s.Person.Provider, s.Person.Subject, s.Host, s.Account, s.Begun, s.LastSeen, s.Expires, s.Login})
	}
	enc := json.NewEncoder(env.Stdout)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"usher": Version, "sessions": lines}); err != nil {
		return failed(err)
	}
	return nil
}

// chooseSessions lists open sessions in pages, as many as are asked for.
func chooseSessions(ctx context.Context, db *store.DB, f sessionFlags, fits func(usher.Session) bool) ([]usher.Session, error) {
	filter := store.SessionFilter{Host: usher.CanonicalHost(f.host), Limit: 1000}
	if strings.Contains(f.person, "@") {
		filter.Email = f.person
	} else {
		filter.Subject = f.person
	}
	var out []usher.Session
	seen := map[string]bool{}
	for f.limit <= 0 || len(out) < f.limit {
		page, err := db.Sessions(ctx, filter)
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, s := range page {
			if seen[s.ID] {
				continue
			}
			seen[s.ID] = true
			fresh++
			if fits(s) && (f.limit <= 0 || len(out) < f.limit) {
				out = append(out, s)
			}
		}
		if len(page) < 1000 || fresh == 0 {
			break
		}
		// Several may have begun in the same moment: the next page begins with it.
		filter.Before = page[len(page)-1].Begun.Add(time.Microsecond)
	}
	return out, nil
}

func sessionEndCommand(env *Env) *cobra.Command {
	var f sessionFlags
	cmd := &cobra.Command{
		Use:   "end FILE [SESSION...] [--person EMAIL | --all]",
		Short: "End sessions; every node refuses them within a second",
		Long: `End the sessions that are named by the beginning of their ids (usher session list
shows them), all of a person, or all there are. With a session ends the sign-in that it
belongs to, on every host: else it would come back by itself. Every node refuses an
ended session within a second. What ended is recorded in the audit.`,
		Example: "  usher session end usher.yaml 3f9a2c41\n  usher session end usher.yaml --person ana@corp.example\n  usher session end usher.yaml --all --yes",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return endSessions(cmd.Context(), env, args[0], args[1:], f)
		},
	}
	cmd.Flags().StringVar(&f.person, "person", "", "all of this email, or subject at the provider")
	cmd.Flags().BoolVar(&f.all, "all", false, "all of everybody")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask before everybody is signed out")
	return cmd
}

func endSessions(ctx context.Context, env *Env, file string, ids []string, f sessionFlags) error {
	ways := 0
	for _, given := range []bool{len(ids) > 0, f.person != "", f.all} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return usage(errors.New("which sessions? Give the beginnings of their ids, or --person EMAIL, or --all"))
	}
	for _, id := range ids {
		if len(id) < leastID || strings.Trim(strings.ToLower(id), "0123456789abcdef") != "" {
			return usage(fmt.Errorf("%q is no beginning of a session's id: wanted %d or more of its hexadecimal digits, as usher session list shows them", clean(id, 80), leastID))
		}
	}
	cfg, db, err := openRecords(ctx, env, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	switch {
	case f.all:
		return endAll(ctx, env, db, cfg.Instance.Name, f)
	case f.person != "":
		return endPerson(ctx, env, db, f)
	}
	return endNamed(ctx, env, db, ids)
}

// sessionEnded is what the record calls it.
const sessionEnded = "session-ended"

func endAll(ctx context.Context, env *Env, db *store.DB, instance string, f sessionFlags) error {
	if !f.yes && !confirm(env, "Sign everybody out of "+instance+"?") {
		fmt.Fprintln(env.Stdout, "Nothing was changed.")
		return nil
	}
	n, err := db.EndAll(ctx, env.Now(), store.Act{Actor: actor(env), Action: sessionEnded, Subject: "all",
		Detail: func(n int) string { return many(n, "session", "sessions") + " of everybody" }})
	if n > 0 || err == nil {
		fmt.Fprintf(env.Stdout, "%s ended.\n", many(n, "session was", "sessions were"))
	}
	if err != nil {
		return failed(fmt.Errorf("not all sessions were ended; run this again: %w", err))
	}
	return nil
}

func endPerson(ctx context.Context, env *Env, db *store.DB, f sessionFlags) error {
	f.limit = 0
	sessions, err := chooseSessions(ctx, db, f, func(usher.Session) bool { return true })
	if err != nil {
		return usage(err)
	}
	if len(sessions) == 0 {
		return failed(fmt.Errorf("%s has no open session", clean(f.person, 320)))
	}
	type person struct{ provider, subject string }
	done := map[person]bool{}
	total := 0
	for _, s := range sessions {
		who := person{s.Person.Provider, s.Person.Subject}
		if done[who] {
			continue
		}
		done[who] = true
		n, err := db.EndPerson(ctx, who.provider, who.subject, env.Now(), store.Act{Actor: actor(env), Action: sessionEnded, Subject: personOf(s),
			Detail: func(n int) string { return many(n, "session", "sessions") + " of the person" }})
		if err != nil {
			return failed(err)
		}
		total += n
	}
	fmt.Fprintf(env.Stdout, "%s of %s ended.\n", many(total, "session", "sessions"), clean(f.person, 320))
	return nil
}

func endNamed(ctx context.Context, env *Env, db *store.DB, ids []string) error {
	open, err := chooseSessions(ctx, db, sessionFlags{}, func(s usher.Session) bool {
		for _, id := range ids {
			if strings.HasPrefix(s.ID, strings.ToLower(id)) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return usage(err)
	}
	var chosen []usher.Session
	for _, id := range ids {
		var fit []usher.Session
		for _, s := range open {
			if strings.HasPrefix(s.ID, strings.ToLower(id)) {
				fit = append(fit, s)
			}
		}
		switch len(fit) {
		case 0:
			return failed(fmt.Errorf("no open session's id begins with %s; nothing was ended", id))
		case 1:
			chosen = append(chosen, fit[0])
		default:
			return usage(fmt.Errorf("the ids of %d open sessions begin with %s: give more of it; nothing was ended", len(fit), id))
		}
	}
	for _, s := range chosen {
		n, err := db.EndLoginBy(ctx, s.Login, env.Now(), store.Act{Actor: actor(env), Action: sessionEnded, Subject: s.ID,
			Detail: func(n int) string {
				return fmt.Sprintf("of %s, sign-in %s, %s", personOf(s), s.Login, many(n, "session", "sessions"))
			}})
		if err != nil {
			return failed(err)
		}
		fmt.Fprintf(env.Stdout, "%.*s of %s ended, with its sign-in %s on every host (%s).\n", shortID, s.ID, clean(personOf(s), 320), s.Login, many(n, "session", "sessions"))
	}
	return nil
}
