// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/usher-signin/usher"

// house says which rooms of usher a room may import, tests left out. A room is
// a package's path below the module, "internal/" left out; "root" is package
// usher. Floors go from the words up; no arrow leads upward.
var house = map[string][]string{
	"root": {},

	// Made of nothing of ours, so that they could be taken elsewhere.
	"seal": {}, "web": {}, "lane": {}, "docs": {}, "docs/assertion/go": {}, "standin": {},

	// For tests; no room may import them.
	"browser":              {},
	"testport":             {},
	"bench":                {"root", "standin", "config", "demo", "session", "store", "gate", "server"},
	"standin/standintest":  {"standin"},
	"standin/clients_test": {}, // clients that were not written here drive the stand-in
	"store/storetest":      {"root", "store"},

	// They know the words and not each other; a session also seals its cookie.
	"lookalike": {"root"},
	"clienttls": {"root"}, // the gate and the probe meet applications alike
	"config":    {"root"},
	"idp":       {"root"},
	"store":     {"root"},
	"pages":     {"root"},
	"telemetry": {"root"},
	"session":   {"root", "web", "seal"},
	"bearer":    {"root"}, // asks a provider that the server hands over, as signin does
	"assertion": {"root"},

	// They declare what they need of a provider, a store and the doctor; the
	// server hands it over.
	"signin":     {"root", "session", "web", "pages"},
	"gate":       {"root", "session", "web", "pages", "clienttls"},
	"gate/front": {"root"},

	// They judge facts and never gather them.
	"doctor":        {"root", "config", "lookalike"},
	"doctor/checks": {"root", "config", "lookalike", "doctor"},

	// The doctor's hands, and its screen.
	"probe":   {"root", "config", "doctor", "idp", "store", "seal", "clienttls"}, // it speaks with the gateway under seal
	"console": {"root", "config", "doctor", "docs", "session", "pages", "web"},

	// What the doctor judged, made fit to be judged elsewhere.
	"bundle": {"root", "config", "doctor"},

	// A sign-in of the command's own: it is gateway, flow and screen in one, and
	// has no hand on a store or on sessions.
	"rehearse": {"root", "config", "doctor", "idp", "lookalike", "pages", "seal", "session", "signin", "web"},

	// The wiring, and what starts it.
	"server": {"root", "seal", "assertion", "web", "lane", "docs", "standin", "lookalike", "config", "idp", "store", "pages", "telemetry", "session", "bearer", "signin", "gate", "gate/front",
		"doctor", "doctor/checks", "probe", "console"},
	"demo": {"root", "config", "standin", "server"},
	"cli": {"root", "seal", "web", "docs", "standin", "lookalike", "config", "idp", "store", "pages", "telemetry", "session", "bearer", "signin", "gate", "gate/front",
		"doctor", "doctor/checks", "probe", "console", "bundle", "rehearse", "server", "demo"},
	"cmd/usher": {"cli"},
}

// alone are the rooms that import the standard library only, and docs not even
// that.
var alone = map[string][]string{
	"root": nil, // any of the standard library; TestRulesReachNothing says which not
	"seal": nil,
	"docs": {"embed", "strings"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func roomOf(importPath string) (room string, ours bool) {
	if importPath == module {
		return "root", true
	}
	rest, ours := strings.CutPrefix(importPath, module+"/")
	return strings.TrimPrefix(rest, "internal/"), ours
}

func TestHouse(t *testing.T) {
	packages := listPackages(t)
	for _, p := range packages {
		room, _ := roomOf(p.ImportPath)
		allowed, known := house[room]
		if !known {
			t.Errorf("%s is a room that nobody knows: say in the table house of house_test.go what it may import, and why it stands there", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if other, ours := roomOf(imported); ours && !slices.Contains(allowed, other) {
				t.Errorf("%s imports %s; it may import %q: declare an interface of what it needs and let the server hand it over, or change the table house of house_test.go and say why", room, other, allowed)
			}
			only, isAlone := alone[room]
			if isAlone && strings.Contains(strings.Split(imported, "/")[0], ".") {
				t.Errorf("%s imports %s; it is made of the standard library alone", room, imported)
			}
			if only != nil && !slices.Contains(only, imported) {
				t.Errorf("%s imports %s; it may import %q alone", room, imported, only)
			}
		}
	}
	if !slices.ContainsFunc(packages, func(p listed) bool { return p.ImportPath == module }) {
		t.Error("go list does not know the root: the test sees nothing")
	}
}

// The table itself must have floors: no room may reach itself.
func TestHouseHasFloors(t *testing.T) {
	floor := make(map[string]int)
	for range house {
		for room, allowed := range house {
			for _, other := range allowed {
				if _, known := house[other]; !known {
					t.Fatalf("%s may import %s, which is no room", room, other)
				}
				floor[room] = max(floor[room], floor[other]+1)
			}
		}
	}
	for _, room := range slices.Sorted(maps.Keys(house)) {
		if floor[room] >= len(house) {
			t.Errorf("%s may import itself in a circle", room)
		}
	}
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is not on this machine: who imports whom was not tested")
	}
	out, err := exec.CommandContext(t.Context(), tool, "list", "-e", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list said something else than JSON: %v", err)
		}
		packages = append(packages, p)
	}
}
