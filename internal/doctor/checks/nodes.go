// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"maps"
	"slices"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// nodesRules compares the gateways with one another, whatever file is judged:
// with the one that runs that file, else with the first.
func nodesRules(e *doctor.Evidence) []doctor.Ruling {
	cfg, nodes, history := e.Config(), e.Nodes(), e.History()
	if len(nodes) == 0 {
		return nil
	}
	with := nodes[0]
	if i := slices.IndexFunc(nodes, func(n doctor.Node) bool { return n.Revision == cfg.Revision }); i >= 0 {
		with = nodes[i]
	}
	var out []doctor.Ruling
	for _, n := range nodes {
		r := doctor.Fail(n.Name, "the gateway %s runs other rules than %s: who may enter depends on which of the two is asked", n.Name, with.Name).
			Found(doctor.Say("revision %s", n.Revision), doctor.Say("revision %s", with.Revision)).At(usher.Place{File: cfg.File}).
			Elsewhere("give all gateways the same file and the same files of secrets; only where they listen and where their own files lie may differ")
		there, known := textOf(history, n.Revision)
		here, too := textOf(history, with.Revision)
		var rules []config.Difference
		if known && too && n.Revision != with.Revision {
			rules = slices.DeleteFunc(config.Differences([]byte(there), []byte(here)), func(d config.Difference) bool { return ownSetting(d.Path) })
		}
		secrets := otherSecrets(n, with)
		if len(rules)+len(secrets) == 0 {
			continue
		}
		if len(rules) == 0 {
			r.Message = doctor.Say("the gateway %s holds another secret than %s: whether a sign-in succeeds depends on which of the two is asked", n.Name, with.Name)
		}
		r = withDifferences(r, rules)
		for _, path := range secrets {
			r = r.With("%s: a secret, and not the same", path)
		}
		if n.Revision != cfg.Revision && len(secrets) == 0 {
			r = r.Since(usher.CodeRestartPending)
		}
		out = append(out, r)
	}
	return out
}

func nodesSameName(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, n := range e.Nodes() {
		if n.Twin == nil {
			continue
		}
		r := doctor.Fail(n.Name, "two gateways that run call themselves %s: what one says of itself replaces what the other said", n.Name).
			Found(doctor.Say("process %s on %s, and process %s on %s since %s", itoa(n.Process), orAbsent(n.Host), itoa(n.Twin.Process), orAbsent(n.Twin.Host), n.Twin.Since.UTC().Format(minute)),
				doctor.Say("a name for each")).
			At(usher.Place{File: cfg.File}).
			With("the other checks see now the one, now the other, and a rotation of the keys waits for one of them only").
			Elsewhere("start each with a name of its own, or end the one that is not meant to run: %s", "usher serve --node NAME")
		if n.Twin.File != "" {
			r = r.With("the other reads %s", n.Twin.File)
		}
		out = append(out, r)
	}
	return out
}

// otherSecrets lists the secrets that two gateways do not share, where that can
// be told: they name them by the key that seals.
func otherSecrets(a, b doctor.Node) []string {
	if len(a.KeyIDs) == 0 || len(b.KeyIDs) == 0 || a.KeyIDs[0] != b.KeyIDs[0] {
		return nil
	}
	var out []string
	for _, path := range slices.Sorted(maps.Keys(a.Secrets)) {
		if other, there := b.Secrets[path]; there && other != a.Secrets[path] {
			out = append(out, path)
		}
	}
	return out
}

// nodesKeys names each gateway that lacks a key of another.
func nodesKeys(e *doctor.Evidence) []doctor.Ruling {
	cfg, nodes := e.Config(), e.Nodes()
	var out []doctor.Ruling
	for _, n := range nodes {
		if len(n.KeyIDs) == 0 {
			continue
		}
		if r, lacks := lacksKey(n, nodes); lacks {
			out = append(out, r.At(cfg.At("server.key_file")).Elsewhere("give all gateways the same key file, older keys included"))
		}
	}
	return out
}

// lacksKey compares one gateway's keys with those of all. A key that seals is
// needed now; another one will be, or was.
func lacksKey(n doctor.Node, nodes []doctor.Node) (r doctor.Ruling, lacks bool) {
	for _, other := range nodes {
		for i, id := range other.KeyIDs {
			switch {
			case slices.Contains(n.KeyIDs, id):
			case i == 0:
				return doctor.Fail(n.Name, "the gateway %s lacks the key %s, with which %s seals: what begins there cannot be finished here", n.Name, id, other.Name).
					Found(strings.Join(n.KeyIDs, ", "), strings.Join(other.KeyIDs, ", ")), true
			case !lacks:
				r, lacks = doctor.Warn(n.Name, "the gateway %s lacks the key %s, which %s has: what it sealed stays closed here", n.Name, id, other.Name).
					Found(strings.Join(n.KeyIDs, ", "), strings.Join(other.KeyIDs, ", ")), true
			}
		}
	}
	return r, lacks
}
