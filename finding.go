// SPDX-License-Identifier: Apache-2.0

package usher

// Severity says how bad a finding is.
type Severity string

// The severities. Info never changes an exit status and is not a finding.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// A Finding is a check that failed, on one subject, with evidence and a fix.
type Finding struct {
	Subject  string   `json:"subject"`
	Message  string   `json:"message"`
	Saw      string   `json:"saw,omitempty"`
	Want     string   `json:"want,omitempty"`
	Evidence []string `json:"evidence,omitempty"` // more lines: what was sent and answered, where strings part
	Place    Place    `json:"-"`
	Fix      *Fix     `json:"fix,omitempty"`
	Because  Code     `json:"-"` // another failing check of which this is a consequence
}

// A Place is a position in a file. Line and column count from one; a zero
// line means the file as a whole; the column counts characters.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// A Fix says what to do about a finding: an exact edit of the file where one
// exists, else what to do where.
type Fix struct {
	Description   string `json:"description"`
	Edits         []Edit `json:"edits,omitempty"`
	ChangesAccess bool   `json:"changes_access,omitempty"` // it changes who may enter
	Elsewhere     bool   `json:"elsewhere,omitempty"`      // it is done at the provider, not in the file
}

// An Edit replaces one line of the file, or deletes it where After is nil.
type Edit struct {
	Line   int     `json:"line"`
	Before string  `json:"before"`
	After  *string `json:"after"`
}

// A Symptom is what a person sees when a sign-in fails.
type Symptom string

// The symptoms that the vendor's troubleshooting page names.
const (
	SymptomRedirectedToAdobe    Symptom = "redirected-to-adobe"
	SymptomNoRightMatching      Symptom = "no-right-matching"
	SymptomLoginPageUnreachable Symptom = "login-page-unreachable"
	SymptomClientConsoleCache   Symptom = "client-console-cache"
)

// NoRightMatching is the sentence that the vendor's product shows when no
// directory group leads to an operator group.
const NoRightMatching = "Login does not have any right matching the expression"

// Symptom says what the person sees when an attempt ends with this code; empty
// where the vendor's page names nothing.
func (c Code) Symptom() Symptom {
	switch c {
	case CodeUserNotInGroup, CodeMaskMatchesNothing, CodeMaskKind, CodeMaskBlanks, CodeNameMisspelled,
		CodeOperatorGroupUnknown, CodeProductContextMismatch, CodeProductContextValue, CodeOrganizationMismatch, CodeTooManyGroups, CodeGroupOverage:
		return SymptomNoRightMatching
	case CodeCallbackNotListed, CodeCallbackNotHTTPS, CodeCallbackWrongInstance:
		return SymptomRedirectedToAdobe
	case CodeScopeNotProvisioned, CodeClientIDUnknown, CodeIMSServerURL, CodeProviderUnreachable:
		return SymptomLoginPageUnreachable
	}
	return ""
}
