// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// An Arrival is what came back, by one of the ways.
type Arrival struct {
	Way    Way
	Query  url.Values // of the callback; nil: it is known only where the browser ended
	Landed string     // then: the address, as it was pasted
}

// Mailbox is the database that the command shares with the running gateway.
type Mailbox interface {
	PutRehearsal(ctx context.Context, r usher.Rehearsal) error
	TakeRehearsal(ctx context.Context, stateHash string) (usher.Rehearsal, error)
	DropRehearsal(ctx context.Context, stateHash string) error
}

// fetchEvery is how often the mailbox is looked into.
const fetchEvery = 300 * time.Millisecond

// Fetch waits for the gateway to hand the callback over, until ctx ends. The
// rehearsal must be in the mailbox already, and is removed from it in the end.
// A database that does not answer for a while is asked again.
func (r *Rehearsal) Fetch(ctx context.Context, box Mailbox, arrived chan<- Arrival) error {
	row := r.Kept().StateHash
	defer func() { _ = box.DropRehearsal(context.WithoutCancel(ctx), row) }() // the purge takes what is left
	ticker := time.NewTicker(fetchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		kept, err := box.TakeRehearsal(ctx, row)
		switch {
		case errors.Is(err, usher.ErrNotFound), errors.Is(err, usher.ErrUnavailable), ctx.Err() != nil:
			continue
		case err != nil:
			return err
		}
		query, err := r.open(kept)
		if err != nil {
			return err
		}
		deliver(ctx, arrived, Arrival{Way: ByMailbox, Query: query})
		return nil
	}
}

// maxPasted bounds a pasted line, in bytes.
const maxPasted = 64 << 10

// terminalLine is the length at which a terminal cuts a line that is typed or
// pasted, its end included.
const terminalLine = 4096

// Paste reads addresses, one a line, until one belongs to the rehearsal or
// says where the browser ended; false: until there were no more. hint is told
// what is wrong with a line.
func (r *Rehearsal) Paste(ctx context.Context, from io.Reader, arrived chan<- Arrival, hint func(doctor.Phrase)) bool {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 4096), maxPasted)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		arrival, sentence := r.read(line)
		if sentence.Template == "" {
			deliver(ctx, arrived, arrival)
			return true
		}
		hint(sentence)
	}
	return false
}

// read makes out what was pasted, or says what is wrong with it. The line may
// hold a code and is never repeated.
func (r *Rehearsal) read(line string) (Arrival, doctor.Phrase) {
	nothing := doctor.Phrase{}
	wrong := func(template string, args ...any) (Arrival, doctor.Phrase) {
		return Arrival{}, doctor.Say(template, args...)
	}
	line = strings.Trim(line, "<>\"'`")
	u, err := url.Parse(line)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return wrong("That is no address. Copy the whole address from the browser's address bar, beginning with https://, and paste it as one line.")
	}
	if len(line) >= terminalLine-1 {
		return wrong("That line was cut by the terminal, which takes 4,095 characters. Run the command with its input from a pipe (cat | usher rehearse FILE), and paste there.")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return wrong("That address cannot be read in one way only. Copy it from the browser's address bar again, whole.")
	}
	for _, name := range []string{"state", "code", "error", "iss"} {
		if len(query[name]) > 1 {
			return wrong("That address has the parameter %s twice, which no gateway accepts.", name)
		}
	}
	switch {
	case withoutQuery(line) == r.address && !query.Has("code") && !query.Has("error"):
		return wrong("That is the address to open. Open it in a browser, sign in there, and paste the address that the browser ends at.")
	case !r.atCallback(u): // a code that came along does not help: no gateway would have got it
	case r.Ours(query):
		return Arrival{Way: ByHand, Query: query}, nothing
	case usher.IsRehearsal(query.Get("state")):
		return wrong("That is the callback of another rehearsal. Open the address above, and paste where that one ends.")
	case query.Has("state"):
		return wrong("That is the callback of another sign-in, which is not touched. Open the address above, and paste where that one ends.")
	default:
		return wrong("That is the callback without its query. Copy the whole address, with everything after the question mark.")
	}
	return Arrival{Way: ByHand, Landed: line}, nothing
}

// atCallback says that an address is the account's callback, whatever its
// query, and its scheme: that is the front server's affair.
func (r *Rehearsal) atCallback(u *url.URL) bool {
	want, err := url.Parse(r.Account.CallbackURL)
	if err != nil {
		return false
	}
	same := *u
	same.Scheme = want.Scheme
	return usher.SameHost(&same, want) && u.Path == want.Path
}

func deliver(ctx context.Context, arrived chan<- Arrival, a Arrival) {
	select {
	case arrived <- a:
	case <-ctx.Done():
	}
}
