// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"sort"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// recent lists what only many sign-ins together show.
func recent() []doctor.Check {
	many := doctor.Config | doctor.Recent
	return []doctor.Check{
		{Code: "login-loop", Layer: doctor.LayerBrowser, Severity: usher.SeverityError, Holds: "nobody signs in again and again within a minute", Reads: many, May: doctor.Today,
			After:    codes("cookie-not-returned", "forwarded-proto", "public-url-not-https", "nodes-keys", "nodes-database"),
			Explains: doctor.Signs{doctor.SymptomLoginLoop: doctor.Typically}, Judge: loginLoop},
		{Code: "state-cookie-often", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning, Holds: "hardly anybody loses the cookie of a sign-in", Reads: many,
			After:    codes("cookie-not-returned", "cookie-lost-on-refusal", "public-url-not-https"),
			Explains: doctor.Signs{doctor.SymptomLoginLoop: doctor.Likely, doctor.SymptomErrorAfterLogin: doctor.Likely}, Judge: stateCookieOften},
		{Code: "unfinished-often", Layer: doctor.LayerIdentity, Severity: usher.SeverityError, Holds: "people come back from the provider", Reads: many,
			After:    codes(usher.CodeCallbackNotListed, usher.CodeScopeNotProvisioned, usher.CodeClientIDUnknown, usher.CodeIMSServerURL, "callback-unreached"),
			Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Likely, usher.SymptomLoginPageUnreachable: doctor.Likely}, Judge: unfinishedOften},
		{Code: "client-console-cache", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning, Holds: "no single workstation fails while all others work", Reads: many,
			Explains: doctor.Signs{usher.SymptomClientConsoleCache: doctor.Typically, doctor.SymptomOnePersonOnly: doctor.Sometimes}, Judge: consoleCache},
		{Code: "code-replayed", Layer: doctor.LayerIdentity, Severity: usher.SeverityWarning, Holds: "no callback is asked for twice", Reads: many,
			Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Likely}, Judge: codeReplayed},
	}
}

// aLoop is how many sign-ins of one browser within a minute nobody means.
const aLoop = 4

func loginLoop(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	all := browsers(e.Recent())
	latest := latestOf(e.Recent(), e.Now())
	for _, b := range all {
		if stopped := lastStopped(b.attempts); stopped >= 0 {
			a := b.attempts[stopped]
			if gotIn(b, all, a, latest) {
				continue
			}
			out = append(out, doctor.Fail(b.client, "the gateway stopped the browser at %s, which asked to sign in again and again", b.client).
				Found(doctor.Heard(a.Cause.Saw), doctor.Heard(a.Cause.Want)).At(usher.Place{File: e.Config().File}).With("%s", doctor.Heard(a.Cause.Detail)).
				Elsewhere("usher explain %s has what was seen of the browser's requests", string(a.Reference)))
			continue
		}
		for _, one := range persons(b.attempts) {
			if first, last, found := loopOf(one); found {
				if gotIn(b, all, last, latest) {
					break
				}
				out = append(out, doctor.Fail(b.client, "the browser at %s signed in %d times within a minute", b.client, aLoop).
					Found(doctor.Say("%s to %s", string(first.Reference), string(last.Reference)), doctor.Say("one sign-in, then the application")).At(usher.Place{File: e.Config().File}).
					With("the session is opened each time, and not seen with the next request: look at cookies, https and the host's name").
					Elsewhere("usher doctor FILE, with the gateway running, looks at how requests arrive"))
				break
			}
		}
	}
	return out
}

// loopOf finds the last sign-ins of one person that come too fast one after the other.
func loopOf(attempts []usher.Attempt) (first, last usher.Attempt, found bool) {
	for i := len(attempts) - aLoop; i >= 0; i-- {
		first, last = attempts[i], attempts[i+aLoop-1]
		if last.Begun.Sub(first.Begun) <= time.Minute {
			return first, last, true
		}
	}
	return first, last, false
}

// lastStopped is the place of the last attempt that the gateway stopped as a
// loop; -1: there is none.
func lastStopped(attempts []usher.Attempt) int {
	for i := len(attempts) - 1; i >= 0; i-- {
		if c := attempts[i].Cause; c != nil && c.Code == usher.CodeLoginLoop {
			return i
		}
	}
	return -1
}

// gotIn says that the loop which the attempt ended is over: the same browser,
// or somebody who signed in with it, has signed in to the same application
// since, and was content for a minute.
func gotIn(b browser, all []browser, loop usher.Attempt, latest time.Time) bool {
	people := make(map[string]bool)
	for _, a := range b.attempts {
		if a.Person != nil && a.Person.Email != "" {
			people[strings.ToLower(a.Person.Email)] = true
		}
	}
	for _, other := range all {
		same := other.client == b.client && other.agent == b.agent
		for i, a := range other.attempts {
			own := same || a.Person != nil && people[strings.ToLower(a.Person.Email)]
			if !own || a.Outcome != usher.OutcomeSignedIn || !a.Begun.After(loop.Begun) || siteOf(a.ReturnTo) != siteOf(loop.ReturnTo) {
				continue
			}
			again := i+1 < len(other.attempts) && other.attempts[i+1].Begun.Sub(a.Begun) <= time.Minute
			if !again && latest.Sub(a.Begun) > time.Minute {
				return true
			}
		}
	}
	return false
}

// siteOf is the scheme and host of an address; two people in one loop need not
// have asked for the same page.
func siteOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + strings.ToLower(host)
}

// latestOf is the date, or where it is not known the last moment on record.
func latestOf(attempts []usher.Attempt, now time.Time) time.Time {
	for _, a := range attempts {
		if a.Begun.After(now) {
			now = a.Begun
		}
	}
	return now
}

// persons sorts a browser's sign-ins that succeeded by who signed in: an office
// behind one address, where everybody has the same browser, is no loop.
func persons(attempts []usher.Attempt) [][]usher.Attempt {
	at := make(map[string]int)
	var out [][]usher.Attempt
	for _, a := range attempts {
		if a.Outcome != usher.OutcomeSignedIn {
			continue
		}
		who := ""
		if a.Person != nil {
			who = a.Person.Subject + "\x00" + strings.ToLower(a.Person.Email)
		}
		i, known := at[who]
		if !known {
			i = len(out)
			at[who] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], a)
	}
	return out
}

type browser struct {
	client, agent string
	attempts      []usher.Attempt
}

// browsers sorts attempts by the browser that made them.
func browsers(attempts []usher.Attempt) []browser {
	at := make(map[string]int)
	var out []browser
	for _, a := range attempts {
		key := a.Client + "\x00" + a.UserAgent
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, browser{client: a.Client, agent: a.UserAgent})
		}
		out[i].attempts = append(out[i].attempts, a)
	}
	for _, b := range out {
		sort.SliceStable(b.attempts, func(i, j int) bool { return b.attempts[i].Begun.Before(b.attempts[j].Begun) })
	}
	return out
}

// count says how many of the attempts end in a way.
func count(attempts []usher.Attempt, is func(usher.Attempt) bool) int {
	n := 0
	for _, a := range attempts {
		if is(a) {
			n++
		}
	}
	return n
}

// often is how many of something, and which part of all, is more than chance.
func often(n, all int) bool { return n >= 5 && n*5 >= all }

func stateCookieOften(e *doctor.Evidence) []doctor.Ruling {
	all := e.Recent()
	n := count(all, func(a usher.Attempt) bool { return a.Cause != nil && a.Cause.Code == usher.CodeStateCookieMissing })
	if !often(n, len(all)) {
		return nil
	}
	return []doctor.Ruling{doctor.Fail("", "many sign-ins come back without their cookie").Found(doctor.Say("%s of %s", itoa(n), itoa(len(all))), doctor.Say("hardly any")).
		At(usher.Place{File: e.Config().File}).
		Elsewhere("see what they share: one application's host, one kind of browser, a frame, or a front server that drops Set-Cookie")}
}

func unfinishedOften(e *doctor.Evidence) []doctor.Ruling {
	all := e.Recent()
	latest := time.Time{}
	for _, a := range all {
		if a.Begun.After(latest) {
			latest = a.Begun
		}
	}
	n := count(all, func(a usher.Attempt) bool {
		return a.Outcome == usher.OutcomeBegun && latest.Sub(a.Begun) >= usher.MaxPendingAge
	})
	if n < 5 || n*2 < len(all) {
		return nil
	}
	return []doctor.Ruling{doctor.Fail("", "most people who are sent to the provider never come back").Found(doctor.Say("%s of %s", itoa(n), itoa(len(all))), doctor.Say("hardly any")).
		At(usher.Place{File: e.Config().File}).
		Elsewhere("ask one of them what they see: adobe.com is the callback, an error page is scope, client or callback")}
}

// consoleCache finds one desktop client that always fails while others on the
// same version get in: the embedded browser's cache is the vendor's own advice.
func consoleCache(e *doctor.Evidence) []doctor.Ruling {
	all := e.Recent()
	in := count(all, func(a usher.Attempt) bool { return a.Outcome == usher.OutcomeSignedIn })
	var out []doctor.Ruling
	for _, b := range browsers(all) {
		bad := count(b.attempts, func(a usher.Attempt) bool { return a.Outcome != usher.OutcomeSignedIn && !aboutGroups(a) })
		if !desktopClient(b.agent) || bad < 3 || bad < len(b.attempts) || in < 3 {
			continue
		}
		out = append(out, doctor.Fail(b.client, "the console at %s fails every time, while others sign in", b.client).
			Found(doctor.Say("%s of %s failed there", itoa(bad), itoa(len(b.attempts))), doctor.Say("%s sign-ins elsewhere", itoa(in))).At(usher.Place{File: e.Config().File}).
			Elsewhere("on that workstation: close the console, delete the folders webview2* below Neolane\\NL_5\\nlclient in ProgramData and AppData, start it again"))
	}
	return out
}

// desktopClient knows the console's embedded browser by what it calls itself.
func desktopClient(agent string) bool {
	a := strings.ToLower(agent)
	return strings.Contains(a, "nlclient") || strings.Contains(a, "webview") || strings.Contains(a, "neolane") || strings.Contains(a, "trident/")
}

// aboutGroups says that an attempt was refused for what the person is, which
// no cache explains.
func aboutGroups(a usher.Attempt) bool {
	return a.Cause != nil && a.Cause.Step == usher.StepAdmit
}

func codeReplayed(e *doctor.Evidence) []doctor.Ruling {
	all := e.Recent()
	n := count(all, func(a usher.Attempt) bool {
		return a.Cause != nil && (a.Cause.Code == usher.CodeStateUnknown || a.Cause.Code == usher.CodeTokenRefused)
	})
	if !often(n, len(all)) {
		return nil
	}
	return []doctor.Ruling{doctor.Fail("", "many callbacks come a second time").Found(doctor.Say("%s of %s", itoa(n), itoa(len(all))), doctor.Say("hardly any")).
		At(usher.Place{File: e.Config().File}).
		Elsewhere("let the front server repeat no request to %s, and let no scanner open links before people do", usher.CallbackPath)}
}
