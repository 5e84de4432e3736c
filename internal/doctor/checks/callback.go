// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func callback() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeCallbackNotHTTPS, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "the callback URL begins with https://",
		Reads:    doctor.Config,
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Likely},
		Field:    "callback_url",
		Judge:    callbackNotHTTPS,
	}, {
		Code: usher.CodeCallbackWrongInstance, Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "the callback URL belongs to this instance",
		Reads:    doctor.Config,
		May:      doctor.Siblings,
		After:    []usher.Code{usher.CodeCallbackNotHTTPS},
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Likely},
		Field:    "callback_url",
		Judge:    callbackWrongInstance,
	}, {
		Code: usher.CodeCallbackNotListed, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds:    "the callback URL is on the client's allow-list",
		Reads:    doctor.Config,
		May:      doctor.Organization | doctor.Authorize | doctor.Grant,
		After:    []usher.Code{usher.CodeCallbackNotHTTPS, usher.CodeCallbackWrongInstance},
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Typically, usher.SymptomLoginPageUnreachable: doctor.Sometimes},
		Field:    "callback_url",
		Judge:    callbackNotListed,
	}}
}

// mendCallback makes the edit that gives the account another callback. Where
// the file leaves the callback out it follows from an address that is written.
func mendCallback(cfg *config.Config, a doctor.Account, want string) []usher.Edit {
	if a.Written("callback_url") {
		return set(cfg, a.Path("callback_url"), want)
	}
	base, ok := strings.CutSuffix(want, usher.CallbackPath)
	if !ok {
		return insert(cfg, a.Path(""), "callback_url: "+want)
	}
	if cfg.Has("server.public_url") {
		return set(cfg, "server.public_url", base)
	}
	return set(cfg, "instance.url", base)
}

// placeOfCallback is where the callback is written, or what it follows from.
func placeOfCallback(cfg *config.Config, a doctor.Account) usher.Place {
	switch {
	case a.Written("callback_url"):
		return a.Place("callback_url")
	case cfg.Has("server.public_url"):
		return cfg.At("server.public_url")
	default:
		return cfg.At("instance.url")
	}
}

func callbackNotHTTPS(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		cause := a.CheckCallbackHTTPS()
		if cause == nil {
			continue
		}
		r := ofCause(cause, "the callback URL does not begin with https://: the provider refuses it, and the session cookie would not be kept").At(placeOfCallback(cfg, a))
		if want := httpsOf(a.CallbackURL); want != "" {
			r = r.Mend(mendCallback(cfg, a, want), "write %s", want)
		} else {
			r = r.Elsewhere("write the address at which operators reach this instance, with https://")
		}
		out = append(out, r)
	}
	return out
}

func httpsOf(callback string) string {
	c := lookalike.Clean(callback)
	for _, wrong := range []string{"http://", "HTTP://", "HTTPS://", "Https://", "https:/", "//"} {
		if rest, ok := strings.CutPrefix(c, wrong); ok && rest != "" {
			return "https://" + strings.TrimLeft(rest, "/")
		}
	}
	if strings.HasPrefix(c, "https://") {
		return c
	}
	if u, err := url.Parse("https://" + c); err == nil && strings.Contains(u.Hostname(), ".") {
		return "https://" + c
	}
	return ""
}

func callbackWrongInstance(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		cause := a.CheckCallbackInstance(cfg.Instance, cfg.Server.PublicURL)
		if cause == nil {
			continue
		}
		r := ofCause(cause, "the callback URL leads to another address than this instance's").At(placeOfCallback(cfg, a))
		if want := schemeOnce(a.CallbackURL); want != "" {
			out = append(out, doctor.Fail(a.InternalName, "the callback URL has its scheme twice, so it leads nowhere").Found(a.CallbackURL, want).
				At(placeOfCallback(cfg, a)).Mend(mendCallback(cfg, a, want), "write %s", want))
			continue
		}
		if other := ownerOf(a.CallbackURL, cfg, e.Siblings()); other != nil {
			r = ofCause(cause, "the callback URL is that of the instance %s", other.Instance.Name).At(placeOfCallback(cfg, a)).
				With("%s has the address %s", other.File, other.Instance.URL)
		}
		if _, err := usher.Origin(cause.Want); err == nil {
			r = r.Mend(mendCallback(cfg, a, cause.Want), "write %s, and have it put on the client's allow-list", cause.Want)
		} else {
			r = r.Elsewhere("write an absolute address of this instance")
		}
		out = append(out, r)
	}
	return out
}

// schemeOnce mends an address that was pasted behind a scheme that stood there
// already; empty: it is none.
func schemeOnce(address string) string {
	for _, twice := range []string{"https://https://", "https://http://", "https://https:/", "https://https//"} {
		if rest, ok := strings.CutPrefix(address, twice); ok && rest != "" {
			return "https://" + strings.TrimLeft(rest, "/")
		}
	}
	return ""
}

// ownerOf finds the other instance that an address belongs to.
func ownerOf(address string, own *config.Config, all []*config.Config) *config.Config {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	for _, c := range all {
		for _, candidate := range []string{c.Instance.URL, c.Server.PublicURL} {
			if o, err := url.Parse(candidate); err == nil && c != own && o.Host != "" && usher.SameHost(o, u) {
				return c
			}
		}
	}
	return nil
}

func callbackNotListed(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if r, ok := judgeListed(e, a); ok {
			out = append(out, r)
		}
	}
	return out
}

func judgeListed(e *doctor.Evidence, a doctor.Account) (doctor.Ruling, bool) {
	cfg := e.Config()
	if wrongClient(e, a) {
		c, path, ok := meantClient(a)
		switch {
		case !ok || !listsCallbacks(cfg, path):
			return mootClient(a), true
		case c.ListsCallback(a.CallbackURL):
			return doctor.Ruling{}, false
		}
		return notOnList(cfg, a, c), true
	}
	answers := a.Authorize()
	if answers != nil {
		switch verdict(answers, answers.UnknownCallback, answers.UnknownClient, "invalid_redirect_uri") {
		case accepted:
			return doctor.Ruling{}, false
		case refused:
			return refusedCallback(cfg, a, answers), true
		}
		if _, taken := variantTaken(answers); landsWrong(answers) && taken {
			return refusedCallback(cfg, a, answers), true
		}
		if landsWrong(answers) && clientKnown(a) { // an unknown client would get the same page, but ours is known
			return refusedCallback(cfg, a, answers), true
		}
	}
	c, path, found, _ := a.Client()
	known := found && listsCallbacks(cfg, path)
	switch {
	case known && c.ListsCallback(a.CallbackURL):
		return doctor.Ruling{}, false
	case known:
		return notOnList(cfg, a, c), true
	case answers != nil:
		return doctor.Unsure(a.InternalName, doctor.Say("the provider answers a callback that nobody has the same way, so nothing follows from its answer"),
			doctor.Say("usher rehearse %s", cfg.File)), true
	default:
		return unsettled(e, a, "whether the callback URL is on the client's allow-list"), true
	}
}

// listsCallbacks says whether the file holds the client's allow-list.
func listsCallbacks(cfg *config.Config, client string) bool {
	return cfg.Has(client+".callback_urls") || cfg.Has(client+".callback_patterns")
}

// landsWrong says that the request landed where one with a callback that
// nobody has landed, and that this is no place on the way of a sign-in.
func landsWrong(all *doctor.AuthorizeAnswers) bool {
	return all.UnknownCallback != nil && all.Asked.Same(*all.UnknownCallback) &&
		(all.Asked.Landing == doctor.LandsPage || all.Asked.Landing == doctor.LandsElsewhere)
}

// refusedCallback rules on the provider's own answer, which was the same as
// for a callback on a host that nobody has.
func refusedCallback(cfg *config.Config, a doctor.Account, answers *doctor.AuthorizeAnswers) doctor.Ruling {
	r := doctor.Fail(a.InternalName, "the provider does not accept the callback URL").
		Found(a.CallbackURL, doctor.Say("an address on the client's allow-list")).At(placeOfCallback(cfg, a)).
		With("sent: %s", answers.Asked.Sent).
		With("answered: %s, the same as for a host that nobody has", landed(answers.Asked))
	if v, taken := variantTaken(answers); taken {
		r = r.With("accepted: %s (%s)", v.URL, lookalike.Difference(a.CallbackURL, v.URL)).Found(a.CallbackURL, v.URL)
		if serves(cfg, a, v.URL) {
			return r.Mend(mendCallback(cfg, a, v.URL), "write %s, which the provider accepts", v.URL)
		}
	}
	return r.Elsewhere("have this address put on the client's allow-list, exactly: %s", a.CallbackURL)
}

func notOnList(cfg *config.Config, a doctor.Account, c usher.Client) doctor.Ruling {
	r := doctor.Fail(a.InternalName, "the callback URL is not on the allow-list of the client %s", c.ID).
		Found(a.CallbackURL, oneOf(append(append([]string(nil), c.CallbackURLs...), c.CallbackPatterns...))).At(placeOfCallback(cfg, a))
	if c.DefaultRedirectURL != "" {
		r = r.With("IMS says nothing and sends the browser to %s", c.DefaultRedirectURL)
	}
	for _, p := range c.CallbackPatterns {
		if mended := singleBackslash(p); mended != p && (usher.Client{CallbackPatterns: []string{mended}}).ListsCallback(a.CallbackURL) {
			return r.With("the pattern %s would take it with each backslash once", quoted(p)).Elsewhere("have it corrected at the provider: %s", mended)
		}
	}
	variant, near := listedVariant(a.CallbackURL, c.CallbackURLs)
	if near {
		r = r.With("%s", lookalike.Difference(a.CallbackURL, variant))
		r.Want = doctor.Value(variant)
	}
	if own := ownListed(cfg, a, c); !near && own != "" {
		variant = own
		r.Want = doctor.Value(variant)
	}
	if variant == "" || !serves(cfg, a, variant) {
		return r.Elsewhere("have this address put on the client's allow-list, exactly: %s", a.CallbackURL)
	}
	return r.Mend(mendCallback(cfg, a, variant), "write %s, which is listed", variant)
}

// ownListed finds a listed address of this instance to which a sign-in could
// come back, usher's own callback before others.
func ownListed(cfg *config.Config, a doctor.Account, c usher.Client) string {
	found := ""
	for _, l := range c.CallbackURLs {
		if !serves(cfg, a, l) {
			continue
		}
		if strings.HasSuffix(l, usher.CallbackPath) {
			return l
		}
		if found == "" {
			found = l
		}
	}
	return found
}

// singleBackslash mends a pattern as the vendor's pages show it, with each
// backslash twice.
func singleBackslash(pattern string) string { return strings.ReplaceAll(pattern, `\\.`, `\.`) }

// serves says whether a sign-in could come back to a variant of the callback:
// it is this instance's own, and usher answers there if it answers at the
// callback as it is written.
func serves(cfg *config.Config, a doctor.Account, variant string) bool {
	b := a.ExternalAccount
	b.CallbackURL = variant
	if b.CheckCallback(cfg.Instance, cfg.Server.PublicURL) != nil {
		return false
	}
	u, err1 := url.Parse(a.CallbackURL)
	v, err2 := url.Parse(variant)
	return err1 == nil && err2 == nil && (u.Path != usher.CallbackPath || v.Path == usher.CallbackPath)
}

// listedVariant finds a listed address that differs by a character or two, by
// case, by a final slash or by the port that https has anyway.
func listedVariant(callback string, listed []string) (string, bool) {
	for _, l := range listed {
		if plainURL(l) == plainURL(callback) {
			return l, true
		}
	}
	near, ok := lookalike.Near(callback, listed)
	return near.Want, ok
}

func plainURL(address string) string {
	s := strings.ToLower(lookalike.Clean(address))
	s = strings.TrimRight(s, "/")
	s = strings.Replace(s, ":443/", "/", 1)
	return strings.TrimSuffix(s, ":443")
}
