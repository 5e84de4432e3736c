// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/usher-signin/usher"
)

// Attempts keeps refusals, so that an administrator can have one explained.
type Attempts interface {
	PutAttempt(ctx context.Context, a usher.Attempt) error
}

// How many refusals are recorded. A page with fifty images is one refusal, and
// nobody fills the database by asking.
const (
	sameFor       = 10 * time.Minute // the same refusal has the same reference for so long
	ledgerSize    = 4096             // refusals remembered
	recordsBurst  = 50               // of operators
	recordsEvery  = 200 * time.Millisecond
	strangerBurst = 10 // of nobody in particular
	strangerEvery = 10 * time.Second
	recordWithin  = 2 * time.Second
)

// refusedThing says which refusals are the same.
type refusedThing struct {
	revision, provider, subject, application, host string
	code                                           usher.Code
}

type noted struct {
	ref   usher.Reference
	until time.Time
}

// ledger remembers which refusals have a reference already.
type ledger struct {
	mu                   sync.Mutex
	seen                 map[refusedThing]noted
	operators, strangers bucket
}

// bucket lets so many through at once, and one more every so often.
type bucket struct {
	left, most float64
	every      time.Duration
	filled     time.Time
}

func newLedger(now time.Time) *ledger {
	return &ledger{seen: make(map[refusedThing]noted),
		operators: bucket{left: recordsBurst, most: recordsBurst, every: recordsEvery, filled: now},
		strangers: bucket{left: strangerBurst, most: strangerBurst, every: strangerEvery, filled: now}}
}

func (b *bucket) take(now time.Time) bool {
	if since := now.Sub(b.filled); since > 0 {
		b.left = min(b.most, b.left+float64(since)/float64(b.every))
	}
	b.filled = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// find gives the reference of a refusal, and whether it is still to be
// recorded. No reference: too much was recorded already.
func (l *ledger) find(thing refusedThing, now time.Time, draw func() (usher.Reference, error)) (ref usher.Reference, fresh bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.seen[thing]; ok && now.Before(n.until) {
		return n.ref, false, nil
	}
	from := &l.operators
	if thing.subject == "" {
		from = &l.strangers
	}
	if !from.take(now) {
		return "", false, nil
	}
	if ref, err = draw(); err != nil {
		return "", false, err
	}
	l.makeRoom(now)
	l.seen[thing] = noted{ref, now.Add(sameFor)}
	return ref, true, nil
}

// known gives the reference that a refusal has already.
func (l *ledger) known(thing refusedThing, now time.Time) usher.Reference {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.seen[thing]; ok && now.Before(n.until) {
		return n.ref
	}
	return ""
}

func (l *ledger) makeRoom(now time.Time) {
	if len(l.seen) < ledgerSize {
		return
	}
	for k, n := range l.seen {
		if !now.Before(n.until) {
			delete(l.seen, k)
		}
	}
	for k := range l.seen { // whichever comes: a reference drawn twice is no harm
		if len(l.seen) < ledgerSize {
			return
		}
		delete(l.seen, k)
	}
}

func (l *ledger) forget(thing refusedThing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, thing)
}

// record gives a refusal its reference. Only what a person or an administrator
// could mend is recorded, and only page loads, forms and programs with a token: a
// page's icon, images and scripts get the reference of the page where it was refused for the same.
func (g *Guard) record(ctx context.Context, rules *Rules, q *Request, j *judgement) usher.Reference {
	if g.opts.Attempts == nil || j.outcome != judged && j.outcome != untold || j.Cause == nil {
		return ""
	}
	thing := refusedThing{revision: rules.revision, code: j.Cause.Code}
	switch {
	case j.Operator != nil:
		thing.provider, thing.subject, thing.application = j.Operator.Provider, j.Operator.Subject, j.Application.Name
	default:
		thing.host = j.target.Host
	}
	now := g.opts.Now()
	if !q.byPerson() && j.bearer == nil { // a program has no page, and nothing else to be told by
		return g.refused.known(thing, now)
	}
	ref, fresh, err := g.refused.find(thing, now, func() (usher.Reference, error) { return usher.NewReference(g.opts.Random) })
	if err == nil && !fresh {
		return ref
	}
	if err == nil {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
		defer cancel()
		err = g.opts.Attempts.PutAttempt(within, attemptOf(rules, q, j, ref, now))
	}
	if err != nil {
		g.refused.forget(thing)
		if !errors.Is(err, context.Canceled) {
			g.opts.Logger.Error("a refusal could not be recorded", slog.Any("error", err))
		}
		return ""
	}
	return ref
}

func attemptOf(rules *Rules, q *Request, j *judgement, ref usher.Reference, now time.Time) usher.Attempt {
	a := usher.Attempt{Reference: ref, Outcome: usher.OutcomeRefused, UserAgent: clip(only(q.Header, "User-Agent"), 256),
		ReturnTo: clip("https://"+j.target.Host+j.target.Path, usher.MaxReturnBytes), Begun: now, Ended: now, Revision: rules.revision, Cause: j.Cause}
	if j.site != nil {
		a.ReturnTo = clip(j.site.origin+j.target.Path, usher.MaxReturnBytes)
	}
	if client := q.client(rules.trusted); client.IsValid() {
		a.Client = client.String()
	}
	if op := j.Operator; op != nil {
		a.Account, a.Groups = op.Account, op.Groups
		a.Person = &usher.Person{Provider: op.Provider, Subject: op.Subject, Name: op.Name, Email: op.Email}
	}
	a.Pass(usher.StepGate, now, "refused: "+j.Cause.Error())
	return a
}

// clip shortens text at a character border.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.ToValidUTF8(text[:most], "�") + "…"
}
