// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/probe"
)

// gatherLive fills in what can be seen around each file now, side by side,
// while a person watches. An interrupt ends it with what is known by then.
func gatherLive(ctx context.Context, env *Env, report *doctor.Report, f *doctorFlags) {
	language := doctor.Language(env.language())
	show := newProgress(env)
	var all sync.WaitGroup
	for _, in := range report.Case.Instances {
		all.Go(func() {
			probe.Gather(ctx, in, probe.Options{Now: env.Now, Getenv: env.Getenv, AuthProbes: !f.noAuthProbes, Progress: show.step})
		})
	}
	all.Wait()
	show.clear()
	if ctx.Err() != nil {
		fmt.Fprintln(env.Stderr, doctor.Say("usher: stopped; what was seen until then follows").In(language))
	}
	report.Vantage = vantage(report.Case, language)
}

// vantage says from where it was looked: here, and through which gateways.
func vantage(c doctor.Case, language doctor.Language) string {
	text := doctor.Say("this machine").In(language)
	var gateways []string
	for _, in := range c.Instances {
		if in.Nodes == nil {
			continue
		}
		for _, n := range in.Nodes.Value {
			if !slices.Contains(gateways, n.Name) {
				gateways = append(gateways, n.Name)
			}
		}
	}
	if len(gateways) > 0 {
		text = doctor.Say("this machine, and the running gateway: %s", strings.Join(gateways, ", ")).In(language)
	}
	return text
}

// progress is one line on the terminal that says what is waited for. It is
// rewritten while facts are gathered, and gone afterwards; where nobody
// watches there is none.
type progress struct {
	w        io.Writer // nil: nobody watches
	width    int
	language doctor.Language

	mu          sync.Mutex
	waiting     []string
	done, total int
}

func newProgress(env *Env) *progress {
	p := &progress{width: 79, language: doctor.Language(env.language())}
	if env.Width > 0 {
		p.width = env.Width - 1
	}
	if env.Watched && env.Getenv("TERM") != "dumb" {
		p.w = env.Stderr
	}
	return p
}

// step takes note of a step and rewrites the line.
func (p *progress) step(s probe.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := s.Instance + "\x00" + s.Name
	if s.State == probe.Started {
		p.total++
		p.waiting = append(p.waiting, name)
	} else if i := slices.Index(p.waiting, name); i >= 0 {
		p.done++
		p.waiting = slices.Delete(p.waiting, i, i+1)
	}
	if p.w == nil {
		return
	}
	text := doctor.Say("looking: %d of %d", p.done, p.total).In(p.language)
	if len(p.waiting) > 0 {
		_, first, _ := strings.Cut(p.waiting[0], "\x00")
		text += "   " + lookalike.Visible(first)
	}
	runes := []rune(text)
	_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s", string(runes[:min(len(runes), max(p.width, 20))]))
}

// clear takes the line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		_, _ = io.WriteString(p.w, "\r\x1b[K")
	}
}
