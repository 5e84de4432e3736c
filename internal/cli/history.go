// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/store"
)

// historyFlags choose what is shown.
type historyFlags struct {
	since, output string
	limit         int
	diff          bool
}

func historyCommand(env *Env) *cobra.Command {
	var f historyFlags
	cmd := &cobra.Command{
		Use:   "history FILE",
		Short: "What changed in the file, when, on which gateway, and when sign-ins began to fail",
		Long: `Show each state of the file that a gateway has loaded, the latest first: when, by which
gateways, and what differs from the state before; secrets are left out. Between them it
says when sign-ins began to fail with a cause that was not seen during the day before,
so that the change a failure followed can be seen. That one came after the other is
what the record knows; usher explain and usher doctor say why.`,
		Example: "  usher history usher.yaml\n  usher history usher.yaml --since 7d --diff\n  usher history usher.yaml -o json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runHistory(cmd.Context(), env, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "", "from when on: an age such as 7d, a day, or a time")
	flags.IntVar(&f.limit, "limit", 20, "at most so many states of the file")
	flags.BoolVar(&f.diff, "diff", false, "the lines that changed, too")
	flags.StringVarP(&f.output, "output", "o", "text", "text or json")
	return cmd
}

func runHistory(ctx context.Context, env *Env, file string, f historyFlags) error {
	if f.output != "text" && f.output != "json" {
		return usage(fmt.Errorf("-o is %q, wanted text or json", f.output))
	}
	if f.limit < 1 {
		return usage(errors.New("--limit is less than one"))
	}
	since, err := parseSince("--since", f.since, env.Now())
	if err != nil {
		return usage(err)
	}
	cfg, db, err := readRecords(ctx, env, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	h, err := readHistory(ctx, db, cfg, since, f.limit)
	if err != nil {
		return usage(err)
	}
	if f.output == "json" {
		enc := json.NewEncoder(env.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(h)
	} else {
		err = h.print(env.Stdout, f.diff)
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// A history is what the record knows of a file; its names in JSON are for ever.
type history struct {
	Usher     string      `json:"usher"`
	Instance  string      `json:"instance"`
	File      string      `json:"file"`
	OnDisk    string      `json:"on_disk,omitempty"` // revision of the file as it is now
	Revisions []*revision `json:"revisions"`         // the latest first
	Onsets    []onset     `json:"onsets"`            // the latest first

	inForce bool // a gateway's latest state is the file as it is now
}

// A revision is one state of the file.
type revision struct {
	ID      string    `json:"revision"`
	At      time.Time `json:"at"` // when the first gateway loaded it
	Nodes   []loading `json:"nodes"`
	Changes []change  `json:"changes"`                  // from the state before; none where it is the first on record
	First   bool      `json:"first,omitempty"`          // of the gateway that loaded it first
	Against string    `json:"compared_with,omitempty"`  // revision of the state before: of the same gateway, else of any
	Secret  bool      `json:"secret_changed,omitempty"` // the file differs in what is not shown
	Diff    string    `json:"diff,omitempty"`
	Onsets  []onset   `json:"failures_began,omitempty"` // after it and before the next

	text string
}

type loading struct {
	Node    string    `json:"node"`
	At      time.Time `json:"at"`
	Problem string    `json:"problem,omitempty"` // why it was not put in force
}

type change struct {
	Path   string `json:"path"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Line   int    `json:"line,omitempty"`
	Words  string `json:"words"`
}

func readHistory(ctx context.Context, db *store.DB, cfg *config.Config, since time.Time, limit int) (*history, error) {
	rows, err := db.Revisions(ctx, 1000)
	if err != nil {
		return nil, err
	}
	h := &history{Usher: Version, Instance: cfg.Instance.Name, File: cfg.File, Revisions: []*revision{}, Onsets: []onset{}}
	if data, err := os.ReadFile(cfg.File); err == nil {
		h.OnDisk = config.RevisionOf(data)
	}
	all := statesOf(rows)
	compareStates(all, cfg.File)
	slices.Reverse(all)
	h.inForce = latestOfSomebody(all, h.OnDisk)
	for _, r := range all {
		if len(h.Revisions) < limit && !r.At.Before(since) {
			h.Revisions = append(h.Revisions, r)
		}
	}
	from := since
	if from.IsZero() && len(h.Revisions) > 0 {
		from = h.Revisions[len(h.Revisions)-1].At
	}
	found, err := findOnsets(ctx, db, from)
	if err != nil {
		return nil, err
	}
	h.Onsets = append(h.Onsets, found...)
	h.place()
	return h, nil
}

// latestOfSomebody reports whether a state is the last that some gateway
// loaded. The latest comes first.
func latestOfSomebody(all []*revision, id string) bool {
	met := map[string]bool{}
	for _, r := range all {
		for _, n := range r.Nodes {
			if !met[n.Node] && r.ID == id {
				return true
			}
			met[n.Node] = true
		}
	}
	return false
}

// statesOf joins what several gateways loaded to states of the file, the
// earliest first. The same content again, after another, is a state of its own.
func statesOf(rows []usher.Revision) []*revision {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b usher.Revision) int { return a.Loaded.Compare(b.Loaded) })
	var out []*revision
	for _, row := range rows {
		l := loading{row.Node, row.Loaded, row.Error}
		if i := slices.IndexFunc(out, func(r *revision) bool { return r.ID == row.ID && !r.has(row.Node) && len(out) > 0 }); i >= 0 && i >= len(out)-lagging {
			out[i].Nodes = append(out[i].Nodes, l)
			continue
		}
		out = append(out, &revision{ID: row.ID, At: row.Loaded, Nodes: []loading{l}, Changes: []change{}, text: row.Text})
	}
	return out
}

// lagging is how many states a gateway may lag behind the others and still be
// counted to the state that it loads.
const lagging = 3

func (r *revision) has(node string) bool {
	return slices.ContainsFunc(r.Nodes, func(l loading) bool { return l.Node == node })
}

// compareStates compares each state with the one before that the same gateway
// loaded: several may have files of their own. The first of a gateway is
// compared with whatever was loaded before it.
func compareStates(all []*revision, name string) {
	for i, r := range all {
		before := -1
		for j := i - 1; j >= 0 && before < 0; j-- {
			if all[j].has(r.Nodes[0].Node) {
				before = j
			}
		}
		r.First = before < 0
		if before = cmp.Or(before+1, i) - 1; before >= 0 {
			r.Against = all[before].ID
			r.compare(all[before], name)
		}
	}
}

func (r *revision) compare(before *revision, name string) {
	for _, c := range config.Differences([]byte(before.text), []byte(r.text)) {
		r.Changes = append(r.Changes, change{c.Path, c.Before, c.After, c.Line, inWords(c)})
	}
	r.Secret = before.text == r.text
	r.Diff = config.Diff([]byte(before.text), []byte(r.text), name)
}

// inWords says a change as one says it to a colleague.
func inWords(c config.Difference) string {
	path := clean(c.Path, 200)
	switch {
	case c.Before == "":
		return fmt.Sprintf("%s is now %s; it was not there before", path, clean(c.After, 300))
	case c.After == "":
		return fmt.Sprintf("%s was %s, and is gone", path, clean(c.Before, 300))
	}
	return fmt.Sprintf("%s was %s, is now %s", path, clean(c.Before, 300), clean(c.After, 300))
}

// place puts each beginning of failures under the state that was in force.
func (h *history) place() {
	for i, o := range h.Onsets {
		for _, r := range h.Revisions {
			if !r.At.After(o.At) {
				h.Onsets[i].Revision, h.Onsets[i].After = r.ID, o.At.Sub(r.At).Round(time.Second).String()
				r.Onsets = append(r.Onsets, h.Onsets[i])
				break
			}
		}
	}
}

func (h *history) print(w io.Writer, diff bool) error {
	var b strings.Builder
	if len(h.Revisions) == 0 {
		fmt.Fprintf(&b, "No gateway has loaded %s in that time.\n", h.File)
	}
	if len(h.Revisions) > 0 && h.OnDisk != "" && !h.inForce {
		fmt.Fprintf(&b, "The file as it is now, revision %s, is not the latest that a gateway has loaded.\n\n", h.OnDisk)
	}
	for i, r := range h.Revisions {
		if i > 0 {
			b.WriteByte('\n')
		}
		r.print(&b, diff)
	}
	for _, o := range h.Onsets {
		if o.Revision == "" {
			fmt.Fprintf(&b, "\n%s\n", o.sentence())
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *revision) print(b *strings.Builder, diff bool) {
	var nodes []string
	for _, n := range r.Nodes {
		name := clean(n.Node, 80)
		if late := n.At.Sub(r.At); late > time.Minute {
			name += " (" + late.Round(time.Second).String() + " later)"
		}
		nodes = append(nodes, name)
	}
	fmt.Fprintf(b, "%s  revision %s  loaded by %s\n", stamp(r.At), r.ID, strings.Join(nodes, ", "))
	for _, n := range r.Nodes {
		if n.Problem != "" {
			fmt.Fprintf(b, "    not put in force by %s: %s\n", clean(n.Node, 80), clean(n.Problem, 500))
		}
	}
	switch {
	case r.First && r.Against == "":
		b.WriteString("    the first on record\n")
	case r.First:
		fmt.Fprintf(b, "    the first of %s on record; beside revision %s:\n", clean(r.Nodes[0].Node, 80), r.Against)
	case r.Secret:
		b.WriteString("    only what is not shown changed: a secret\n")
	case len(r.Changes) == 0:
		b.WriteString("    only comments, order or spelling changed\n")
	}
	for _, c := range r.Changes {
		fmt.Fprintf(b, "    %s\n", c.Words)
	}
	if diff {
		for line := range strings.Lines(r.Diff) {
			b.WriteString("      " + clean(strings.TrimSuffix(line, "\n"), 500) + "\n")
		}
	}
	for _, o := range slices.Backward(r.Onsets) {
		fmt.Fprintf(b, "  ! %s\n", o.sentence())
	}
}
