// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/idp"
)

// discovered is what the metadata leads to.
type discovered struct {
	authorization, token, keys string        // addresses that may be called; empty: none
	metadata                   *idp.Metadata // as a sign-in would use it; nil: it would not
	page                       *doctor.Page  // a page that answered in the metadata's place
	why                        string        // why an address is missing
}

const acceptJSON = "application/json"

func (p *provider) gatherDiscovery(ctx context.Context) (*doctor.Document, string) {
	d := discovered{why: "the provider's metadata, which says where to ask, was not to be had"}
	defer func() { p.found.set(d) }()
	doc, why := p.fetchDocument(ctx, p.client.Address())
	if doc == nil {
		d.why += ": " + why
		return nil, why
	}
	if doc.Status == http.StatusNotFound {
		if md := p.client.Documented(); md != nil {
			d = p.leads(documentOf(md), md)
			return &doc.Document, ""
		}
	}
	if doc.object == nil {
		if doc.Status != 0 {
			doc.Variants = p.variantsOfIssuer(ctx)
		}
		if isPage(doc.Status, doc.ContentType) && len(doc.Variants) == 0 {
			d.page = &doctor.Page{Status: doc.Status, ContentType: doc.ContentType, Server: doc.Server, Title: p.clean(title(doc.body), maxShown)}
		}
		return &doc.Document, ""
	}
	md, cause := p.client.ReadMetadata(doc.object)
	if cause != nil && cause.Code == usher.CodeProviderMetadata && !p.named(&doc.Document) {
		doc.Invalid = strings.TrimSpace(cause.Saw + "; " + cause.Detail)
	}
	page := d.page
	d = p.leads(&doc.Document, md)
	d.page = page
	return &doc.Document, ""
}

// A document is metadata as it was read.
type document struct {
	doctor.Document
	object map[string]any // nil: it is none
	body   []byte
}

// fetchDocument asks for metadata. No document: nothing is known, and why.
func (p *provider) fetchDocument(ctx context.Context, address string) (*document, string) {
	doc := &document{Document: doctor.Document{URL: address}}
	r, err := p.get(ctx, address, acceptJSON, idp.MaxBody)
	if err != nil {
		why, evidence := p.silence(ctx, err)
		if !evidence {
			return nil, why
		}
		doc.Fault = why
		return doc, ""
	}
	if why, yes := throttled(r); yes {
		return nil, why
	}
	doc.Status, doc.ContentType, doc.Server, doc.body = r.status, p.clean(r.header.Get("Content-Type"), maxShown), p.servedBy(r.header), r.body
	if r.status >= 300 && r.status < 400 {
		doc.Location = p.shown(r.header.Get("Location"))
		return doc, ""
	}
	doc.object, doc.Invalid = readObject(r, idp.DecodeObject)
	if doc.object != nil && r.status == http.StatusOK {
		p.fill(&doc.Document, doc.object)
	} else {
		doc.object = nil
	}
	return doc, ""
}

// readObject reads an answer as a sign-in would, or says why it cannot.
func readObject(r *reply, decode func([]byte) (map[string]any, error)) (object map[string]any, invalid string) {
	if r.tooLong {
		return nil, fmt.Sprintf("an answer of more than %d bytes", idp.MaxBody)
	}
	if isPage(http.StatusOK, r.header.Get("Content-Type")) {
		return nil, idp.Sniff(r.body)
	}
	object, err := decode(r.body)
	if err != nil {
		saw := idp.Sniff(r.body)
		if strings.HasPrefix(saw, "JSON") || strings.HasSuffix(saw, "order mark") {
			saw += ": " + err.Error()
		}
		return nil, saw
	}
	return object, ""
}

// fill copies the members that the checks read.
func (p *provider) fill(doc *doctor.Document, object map[string]any) {
	text := func(name string) string {
		s, _ := object[name].(string)
		return p.clean(s, 1000)
	}
	list := func(name string) []string {
		items, ok := object[name].([]any)
		if !ok {
			return nil
		}
		out := []string{}
		for _, item := range items {
			if s, ok := item.(string); ok && len(out) < 200 {
				out = append(out, p.clean(s, maxShown))
			}
		}
		return out
	}
	doc.Issuer = text("issuer")
	doc.AuthorizationEndpoint, doc.TokenEndpoint, doc.UserinfoEndpoint = text("authorization_endpoint"), text("token_endpoint"), text("userinfo_endpoint")
	doc.KeysURL, doc.EndSessionEndpoint = text("jwks_uri"), text("end_session_endpoint")
	doc.Scopes, doc.ResponseTypes, doc.ResponseModes = list("scopes_supported"), list("response_types_supported"), list("response_modes_supported")
	doc.ChallengeMethods, doc.TokenAuthMethods = list("code_challenge_methods_supported"), list("token_endpoint_auth_methods_supported")
	doc.BackChannelLogout, _ = object["backchannel_logout_supported"].(bool)
	doc.IssuerParameter, _ = object["authorization_response_iss_parameter_supported"].(bool)
	doc.SigningAlgorithms = list("id_token_signing_alg_values_supported")
}

// documentOf writes metadata that was not fetched as if it had been.
func documentOf(md *idp.Metadata) *doctor.Document {
	return &doctor.Document{AuthorizationEndpoint: md.AuthorizationEndpoint, TokenEndpoint: md.TokenEndpoint, KeysURL: md.JWKSURI}
}

// named says that a check of its own names what a sign-in would refuse in the
// document, better than the sign-in does: something left out, plain http, PKCE
// or signatures ruled out. An address that nobody should call is worse than these.
func (p *provider) named(d *doctor.Document) bool {
	missing := d.AuthorizationEndpoint == "" || d.TokenEndpoint == "" || d.KeysURL == ""
	plain := false
	for _, address := range []string{d.AuthorizationEndpoint, d.TokenEndpoint, d.KeysURL, d.UserinfoEndpoint} {
		u, err := url.Parse(address)
		if address == "" || err == nil && u.Scheme == "https" {
			continue
		}
		if err != nil || u.Scheme != "http" {
			return false
		}
		u.Scheme = "https"
		if idp.CheckTarget(u, p.local, p.plain) != nil {
			return false
		}
		plain = !p.plain
	}
	noPKCE := d.ChallengeMethods != nil && !slices.Contains(d.ChallengeMethods, "S256")
	noSignature := len(d.SigningAlgorithms) > 0 && !slices.Contains(d.SigningAlgorithms, "RS256")
	return missing || plain || noPKCE || noSignature
}

// leads takes from the document what may be called.
func (p *provider) leads(doc *doctor.Document, md *idp.Metadata) discovered {
	d := discovered{metadata: md, why: "the provider's metadata names no address that usher would call for it"}
	for _, e := range []struct {
		from string
		to   *string
	}{{doc.AuthorizationEndpoint, &d.authorization}, {doc.TokenEndpoint, &d.token}, {doc.KeysURL, &d.keys}} {
		if u, err := url.Parse(e.from); err == nil && e.from != "" && idp.CheckTarget(u, p.local, p.plain) == nil {
			*e.to = e.from
		}
	}
	return d
}

// shown is an address without its query, which may hold anything.
func (p *provider) shown(address string, sent ...string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	u.RawQuery, u.Fragment, u.User, u.ForceQuery = "", "", nil, false
	return p.clean(u.String(), maxDescription, sent...)
}
