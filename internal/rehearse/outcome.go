// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/idp"
	"github.com/usher-signin/usher/internal/session"
)

// Result says in one word how a rehearsal ended.
type Result string

// The results.
const (
	LetIn     Result = "would-be-let-in"
	Refused   Result = "would-be-refused"
	NeverBack Result = "never-came-back"
)

// Way says how the callback came to the command.
type Way string

// The ways.
const (
	ByDoor    Way = "listener" // the command listened where the gateway would
	ByMailbox Way = "gateway"  // the running gateway handed it over
	ByHand    Way = "pasted"   // somebody carried the address
)

// An Outcome is everything that a rehearsal shows. It holds no token, code,
// state, nonce, verifier or secret.
type Outcome struct {
	Instance    string `json:"instance"`
	File        string `json:"file"`
	Revision    string `json:"revision"`
	Account     string `json:"account"`
	CallbackURL string `json:"callback_url"`
	IMS         bool   `json:"ims"`

	Result         Result       `json:"result"`
	Way            Way          `json:"way,omitempty"`
	Landed         string       `json:"landed,omitempty"` // never came back: where the browser ended
	OperatorGroups []string     `json:"operator_groups,omitempty"`
	Rights         []string     `json:"rights,omitempty"`
	Cause          *usher.Cause `json:"cause,omitempty"`

	Requested  usher.Scopes `json:"requested_scopes"`
	Granted    usher.Scopes `json:"granted_scopes,omitempty"`
	NotGranted usher.Scopes `json:"scopes_not_granted,omitempty"`

	IDToken  *IDToken      `json:"id_token,omitempty"`
	Sources  []idp.Source  `json:"sources,omitempty"`
	Person   *usher.Person `json:"person,omitempty"`
	Groups   []Group       `json:"directory_groups,omitempty"`
	Compared []Compared    `json:"compared,omitempty"`
	Tokens   *Tokens       `json:"tokens,omitempty"`
	Session  SessionLife   `json:"session"`
	Returned string        `json:"tokens_given_back,omitempty"`
	Notes    []string      `json:"notes,omitempty"`

	Trail []usher.Passage `json:"trail"`

	attempt usher.Attempt
	besides bool // the doctor found something in the file that stopped nobody here
}

// An IDToken is how the checks of the ID token went.
type IDToken struct {
	Bytes     int       `json:"bytes"`
	Algorithm string    `json:"algorithm,omitempty"`
	KeyID     string    `json:"key_id,omitempty"`
	Issued    time.Time `json:"issued,omitzero"`
	Ends      time.Time `json:"ends,omitzero"`
	SignedIn  time.Time `json:"signed_in,omitzero"`
	Checks    []Check   `json:"checks"`
}

// A Check is one check of the ID token.
type Check struct {
	ID     string `json:"id"`
	Status string `json:"status"` // holds, fails or moot
	Saw    string `json:"saw,omitempty"`
	Want   string `json:"want,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// A Group is a directory group as received, and what became of it.
type Group struct {
	Directory string          `json:"directory_group"`
	Source    string          `json:"source,omitempty"`
	Matches   bool            `json:"mask_matches"`
	Leaves    string          `json:"mask_leaves,omitempty"`
	Operator  string          `json:"operator_group,omitempty"`
	Near      *usher.NearMiss `json:"near_miss,omitempty"`
}

// Compared is a value of the account beside what the provider says.
type Compared struct {
	What  string   `json:"what"`
	Want  string   `json:"want"`
	Saw   []string `json:"saw"`
	Holds bool     `json:"holds"`
}

// Seconds is a time that JSON has in whole seconds.
type Seconds time.Duration

// MarshalJSON gives whole seconds.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, int64(time.Duration(s)/time.Second), 10), nil
}

// Tokens are sizes and lifetimes.
type Tokens struct {
	AccessBytes  int      `json:"access_token_bytes"`
	RefreshBytes int      `json:"refresh_token_bytes,omitempty"`             // zero: none was given
	CookieBytes  int      `json:"session_cookie_bytes"`                      // of usher's own: it holds no token
	SealedBytes  int      `json:"kept_with_session_bytes"`                   // in the database, sealed
	AccessLife   Seconds  `json:"access_token_life_seconds,omitempty"`       // zero: not said
	ClockAhead   *Seconds `json:"clock_ahead_of_provider_seconds,omitempty"` // nil: the provider did not say
}

// SessionLife is how long a session would have lasted.
type SessionLife struct {
	Idle     Seconds `json:"idle_seconds"`
	Lifetime Seconds `json:"lifetime_seconds"`
}

// Attempt is the rehearsal in the form in which the doctor reads sign-ins.
func (o *Outcome) Attempt() usher.Attempt { return o.attempt }

func (o *Outcome) close(r *Rehearsal) { o.attempt, o.Trail = r.attempt, r.attempt.Trail }

// redeemed notes what the token endpoint gave.
func (o *Outcome) redeemed(r *Rehearsal, got *idp.Rehearsed) {
	if got.Grant == nil {
		return
	}
	if got.Cause == nil {
		o.Granted = got.Grant.Scopes
		o.NotGranted = o.Requested.Minus(o.Granted)
	}
	o.IDToken = &IDToken{Bytes: got.IDTokenBytes, Algorithm: got.Algorithm, KeyID: got.KeyID, Issued: got.Issued, Ends: got.Ends, SignedIn: got.SignedIn}
	for _, c := range got.Checks {
		check := Check{ID: c.ID, Status: "holds"}
		switch {
		case c.Moot:
			check.Status = "moot"
		case c.Cause != nil:
			check.Status, check.Saw, check.Want, check.Detail = "fails", c.Cause.Saw, c.Cause.Want, c.Cause.Detail
		}
		o.IDToken.Checks = append(o.IDToken.Checks, check)
	}
	o.Tokens = &Tokens{AccessBytes: got.AccessTokenBytes, RefreshBytes: got.RefreshTokenBytes, CookieBytes: cookieBytes()}
	if kept, err := got.Grant.Keepsake().MarshalBinary(); err == nil {
		o.Tokens.SealedBytes = len(kept)
	}
	now := r.Now()
	if !got.Grant.Expires.IsZero() {
		o.Tokens.AccessLife = Seconds(got.Grant.Expires.Sub(now).Round(time.Second))
	}
	if date := got.Grant.ServerDate; !date.IsZero() {
		ahead := Seconds(now.Sub(date).Round(time.Second))
		o.Tokens.ClockAhead = &ahead
	}
}

// cookieBytes is how long usher's session cookie is, name and value.
func cookieBytes() int {
	const random = 32 // bytes, in base64url
	return len(session.CookieName) + len("=") + base64.RawURLEncoding.EncodedLen(random)
}

// answers notes what the provider's answers held, as far as they may be shown.
func (o *Outcome) answers(g *idp.Grant) {
	if g != nil {
		o.Sources, o.Notes = g.Sources(), g.Notes
	}
}

// judged notes what the rule makes of the person.
func (o *Outcome) judged(a usher.Admission, p usher.Person) {
	o.Person = &p
	verdicts, _ := a.Verdicts(p.GroupNames()) // the cause is Admit's to tell
	for _, v := range verdicts {
		g := Group{Directory: v.Directory, Matches: v.Matches, Leaves: v.Remainder, Operator: v.Operator, Near: v.Near}
		for _, m := range p.Groups {
			if m.Group == v.Directory {
				g.Source = m.Source
				break
			}
		}
		o.Groups = append(o.Groups, g)
	}
	if !a.Account.IMS() {
		return
	}
	organization := Compared{What: "organization", Want: a.Account.OrganizationID, Saw: p.Organizations}
	for _, id := range p.Organizations {
		organization.Holds = organization.Holds || usher.SameOrganization(id, a.Account.OrganizationID)
	}
	product := Compared{What: "product context", Want: a.Account.EffectiveProductContext()}
	for _, c := range p.ProductContexts {
		if usher.SameOrganization(c.Organization, a.Account.OrganizationID) {
			product.Saw = append(product.Saw, c.ServiceCode)
			product.Holds = product.Holds || c.ServiceCode == product.Want && product.Want != ""
		}
	}
	product.Saw = unique(product.Saw)
	o.Compared = append(o.Compared, organization, product)
}

// giveBack tells the provider that the tokens are not needed, so that nothing
// is left of the rehearsal.
func (o *Outcome) giveBack(ctx context.Context, client *idp.Client, g *idp.Grant) {
	if g == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	if md, cause := client.Metadata(ctx); cause == nil && md.RevocationEndpoint == "" {
		o.Returned = "the provider takes no tokens back; they end by themselves"
		return
	}
	o.Returned = "the tokens were given back to the provider"
	if err := client.Revoke(ctx, g.Keepsake()); err != nil {
		o.Returned = "the tokens could not be given back, and end by themselves"
		o.Notes = append(o.Notes, "giving the tokens back: "+err.Error())
	}
}
