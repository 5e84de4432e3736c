// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// clientStyle lists how a client may present itself to the token endpoint.
func clientStyle() []doctor.Check {
	after := doctor.SymptomErrorAfterLogin
	grant := func(code usher.Code, holds string, judge func(doctor.Account, *doctor.GrantAnswers) (doctor.Ruling, bool)) doctor.Check {
		return doctor.Check{Code: code, Layer: doctor.LayerIdentity, Severity: usher.SeverityError, Holds: holds, Reads: doctor.Config | doctor.Grant,
			After: codes(usher.CodeClientIDUnknown), Explains: doctor.Signs{after: doctor.Likely}, Field: "ims_client_secret", Judge: eachGrant(judge), Blind: blindGrant}
	}
	return []doctor.Check{
		grant("client-auth-style", "the secret is sent in a way that the provider takes", clientAuthStyle),
		grant("client-secret-encoding", "the provider reads the secret as it was meant", clientSecretEncoding),
		grant("client-grant", "the client may exchange codes", clientGrant),
		grant("client-platform", "the client is registered for the web", clientPlatform),
	}
}

func eachGrant(judge func(doctor.Account, *doctor.GrantAnswers) (doctor.Ruling, bool)) func(*doctor.Evidence) []doctor.Ruling {
	return func(e *doctor.Evidence) []doctor.Ruling {
		var out []doctor.Ruling
		for _, a := range e.InUse() {
			g := a.Grant()
			if g == nil {
				continue
			}
			if r, ok := judge(a, g); ok {
				out = append(out, r.At(a.Place("ims_client_secret")))
			}
		}
		return out
	}
}

// inUse gives the answer to the way of sending the secret that is in use, its
// control, and the answer to the other way.
func inUse(g *doctor.GrantAnswers) (asked, control, other *doctor.GrantAnswer) {
	if g.Style == "basic" {
		return g.Basic, g.WrongBasic, g.Post
	}
	return g.Post, g.WrongPost, g.Basic
}

func clientAuthStyle(a doctor.Account, g *doctor.GrantAnswers) (doctor.Ruling, bool) {
	asked, _, other := inUse(g)
	if asked == nil || other == nil || asked.Throttled || asked.ClientKnown() || !refusesClient(asked) && asked.Error != "invalid_request" || !other.ClientKnown() {
		return doctor.Ruling{}, false
	}
	way, better := doctor.Say("in the body"), doctor.Say("in the header (client_secret_basic)")
	if g.Style == "basic" {
		way, better = doctor.Say("in the header"), doctor.Say("in the body (client_secret_post)")
	}
	return doctor.Fail(a.InternalName, "the provider takes the secret %s, and it is sent %s", better, way).
		Found(answered(asked), answered(other)).
		Elsewhere("let the provider take the secret %s for this client", way), true
}

func clientSecretEncoding(a doctor.Account, g *doctor.GrantAnswers) (doctor.Ruling, bool) {
	if g.Style != "basic" || g.Basic == nil || g.BasicRaw == nil || !refusesClient(g.Basic) || !g.BasicRaw.ClientKnown() {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider does not decode the secret in the header (RFC 6749 section 2.3.1): characters such as + and % are misread").
		Found(answered(g.Basic), answered(g.BasicRaw)).
		Elsewhere("have a secret made of letters and digits only, or let the provider take it in the body"), true
}

func clientGrant(a doctor.Account, g *doctor.GrantAnswers) (doctor.Ruling, bool) {
	asked, control, _ := inUse(g)
	if refusedWhatever(g) {
		return doctor.Fail(a.InternalName, "the provider knows the client and refuses it whatever its secret: it is switched off, or may not exchange codes for tokens").
			Found(answered(asked), doctor.Say("invalid_grant, as for any unknown code")).
			Elsewhere("switch the client on at the provider, and the authorization code flow for it"), true
	}
	if asked == nil || asked.Throttled || asked.Error != "unauthorized_client" && asked.Error != "unsupported_grant_type" || control != nil && asked.Same(*control) {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the client may not exchange codes for tokens").Found(answered(asked), doctor.Say("invalid_grant, as for any unknown code")).
		Elsewhere("switch the authorization code flow on for this client, and its refresh tokens where you use them"), true
}

// refusedWhatever says that a client which the provider tells from an unknown
// one is not allowed anything, with the right secret and with a wrong one alike
// (unauthorized_client, RFC 6749 section 5.2): that says nothing of the secret.
func refusedWhatever(g *doctor.GrantAnswers) bool {
	asked, control, _ := inUse(g)
	return asked != nil && control != nil && !asked.Throttled && asked.Error == "unauthorized_client" && asked.Same(*control) &&
		g.UnknownClient != nil && !g.UnknownClient.Throttled && !asked.Same(*g.UnknownClient)
}

func clientPlatform(a doctor.Account, g *doctor.GrantAnswers) (doctor.Ruling, bool) {
	asked, _, _ := inUse(g)
	if asked == nil || !strings.Contains(asked.Description, "AADSTS9002325") && !strings.Contains(asked.Description, "AADSTS9002327") {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the client is registered for a single-page application: its codes may be exchanged by browsers only").
		Found(answered(asked), doctor.Say("a client of the platform Web")).
		Elsewhere("register the callback URL under the platform Web"), true
}
