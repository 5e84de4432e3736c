// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"syscall"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/store"
)

// What answers in the gateway's place is an error only where the gateway is
// known to run: one that was not started yet is not to be called a fault of
// the address.

// silent is for a public address at which nothing answers from here. Browsers
// may fare better: many networks let no machine reach itself by its outer name.
func (d *door) silent(ctx context.Context, why string) *doctor.Seen[doctor.Echo] {
	text := fmt.Sprintf("%s gives this machine no answer: %s", d.public, why)
	if d.answersHere(ctx) {
		text += fmt.Sprintf("; the gateway itself does answer, at %s", d.local())
	}
	return unseen[doctor.Echo](d.world, text)
}

// other is for an answer that is not under the seal of our key file.
func (d *door) other(ctx context.Context, got answer) *doctor.Seen[doctor.Echo] {
	seen := fmt.Sprintf("HTTP %d", got.status)
	if who := got.who(); who != "" {
		seen += " from " + who
	}
	answers := d.answersHere(ctx)
	records, err := d.readRecords(ctx)
	// One of this machine that does not answer has ended a moment ago.
	runs := answers || err == nil && slices.ContainsFunc(records.running, func(n store.Node) bool { return !onThisMachine(n) || got.likeUsher() })
	switch {
	case got.status == http.StatusTooManyRequests:
		return unseen[doctor.Echo](d.world, "what answers at "+d.public+" wants fewer questions at the moment (HTTP 429)")
	case !runs && gatewayDown(got.status):
		return unseen[doctor.Echo](d.world, fmt.Sprintf("%s answers %s: the gateway behind it does not run, or is not reached", d.public, seen))
	case !runs && got.likeUsher():
		return unseen[doctor.Echo](d.world, fmt.Sprintf("a usher gateway answers at %s which has another key file than %s", d.public, d.cfg.Server.KeyFile))
	case !runs:
		return unseen[doctor.Echo](d.world, fmt.Sprintf("%s answers %s, and no gateway with this file is known to run", d.public, seen))
	case got.likeUsher() && !answers && !slices.ContainsFunc(records.running, d.hasOurKey):
		return unseen[doctor.Echo](d.world, fmt.Sprintf("the gateway has other keys than %s holds here", d.cfg.Server.KeyFile))
	}
	who := got.who()
	if got.likeUsher() {
		who = "another usher gateway, or one with other keys"
	}
	return known(d.world, doctor.Echo{URL: d.public + EchoPath, Status: got.status, Other: who})
}

func gatewayDown(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// answersHere reports whether the gateway answers at its own listener, on this
// machine.
func (d *door) answersHere(ctx context.Context) bool {
	if d.keys == nil || d.local() == "" {
		return false
	}
	got, err := d.ask(ctx, ringing{address: d.local() + EchoPath})
	return err == nil && got.arrival != nil
}

// unsigned is for whoever does not have the key file: what answers can be
// looked at, and the gateway says nothing.
func (d *door) unsigned(ctx context.Context, noKey error) *doctor.Seen[doctor.Echo] {
	got, err := d.ask(ctx, ringing{address: d.public + EchoPath, header: asPage()})
	switch {
	case err != nil && ctx.Err() != nil:
		return unseen[doctor.Echo](d.world, d.whyNot(ctx))
	case err != nil:
		return unseen[doctor.Echo](d.world, fmt.Sprintf("%s gives this machine no answer: %s", d.public, reason(err)))
	case got.likeUsher():
		return unseen[doctor.Echo](d.world, fmt.Sprintf("a usher gateway answers at %s; whether it is this one, and what reaches it, only the holder of its key file can ask: %s", d.public, noKey))
	}
	seen := fmt.Sprintf("HTTP %d", got.status)
	if who := got.who(); who != "" {
		seen += " from " + who
	}
	if gatewayDown(got.status) || got.status == http.StatusTooManyRequests || !d.cfg.Has("server.public_url") || d.stoppedHere(ctx) {
		return unseen[doctor.Echo](d.world, fmt.Sprintf("%s answers %s, and no gateway with this file is known to run: %s", d.public, seen, noKey))
	}
	return known(d.world, doctor.Echo{URL: d.public + EchoPath, Status: got.status, Other: got.who()})
}

// stoppedHere reports whether the gateway belongs to this machine and does not run.
func (d *door) stoppedHere(ctx context.Context) bool {
	if !here(d.cfg) || d.local() == "" {
		return false
	}
	_, err := d.ask(ctx, ringing{address: d.local() + EchoPath})
	return errors.Is(err, syscall.ECONNREFUSED)
}
