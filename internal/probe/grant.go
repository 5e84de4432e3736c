// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/idp"
)

// A credential is how a request to the token endpoint presents the client.
type credential struct {
	id, secret string
	style      string // "post", "basic", "raw" for Basic without encoding, "none"
}

// maxAuthenticated is how many requests of a run may carry an account's own
// secret: one, and two more only where that one was refused as a wrong secret
// is, to tell a wrong secret from one that is sent in the wrong way.
const maxAuthenticated = 3

func (p *provider) gatherGrant(ctx context.Context) (*doctor.GrantAnswers, string) {
	d, ok := p.found.wait(ctx)
	switch {
	case !ok:
		return nil, p.whyNot(ctx)
	case !p.AuthProbes:
		return nil, "requests that carry the client secret are switched off (--no-auth-probes)"
	case d.token == "":
		return nil, d.why
	case p.account.ClientID == "":
		return nil, "the account has no client id to ask with"
	case d.metadata == nil:
		return nil, "the provider's metadata cannot be used for a sign-in, so the client secret is not sent to where it points"
	case p.account.CheckIMSServer(p.cfg.Instance.Environment) != nil:
		return nil, "the account's server is none of Adobe's, so the client secret is not sent there"
	}
	style, cause := p.client.Style(d.metadata)
	if cause != nil {
		return nil, "the provider takes no client secret in a way that usher knows"
	}
	t := &teller{provider: p, endpoint: d.token, answers: &doctor.GrantAnswers{Style: style}}
	return t.ask(ctx)
}

// A teller asks the token endpoint with a refresh token that nobody issued.
// Unlike a code that nobody issued, every provider that was tried looks at the
// client first; see docs/decisions.
type teller struct {
	*provider
	endpoint string
	answers  *doctor.GrantAnswers
}

func (t *teller) ask(ctx context.Context) (*doctor.GrantAnswers, string) {
	a, id, secret := t.answers, t.account.ClientID, t.account.ClientSecret.Reveal()
	unknown := credential{id: t.random.nobody(), secret: t.random.hex(16), style: a.Style}
	if a.Style == "none" {
		a.NoSecret = t.try(ctx, credential{id: id, style: "none"})
		a.UnknownClient = t.try(ctx, credential{id: unknown.id, style: "none"})
		return t.told(ctx, a.NoSecret)
	}
	wrong := credential{id: id, secret: t.shapedLike(secret), style: a.Style}
	// The control goes first: where it does not answer the secret stays here.
	control := t.try(ctx, wrong)
	if control == nil || control.Throttled {
		return t.told(ctx, control)
	}
	var own *doctor.GrantAnswer
	var both sync.WaitGroup
	both.Go(func() { own = t.own(ctx, secret, a.Style) })
	both.Go(func() { a.UnknownClient = t.try(ctx, unknown) })
	both.Wait()
	if a.Style == "basic" {
		a.Basic, a.WrongBasic = own, control
	} else {
		a.Post, a.WrongPost = own, control
	}
	if own != nil && own.Same(*control) && (refused(own) || own.Error == "invalid_request") {
		// Where the client itself may be the fault, the secret is not sent again.
		if taken, _ := t.taken.wait(ctx); taken || a.UnknownClient != nil && !own.Same(*a.UnknownClient) {
			t.otherWays(ctx, secret)
		}
	}
	return t.told(ctx, own)
}

func (t *teller) told(ctx context.Context, answer *doctor.GrantAnswer) (*doctor.GrantAnswers, string) {
	switch {
	case answer == nil:
		return nil, t.whyNot(ctx)
	case answer.Fault != "":
		t.answers.Silent = answer.Fault
		return t.answers, ""
	case t.answers.Post == nil && t.answers.Basic == nil && t.answers.NoSecret == nil:
		return nil, "the token endpoint answers nothing that tells a right client from a wrong one"
	}
	return t.answers, ""
}

// own sends the account's own secret, unless it was sent often enough.
func (t *teller) own(ctx context.Context, secret, style string) *doctor.GrantAnswer {
	if t.answers.Authenticated == maxAuthenticated {
		return nil
	}
	t.answers.Authenticated++
	return t.try(ctx, credential{id: t.account.ClientID, secret: secret, style: style})
}

// shapedLike gives a secret that nobody has and that is written with the same
// kinds of characters: a provider may stumble over those before it looks at
// the secret, and that must not pass for having taken it.
func (t *teller) shapedLike(secret string) string {
	digits := t.random.hex(len(secret))
	changed := 0
	other := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return r
		}
		changed++
		return rune(digits[changed-1])
	}, secret)
	if changed < 8 {
		return other + t.random.hex(16)
	}
	return other
}

func refused(a *doctor.GrantAnswer) bool {
	return !a.Throttled && (a.Status == http.StatusUnauthorized || a.Error == "invalid_client")
}

// otherWays looks for a way of sending the secret that the provider takes,
// and stops at the first.
func (t *teller) otherWays(ctx context.Context, secret string) {
	a := t.answers
	a.NoSecret = t.try(ctx, credential{id: t.account.ClientID, style: "none"}) // carries no secret
	if a.NoSecret != nil && a.NoSecret.ClientKnown() {
		return // it wants none
	}
	if trimmed := strings.TrimFunc(secret, invisible); trimmed != secret && trimmed != "" {
		a.Trimmed = t.own(ctx, trimmed, a.Style)
		if a.Trimmed != nil && !refused(a.Trimmed) {
			return
		}
	}
	id := t.account.ClientID
	if a.Style == "basic" && idp.BasicCredentials(id, secret, true) != idp.BasicCredentials(id, secret, false) {
		a.BasicRaw = t.own(ctx, secret, "raw")
		if a.BasicRaw != nil && !refused(a.BasicRaw) {
			return
		}
	}
	if a.Style == "basic" {
		a.Post = t.own(ctx, secret, "post")
	} else {
		a.Basic = t.own(ctx, secret, "basic")
	}
}

// invisible are what people copy along with a secret.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}

// try sends one request. nil: the run was over.
func (t *teller) try(ctx context.Context, c credential) *doctor.GrantAnswer {
	token := t.random.nobody()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	if c.style == "post" || c.style == "none" {
		form.Set("client_id", c.id)
	}
	if c.style == "post" {
		form.Set("client_secret", c.secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return &doctor.GrantAnswer{Throttled: true, Fault: "its address cannot be read"}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", acceptJSON)
	if c.style == "basic" || c.style == "raw" {
		req.Header.Set("Authorization", idp.BasicCredentials(c.id, c.secret, c.style == "raw"))
	}
	r, err := t.provider.ask(ctx, req, maxPage)
	if err != nil {
		why, evidence := t.silence(ctx, err)
		if !evidence {
			return nil
		}
		return &doctor.GrantAnswer{Throttled: true, Fault: why}
	}
	return t.read(r, map[string]string{"client_id": c.id, "client_secret": c.secret, "token": token,
		"authorization": strings.TrimPrefix(idp.BasicCredentials(c.id, c.secret, c.style == "raw"), "Basic ")})
}

// read takes error and description from an answer in the form of RFC 6749
// section 5.2, and what tells the answer from others.
func (t *teller) read(r *reply, sent map[string]string) *doctor.GrantAnswer {
	secrets := []string{sent["client_secret"], sent["token"], sent["authorization"]}
	a := &doctor.GrantAnswer{Status: r.status, ContentType: t.clean(r.header.Get("Content-Type"), maxShown, secrets...)}
	object, err := idp.DecodeObject(r.body)
	if r.tooLong {
		err = errors.New("too long")
	}
	text := func(name string, limit int) string {
		s, _ := object[name].(string)
		return t.clean(s, limit, secrets...)
	}
	if err == nil {
		a.Error, a.Description = text("error", maxShown), text("error_description", maxDescription)
	}
	// 400 and 401 say something even without a word of JSON.
	spoken := a.Error != "" || r.status == http.StatusBadRequest || r.status == http.StatusUnauthorized
	a.Throttled = r.status == http.StatusTooManyRequests || r.status == http.StatusForbidden || r.status > 500 || !spoken
	what := a.Description
	if err != nil {
		what = visible(r.body)
	}
	raw := what
	if err == nil {
		raw, _ = object["error_description"].(string)
	}
	a.Alike = likeness(sent, r.status, a.Error, raw)
	return a
}
