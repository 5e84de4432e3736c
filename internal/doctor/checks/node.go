// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

func node() []doctor.Check {
	return []doctor.Check{{
		Code: usher.CodeRestartPending, Layer: doctor.LayerProcess, Severity: usher.SeverityError,
		Holds: "every running gateway runs the file as it is now",
		Reads: doctor.Config | doctor.Nodes, May: doctor.History,
		Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Sometimes, usher.SymptomNoRightMatching: doctor.Sometimes,
			usher.SymptomLoginPageUnreachable: doctor.Sometimes, doctor.SymptomErrorAfterLogin: doctor.Sometimes},
		Judge: restartPending,
	}}
}

func restartPending(e *doctor.Evidence) []doctor.Ruling {
	cfg, history := e.Config(), e.History()
	var out []doctor.Ruling
	for _, n := range e.Nodes() {
		switch {
		case n.Revision != cfg.Revision:
			if r, differs := otherState(cfg, history, n); differs {
				out = append(out, r)
			}
		case len(n.Waiting) > 0:
			out = append(out, awaitsRestart(cfg, n))
		}
	}
	return out
}

// otherState says what a gateway runs that does not run the file. Where the two
// differ only in what is a gateway's own, that is as it should be.
func otherState(cfg *config.Config, history []usher.Revision, n doctor.Node) (doctor.Ruling, bool) {
	r := doctor.Fail(n.Name, "the gateway %s runs another state of the file than the one judged here", n.Name).
		Found(doctor.Say("revision %s, loaded %s", n.Revision, n.Loaded.UTC().Format(time.RFC3339)), doctor.Say("revision %s", cfg.Revision)).
		At(usher.Place{File: cfg.File})
	if n.File != "" {
		r = r.With("it reads %s on %s", n.File, orAbsent(n.Host))
	}
	text, known := textOf(history, n.Revision)
	if known {
		differences := config.Differences([]byte(text), []byte(cfg.Redacted()))
		rules := slices.DeleteFunc(differences, func(d config.Difference) bool { return ownSetting(d.Path) })
		if len(differences) > 0 && len(rules) == 0 {
			return r, false
		}
		r = withDifferences(r, rules)
		if len(differences) == 0 {
			r = r.With("what is shown of the two is the same: they differ in a secret that stands in the file, or in comments")
		}
	}
	if n.Refused != "" {
		return r.With("it read the newer file and did not put it in force: %s", n.Refused).Elsewhere("correct the file; the gateway loads it by itself"), true
	}
	return r.Elsewhere("see that the gateway reads the same file, then restart it: systemctl restart usher"), true
}

// mostDifferences bounds what is listed of two files that have little in common.
const mostDifferences = 12

func withDifferences(r doctor.Ruling, list []config.Difference) doctor.Ruling {
	for i, d := range list {
		if i == mostDifferences {
			return r.With("and %s more differences", itoa(len(list)-i))
		}
		r = r.With("%s: there %s, here %s", d.Path, orAbsent(d.Before), orAbsent(d.After))
	}
	return r
}

// textOf finds a state of the file in the record.
func textOf(history []usher.Revision, id string) (text string, known bool) {
	i := slices.IndexFunc(history, func(r usher.Revision) bool { return r.ID == id && r.Text != "" })
	if i < 0 {
		return "", false
	}
	return history[i].Text, true
}

// ownSetting knows what gateways of one instance may each have otherwise: where
// they listen, and where their own files lie.
func ownSetting(path string) bool {
	return slices.Contains([]string{"server.listen", "server.admin_listen", "server.envoy_grpc_listen", "server.tls.cert_file", "server.tls.key_file",
		"server.key_file", "server.ca_file"}, path)
}

func awaitsRestart(cfg *config.Config, n doctor.Node) doctor.Ruling {
	var keys []string
	for _, w := range n.Waiting {
		keys = append(keys, w.Key)
	}
	r := doctor.Fail(n.Name, "the gateway %s must be restarted: what the file says of %s does not count yet", n.Name, strings.Join(keys, ", ")).
		Found(quoted(n.Waiting[0].Runs), quoted(n.Waiting[0].Written)).At(cfg.At(n.Waiting[0].Key)).
		Elsewhere("restart it: systemctl restart usher")
	for _, w := range n.Waiting {
		r = r.With("%s: it runs with %s, the file says %s", w.Key, orAbsent(w.Runs), orAbsent(w.Written))
	}
	return r
}

// orAbsent says in words that there is no value.
func orAbsent(value string) any {
	if value == "" {
		return doctor.Say("nothing")
	}
	return value
}
