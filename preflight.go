// SPDX-License-Identifier: Apache-2.0

package usher

// What becomes of a browser's preflights: the question whether a script of
// another origin may send a request. A browser sends no cookie with it (Fetch
// Standard, CORS-preflight fetch), so nobody is ever signed in.
const (
	PreflightRefuse = "refuse" // as any request of nobody's: what is used where nothing is said
	PreflightPass   = "pass"   // the application answers it
)

// Preflights lists what may become of preflights.
func Preflights() []string { return []string{PreflightRefuse, PreflightPass} }

// DecidePreflight judges a request that is known to be a browser's preflight
// and nothing more. Where the application answers these itself it is allowed,
// for nobody; else, and wherever nobody would be let near, it is judged as any
// request of nobody's.
func DecidePreflight(app *Application, t Target) Decision {
	d := Decide(app, nil, t)
	if d.verdict == SignIn && app.Preflight == PreflightPass {
		return Decision{verdict: allow, Application: app, Public: true}
	}
	return d
}
