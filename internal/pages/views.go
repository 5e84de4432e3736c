// SPDX-License-Identifier: Apache-2.0

package pages

import "github.com/usher-signin/usher"

// Account is one way to sign in.
type Account struct{ Label, Href string }

// Choose offers the accounts to sign in with.
type Choose struct {
	Accounts []Account
}

func (Choose) name() string          { return "choose" }
func (Choose) title(t *texts) string { return t.SignIn }

// Refused says that a sign-in failed: one plain sentence, the vendor's own
// where it applies, and the reference.
type Refused struct {
	Code      usher.Code
	Reference usher.Reference // empty: none could be kept
	Again     string          // address to begin anew
}

func (Refused) name() string          { return "refused" }
func (Refused) title(t *texts) string { return t.RefusedTitle }

// Sentence is what the person is told.
func (v Refused) Sentence(t *texts) string { return t.sentence(v.Code) }

// Vendor is what the vendor's product says in this case; empty: nothing.
func (v Refused) Vendor(t *texts) string {
	if v.Code.Symptom() == usher.SymptomNoRightMatching {
		return t.NoRightMatching
	}
	return ""
}

// Problem is any other failure.
type Problem struct {
	Status    int
	Code      usher.Code
	Sentence  string // in English, for programs' failures that have no code; empty: the code's
	Reference string // an attempt's reference or the request's id
	SignIn    string // address to sign in; empty: that would not help
}

func (Problem) name() string            { return "problem" }
func (v Problem) title(t *texts) string { return t.problemTitle(v.Status) }

// Words is what the person is told.
func (v Problem) Words(t *texts) string { return t.problem(v.Status, v.Code) }

// NotAllowed says that an application's rule does not let the operator in.
type NotAllowed struct {
	Application string
	Operator    string // name or address of who is signed in
	Reference   usher.Reference
}

func (NotAllowed) name() string          { return "notallowed" }
func (NotAllowed) title(t *texts) string { return t.NotAllowedTitle }

// SignedOut says that one is signed out.
type SignedOut struct{}

func (SignedOut) name() string          { return "signedout" }
func (SignedOut) title(t *texts) string { return t.SignedOut }

// ConfirmSignOut asks before signing out.
type ConfirmSignOut struct{}

func (ConfirmSignOut) name() string          { return "confirm" }
func (ConfirmSignOut) title(t *texts) string { return t.SignOut }

// Open is an application and whether the operator may use it.
type Open struct {
	Name, URL string
	May       bool
}

// Home shows who is signed in.
type Home struct {
	Name, Email  string
	Groups       []string
	Rights       []string
	Applications []Open
	Until        string // absolute end, as a time with its zone
	Idle         string // how long one may be away
}

func (Home) name() string          { return "home" }
func (Home) title(t *texts) string { return t.SignedIn }
