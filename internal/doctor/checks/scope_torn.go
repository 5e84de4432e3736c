// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// A torn scope is one with a blank or a comma inside it, which makes two of it.
type torn struct {
	first, second, whole string
}

// tornScope finds a torn scope by one of its halves.
func tornScope(a doctor.Account, half string, provisioned usher.Scopes) (torn, bool) {
	known := append(knownScopes(), provisioned...)
	for i := 0; i+1 < len(a.Scopes); i++ {
		t := torn{a.Scopes[i], a.Scopes[i+1], a.Scopes[i] + a.Scopes[i+1]}
		if (half == t.first || half == t.second) && slices.Contains(known, t.whole) && !slices.Contains(known, t.first) && !slices.Contains(known, t.second) {
			return t, true
		}
	}
	return torn{}, false
}

// ruling says it once, for both halves.
func (t torn) ruling(cfg *config.Config, a doctor.Account) doctor.Ruling {
	r := doctor.Fail(t.whole, "the scope %s is torn in two: the provider knows neither half", t.whole).
		Found(quoted(t.first+" "+t.second), quoted(t.whole)).At(placeOfScope(cfg, a, t.first))
	r.Severity = usher.SeverityError
	i := slices.Index(a.Scopes, t.first)
	if edits := set(cfg, a.Path("ims_scopes"), slices.Replace(slices.Clone(a.Scopes), i, i+2, t.whole).Commas()); edits != nil {
		return r.Mend(edits, "write %s in one piece", t.whole)
	}
	return r.Elsewhere("write %s in one piece", t.whole)
}

// tornByWhole finds a torn scope by what it was.
func tornByWhole(a doctor.Account, whole string) (torn, bool) {
	for _, s := range a.Scopes {
		if t, ok := tornScope(a, s, nil); ok && t.whole == whole {
			return t, true
		}
	}
	return torn{}, false
}
