// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	usher "github.com/usher-signin/usher"
)

// Where a membership was said, as [usher.Membership].Source has it.
const (
	SourceProductContext = "profile.projectedProductContext"
	SourceRoles          = "profile.roles"
	SourceOrganizations  = "organizations"
	SourceIDToken        = "id_token." // followed by the claim's name
	SourceUserinfo       = "userinfo." // followed by the claim's name
)

// Person asks the provider who has signed in. What it says is gathered, not
// judged; a shape that is not documented gives no group and a note in the
// grant. It refuses answers about somebody else, and answers that cannot be
// read, because missing groups would look like missing rights.
func (c *Client) Person(ctx context.Context, g *Grant) (usher.Person, *usher.Cause) {
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return usher.Person{}, cause.At(usher.StepProfile)
	}
	f := &facts{account: c.account, grant: g, person: usher.Person{Provider: g.Provider, Subject: g.Subject, GrantedScopes: g.Scopes}}
	info, cause := c.userinfo(ctx, md, g)
	if cause != nil {
		return usher.Person{}, cause
	}
	if c.account.IMS() {
		cause = c.imsFacts(ctx, f, info)
	} else {
		cause = c.oidcFacts(f, info)
	}
	if cause != nil {
		return usher.Person{}, cause
	}
	return f.person, nil
}

func (g *Grant) endpoint(name, address string) endpoint {
	return endpoint{name: name, url: address, step: usher.StepProfile, odd: usher.CodeProfileInvalid, sent: g.sent}
}

// userinfo asks the userinfo endpoint, where there is one, and makes sure that
// it speaks of the same person (OpenID Connect Core 1.0 section 5.3.2).
func (c *Client) userinfo(ctx context.Context, md *Metadata, g *Grant) (map[string]any, *usher.Cause) {
	if md.UserinfoEndpoint == "" {
		return map[string]any{}, nil
	}
	a, cause := c.get(ctx, g.endpoint("userinfo", md.UserinfoEndpoint), g.AccessToken)
	if cause != nil {
		return nil, cause
	}
	if cause := a.refusedBearer(); cause != nil {
		return nil, cause
	}
	info, cause := c.userinfoObject(ctx, md, a)
	if cause != nil {
		return nil, cause
	}
	g.watched.saw("userinfo", info)
	if sub, isString := info["sub"].(string); !isString || sub != g.Subject {
		saw := "another subject than the ID token's"
		if !isString {
			saw = kindOfMember(info, "sub")
		}
		cause := a.from.cause(usher.CodeProfileInvalid, saw, "the subject of the ID token", a.trace())
		cause.Subject = "userinfo sub"
		return nil, cause
	}
	return info, nil
}

// userinfoObject reads a plain or a signed answer (section 5.3.2). A signed
// one must be signed by the provider and, where it names them, be from it and
// for us.
func (c *Client) userinfoObject(ctx context.Context, md *Metadata, a *answer) (map[string]any, *usher.Cause) {
	if a.media() != "application/jwt" {
		return a.object(foldTop)
	}
	t, err := parseToken(strings.TrimSpace(string(a.body)))
	if err != nil {
		return nil, a.notUsable(err.Error(), "a signed answer in compact form")
	}
	p := c.present(md, t, redeemed{})
	for _, check := range []tokenCheck{{"alg", checkAlg}, {"crit", checkCrit}, {"signature", checkSignature}, {"iss", checkIss}, {"aud", checkAud}} {
		if cause := check.judge(ctx, p); cause != nil {
			cause.Step, cause.Code, cause.Subject = usher.StepProfile, usher.CodeProfileInvalid, "userinfo "+cause.Subject
			return nil, withoutSecrets(cause, a.from.sent)
		}
	}
	return t.claims, nil
}

// refusedBearer gives the cause of any answer but 200 (RFC 6750 section 3).
func (a *answer) refusedBearer() *usher.Cause {
	if a.status == http.StatusOK {
		return nil
	}
	cause := a.notUsable(sniff(a.body), "HTTP 200")
	said := a.header.Get("WWW-Authenticate")
	if object, err := decodeObject(a.body, foldTop); err == nil && !a.page() {
		said = strings.TrimSpace(text(object, "error") + " " + text(object, "error_description"))
		cause.Saw = fmt.Sprintf("HTTP %d", a.status)
	}
	if said = capped(scrub(printable(said), a.from.sent...), maxDescription); said != "" {
		said = "the provider says: " + said
	}
	cause.Detail = joinSentences(said, cause.Detail)
	return cause
}

// facts gathers what the provider says of a person, bounded.
type facts struct {
	account usher.ExternalAccount
	grant   *Grant
	person  usher.Person
	noted   map[string]bool
}

// maxNotes bounds the notes of one person: a provider may send anything. Each is
// kept once.
const maxNotes = 20

func (f *facts) note(format string, args ...any) {
	sentence := fmt.Sprintf(format, args...)
	if f.noted[sentence] || len(f.noted) >= maxNotes {
		return
	}
	if f.noted == nil {
		f.noted = make(map[string]bool)
	}
	f.noted[sentence] = true
	f.grant.note(sentence)
}

// group adds a directory group, each name once, with the place where it was
// said first. One more than the limit is kept, so that the admission sees that
// there were too many; an overlong name is cut and stays too long.
func (f *facts) group(name, source string) {
	if name == "" || len(f.person.Groups) > usher.MaxGroups {
		return
	}
	if len(name) > 2*usher.MaxGroupBytes {
		name = strings.ToValidUTF8(name[:2*usher.MaxGroupBytes], "")
	}
	for _, m := range f.person.Groups {
		if m.Group == name {
			return
		}
	}
	f.person.Groups = append(f.person.Groups, usher.Membership{Group: name, Source: source})
}

const organizationSuffix = "@AdobeOrg"

// organization adds an organization's id, in its full form, each once. An id
// is never mended: what does not print is not removed but makes it no id.
func (f *facts) organization(id string) {
	if id == "" || id != clean(id, maxName) || len(f.person.Organizations) > usher.MaxGroups {
		return
	}
	if !strings.Contains(id, "@") {
		id += organizationSuffix
	}
	if !slices.Contains(f.person.Organizations, id) {
		f.person.Organizations = append(f.person.Organizations, id)
	}
}

// ours reports whether an id is the account's organization.
func (f *facts) ours(id string) bool { return usher.SameOrganization(id, f.account.OrganizationID) }

// name takes the first text that is there.
func (f *facts) name(candidates ...string) {
	for _, n := range candidates {
		if n = clean(n, maxName); n != "" && f.person.Name == "" {
			f.person.Name = n
		}
	}
}

// email takes an address if it has the form of one that rules can be written
// for; verified is the provider's word about this very address.
func (f *facts) email(address string, verified bool) {
	if f.person.Email != "" || address == "" {
		return
	}
	if !plainAddress(address) {
		f.note("the provider's email address is not one that usher takes (one @, printable ASCII, at most 64 characters before it)")
		return
	}
	local, domain, _ := strings.Cut(address, "@")
	f.person.Email, f.person.EmailVerified = local+"@"+strings.ToLower(domain), verified
}

const hostLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

// plainAddress accepts what nobody can read in two ways.
func plainAddress(address string) bool {
	local, domain, found := strings.Cut(address, "@")
	if !found || len(local) < 1 || len(local) > 64 || len(domain) > 253 {
		return false
	}
	for _, r := range local {
		if r <= 0x20 || r > 0x7e || strings.ContainsRune(`"(),:;<>[]\`, r) {
			return false
		}
	}
	// No case mapping here: it would turn the Kelvin sign into an ASCII k.
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, hostLetters) != "" {
			return false
		}
	}
	return true
}
