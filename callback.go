// SPDX-License-Identifier: Apache-2.0

package usher

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Prefix is the path below which usher's own pages live, on every guarded host.
const Prefix = "/usher/"

// CallbackPath is where usher serves the callback.
const CallbackPath = Prefix + "callback"

// CheckCallback says whether the callback URL can work at all: https, and on
// this instance's own address. http is accepted nowhere: the session cookie
// would not be kept.
func (a ExternalAccount) CheckCallback(instance Instance, publicURL string) *Cause {
	if c := a.CheckCallbackHTTPS(); c != nil {
		return c
	}
	return a.CheckCallbackInstance(instance, publicURL)
}

// CheckCallbackHTTPS says whether the callback URL begins with https://.
func (a ExternalAccount) CheckCallbackHTTPS() *Cause {
	if strings.HasPrefix(a.CallbackURL, "https://") {
		return nil
	}
	want := "an address that begins with https://"
	if rest, ok := strings.CutPrefix(a.CallbackURL, "http://"); ok {
		want = "https://" + rest
	}
	return &Cause{Step: StepBegin, Code: CodeCallbackNotHTTPS, Subject: a.InternalName, Saw: quoteEmpty(a.CallbackURL), Want: want}
}

// CheckCallbackInstance says whether the callback URL leads back to this
// instance: the origin of its URL or of the gateway's public URL.
func (a ExternalAccount) CheckCallbackInstance(instance Instance, publicURL string) *Cause {
	cause := &Cause{Step: StepBegin, Code: CodeCallbackWrongInstance, Subject: a.InternalName, Saw: quoteEmpty(a.CallbackURL)}
	u, err := url.Parse(a.CallbackURL)
	if err != nil || u.Hostname() == "" || u.User != nil {
		cause.Want, cause.Detail = "an absolute URL of this instance", "the value is not an absolute URL"
		return cause
	}
	// Another scheme is no other instance: CheckCallbackHTTPS speaks of it.
	want := *u
	want.Scheme = "https"
	var own []string
	for _, candidate := range []string{publicURL, instance.URL} {
		o, err := url.Parse(candidate)
		if err != nil || o.Hostname() == "" {
			continue
		}
		o.Scheme = "https"
		if SameHost(o, &want) {
			return nil
		}
		if origin := originOf(o); !slices.Contains(own, origin) {
			own = append(own, origin)
		}
	}
	if len(own) == 0 {
		return nil // nothing to compare with
	}
	want.Host = strings.TrimPrefix(own[0], "https://")
	cause.Want = want.String()
	cause.Detail = fmt.Sprintf("the host is %s, this instance is %s", u.Host, strings.Join(own, " or "))
	return cause
}

// ListsCallback says whether a client's allow-list holds the callback: exact
// entries byte for byte, patterns as RE2 over the whole address. A pattern
// that does not compile matches nothing.
func (c Client) ListsCallback(callback string) bool {
	for _, listed := range c.CallbackURLs {
		if listed == callback {
			return true
		}
	}
	for _, p := range c.CallbackPatterns {
		if matchesWhole(p, callback) {
			return true
		}
	}
	return false
}

func matchesWhole(pattern, text string) bool {
	if _, err := regexp.Compile(pattern); err != nil {
		return false // "a)|(?:.*" would compile between the parentheses below, and match everything
	}
	re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	return err == nil && re.MatchString(text)
}

// SameHost compares host and port of two addresses, ports defaulted by scheme.
func SameHost(a, b *url.URL) bool {
	return strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

func originOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" || (u.Scheme == "https" && port == "443") || (u.Scheme == "http" && port == "80") {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + port
}

// Origin gives scheme, host and port of an absolute http(s) address, the port
// left out where it is the scheme's own.
func Origin(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil {
		return "", fmt.Errorf("%q is not an absolute http or https address", address)
	}
	return originOf(u), nil
}

func quoteEmpty(s string) string {
	if s == "" {
		return `"" (empty)`
	}
	return s
}
