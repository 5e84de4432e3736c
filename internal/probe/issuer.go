// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const wellKnown = "/.well-known/openid-configuration"

// variantsOfIssuer tries other spellings of an issuer that gave no metadata, on
// its own host only, and lists the issuers that the working ones name.
func (p *provider) variantsOfIssuer(ctx context.Context) []string {
	if p.account.IMS() {
		return nil // IMS has it in one place
	}
	tried := spellings(p.account.Server)
	found := make([]string, len(tried))
	var wg sync.WaitGroup
	for i, issuer := range tried {
		wg.Go(func() {
			doc, _ := p.fetchDocument(ctx, strings.TrimSuffix(issuer, "/")+wellKnown)
			if doc == nil || doc.object == nil || doc.Issuer == "" || doc.TokenEndpoint == "" {
				return
			}
			if published, err := url.Parse(doc.Issuer); err == nil && published.Host != "" {
				found[i] = doc.Issuer
			}
		})
	}
	wg.Wait()
	var out []string
	for _, f := range found {
		if f != "" && f != p.account.Server && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// maxSpellings bounds what one wrong issuer costs the provider.
const maxSpellings = 8

// spellings lists what an issuer may have been meant to be: what people paste
// too much of, leave out, or write in the wrong case.
func spellings(issuer string) []string {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" {
		return nil
	}
	var out []string
	add := func(path string) {
		v := url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(path, "/")}
		if s := v.String(); s != strings.TrimSuffix(issuer, "/") && !slices.Contains(out, s) && len(out) < maxSpellings {
			out = append(out, s)
		}
	}
	path := strings.TrimSuffix(u.Path, "/")
	if before, _, pasted := strings.Cut(path, "/.well-known"); pasted {
		path = before
		add(before)
	}
	if rest, ok := strings.CutPrefix(path, "/auth/realms/"); ok {
		add("/realms/" + rest)
	} else if rest, ok := strings.CutPrefix(path, "/realms/"); ok {
		add("/auth/realms/" + rest)
	}
	for _, tail := range []string{"/protocol/openid-connect", "/oauth2", "/v2.0", "/v1"} {
		if before, ok := strings.CutSuffix(path, tail); ok {
			add(before)
		}
	}
	if path != "" {
		add(strings.ToLower(path))
		add(path[:strings.LastIndexByte(path, '/')])
	}
	add(path + "/v2.0")
	add(path + "/oauth2/default")
	add(path + "/ims")
	add("")
	return out
}
