// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

// check refuses an organization that the stand-in could not serve. It judges
// shape alone: what is merely unwise is the doctor's business.
func check(o Organization) error {
	var problems []error
	complain := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if len(o.Clients) > maxClients || len(o.Groups) > maxGroups || len(o.Users) > maxUsers {
		return fmt.Errorf("the organization holds %d clients, %d groups and %d users; at most %d, %d and %d are served: leave some out",
			len(o.Clients), len(o.Groups), len(o.Users), maxClients, maxGroups, maxUsers)
	}
	for _, s := range []string{o.ID, o.Name, o.ProductContext} {
		if len(s) > maxText {
			complain("a value of the organization is longer than %d bytes: shorten it", maxText)
		}
	}
	unique(o.Clients, "client", func(c Client) string { return c.ID }, complain)
	unique(o.Groups, "group", func(g Group) string { return g.Name }, complain)
	unique(o.Users, "user", func(u User) string { return fold(u.Email) }, complain)
	if !allUTF8(o) {
		complain("a value of the organization is not UTF-8: neither pages nor the file could show it; write it anew")
	}
	for _, c := range o.Clients {
		checkClient(c, complain)
	}
	for _, g := range o.Groups {
		if len(g.Description) > maxText || long(g.Members) || long(g.UserGroups) {
			complain("group %q has a value longer than %d bytes or more than %d members: shorten it", g.Name, maxText, maxList)
		}
		for _, m := range g.Members {
			if !strings.Contains(m, "@") {
				complain("group %q has the member %q, which is no email address: members are written as addresses", g.Name, m)
			}
		}
	}
	owner := map[string]string{}
	for _, u := range o.Users {
		if u.ID != "" && owner[u.ID] != "" {
			complain("the users %q and %q have the same id %q: tokens could not tell them apart; change one, or leave it empty", owner[u.ID], u.Email, u.ID)
		}
		owner[u.ID] = u.Email
		if !strings.Contains(u.Email, "@") {
			complain("user %q has no email address: users are known by it", u.Email)
		}
		if len(u.Name)+len(u.Password)+len(u.ID)+len(u.Country) > maxText {
			complain("user %q has values longer than %d bytes: shorten them", u.Email, maxText)
		}
		switch u.Type {
		case "", "adobeID", "enterpriseID", "federatedID":
		default:
			complain("user %q has the type %q: it is adobeID, enterpriseID or federatedID", u.Email, u.Type)
		}
	}
	return errors.Join(problems...)
}

// allUTF8 says whether every text is UTF-8: JSON and YAML can hold no other.
func allUTF8(o Organization) bool {
	all := true
	each := func(texts ...string) {
		for _, text := range texts {
			all = all && utf8.ValidString(text)
		}
	}
	each(o.ID, o.Name, o.ProductContext, o.Tenant)
	for _, c := range o.Clients {
		each(c.ID, c.DefaultRedirectURL, c.ServiceCode, c.TechnicalAccount)
		for _, list := range [][]string{c.Secrets, c.CallbackURLs, c.CallbackPatterns, c.Scopes, c.BetaUsers} {
			each(list...)
		}
	}
	for _, g := range o.Groups {
		each(g.Name, g.Description)
		each(g.Members...)
		each(g.UserGroups...)
	}
	for _, u := range o.Users {
		each(u.Email, u.Name, u.Password, u.ID, u.Country)
	}
	return all
}

func checkClient(c Client, complain func(string, ...any)) {
	if long(c.Secrets) || long(c.CallbackURLs) || long(c.CallbackPatterns) || long(c.Scopes) || long(c.BetaUsers) {
		complain("client %q has a list or a value that is too long: at most %d values of %d bytes", c.ID, maxList, maxText)
	}
	for _, s := range c.Secrets {
		if s == "" {
			complain("client %q has an empty secret: leave it out, or write one", c.ID)
		}
	}
	for _, p := range c.CallbackPatterns {
		if _, err := compilePattern(p); err != nil {
			complain("client %q: %w", c.ID, err)
		}
	}
	if c.DefaultRedirectURL != "" && !absoluteURL(c.DefaultRedirectURL) {
		complain("client %q has the default redirect URL %q: it must be an absolute http or https URL", c.ID, c.DefaultRedirectURL)
	}
}

func unique[T any](list []T, kind string, key func(T) string, complain func(string, ...any)) {
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		k := key(v)
		switch {
		case k == "":
			complain("a %s has no name: give it one, or remove it", kind)
		case len(k) > maxText:
			complain("a %s has a name longer than %d bytes: shorten it", kind, maxText)
		case seen[k]:
			complain("the %s %q is there twice: remove or rename one", kind, k)
		}
		seen[k] = true
	}
}

func long(list []string) bool {
	if len(list) > maxList {
		return true
	}
	for _, s := range list {
		if len(s) > maxText {
			return true
		}
	}
	return false
}

func absoluteURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// callbackScheme accepts https, and plain http where the callback is listed
// exactly and stays on this machine.
func callbackScheme(callback string, listed bool) bool {
	u, err := url.Parse(callback)
	if err != nil || !absoluteURL(callback) {
		return false
	}
	return u.Scheme == "https" || listed && loopbackName(u.Hostname())
}

// loopbackName says whether a host name means this machine without asking
// anybody: localhost, names under it, and loopback addresses.
func loopbackName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
