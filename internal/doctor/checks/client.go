// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"fmt"
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

func clientID() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeClientIDUnknown, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds:    "the provider knows the client id",
		Reads:    doctor.Config,
		May:      doctor.Organization | doctor.Authorize | doctor.Grant,
		Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Likely},
		Field:    "ims_client_id",
		Judge:    clientIDUnknown,
	}}
}

// clientSecret comes after callback and scopes: the provider looks at these
// when the browser arrives, at the secret once it is back.
func clientSecret() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeClientSecretWrong, Layer: doctor.LayerIdentity, Severity: usher.SeverityError,
		Holds:    "the client secret is right",
		Reads:    doctor.Config,
		May:      doctor.Organization | doctor.Grant | doctor.Authorize,
		Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Typically},
		Field:    "ims_client_secret",
		Judge:    clientSecretWrong,
	}}
}

// unsettled rules that neither the file nor a probe could tell.
func unsettled(e *doctor.Evidence, a doctor.Account, what string) doctor.Ruling {
	file := e.Config().File
	settle := doctor.Say("usher doctor %s without --offline, or write organization: into it from the "+dashboard, file)
	switch {
	case !e.Live():
	case a.Authorize() == nil && a.Grant() == nil:
		settle = doctor.Say("usher doctor %s once more, when the provider answers this machine; or write organization: into it from the "+dashboard, file)
	default: // the provider answered, and its answers do not tell
		settle = doctor.Say("usher rehearse %s, a real sign-in; or write organization: into it from the "+dashboard, file)
	}
	return doctor.Unsure(a.InternalName, doctor.Say("not known: %s", doctor.Say(what)), settle)
}

func clientIDUnknown(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if r, ok := judgeClientID(e, a); ok {
			out = append(out, r)
		}
	}
	return out
}

func judgeClientID(e *doctor.Evidence, a doctor.Account) (doctor.Ruling, bool) {
	cfg := e.Config()
	fail := func(message string, args ...any) doctor.Ruling {
		return doctor.Fail(a.InternalName, message, args...).At(a.Place("ims_client_id"))
	}
	if a.ClientID == "" {
		return fail("the client id is empty").Found(doctor.Say("nothing"), doctor.Say("the client id that Adobe gave this instance")).
			Elsewhere("copy the client id from the provider into the account"), true
	}
	if clientKnown(a) {
		return doctor.Ruling{}, false
	}
	answers := a.Authorize()
	if answers != nil {
		if _, taken := variantTaken(answers); taken {
			return doctor.Ruling{}, false // with another callback the same client is taken
		}
		if verdict(answers, answers.UnknownClient, answers.UnknownCallback, "unauthorized_client", "invalid_client") == accepted {
			return doctor.Ruling{}, false
		}
		if clientRefused(a) {
			r := fail("the provider does not know the client id %s", quoted(a.ClientID)).
				Found(landed(answers.Asked), doctor.Say("another answer than for a client id that nobody has")).
				With("sent: %s", answers.Asked.Sent)
			if g := a.Grant(); g != nil && g.UnknownClient != nil {
				r = r.With("the token endpoint treats it as one that nobody has, too: %s", answered(g.UnknownClient))
			}
			return r.Elsewhere("compare the client id with the provider's: it belongs to one environment and one organization"), true
		}
	}
	_, _, found, known := a.Client()
	switch {
	case found:
		return doctor.Ruling{}, false
	case !known && answers != nil:
		return doctor.Unsure(a.InternalName, doctor.Say("the provider answers a client id that nobody has the same way, so nothing follows from its answer"),
			doctor.Say("usher rehearse %s", cfg.File)), true
	case !known:
		return unsettled(e, a, "whether the provider knows the client id"), true
	}
	return notRegistered(cfg, e.Organization(), a, fail), true
}

// exchanged says that what is written for the client id is a secret that the
// organization lists.
func exchanged(a doctor.Account, org *usher.Organization) bool {
	for _, c := range org.Clients {
		if slices.ContainsFunc(c.Secrets, usher.NewSecret(a.ClientID).Equal) {
			return true
		}
	}
	return false
}

// wrongClient says that the account's client id is not the provider's.
func wrongClient(e *doctor.Evidence, a doctor.Account) bool {
	r, ok := judgeClientID(e, a)
	return ok && r.Status == doctor.Fails
}

// meantClient is the registration that a wrong client id was meant for: the
// one with a name like it, or the only one. What else is wrong is judged by it,
// so that one run names all there is to mend.
func meantClient(a doctor.Account) (client usher.Client, path string, ok bool) {
	if _, _, found, known := a.Client(); found || !known {
		return usher.Client{}, "", false
	}
	org := a.Organization()
	ids := clientIDs(org)
	want := ids[0:min(1, len(ids))]
	if near, ok := lookalike.Near(a.ClientID, ids); ok {
		want = []string{near.Want}
	} else if len(ids) > 1 {
		return usher.Client{}, "", false
	}
	for i, c := range org.Clients {
		if slices.Contains(want, c.ID) {
			return c, item("organization.clients", i), true
		}
	}
	return usher.Client{}, "", false
}

func clientIDs(org *usher.Organization) []string {
	var ids []string
	for _, c := range org.Clients {
		ids = append(ids, c.ID)
	}
	return ids
}

// mootClient rules that nothing can be said before the client id is right.
func mootClient(a doctor.Account) doctor.Ruling {
	return doctor.Ruling{Status: doctor.Moot, Subject: a.InternalName, Because: usher.CodeClientIDUnknown,
		Message: doctor.Say("not judged: %s comes first", string(usher.CodeClientIDUnknown))}
}

func notRegistered(cfg *config.Config, org *usher.Organization, a doctor.Account, fail func(string, ...any) doctor.Ruling) doctor.Ruling {
	if exchanged(a, org) {
		return doctor.Fail(a.InternalName, "the client id is a secret: id and secret were exchanged").
			Found(doctor.Say("a secret"), oneOf(clientIDs(org))).At(cfg.Secret(a.Index).Place). // not where the id is: that line would show the secret
			Elsewhere("exchange the values of the two keys; the secret was in the open, so have it replaced at the provider")
	}
	ids := clientIDs(org)
	r := fail("the organization has no client %s", quoted(a.ClientID)).Found(quoted(a.ClientID), oneOf(ids))
	want := ""
	if near, ok := lookalike.Near(a.ClientID, ids); ok {
		want = near.Want
		r = r.With("%s", near.How)
	} else if len(ids) == 1 {
		want = ids[0]
	}
	if want == "" {
		return r.Elsewhere("write the id of one of the organization's clients, or have this one provisioned")
	}
	return r.Mend(set(cfg, a.Path("ims_client_id"), want), "write %s", want)
}

func oneOf(names []string) doctor.Phrase {
	switch len(names) {
	case 0:
		return doctor.Say("none is registered")
	case 1:
		return doctor.Value(quoted(names[0]))
	default:
		return doctor.Say("one of %s", list(names))
	}
}

func clientSecretWrong(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if r, ok := judgeSecret(e, a); ok {
			out = append(out, r)
		}
	}
	return out
}

func judgeSecret(e *doctor.Evidence, a doctor.Account) (doctor.Ruling, bool) {
	cfg := e.Config()
	state := cfg.Secret(a.Index)
	if r, decided, wrong := liveSecret(a); decided {
		if wrong {
			r = r.At(state.Place).Elsewhere("copy the secret from the provider again; two may be valid while one is being replaced").With("%s", aboutSecret(state))
		}
		return r, wrong
	}
	if org := a.Organization(); org != nil && exchanged(a, org) {
		return doctor.Fail(a.InternalName, "the client secret is none: id and secret were exchanged").Found(doctor.Say("a client id"), doctor.Say("the client's secret")).At(state.Place).
			Elsewhere("exchange the values of the two keys").Since(usher.CodeClientIDUnknown), true
	}
	if listed, known := listedSecret(a); known && listed {
		return doctor.Ruling{}, false // a secret that the provider has is right, whatever it looks like
	}
	wrong := func(saw, want doctor.Phrase, message string, args ...any) (doctor.Ruling, bool) {
		return doctor.Fail(a.InternalName, message, args...).Found(saw, want).At(state.Place).With("%s", aboutSecret(state)), true
	}
	switch {
	case state.Source == config.SecretAbsent && !a.IMS():
		return doctor.Ruling{}, false // a public client
	case state.Source == config.SecretAbsent:
		r, _ := wrong(doctor.Say("no secret"), doctor.Say("the client's secret"), "the account has no client secret")
		return r.Elsewhere("copy the secret from the provider: an export of the account leaves it out"), true
	case state.Missing:
		return doctor.Unsure(a.InternalName, doctor.Say("the secret's %s %s cannot be read here: %s", doctor.Say(string(state.Source)), state.Name, doctor.Heard(state.Error)),
			doctor.Say("run usher doctor on the server, as the user that usher runs as")), true
	case state.Bytes == 0:
		r, _ := wrong(doctor.Say("an empty secret"), doctor.Say("the client's secret"), "the client secret is empty")
		return r.Elsewhere("copy the secret from the provider"), true
	case cfg.SecretEqualsID(a.Index):
		r, _ := wrong(doctor.Say("the client id once more"), doctor.Say("the client's secret"), "the client secret is the client id: the wrong field was copied")
		return r.Elsewhere("copy the secret, not the id, from the provider"), true
	case state.BOM || state.Blanks:
		return blankSecret(wrong)
	case state.Placeholder:
		r, _ := wrong(doctor.Say("a placeholder"), doctor.Say("the client's secret"), "the client secret is a word that manuals put in its place")
		return r.Elsewhere("copy the secret from the provider"), true
	}
	if _, known := listedSecret(a); known {
		r, _ := wrong(doctor.Say("a secret that the organization does not list"), doctor.Say("one of the client's secrets"), "the client secret is none of those that the organization lists for the client")
		return r.Elsewhere("copy the secret from the provider again; it may have been replaced there"), true
	}
	return unsettled(e, a, "whether the client secret is right"), true
}

func blankSecret(wrong func(doctor.Phrase, doctor.Phrase, string, ...any) (doctor.Ruling, bool)) (doctor.Ruling, bool) {
	r, _ := wrong(doctor.Say("blanks, line ends or invisible characters around it"), doctor.Say("the secret alone"), "the client secret has blanks or invisible characters around it: they count, and the provider refuses it")
	return r.Elsewhere("write the secret again without them; in a shell: printf %%s SECRET > FILE"), true
}

// aboutSecret says what may be said of a secret.
func aboutSecret(s config.SecretState) doctor.Phrase {
	switch s.Source {
	case config.SecretFile:
		return doctor.Say("read from the file %s, %d bytes", s.Name, s.Bytes)
	case config.SecretEnv:
		return doctor.Say("read from the variable %s, %d bytes", s.Name, s.Bytes)
	case config.SecretPlain:
		return doctor.Say("written in the configuration file, %d bytes", s.Bytes)
	default:
		return doctor.Say("not written")
	}
}

// listedSecret says whether the organization lists the account's secret, and
// whether the file says anything about the client's secrets.
func listedSecret(a doctor.Account) (listed, known bool) {
	c, _, found, _ := a.Client()
	if !found {
		c, _, found = meantClient(a)
	}
	if !found || len(c.Secrets) == 0 {
		return false, false
	}
	return slices.ContainsFunc(c.Secrets, a.ClientSecret.Equal), true
}

// liveSecret judges by what the token endpoint answers, against the answer to
// a secret that is certainly wrong.
func liveSecret(a doctor.Account) (r doctor.Ruling, decided, wrong bool) {
	g := a.Grant()
	if g == nil {
		return r, false, false
	}
	asked, control, _ := inUse(g)
	switch {
	case asked == nil || control == nil || asked.Throttled || control.Throttled:
		return r, false, false
	case asked.Same(*control) && !refusesClient(asked):
		return r, false, false // this endpoint does not look at the secret first
	case !asked.Same(*control) && (!refusesClient(asked) || asked.Error == "unauthorized_client"):
		return r, true, false
	case refusesClient(asked) && g.UnknownClient != nil && asked.Same(*g.UnknownClient) && clientRefused(a):
		r = doctor.Fail(a.InternalName, "the token endpoint refuses the client").Since(usher.CodeClientIDUnknown)
	case refusedWhatever(g):
		return r, false, false // it never came to the secret
	default:
		r = doctor.Fail(a.InternalName, "the token endpoint refuses the client secret")
		if _, ok := clientAuthStyle(a, g); ok {
			r = r.Since("client-auth-style")
		}
		if _, ok := clientSecretEncoding(a, g); ok {
			r = r.Since("client-secret-encoding")
		}
		if _, ok := clientPlatform(a, g); ok {
			r = r.Since("client-platform")
		}
	}
	r = r.Found(answered(asked), doctor.Say("another answer than for a secret that is certainly wrong"))
	if g.NoSecret != nil && g.NoSecret.ClientKnown() {
		r = r.With("without any secret the client is accepted: the provider has it as a public client")
	}
	if g.Authenticated > 1 {
		r = r.With("%d requests carried the secret; the provider's log has them under usher-doctor", g.Authenticated)
	}
	if g.Trimmed != nil && !refusesClient(g.Trimmed) && !g.Trimmed.Throttled {
		r = r.With("without the blanks around it the secret is accepted")
	}
	return r, true, true
}

func refusesClient(a *doctor.GrantAnswer) bool {
	return a.Error == "invalid_client" || a.Status == 401 || a.Error == "unauthorized_client"
}

func answered(a *doctor.GrantAnswer) string {
	text := fmt.Sprintf("HTTP %d", a.Status)
	if a.Error != "" {
		text += " " + a.Error
	}
	if a.Description != "" {
		text += ", " + a.Description
	}
	return text
}
