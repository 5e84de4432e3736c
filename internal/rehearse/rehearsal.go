// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/seal"
	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/signin"
)

// Options are what a rehearsal is made of: the account as the gateway would
// make it ready, and the world.
type Options struct {
	Config    *config.Config
	Account   usher.ExternalAccount
	Admission usher.Admission
	Unusable  *usher.Cause // why no sign-in can begin with the account; nil: one can
	Client    *idp.Client  // may be nil where Unusable says why
	Now       func() time.Time
	Random    io.Reader
}

// A Rehearsal is one sign-in that grants nothing. It is used once.
type Rehearsal struct {
	Options
	state, nonce, verifier string
	address                string // to open, query left out
	opener                 *seal.Opener
	attempt                usher.Attempt
	used                   atomic.Bool
}

// Reference stands where recorded sign-ins have theirs: a rehearsal is not on record.
const Reference = usher.Reference("rehearsal")

// within bounds everything that a step asks of the provider.
const within = 30 * time.Second

// New draws what the rehearsal needs.
func New(o Options) (*Rehearsal, error) {
	r := &Rehearsal{Options: o}
	for _, into := range []*string{&r.state, &r.nonce, &r.verifier} {
		value, err := session.NewValue(o.Random)
		if err != nil {
			return nil, err
		}
		*into = value
	}
	r.state = usher.RehearsalState(r.state)
	var err error
	if r.opener, err = seal.NewOpener(o.Random); err != nil {
		return nil, err
	}
	r.attempt = usher.Attempt{Reference: Reference, Outcome: usher.OutcomeBegun, Account: o.Account.InternalName, Begun: o.Now(),
		Revision: o.Config.Revision, Requested: o.Account.Scopes}
	return r, nil
}

// Format hides the values of the rehearsal from every verb.
func (r *Rehearsal) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[rehearsal]") }

// Begin gives the address to open in a browser. A cause says why no sign-in
// can begin; it is in the outcome too.
func (r *Rehearsal) Begin(ctx context.Context) (address string, outcome *Outcome) {
	cause := r.Unusable
	if cause == nil {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		address, cause = r.Client.AuthorizeURL(ctx, idp.AuthRequest{State: r.state, Nonce: r.nonce, Verifier: r.verifier, CallbackURL: r.Account.CallbackURL})
	}
	if cause != nil {
		o := r.outcome()
		r.refuse(o, cause.At(usher.StepBegin))
		return "", o
	}
	r.address = withoutQuery(address)
	r.pass(usher.StepBegin, "sent to %s as client %s, scopes %s, callback %s", withoutQuery(address), r.Account.ClientID, r.Account.Scopes.Commas(), r.Account.CallbackURL)
	return address, nil
}

// Kept is what the database may know of the rehearsal, so that a gateway can
// hand its callback over.
func (r *Rehearsal) Kept() usher.Rehearsal {
	return usher.Rehearsal{StateHash: session.Hash(r.state), Key: r.opener.Key(), Begun: r.attempt.Begun}
}

// open reads what a gateway sealed.
func (r *Rehearsal) open(kept usher.Rehearsal) (url.Values, error) {
	row := session.Hash(r.state)
	plain, err := r.opener.Open(signin.PurposeRehearsal, row, kept.Sealed)
	if err != nil {
		return nil, err
	}
	var brought map[string]string
	if err := json.Unmarshal(plain, &brought); err != nil {
		return nil, errors.New("what the gateway kept of the callback cannot be read; run the gateway and this command in one version")
	}
	values := make(url.Values, len(brought))
	for name, value := range brought {
		values.Set(name, value)
	}
	return values, nil
}

// Ours reports whether a callback belongs to this rehearsal.
func (r *Rehearsal) Ours(query url.Values) bool {
	return len(query["state"]) == 1 && subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(r.state)) == 1
}

// ErrUsed says that the rehearsal is over.
var ErrUsed = errors.New("this rehearsal was used already; begin another one")

// errForeign says that a callback is of another sign-in; nothing was used.
var errForeign = errors.New("this is not the callback of this rehearsal; nothing was used of it")

// Finish ends the rehearsal with what its callback brought. It does what a
// gateway does, in the same order, and opens no session.
func (r *Rehearsal) Finish(ctx context.Context, way Way, query url.Values) (*Outcome, error) {
	if !r.Ours(query) {
		return nil, errForeign
	}
	if r.used.Swap(true) {
		return nil, ErrUsed
	}
	o := r.outcome()
	o.Way = way
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r.pass(usher.StepCallback, "the browser is back with its own state")
	if cause := r.heard(query); cause != nil {
		r.refuse(o, cause.At(usher.StepCallback))
		return o, nil
	}
	got := r.Client.Rehearse(ctx, idp.Redemption{Code: query.Get("code"), Verifier: r.verifier, Nonce: r.nonce, CallbackURL: r.Account.CallbackURL})
	o.redeemed(r, got)
	defer o.giveBack(ctx, r.Client, got.Grant)
	defer o.answers(got.Grant)
	if got.Cause != nil {
		r.refuse(o, got.Cause)
		return o, nil
	}
	r.pass(usher.StepRedeem, "the code was exchanged and the ID token holds for subject %s; scopes granted: %s", got.Grant.Subject, got.Grant.Scopes.Commas())
	person, cause := r.Client.Person(ctx, got.Grant)
	if cause != nil {
		r.refuse(o, cause.At(usher.StepProfile))
		return o, nil
	}
	r.attempt.Person = &person
	r.pass(usher.StepProfile, "the provider says: subject %s, %d organizations, %d directory groups", person.Subject, len(person.Organizations), len(person.GroupNames()))
	r.admit(o, person)
	return o, nil
}

// admit judges the person by the rule that a gateway enforces.
func (r *Rehearsal) admit(o *Outcome, person usher.Person) {
	o.judged(r.Admission, person)
	op, cause := r.Admission.Admit(person)
	if cause != nil {
		r.refuse(o, cause.At(usher.StepAdmit))
		return
	}
	r.attempt.Outcome, r.attempt.Groups, r.attempt.Ended = usher.OutcomeSignedIn, op.Groups, r.Now()
	r.pass(usher.StepAdmit, "operator groups %s", list(op.Groups))
	o.Result, o.OperatorGroups, o.Rights = LetIn, op.Groups, op.Rights
	o.close(r)
}

// heard judges the provider's answer as far as the callback says it.
func (r *Rehearsal) heard(query url.Values) *usher.Cause {
	if cause := r.Client.CheckIssuerParam(query); cause != nil {
		return cause
	}
	if query.Has("error") {
		return r.Client.ProviderError(query)
	}
	if query.Get("code") == "" {
		return &usher.Cause{Code: usher.CodeProviderError, Saw: "neither or both of code and error", Want: "exactly one of them"}
	}
	return nil
}

// Abandon ends a rehearsal from which the browser did not come back. landed is
// the address where it ended, as far as anybody said; it is shown without its query.
func (r *Rehearsal) Abandon(landed string) *Outcome {
	r.used.Store(true)
	o := r.outcome()
	o.Result, o.Landed = NeverBack, withoutQuery(landed)
	if o.Landed != "" {
		r.pass(usher.StepBegin, "the browser ended at %s", o.Landed)
	}
	o.close(r)
	return o
}

func (r *Rehearsal) outcome() *Outcome {
	cfg := r.Config
	return &Outcome{Instance: cfg.Instance.Name, File: cfg.File, Revision: cfg.Revision, Account: r.Account.InternalName,
		CallbackURL: r.Account.CallbackURL, IMS: r.Account.IMS(), Requested: r.Account.Scopes,
		Session: SessionLife{Idle: Seconds(cfg.Server.Session.Idle), Lifetime: Seconds(cfg.Server.Session.Lifetime)}}
}

func (r *Rehearsal) refuse(o *Outcome, cause *usher.Cause) {
	r.attempt.Outcome, r.attempt.Cause, r.attempt.Ended = usher.OutcomeRefused, cause, r.Now()
	r.pass(cause.Step, "refused: %s", cause.Error())
	o.Result, o.Cause = Refused, cause
	o.close(r)
}

func (r *Rehearsal) pass(step usher.Step, format string, args ...any) {
	r.attempt.Pass(step, r.Now(), fmt.Sprintf(format, args...))
}
