// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an organization. They keep every list on every page and in every
// answer bounded.
const (
	maxClients = 1_000
	maxGroups  = 10_000
	maxUsers   = 100_000
	maxText    = 2_048 // bytes of any one value
	maxList    = 10_000
)

// A directory is an organization, indexed. It never changes once made.
type directory struct {
	org     Organization
	clients map[string]*registration
	people  map[string]*person // by folded email
	ids     map[string]*person // by user id
}

// A registration is a client, its patterns compiled.
type registration struct {
	Client
	patterns []*regexp.Regexp
}

// A person is who can sign in, or a technical account.
type person struct {
	User
	groups    []*Group // effective product profiles and user groups, in the organization's order
	direct    []*Group // those that name the person itself
	technical bool
}

func newDirectory(org Organization) (*directory, error) {
	if err := check(org); err != nil {
		return nil, err
	}
	d := &directory{org: org.clone(), clients: map[string]*registration{}, people: map[string]*person{}, ids: map[string]*person{}}
	for i := range d.org.Clients {
		reg := &registration{Client: d.org.Clients[i]}
		for _, p := range reg.CallbackPatterns {
			re, err := compilePattern(p)
			if err != nil {
				return nil, fmt.Errorf("client %q: %w", reg.ID, err)
			}
			reg.patterns = append(reg.patterns, re)
		}
		d.clients[reg.ID] = reg
		d.add(User{Email: reg.technicalAccount(), Name: reg.ID + " (technical account)", ID: reg.technicalAccount()}, true)
	}
	for _, u := range d.org.Users {
		d.add(u, false)
	}
	d.enroll()
	return d, nil
}

// add indexes a user; the first of two with one address counts.
func (d *directory) add(u User, technical bool) *person {
	key := fold(u.Email)
	if p, ok := d.people[key]; ok {
		return p
	}
	if u.ID == "" {
		u.ID = derivedID(u, d.org)
	}
	if u.Name == "" {
		u.Name = nameFrom(u.Email)
	}
	if u.Country == "" {
		u.Country = "US"
	}
	if u.Type == "" {
		u.Type = "federatedID"
	}
	p := &person{User: u, technical: technical}
	d.people[key], d.ids[u.ID] = p, p
	return p
}

// enroll gives every member its groups, first those that name it, then the
// product profiles that it holds through a user group.
func (d *directory) enroll() {
	members := map[string][]*person{} // of user groups
	for i := range d.org.Groups {
		g := &d.org.Groups[i]
		for _, email := range g.Members {
			p := d.add(User{Email: email}, false)
			if !slices.Contains(p.direct, g) {
				p.direct = append(p.direct, g)
			}
			if g.UserGroup {
				members[g.Name] = append(members[g.Name], p)
			}
		}
	}
	for i := range d.org.Groups {
		g := &d.org.Groups[i]
		var all []*person
		for _, email := range g.Members {
			all = append(all, d.people[fold(email)])
		}
		for _, name := range g.UserGroups {
			all = append(all, members[name]...)
		}
		for _, p := range all {
			if n := len(p.groups); n == 0 || p.groups[n-1] != g {
				p.groups = append(p.groups, g)
			}
		}
	}
}

func (d *directory) person(email string) (*person, bool) {
	p, ok := d.people[fold(email)]
	return p, ok
}

// allows says whether the callback is on the client's allow-list. Matching is
// exact: no prefix, no other case, no missing slash.
func (r *registration) allows(callback string) bool {
	if len(callback) > maxText || !callbackScheme(callback, slices.Contains(r.CallbackURLs, callback)) {
		return false
	}
	if slices.Contains(r.CallbackURLs, callback) {
		return true
	}
	return slices.ContainsFunc(r.patterns, func(re *regexp.Regexp) bool { return re.MatchString(callback) })
}

func compilePattern(p string) (*regexp.Regexp, error) {
	// Alone first: "a)|(.*" would compile between the parentheses below, and match everything.
	_, err := regexp.Compile(p)
	if err != nil {
		return nil, fmt.Errorf("callback pattern %q is not an RE2 expression: %w; correct it, and escape the dots of host names", p, err)
	}
	return regexp.Compile(`\A(?:` + p + `)\z`)
}

// technicalAccount is who the client's own tokens speak for.
func (c Client) technicalAccount() string {
	if c.TechnicalAccount != "" {
		return c.TechnicalAccount
	}
	return hex24("technical account "+c.ID) + "@techacct.adobe.com"
}

func derivedID(u User, org Organization) string {
	suffix := "AdobeID"
	if u.Type != "adobeID" && org.ident() != "" {
		suffix = org.ident()
	}
	return hex24("user "+fold(u.Email)) + "@" + suffix
}

// hex24 makes the 24 hexadecimal digits that IMS ids have out of a name.
func hex24(s string) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToUpper(hex.EncodeToString(sum[:12]))
}

func fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func nameFrom(email string) string {
	local, _, _ := strings.Cut(email, "@")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + w[size:]
	}
	if len(words) == 0 {
		return email
	}
	return strings.Join(words, " ")
}

// sorted lists everybody by address, so that pages are stable.
func (d *directory) sorted() []*person {
	return slices.SortedFunc(maps.Values(d.people), func(a, b *person) int { return strings.Compare(fold(a.Email), fold(b.Email)) })
}
