// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/rehearse"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/internal/web"
)

func rehearseCommand(env *Env) *cobra.Command {
	r := rehearsal{env: env}
	cmd := &cobra.Command{
		Use:   "rehearse FILE",
		Short: "Sign in for real, grant nothing, and see every step",
		Long: `A real sign-in in your browser that grants nothing. FILE may be a copy that no
gateway runs; - reads it from standard input. The command prints one address to
open; then, step by step: scopes asked for and granted, every check of the ID
token, claims by source, directory groups and what the association mask makes of
each, sizes, lifetimes, and the verdict, with the cause, the evidence and the fix.
No token, code or secret is shown.

The callback comes back by whichever way there is:
  - where no gateway listens at server.listen of FILE, this command does meanwhile;
  - where a gateway runs with the same database, it hands the callback over and
    opens no session (--gateway FILE where FILE is a copy beside another database);
  - always: paste the address that the browser ends at, also where it is not the
    callback at all.

Exit status: 0 the person would be let in; 1 the person would be refused, or an
error was found; 2 the call or the file cannot be used; 3 the browser never came
back and nothing in the file says why.`,
		Example: "  usher rehearse usher.yaml\n  usher rehearse changed.yaml --gateway /etc/usher/usher.yaml\n  usher rehearse prod.yaml --account corp -o json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return r.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&r.account, "account", "", "internal name of the external account; left out: the only one that is enabled")
	flags.StringVar(&r.gateway, "gateway", "", "the file that the running gateway uses, where FILE is a copy: its database carries the callback")
	flags.StringVarP(&r.output, "output", "o", "text", "text or json; with json the address to open goes to standard error")
	flags.DurationVar(&r.wait, "wait", usher.MaxPendingAge, "how long to wait for the browser, ten minutes at most")
	flags.BoolVar(&r.strict, "strict", false, "exit with 3 where something could not be judged")
	flags.BoolVarP(&r.verbose, "verbose", "v", false, "unfold consequences")
	return cmd
}

// rehearsal is one run of the command.
type rehearsal struct {
	env                      *Env
	account, gateway, output string
	wait                     time.Duration
	strict, verbose          bool

	fromStdin bool
	say       io.Writer // where the person is spoken to
	mu        sync.Mutex
}

func (r *rehearsal) run(ctx context.Context, file string) error {
	switch {
	case r.output != "text" && r.output != "json":
		return usage(fmt.Errorf("-o is %q, wanted text or json", r.output))
	case r.wait <= 0 || r.wait > usher.MaxPendingAge:
		return usage(fmt.Errorf("--wait is %s, wanted more than nothing and at most %s: a sign-in may take no longer", r.wait, rehearse.Span(usher.MaxPendingAge)))
	}
	r.say = r.env.Stdout
	if r.output == "json" {
		r.say = r.env.Stderr
	}
	cfg, err := r.load(file)
	if err != nil {
		return usage(err)
	}
	ready, err := server.ReadyAccount(cfg, r.account, lookalike.Near, r.env.Now)
	if err != nil {
		return usage(err)
	}
	one, err := rehearse.New(rehearse.Options{Config: cfg, Account: ready.Account, Admission: ready.Admission, Unusable: ready.Unusable,
		Client: ready.Client, Now: r.env.Now, Random: rand.Reader})
	if err != nil {
		return failed(err)
	}
	r.tell("usher %s   rehearsal of %s   %s (revision %s)   grants nothing", Version, ready.Account.InternalName, cfg.File, cfg.Revision)
	address, outcome := one.Begin(ctx)
	if outcome == nil {
		if outcome, err = r.play(ctx, cfg, one, address); err != nil {
			return err
		}
	}
	r.note(ctx, cfg, outcome)
	return r.show(cfg, outcome)
}

// actionRehearsed is what is recorded of a rehearsal: it asks the provider with
// the account's secret, in the name of a person.
const actionRehearsed = "sign-in-rehearsed"

// note adds the rehearsal to the record of the gateway, where its database is to
// be had here: a file is also rehearsed on a desk.
func (r *rehearsal) note(ctx context.Context, cfg *config.Config, o *rehearse.Outcome) {
	at := cfg
	if r.gateway != "" {
		running, err := config.Load(r.gateway, lenient())
		if err != nil {
			return // it was said already that this file cannot be used
		}
		at = running
	}
	db, err := openShared(context.WithoutCancel(ctx), at, r.env.Now)
	if err != nil {
		return // there is no record here
	}
	defer func() { _ = db.Close() }()
	note(context.WithoutCancel(ctx), r.env, db, actionRehearsed, o.Account, rehearsedWords(cfg, o))
}

// rehearsedWords says of whom, and how it ended.
func rehearsedWords(cfg *config.Config, o *rehearse.Outcome) string {
	words := "with revision " + cfg.Revision + ": "
	switch {
	case o.Person != nil && o.Person.Email != "":
		words += o.Person.Email + " "
	default:
		words += "nobody who is known "
	}
	words += string(o.Result)
	if o.Cause != nil {
		words += ", " + string(o.Cause.Code)
	}
	return words
}

// load reads the file, or standard input.
func (r *rehearsal) load(file string) (*config.Config, error) {
	if file != "-" {
		return config.Load(file, config.OS())
	}
	r.fromStdin = true
	data, err := io.ReadAll(io.LimitReader(r.env.Stdin, config.MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read from standard input: %w", err)
	}
	return config.Parse("standard input", data, config.OS())
}

// tell says something to the person, in their language.
func (r *rehearsal) tell(template string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range strings.SplitSeq(doctor.Say(template, args...).In(doctor.Language(r.env.language())), "\n") {
		fmt.Fprintln(r.say, lookalike.Visible(line))
	}
}

// play opens the ways back, waits for the first that brings something, and
// finishes the rehearsal.
func (r *rehearsal) play(ctx context.Context, cfg *config.Config, one *rehearse.Rehearsal, address string) (*rehearse.Outcome, error) {
	waiting, stop := context.WithTimeout(ctx, r.wait)
	defer stop()
	ways := &waysBack{rehearsal: r, one: one, arrived: make(chan rehearse.Arrival, 1), failed: make(chan error, 1), typed: make(chan struct{})}
	defer ways.close()
	ways.openDoor(waiting, cfg)
	ways.openMailbox(waiting, cfg)
	if !r.fromStdin {
		ways.readPasted(waiting)
	}
	if !ways.any() {
		return nil, ways.none()
	}
	r.tell("")
	r.tell("Open this address in a browser and sign in as the person it is about:")
	r.tell("%s", "\n"+address+"\n")
	ways.describe()
	typed := ways.typed
	if ways.door != nil || ways.gateway {
		typed = nil // the end of standard input is not the end
	}
	select {
	case a := <-ways.arrived:
		if a.Query == nil {
			return one.Abandon(a.Landed), nil
		}
		outcome, err := one.Finish(ctx, a.Way, a.Query)
		if err != nil {
			return nil, failed(err)
		}
		ways.linger(ctx, a.Way)
		return outcome, nil
	case err := <-ways.failed:
		return nil, failed(err)
	case <-waiting.Done():
		return one.Abandon(""), nil
	case <-typed:
		return nil, ways.none()
	}
}

// show writes the outcome and ends with its status.
func (r *rehearsal) show(cfg *config.Config, o *rehearse.Outcome) error {
	report := rehearse.Diagnose(checks.All(), Version, cfg, o, r.env.Now())
	var err error
	if r.output == "json" {
		err = r.json(o, report)
	} else {
		options := doctor.Options{Color: r.env.color(), Width: r.env.Width, Verbose: r.verbose, Language: doctor.Language(r.env.language())}
		err = errors.Join(rehearse.Text(r.env.Stdout, o, rehearse.TextOptions{Color: options.Color, Width: options.Width, Language: options.Language}), doctor.Causes(r.env.Stdout, report, options))
	}
	if err != nil {
		return failed(err)
	}
	return silently(rehearse.Exit(o, report, r.strict))
}

// json writes one object: the outcome, and in it the doctor's report.
func (r *rehearsal) json(o *rehearse.Outcome, report doctor.Report) error {
	var said bytes.Buffer
	if err := doctor.JSON(&said, report); err != nil {
		return err
	}
	enc := json.NewEncoder(r.env.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(struct {
		Usher string `json:"usher"`
		*rehearse.Outcome
		Doctor json.RawMessage `json:"doctor"`
	}{Version, o, said.Bytes()})
}

// waysBack are the ways by which the callback may come.
type waysBack struct {
	*rehearsal
	one     *rehearse.Rehearsal
	arrived chan rehearse.Arrival
	failed  chan error
	why     []error // why a way is not there

	door    *rehearse.Door
	server  *http.Server
	address string // of the door
	gateway bool   // the running gateway hands over
	paste   bool
	typed   chan struct{} // closed when nothing more can be pasted
	work    sync.WaitGroup
	closers []func()
}

// none says that nothing can come back.
func (w *waysBack) none() error {
	return usage(fmt.Errorf("the callback has no way back: %s; run this on the gateway's machine, name the running gateway's file with --gateway, or give FILE by name and keep standard input open, so that the address can be pasted here", oneLine(errors.Join(w.why...))))
}

func (w *waysBack) any() bool { return w.door != nil || w.gateway || w.paste }

// openDoor listens where the gateway would, if nobody does.
func (w *waysBack) openDoor(ctx context.Context, cfg *config.Config) {
	ln, err := server.ListenAs(ctx, cfg, w.env.Now)
	if err != nil {
		w.why = append(w.why, err)
		return
	}
	door, err := rehearse.NewDoor(w.one, w.arrived)
	if err != nil {
		w.why = append(w.why, errors.Join(err, ln.Close()))
		return
	}
	w.door, w.address = door, cfg.Server.Listen
	w.server = web.NewServer(door, web.ServerOptions{Logger: slog.New(slog.DiscardHandler)})
	w.work.Go(func() { _ = w.server.Serve(ln) }) // it ends with an error always
}

// openMailbox leaves the rehearsal in the database of a running gateway.
func (w *waysBack) openMailbox(ctx context.Context, cfg *config.Config) {
	if w.rehearsal.gateway != "" {
		running, err := config.Load(w.rehearsal.gateway, lenient())
		if err != nil {
			w.why = append(w.why, err)
			return
		}
		cfg = running
	}
	db, err := openShared(ctx, cfg, w.env.Now)
	if err != nil {
		w.why = append(w.why, err)
		return
	}
	if err := w.leave(ctx, cfg, db); err != nil {
		w.why = append(w.why, err)
		_ = db.Close()
		return
	}
	fetching, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		if err := w.one.Fetch(fetching, db, w.arrived); err != nil {
			w.failed <- err
		}
	})
	w.gateway = true
	w.closers = append(w.closers, func() {
		stop()
		done.Wait()
		_ = db.Close()
	})
}

// openShared opens the database of a gateway that runs. It is never made, and
// never brought up to date: an older gateway could not start with it again.
func openShared(ctx context.Context, cfg *config.Config, now func() time.Time) (*store.DB, error) {
	current, err := readExisting(ctx, cfg, now)
	if err != nil {
		return nil, err
	}
	if current == nil {
		return nil, fmt.Errorf("the database %s of %s does not exist on this machine", cfg.Server.DatabaseShown(), cfg.File)
	}
	if err := current.Close(); err != nil {
		return nil, err
	}
	return openExisting(ctx, cfg, now)
}

// leave puts the rehearsal where a gateway that runs now will look.
func (w *waysBack) leave(ctx context.Context, cfg *config.Config, db *store.DB) error {
	nodes, err := db.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if n.Running() {
			return db.PutRehearsal(ctx, w.one.Kept())
		}
	}
	return fmt.Errorf("no gateway is running with the database %s of %s", cfg.Server.DatabaseShown(), cfg.File)
}

func (w *waysBack) readPasted(ctx context.Context) {
	w.paste = true
	// The reader ends with standard input, which nobody can be made to close.
	go func() {
		if !w.one.Paste(ctx, w.env.Stdin, w.arrived, func(hint doctor.Phrase) { w.tell(hint.Template, hint.Args...) }) {
			close(w.typed)
		}
	}()
}

// describe says how the callback will come back.
func (w *waysBack) describe() {
	if w.door != nil {
		w.tell("No gateway listens at %s, so this command answers there until the browser is back.", w.address)
	}
	if w.gateway {
		w.tell("The running gateway hands the callback over, and opens no session for it.")
	}
	if w.door == nil && !w.gateway {
		w.tell("The callback cannot come back by itself: %s.", oneLine(errors.Join(w.why...)))
		w.tell("Where the gateway runs with another file, name that with --gateway. Pasting works in any case.")
	}
	if w.paste {
		w.tell("If the browser ends anywhere else, or nothing happens here: paste the whole address that it ends at, and press Enter.")
	}
	w.tell("Waiting for %s at most; Ctrl-C ends it.", rehearse.Span(w.wait))
}

func oneLine(err error) string {
	return strings.ReplaceAll(fmt.Sprint(err), "\n", "; ")
}

// lingerFor is how long the browser has to fetch the last page.
const lingerFor = 3 * time.Second

func (w *waysBack) linger(ctx context.Context, way rehearse.Way) {
	if way == rehearse.ByDoor {
		w.door.Linger(ctx, lingerFor)
	}
}

func (w *waysBack) close() {
	for _, c := range w.closers {
		c()
	}
	if w.server != nil {
		_ = w.server.Close()
		w.work.Wait()
	}
}
