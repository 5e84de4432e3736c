// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/store"
)

// openRecords loads a file and opens the database of its instance, which must be
// there already.
func openRecords(ctx context.Context, env *Env, file string) (*config.Config, *store.DB, error) {
	return recordsOf(ctx, env, file, openExisting)
}

// readRecords is openRecords for a command that only reads: the database stays
// as it is, also where this program is newer than the gateway's.
func readRecords(ctx context.Context, env *Env, file string) (*config.Config, *store.DB, error) {
	return recordsOf(ctx, env, file, readExisting)
}

func recordsOf(ctx context.Context, env *Env, file string, open func(context.Context, *config.Config, func() time.Time) (*store.DB, error)) (*config.Config, *store.DB, error) {
	cfg, err := config.Load(file, lenient())
	if err != nil {
		return nil, nil, usage(err)
	}
	db, err := open(ctx, cfg, env.Now)
	if err != nil {
		return nil, nil, usage(err)
	}
	if db == nil {
		return nil, nil, usage(fmt.Errorf("the database %s of %s does not exist on this machine: run this where the gateway runs, as the user that it runs as", cfg.Server.DatabaseShown(), file))
	}
	return cfg, db, nil
}

// actor says who runs the command, for the record.
func actor(env *Env) string {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if by := env.Getenv("SUDO_USER"); by != "" && by != name {
		name = by + " as " + name
	}
	return "command by " + clean(name, 200)
}

// note adds what the command did to the record. What was done is done: where it
// cannot be recorded, the person is told.
func note(ctx context.Context, env *Env, db *store.DB, action, subject, detail string) {
	_, err := db.Audit(ctx, store.Event{Actor: actor(env), Action: action, Subject: subject, Detail: detail})
	if err != nil {
		fmt.Fprintf(env.Stderr, "usher: this was not recorded in the audit: %v\n", err)
	}
}

// clean makes text of others' fit for one line of a terminal: nothing that is
// printed moves the cursor.
func clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, s)
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "..."
	}
	return s
}

// stamp writes a time as lists show it, in the person's own zone.
func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// errNoTime says how a time is written.
var errNoTime = errors.New("wanted an age such as 30m, 24h or 7d, a day such as 2026-11-22, or a time such as 2026-11-22T10:40:00Z")

// parseSince reads a time as people write it: an age, a day, or a moment. Empty
// is no bound.
func parseSince(flag, text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if age, err := time.ParseDuration(text); err == nil && age >= 0 {
		return now.Add(-age), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is %q; %w", flag, text, errNoTime)
}

// many spells a number with its noun.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// noteFix records that a file was mended, where this machine has the instance's
// database: a file is also mended on a desk.
func noteFix(ctx context.Context, env *Env, cfg *config.Config, code usher.Code) {
	db, err := openExisting(ctx, cfg, env.Now)
	if err != nil {
		fmt.Fprintf(env.Stderr, "usher: this was not recorded in the audit: %v\n", err)
		return
	}
	if db == nil {
		return
	}
	defer func() { _ = db.Close() }()
	note(ctx, env, db, "configuration-mended", cfg.File, "the finding "+string(code)+" of revision "+cfg.Revision)
}
