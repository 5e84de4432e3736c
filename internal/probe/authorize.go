// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/idp"
)

// A change makes another authorize request of the account's own.
type change func(q url.Values)

func set(name, value string) change {
	return func(q url.Values) {
		if value == "" {
			q.Del(name)
			return
		}
		q.Set(name, value)
	}
}

func withoutChallenge(q url.Values) { q.Del("code_challenge"); q.Del("code_challenge_method") }

func (p *provider) gatherAuthorize(ctx context.Context) (*doctor.AuthorizeAnswers, string) {
	defer p.taken.set(false)
	d, ok := p.found.wait(ctx)
	switch {
	case !ok:
		return nil, p.whyNot(ctx)
	case d.authorization == "":
		return nil, d.why
	case p.account.ClientID == "" || p.account.CallbackURL == "":
		return nil, "the account has no client id or no callback URL to ask with"
	}
	s := &survey{provider: p, endpoint: d.authorization}
	asked, why := s.try(ctx)
	if asked == nil {
		return nil, why
	}
	answers := &doctor.AuthorizeAnswers{Asked: *asked}
	if asked.Landing == doctor.LandsNowhere || asked.Status == 429 {
		return answers, "" // it would only be more of the same
	}
	s.controls(ctx, answers)
	p.taken.set((asked.Landing == doctor.LandsBack || asked.Landing == doctor.LandsLogin) &&
		(answers.UnknownClient == nil || !asked.Same(*answers.UnknownClient)))
	s.scopes(ctx, answers)
	s.callbacks(ctx, answers)
	if asked.Landing == doctor.LandsBack && asked.Error != "" && asked.Error != "login_required" {
		answers.NoPrompt, _ = s.try(ctx, set("prompt", ""))
	}
	return answers, ""
}

// expected are the answers to prompt=none where nobody is signed in (OpenID
// Connect Core 1.0 section 3.1.2.6).
func expected(e string) bool {
	return slices.Contains([]string{"", "login_required", "interaction_required", "account_selection_required", "consent_required"}, e)
}

// A survey is the authorize requests of one account, to one endpoint.
type survey struct {
	*provider
	endpoint string
}

// make writes an authorize request as a sign-in would send it, but for the
// changes and prompt=none: a provider that finds nobody signed in answers at
// once, and shows no page.
func (s *survey) make(changes ...change) (asking, bool) {
	r := idp.AuthRequest{State: mark + s.random.hex(12), Nonce: s.random.hex(12), Verifier: s.random.hex(24), Prompt: "none"}
	address, cause := s.client.AuthorizeURLAt(s.endpoint, r)
	u, err := url.Parse(address)
	if cause != nil || err != nil {
		return asking{}, false
	}
	q := u.Query()
	for _, c := range changes {
		c(q)
	}
	u.RawQuery = q.Encode()
	a := asking{address: u.String(), callback: q.Get("redirect_uri"), sent: map[string]string{}}
	for _, name := range []string{"client_id", "redirect_uri", "state", "nonce", "code_challenge"} {
		a.sent[name] = q.Get(name)
	}
	a.shown = "GET " + s.shown(s.endpoint) + "?client_id=" + shorten(q.Get("client_id"))
	for _, name := range []string{"redirect_uri", "scope", "prompt"} {
		if v := q.Get(name); v != "" {
			a.shown += "&" + name + "=" + s.clean(v, maxDescription)
		}
	}
	return a, true
}

// shorten leaves enough of a client id to recognize it.
func shorten(id string) string {
	const most = 6
	if len(id) <= most || strings.HasPrefix(id, mark) {
		return id
	}
	return id[:most] + "…"
}

// try sends one request. No answer: the run was over, and why.
func (s *survey) try(ctx context.Context, changes ...change) (*doctor.AuthorizeAnswer, string) {
	a, ok := s.make(changes...)
	if !ok {
		return nil, "the authorize request could not be written"
	}
	answer, err := s.land(ctx, a)
	if err == nil {
		return &answer, ""
	}
	why, evidence := s.silence(ctx, err)
	if !evidence {
		return nil, why
	}
	return &doctor.AuthorizeAnswer{Landing: doctor.LandsNowhere, Fault: why, Sent: a.shown, Alike: "no answer"}, ""
}

// controls sends the requests that are certainly wrong, each in one way.
func (s *survey) controls(ctx context.Context, to *doctor.AuthorizeAnswers) {
	scopes := s.account.Scopes
	odd := strings.ReplaceAll(s.random.nobody(), "-", "_")
	var wg sync.WaitGroup
	send := func(into **doctor.AuthorizeAnswer, changes ...change) {
		wg.Go(func() {
			if answer, _ := s.try(ctx, changes...); answer != nil && answer.Landing != doctor.LandsNowhere {
				*into = answer
			}
		})
	}
	send(&to.UnknownClient, set("client_id", s.random.nobody()))
	send(&to.UnknownCallback, set("redirect_uri", elsewhere(s.account.CallbackURL, s.random.nobody()+".invalid")))
	send(&to.UnknownScope, set("scope", s.client.WireScopes(append(slices.Clone(scopes), odd))))
	send(&to.NoChallenge, withoutChallenge)
	send(&to.OpenIDOnly, set("scope", usher.ScopeOpenID))
	wg.Wait()
}

// elsewhere is the callback on a host that nobody has.
func elsewhere(callback, host string) string {
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" {
		return "https://" + host + usher.CallbackPath
	}
	u.Host = host
	return u.String()
}

// scopeError says that the provider refuses the scopes.
func scopeError(e string) bool { return e == "invalid_scope" || e == "invalid_scopes" }

// maxScopes bounds how many scopes are tried one by one.
const maxScopes = 24

// scopes leaves one scope out at a time, and where that helps nowhere asks for
// each one alone: that names every one at fault. Only where the scopes are.
func (s *survey) scopes(ctx context.Context, to *doctor.AuthorizeAnswers) {
	asked := to.Asked
	onlyOpenID := to.OpenIDOnly != nil && to.OpenIDOnly.Landing == doctor.LandsBack && expected(to.OpenIDOnly.Error)
	if !scopeError(asked.Error) && (!onlyOpenID || asked.Landing == doctor.LandsBack || asked.Landing == doctor.LandsLogin) {
		return
	}
	var list usher.Scopes
	for _, scope := range s.account.Scopes {
		if (s.account.IMS() || scope != usher.ScopeOpenID) && len(list) < maxScopes {
			list = append(list, scope)
		}
	}
	to.WithoutScope = s.each(ctx, list, func(scope string) usher.Scopes {
		return s.account.Scopes.Minus(usher.Scopes{scope})
	})
	for _, without := range to.WithoutScope {
		if without.Landing != doctor.LandsNowhere && without.Landing != doctor.LandsThrottled && !without.Same(asked) && !scopeError(without.Error) {
			return
		}
	}
	to.OnlyScope = s.each(ctx, list.Minus(usher.Scopes{usher.ScopeOpenID}), func(scope string) usher.Scopes {
		return usher.Scopes{usher.ScopeOpenID, scope}
	})
}

func (s *survey) each(ctx context.Context, list usher.Scopes, scopes func(string) usher.Scopes) map[string]doctor.AuthorizeAnswer {
	found := make([]*doctor.AuthorizeAnswer, len(list))
	var wg sync.WaitGroup
	for i, scope := range list {
		wg.Go(func() { found[i], _ = s.try(ctx, set("scope", s.client.WireScopes(scopes(scope)))) })
	}
	wg.Wait()
	out := make(map[string]doctor.AuthorizeAnswer)
	for i, scope := range list {
		if found[i] != nil {
			out[scope] = *found[i]
		}
	}
	return out
}

// callbacks tries other spellings of the callback, where the provider seems to
// refuse the one that is written.
func (s *survey) callbacks(ctx context.Context, to *doctor.AuthorizeAnswers) {
	asked := to.Asked
	control := to.UnknownCallback
	suspect := asked.Error == "invalid_redirect_uri" || asked.Error == "redirect_uri_mismatch" ||
		control != nil && asked.Same(*control) && (asked.Landing == doctor.LandsPage || asked.Landing == doctor.LandsElsewhere)
	if !suspect {
		return
	}
	tried := s.spellingsOfCallback()
	found := make([]*doctor.AuthorizeAnswer, len(tried))
	var wg sync.WaitGroup
	for i, variant := range tried {
		wg.Go(func() { found[i], _ = s.try(ctx, set("redirect_uri", variant)) })
	}
	wg.Wait()
	for i, variant := range tried {
		if found[i] != nil {
			to.Variants = append(to.Variants, doctor.CallbackVariant{URL: variant, Answer: *found[i]})
		}
	}
}
