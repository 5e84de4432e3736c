// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
)

// An Account is an external account in its place, with what was seen of its provider.
type Account struct {
	usher.ExternalAccount
	Index int
	e     *Evidence
}

// Place gives the place of one of the account's keys, named as an IMS account
// has it; an empty key is the account itself.
func (a Account) Place(key string) usher.Place { return a.e.in.Config.At(a.Path(key)) }

// Path gives the path of one of the account's keys.
func (a Account) Path(key string) string { return a.e.in.Config.AccountPath(a.Index, key) }

// Written says whether the key is written in the file.
func (a Account) Written(key string) bool { return a.e.in.Config.Has(a.Path(key)) }

// Discovery is the provider's metadata, nil where it was not seen.
func (a Account) Discovery() *Document {
	a.e.touch(Discovery)
	return seenOf(a, func(p *Provider) *Seen[Document] { return p.Discovery })
}

// Keys are the provider's signing keys.
func (a Account) Keys() *KeySet {
	a.e.touch(Keys)
	return seenOf(a, func(p *Provider) *Seen[KeySet] { return p.Keys })
}

// Authorize is where authorize requests land.
func (a Account) Authorize() *AuthorizeAnswers {
	a.e.touch(Authorize)
	return seenOf(a, func(p *Provider) *Seen[AuthorizeAnswers] { return p.Authorize })
}

// Grant is what the token endpoint answers.
func (a Account) Grant() *GrantAnswers {
	a.e.touch(Grant)
	return seenOf(a, func(p *Provider) *Seen[GrantAnswers] { return p.Grant })
}

// Routes are the ways to the provider's hosts and to the callback's.
func (a Account) Routes() []Route {
	a.e.touch(Transport)
	if r := seenOf(a, func(p *Provider) *Seen[[]Route] { return p.Routes }); r != nil {
		return *r
	}
	return nil
}

// Clock is our clock against the provider's.
func (a Account) Clock() *Skew {
	a.e.touch(Clock)
	return seenOf(a, func(p *Provider) *Seen[Skew] { return p.Clock })
}

func seenOf[T any](a Account, fact func(*Provider) *Seen[T]) *T {
	if a.Index >= len(a.e.in.Providers) {
		return nil
	}
	return known(fact(&a.e.in.Providers[a.Index]))
}

// Client is the account's registration in the organization that the file
// holds; known says whether the file lists the organization's clients at all.
func (a Account) Client() (client usher.Client, path string, found, known bool) {
	a.e.touch(Organization)
	org := a.e.in.Config.Organization
	if org == nil || !a.e.in.Config.Has("organization.clients") || !a.Directory() {
		return usher.Client{}, "", false, false
	}
	for i, c := range org.Clients {
		if c.ID == a.ClientID {
			return c, index("organization.clients", i), true, true
		}
	}
	return usher.Client{}, "", false, true
}

// Directory says whether the file's organization is this account's: it is the
// IMS account's, or that of any account where the file has no IMS account.
func (a Account) Directory() bool {
	if a.IMS() {
		return true
	}
	for _, b := range a.e.in.Config.Accounts {
		if b.IMS() {
			return false
		}
	}
	return true
}

// InUse lists the accounts that a sign-in could use, by their place in the
// file: the IMS account, even while it is disabled, and enabled accounts of
// other providers. Twins and forgotten look-alikes of the IMS account are left
// to checks of their own.
func InUse(cfg *config.Config) []int {
	ims := IMSAccount(cfg)
	var out []int
	for i, a := range cfg.Accounts {
		if i == ims || !a.IMS() && !vendorName(a.InternalName) && (a.Enabled || ims < 0) {
			out = append(out, i)
		}
	}
	return out
}

// InUse lists the accounts that a sign-in could use; see the function InUse.
func (e *Evidence) InUse() []Account {
	cfg := e.Config()
	var out []Account
	for _, i := range InUse(cfg) {
		out = append(out, Account{cfg.Accounts[i], i, e})
	}
	return out
}

// Accounts lists every account of the file.
func (e *Evidence) Accounts() []Account {
	cfg := e.Config()
	out := make([]Account, len(cfg.Accounts))
	for i, a := range cfg.Accounts {
		out[i] = Account{a, i, e}
	}
	return out
}

func vendorName(name string) bool {
	return name == usher.NameMarketingCloud || name == usher.NameExperienceCloud
}

// lookalikeName says whether a name would be taken for one of the vendor's.
func lookalikeName(name string) bool {
	if vendorName(name) {
		return false
	}
	s := lookalike.Skeleton(name)
	return s == lookalike.Skeleton(usher.NameMarketingCloud) || s == lookalike.Skeleton(usher.NameExperienceCloud)
}

// IMSAccount gives the index of the account that the product takes for its IMS
// account: the first of the right type and name that is enabled, or else the
// first of the right type and name, or of the right type. -1: there is none.
func IMSAccount(cfg *config.Config) int {
	best, rank := -1, 0
	for i, a := range cfg.Accounts {
		r := 0
		switch {
		case !a.IMS():
		case vendorName(a.InternalName) && a.Enabled:
			r = 4
		case vendorName(a.InternalName):
			r = 3
		case !lookalikeName(a.InternalName):
			r = 2
		default:
			r = 1
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

// Twins lists the accounts that are the IMS account once more: of its type, or
// under one of its two names.
func Twins(cfg *config.Config) []int {
	ims := IMSAccount(cfg)
	var out []int
	for i, a := range cfg.Accounts {
		if i != ims && ims >= 0 && (a.IMS() && !lookalikeName(a.InternalName) || vendorName(a.InternalName)) {
			out = append(out, i)
		}
	}
	return out
}

// Lookalikes lists the accounts whose internal name would be taken for the IMS
// account's and is another.
func Lookalikes(cfg *config.Config) []int {
	ims := IMSAccount(cfg)
	var out []int
	for i, a := range cfg.Accounts {
		if i != ims && lookalikeName(a.InternalName) {
			out = append(out, i)
		}
	}
	return out
}

// Organization is the organization that the file holds, where it is this
// account's; nil: it is not, or there is none.
func (a Account) Organization() *usher.Organization {
	a.e.touch(Organization)
	if !a.Directory() {
		return nil
	}
	return a.e.in.Config.Organization
}
