// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// today is the date of every scenario that does not care.
var today = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// facts are what a probe or a record would add to the file, as JSON: the
// fields of package doctor's own types by their names.
type facts struct {
	Email     string
	NoDate    bool
	Providers []struct {
		Discovery *doctor.Document
		Keys      *doctor.KeySet
		Authorize *doctor.AuthorizeAnswers
		Grant     *doctor.GrantAnswers
		Routes    *[]doctor.Route
		Clock     *doctor.Skew
	}
	FrontDoor    *doctor.Echo
	Store        *doctor.StoreState
	Nodes        *[]doctor.Node
	History      *[]usher.Revision
	Files        *[]doctor.FileState
	Surroundings *[]doctor.Surrounding
	Upstreams    *[]doctor.Upstream
	Profile      *usher.Person
	Attempt      *usher.Attempt
	Recent       *[]usher.Attempt
}

func seen[T any](v *T) *doctor.Seen[T] {
	if v == nil {
		return nil
	}
	return doctor.Known(*v, today, "test")
}

// fill puts the facts into an instance.
func (f facts) fill(in *doctor.Instance) {
	in.Email = f.Email
	for _, p := range f.Providers {
		in.Providers = append(in.Providers, doctor.Provider{Discovery: seen(p.Discovery), Keys: seen(p.Keys), Authorize: seen(p.Authorize),
			Grant: seen(p.Grant), Routes: seen(p.Routes), Clock: seen(p.Clock)})
	}
	in.FrontDoor, in.Store, in.Nodes, in.History = seen(f.FrontDoor), seen(f.Store), seen(f.Nodes), seen(f.History)
	in.Files, in.Surroundings, in.Upstreams = seen(f.Files), seen(f.Surroundings), seen(f.Upstreams)
	in.Profile, in.Attempt, in.Recent = seen(f.Profile), seen(f.Attempt), seen(f.Recent)
	if in.Attempt != nil && in.Profile == nil {
		in.Profile = seen(f.Attempt.Person)
	}
}

// environment is the world of a scenario: secrets in the variables and files
// that examples name.
func environment(files map[string]string) config.Environment {
	return config.Environment{
		LenientSecrets: true,
		ReadFile: func(name string) ([]byte, error) {
			if data, ok := files[filepath.Base(name)]; ok {
				return []byte(data), nil
			}
			return nil, fs.ErrNotExist
		},
		LookupEnv: func(name string) (string, bool) {
			value, ok := map[string]string{"IMS_SECRET": "p8e-Xy7kQ2vLwZ", "OTHER_SECRET": "p8e-M4rTzB9sNc", "OIDC_SECRET": "p8e-H6dWqJ3fUg"}[name]
			return value, ok
		},
	}
}

// makeCase reads the instances of a scenario. The facts belong to the first.
func makeCase(t *testing.T, factsJSON []byte, files map[string]string, names ...string) doctor.Case {
	t.Helper()
	var configs []*config.Config
	for _, name := range names {
		cfg, err := config.Parse(name, []byte(files[name]), environment(files))
		if err != nil {
			t.Fatalf("%s does not load: %v", name, err)
		}
		configs = append(configs, cfg)
	}
	c := doctor.NewCase(today, configs...)
	var f facts
	if len(factsJSON) > 0 {
		dec := json.NewDecoder(bytes.NewReader(bytes.ReplaceAll(factsJSON, []byte("REVISION"), []byte(configs[0].Revision))))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f); err != nil {
			t.Fatalf("the facts do not decode: %v", err)
		}
	}
	f.fill(c.Instances[0])
	if f.NoDate {
		c.Now = time.Time{}
	}
	return c
}

// found lists what a run found, "code subject" for each root, sorted.
func found(results []doctor.Result) []string {
	var out []string
	for _, r := range results {
		if r.Root() && r.Suppressed == "" {
			out = append(out, strings.TrimSpace(string(r.Code)+" "+r.Subject))
		}
	}
	slices.Sort(out)
	return out
}

func wanted(text []byte) []string {
	var out []string
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

// scenario is one file of testdata/scenarios: a story, a configuration that
// fails one check, a nearly identical one that is silent, what is to be found.
type scenario struct {
	code  usher.Code
	story string
	files map[string]string
}

func scenarios(t *testing.T) []scenario {
	t.Helper()
	names, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	var out []scenario
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".txtar"), "+")
		ar := txtar.Parse(data)
		s := scenario{code: usher.Code(base), story: name, files: make(map[string]string)}
		for _, f := range ar.Files {
			s.files[f.Name] = string(f.Data)
		}
		out = append(out, s)
	}
	return out
}

// run runs one half of a scenario: "fails" or "silent".
func (s scenario) run(t *testing.T, half string) (doctor.Case, []doctor.Result) {
	t.Helper()
	names := []string{half + ".yaml"}
	if _, ok := s.files[names[0]]; !ok {
		names[0] = "both.yaml"
	}
	files := s.files
	for _, n := range []string{"other-" + half + ".yaml", "other.yaml"} {
		if _, ok := files[n]; ok {
			names = append(names, n)
			break
		}
	}
	factsJSON := files[half+".json"]
	if factsJSON == "" {
		factsJSON = files["both.json"]
	}
	if over, ok := files["secret-"+half]; ok {
		files = clone(files)
		files["secret"] = over
	}
	c := makeCase(t, []byte(factsJSON), files, names...)
	return c, doctor.Run(checks.All(), c)
}

func clone(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func TestScenarios(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(strings.TrimSuffix(filepath.Base(s.story), ".txtar"), func(t *testing.T) {
			_, results := s.run(t, "fails")
			if got, want := found(results), wanted([]byte(s.files["want"])); !slices.Equal(got, want) {
				t.Errorf("found  %q\nwanted %q", got, want)
			}
			if !fires(results, s.code) && !strings.Contains(s.story, "+silent-") {
				t.Errorf("the scenario does not fire %s", s.code)
			}
			_, results = s.run(t, "silent")
			if got, want := found(results), wanted([]byte(s.files["silent-want"])); !slices.Equal(got, want) {
				t.Errorf("the silent twin: found %q\nwanted %q", got, want)
			}
			if slices.ContainsFunc(results, func(r doctor.Result) bool { return r.Code == s.code && r.Root() && r.Finding() }) {
				t.Errorf("the silent twin fires %s", s.code)
			}
		})
	}
}

func fires(results []doctor.Result, code usher.Code) bool {
	return slices.ContainsFunc(results, func(r doctor.Result) bool { return r.Code == code && r.Root() })
}

// A finding is worth little without evidence and something to do about it.
func TestFindingsSayWhatToDo(t *testing.T) {
	for _, s := range scenarios(t) {
		_, results := s.run(t, "fails")
		for _, r := range results {
			if !r.Root() || r.Severity == usher.SeverityInfo {
				continue
			}
			if r.Message.String() == "" || r.Fix == nil || r.Fix.Description.String() == "" {
				t.Errorf("%s: %s has no message or no fix: %+v", s.story, r.Code, r.Usher())
				continue
			}
			if r.Place.File == "" {
				t.Errorf("%s: %s has no place", s.story, r.Code)
			}
			for _, text := range []string{r.Message.String(), r.Fix.Description.String()} {
				if strings.Contains(text, "%!") {
					t.Errorf("%s: %s: broken template: %s", s.story, r.Code, text)
				}
			}
		}
	}
}

// Where a finding gives an edit, the edit mends it: applied, the finding is
// gone, and the file still loads.
func TestEditsMend(t *testing.T) {
	mended := make(map[usher.Code]int)
	for _, s := range scenarios(t) {
		c, results := s.run(t, "fails")
		for _, r := range results {
			if !r.Root() || r.Fix == nil || len(r.Fix.Edits) == 0 || r.Check().Reads&doctor.FrontDoor != 0 {
				continue // what was seen at the front door is seen anew after the edit, not before
			}
			if err := mends(c, r); err != nil {
				t.Errorf("%s: %s (%s): %v", s.story, r.Code, r.Subject, err)
			}
			mended[r.Code]++
		}
	}
	for _, code := range []usher.Code{"external-account-missing", "external-account-disabled", "external-account-duplicate", "external-account-lookalike", "product-context-value",
		"product-context-mismatch", "organization-id-shape", "organization-mismatch", "ims-server-url", "ims-server-differs", "client-id-unknown", "callback-not-https",
		"callback-wrong-instance", "callback-not-listed", "callback-path", "scope-not-provisioned", "scope-missing", "scope-misspelled", "mask-kind", "mask-blanks", "mask-quoted",
		"mask-dots", "name-misspelled", "mask-matches-nothing", "operator-group-unknown", "label-for-name", "right-misspelled", "operator-group-duplicate", "application-group-unknown",
		"public-path-never", "public-path-everything", "session-idle", "session-lifetime", "suppression-unknown", "suppression-unused", "suppression-expired", "issuer-shape"} {
		if mended[code] == 0 {
			t.Errorf("no scenario of %s offers an edit", code)
		}
	}
}

func mends(c doctor.Case, r doctor.Result) error {
	var at int
	for i, in := range c.Instances {
		if in.Config.File == r.File {
			at = i
		}
	}
	cfg := c.Instances[at].Config
	text := cfg.Redacted()
	if err := cfgChange(cfg, r, &text); err != nil {
		return err
	}
	after, err := config.Parse(cfg.File, []byte(text), environment(nil))
	if err != nil {
		return fmt.Errorf("the edited file does not load: %w", err)
	}
	fixed := doctor.Case{Now: c.Now}
	for i, in := range c.Instances {

		if i == at {
			fresh := doctor.Instance{Config: after, Email: in.Email, Providers: in.Providers, FrontDoor: in.FrontDoor, Store: in.Store, Nodes: in.Nodes, History: in.History,
				Files: in.Files, Surroundings: in.Surroundings, Upstreams: in.Upstreams, Profile: in.Profile, Recent: in.Recent}
			fixed.Instances = append(fixed.Instances, &fresh)
			continue
		}
		fixed.Instances = append(fixed.Instances, &doctor.Instance{Config: in.Config})
	}
	if before, now := alike(doctor.Run(checks.All(), c), r), alike(doctor.Run(checks.All(), fixed), r); now >= before {
		return errors.New("it is still found after the edit")
	}
	return nil
}

// alike counts the findings like r.
func alike(results []doctor.Result, r doctor.Result) int {
	n := 0
	for _, other := range results {
		if other.Root() && other.Code == r.Code && other.Subject == r.Subject && other.Saw.String() == r.Saw.String() {
			n++
		}
	}
	return n
}

// cfgChange applies the edits to the text with its secrets replaced.
func cfgChange(cfg *config.Config, r doctor.Result, text *string) error {
	redacted, err := config.Parse(cfg.File, []byte(*text), environment(nil))
	if err != nil {
		return err
	}
	out, err := redacted.Change(r.Fix.Edits...).Apply([]byte(*text))
	*text = string(out)
	return err
}

// healthy lists the configurations in which nothing is wrong.
func healthy(t *testing.T) []scenario {
	t.Helper()
	names, err := filepath.Glob("testdata/healthy/*.txtar")
	if err != nil || len(names) < 20 {
		t.Fatalf("only %d healthy configurations: %v", len(names), err)
	}
	var out []scenario
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s := scenario{story: name, files: make(map[string]string)}
		for _, f := range txtar.Parse(data).Files {
			s.files[f.Name] = string(f.Data)
		}
		out = append(out, s)
	}
	return out
}

// A doctor that cries wolf is switched off: what is healthy gives no finding.
func TestHealthyConfigurationsAreSilent(t *testing.T) {
	for _, s := range healthy(t) {
		t.Run(strings.TrimSuffix(filepath.Base(s.story), ".txtar"), func(t *testing.T) {
			c, results := s.run(t, "both")
			for _, r := range results {
				if r.Finding() || r.Status == doctor.Moot {
					t.Errorf("%s %s (%s): %s; saw %s, wanted %s", r.Status, r.Code, r.Subject, r.Message, r.Saw, r.Want)
				}
			}
			if exit := (doctor.Report{Case: c, Results: results}).Exit(false); exit != 0 {
				t.Errorf("exit status %d", exit)
			}
		})
	}
}
