// SPDX-License-Identifier: Apache-2.0

package usher

import "fmt"

// A Verdict is what the gate does with a request.
type Verdict uint8

// The verdicts. The zero value refuses, so that a decision nobody made lets
// nobody in.
const (
	Refuse Verdict = iota
	SignIn
	allow // unexported: only Decide and DecidePreflight say allow
)

// String names the verdict as logs and metrics have it.
func (v Verdict) String() string {
	switch v {
	case SignIn:
		return "sign-in"
	case allow:
		return "allow"
	default:
		return "refuse"
	}
}

// A Decision is a verdict with its reason. The zero Decision refuses. Only
// [Decide] and [DecidePreflight] can make one that allows.
type Decision struct {
	verdict     Verdict
	Application *Application
	Operator    *Operator // nil: nobody is signed in, or the path is public
	Public      bool
	Cause       *Cause // why not; nil when allowed
}

// Allowed reports whether the request may pass.
func (d Decision) Allowed() bool { return d.verdict == allow }

// Verdict returns the verdict.
func (d Decision) Verdict() Verdict { return d.verdict }

// RefuseWith makes a decision that refuses, with its cause.
func RefuseWith(cause *Cause) Decision { return Decision{Cause: cause} }

// Decide judges one request: app is what covers the target (nil: nothing
// does), op who is signed in (nil: nobody). A target that [ParseTarget] would
// not have made is refused, whoever asks. Nothing else in the program allows,
// but [DecidePreflight] for a question that no browser puts with a name.
func Decide(app *Application, op *Operator, t Target) Decision {
	if err := checkPath(t.Path); err != nil {
		return RefuseWith(&Cause{Step: StepGate, Code: CodeRequestNotCanonical, Subject: t.Host,
			Saw: fmt.Sprintf("%.200q", t.Path), Want: "a path that can be read in one way only", Detail: err.Error()})
	}
	if app == nil {
		return RefuseWith(&Cause{Step: StepGate, Code: CodeApplicationUnknown, Subject: t.Host + t.Path,
			Saw: "an address that no application covers", Want: "an application in the configuration whose url covers it"})
	}
	if app.IsPublic(t.Path) {
		return Decision{verdict: allow, Application: app, Public: true}
	}
	if op == nil {
		return Decision{verdict: SignIn, Application: app}
	}
	if cause := app.Permits(op); cause != nil {
		return Decision{Application: app, Operator: op, Cause: cause}
	}
	return Decision{verdict: allow, Application: app, Operator: op}
}
