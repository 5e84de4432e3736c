// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"github.com/usher-signin/usher"
)

// A Layer groups checks for the reader, in the order in which a sign-in meets them.
type Layer string

// The layers.
const (
	LayerFile     Layer = "file"     // the configuration by itself
	LayerProcess  Layer = "process"  // the running gateway and its database
	LayerNetwork  Layer = "network"  // names, connections, certificates, clocks
	LayerIdentity Layer = "identity" // the provider: client, callback, scopes, keys, tokens
	LayerMapping  Layer = "mapping"  // directory groups, mask, operator groups
	LayerBrowser  Layer = "browser"  // cookies, proxies in front, applications
)

// Layers lists the layers in order.
func Layers() []Layer {
	return []Layer{LayerFile, LayerProcess, LayerNetwork, LayerIdentity, LayerMapping, LayerBrowser}
}

// A Weight says how often a cause is behind a symptom.
type Weight uint8

// The weights, in words rather than numbers: nobody counts sign-ins that well.
const (
	Rarely Weight = iota + 1
	Sometimes
	Likely
	Typically
)

// Signs says which symptoms people see when a check fails, and how likely it
// is to be their cause.
type Signs map[usher.Symptom]Weight

// A Check says one thing that must hold, and knows when it does not. It judges
// facts and never knows who gathered them.
type Check struct {
	Code     usher.Code     // permanent; names docs/checks/CODE.md
	Layer    Layer          //
	Holds    string         // the healthy sentence
	Person   string         // what a refused operator may be told; empty: the general sentence
	Severity usher.Severity // of a failure, unless a ruling lowers it
	Reads    Fact           // missing any of these: unknown, and Judge is not called
	Either   Fact           // missing all of these: unknown, and Judge is not called
	May      Fact           // read where it is there; not needed
	After    []usher.Code   // moot while one of these fails
	Stops    bool           // while it fails every other check is moot
	Explains Signs
	Field    string // the account's key that it is about, named as an IMS account has it

	// Judge gives a ruling for each subject on which the check does not plainly
	// hold. No rulings: it holds. It must not change what it is given.
	Judge func(*Evidence) []Ruling
	// Blind says what nobody looked at, where Judge gives no ruling for want of
	// it: the check is then unknown instead of holding. Nil: to have the facts
	// that it reads is to have looked.
	Blind func(*Evidence) Blindness
	// Review judges the other checks' results instead of facts.
	Review func(*Evidence, []Result) []Ruling
}

// A Status says what became of a check on a subject.
type Status string

// The statuses.
const (
	Holds   Status = "holds"
	Fails   Status = "fails"
	Unknown Status = "unknown" // a fact is missing
	Moot    Status = "moot"    // another check, named in Because, fails
)

// A Ruling is what a check says of one subject.
type Ruling struct {
	Status   Status
	Severity usher.Severity // empty: the check's own
	Subject  string
	Message  Phrase
	Saw      Phrase
	Want     Phrase
	Evidence []Phrase
	Place    usher.Place
	Fix      *Remedy
	Because  usher.Code // of a consequence
	Gather   Phrase     // unknown: what would settle it
}

// A Remedy says what to do; see [usher.Fix].
type Remedy struct {
	Description   Phrase
	Edits         []usher.Edit
	ChangesAccess bool
	Elsewhere     bool
}

// Fail rules that the check fails on a subject. The message is a template and
// its arguments, as for fmt.Sprintf.
func Fail(subject, message string, args ...any) Ruling {
	return Ruling{Status: Fails, Subject: subject, Message: Say(message, args...)}
}

// Warn is Fail with the severity lowered to a warning.
func Warn(subject, message string, args ...any) Ruling {
	r := Fail(subject, message, args...)
	r.Severity = usher.SeverityWarning
	return r
}

// Note is Fail with the severity lowered to info: worth knowing, no finding.
func Note(subject, message string, args ...any) Ruling {
	r := Fail(subject, message, args...)
	r.Severity = usher.SeverityInfo
	return r
}

// A Blindness says why a check that found nothing has not looked, and what
// would settle it. Empty: it has.
type Blindness struct {
	Why, Gather Phrase
	Unasked     bool // worth saying only where somebody asks about a symptom or a sign-in
}

// Unsure rules that the subject cannot be judged, says why, and what would settle it.
func Unsure(subject string, why, gather Phrase) Ruling {
	return Ruling{Status: Unknown, Subject: subject, Message: why, Gather: gather}
}

// Settled rules that the check holds on a subject and says why that is worth saying.
func Settled(subject, message string, args ...any) Ruling {
	return Ruling{Status: Holds, Subject: subject, Message: Say(message, args...)}
}

// At gives the ruling its place.
func (r Ruling) At(p usher.Place) Ruling { r.Place = p; return r }

// Found gives what was seen and what was wanted: each a [Phrase], or a string
// for a value that is shown as it is in every language.
func (r Ruling) Found(saw, want any) Ruling { r.Saw, r.Want = phraseOf(saw), phraseOf(want); return r }

func phraseOf(v any) Phrase {
	switch v := v.(type) {
	case Phrase:
		return v
	case string:
		return Value(v)
	}
	return Say("%v", v)
}

// With adds a line of evidence.
func (r Ruling) With(line string, args ...any) Ruling {
	r.Evidence = append(r.Evidence[:len(r.Evidence):len(r.Evidence)], Say(line, args...))
	return r
}

// Mend gives the exact edit of the file, with its description.
func (r Ruling) Mend(edits []usher.Edit, description string, args ...any) Ruling {
	r.Fix = &Remedy{Description: Say(description, args...), Edits: edits}
	return r
}

// Elsewhere says what to do at the provider or on another machine.
func (r Ruling) Elsewhere(description string, args ...any) Ruling {
	r.Fix = &Remedy{Description: Say(description, args...), Elsewhere: true}
	return r
}

// ChangesAccess marks the fix as one that changes who may enter.
func (r Ruling) ChangesAccess() Ruling {
	if r.Fix != nil {
		fix := *r.Fix
		fix.ChangesAccess = true
		r.Fix = &fix
	}
	return r
}

// Since marks the ruling as the consequence of another check's failure. Where
// that check does not fail after all, the ruling stands for itself.
func (r Ruling) Since(code usher.Code) Ruling { r.Because = code; return r }
