// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"net/url"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
)

// maxVariants bounds what one refused callback costs the provider.
const maxVariants = 16

// spellingsOfCallback lists what the registered callback may be, the likeliest
// first: what is listed in the file, then one difference at a time.
func (p *provider) spellingsOfCallback() []string {
	written := p.account.CallbackURL
	var out []string
	add := func(address string) {
		if address != "" && address != written && !slices.Contains(out, address) && len(out) < maxVariants {
			out = append(out, address)
		}
	}
	if org := p.cfg.Organization; org != nil {
		for _, c := range org.Clients {
			if c.ID == p.account.ClientID {
				for _, listed := range c.CallbackURLs[:min(len(c.CallbackURLs), 4)] {
					add(listed)
				}
			}
		}
	}
	u, err := url.Parse(strings.TrimSpace(written))
	if err != nil || u.Host == "" {
		return out
	}
	differ := func(change func(*url.URL)) {
		v := *u
		change(&v)
		add(v.String())
	}
	add(strings.TrimSpace(written))
	differ(func(v *url.URL) { v.Path, v.RawPath = otherSlash(v.Path), "" })
	differ(func(v *url.URL) { v.Scheme = map[string]string{"http": "https", "https": "http"}[v.Scheme] })
	differ(func(v *url.URL) { v.Path, v.RawPath = strings.ToLower(v.Path), "" })
	differ(func(v *url.URL) { v.Host = strings.ToLower(v.Host) })
	differ(func(v *url.URL) { v.Host = otherPort(v) })
	differ(func(v *url.URL) { v.Host = otherWWW(v.Host) })
	for _, own := range []string{p.cfg.Server.PublicURL, p.cfg.Instance.URL} {
		if o, err := url.Parse(own); err == nil && o.Host != "" {
			differ(func(v *url.URL) { v.Scheme, v.Host = o.Scheme, o.Host })
		}
	}
	differ(func(v *url.URL) { v.Path, v.RawPath = usher.CallbackPath, "" })
	for _, host := range otherInstances(u.Host) {
		differ(func(v *url.URL) { v.Host = host })
	}
	return out
}

func otherSlash(path string) string {
	if rest, ok := strings.CutSuffix(path, "/"); ok {
		return rest
	}
	return path + "/"
}

// otherPort leaves the scheme's own port out, or writes it.
func otherPort(u *url.URL) string {
	own := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	if u.Port() == "" {
		return u.Host + ":" + own
	}
	return strings.TrimSuffix(u.Host, ":"+u.Port())
}

func otherWWW(host string) string {
	if rest, ok := strings.CutPrefix(host, "www."); ok {
		return rest
	}
	return "www." + host
}

// otherInstances lists the hosts that a sibling instance is likely to have:
// stage for production, and the reverse.
func otherInstances(host string) []string {
	label, rest, ok := strings.Cut(host, ".")
	if !ok {
		return nil
	}
	var out []string
	for _, word := range []string{"stage", "stg", "test", "dev"} {
		for _, joined := range []string{"-" + word, word + "-"} {
			if strings.HasSuffix(label, joined) || strings.HasPrefix(label, joined) {
				out = append(out, strings.TrimSuffix(strings.TrimPrefix(label, joined), joined)+"."+rest)
			}
		}
		if label == word {
			out = append(out, rest)
		}
	}
	if len(out) == 0 {
		out = append(out, label+"-stage."+rest)
	}
	return out
}
