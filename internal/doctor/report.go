// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
)

// A Report is results with what is needed to show them. The formats are views
// of one report: they show the same findings and lead to the same exit status.
type Report struct {
	Usher   string // version of the program
	Case    Case
	Results []Result // as Run or Rank gave them
	Vantage string   // where the facts were gathered, for the reader; empty: the file alone
}

// A Summary counts results.
type Summary struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Unknown  int `json:"unknown"`
	Moot     int `json:"moot"`
	Holds    int `json:"holds"`
}

// Summary counts the report's results. What is merely worth knowing, and what
// is suppressed, counts nowhere.
func (r Report) Summary() Summary {
	var s Summary
	for _, res := range r.Results {
		switch {
		case res.Status == Holds:
			s.Holds++
		case res.Status == Unknown:
			s.Unknown++
		case res.Status == Moot:
			s.Moot++
		case !res.Finding():
		case res.Severity == usher.SeverityError:
			s.Errors++
		default:
			s.Warnings++
		}
	}
	return s
}

// Exit gives the exit status, which is the same for every format: 0 nothing
// wrong, 1 an error was found, 3 nothing wrong but something could not be
// judged (strict only).
func (r Report) Exit(strict bool) int {
	switch s := r.Summary(); {
	case s.Errors > 0:
		return 1
	case strict && s.Unknown > 0:
		return 3
	default:
		return 0
	}
}

// Instances lists the names of the instances.
func (r Report) Instances() []string {
	out := make([]string, len(r.Case.Instances))
	for i, in := range r.Case.Instances {
		out[i] = in.Config.Instance.Name
	}
	return out
}

func (r Report) config(res Result) *config.Config {
	if res.in < len(r.Case.Instances) {
		return r.Case.Instances[res.in].Config
	}
	return nil
}

// consequences gives, by root cause, the results that are moot because of it,
// however many steps away.
func (r Report) consequences() map[rootKey][]Result {
	because := make(map[rootKey]usher.Code)
	roots := make(map[rootKey]bool)
	for _, res := range r.Results {
		k := rootKey{res.in, res.Code}
		if res.Root() {
			roots[k] = true
		}
		if res.Because != "" {
			because[k] = res.Because
		}
	}
	out := make(map[rootKey][]Result)
	for _, res := range r.Results {
		if res.Because == "" {
			continue
		}
		k := rootKey{res.in, res.Because}
		for range 8 { // a chain longer than that would be a circle
			next, ok := because[k]
			if roots[k] || !ok {
				break
			}
			k.code = next
		}
		out[k] = append(out[k], res)
	}
	return out
}

type rootKey struct {
	in   int
	code usher.Code
}
