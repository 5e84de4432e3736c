// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// A scenario is one way to fail: what is wrong in an otherwise healthy file, and
// the cause that everybody must name.
type scenario struct {
	name, person, lands, doctor string
	code                        usher.Code
	symptom                     usher.Symptom
	changes                     [][2]string
}

func readScenario(t *testing.T, path string) scenario {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario{name: strings.TrimSuffix(filepath.Base(path), ".txtar")}
	symptom := ""
	for _, f := range archive.Files {
		switch f.Name {
		case "want":
			for line := range strings.Lines(string(f.Data)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "code":
					s.code = usher.Code(value)
				case "person":
					s.person = value
				case "lands":
					s.lands = value
				case "doctor":
					s.doctor = value
				case "symptom":
					symptom = value
				default:
					t.Fatalf("%s: %q is not a word of scenarios", path, key)
				}
			}
		case "change":
			before, after, ok := strings.Cut(strings.TrimSuffix(string(f.Data), "\n"), " ==> ")
			if !ok {
				t.Fatalf("%s: the change has no ==>", path)
			}
			s.changes = append(s.changes, [2]string{before, after})
		}
	}
	if s.code == "" || s.person == "" {
		t.Fatalf("%s: no code or no person", path)
	}
	if symptom != "none" {
		if s.symptom = s.code.Symptom(); s.symptom == "" {
			t.Fatalf("%s: the code %s has no symptom; say symptom: none", path, s.code)
		}
	}
	return s
}

// TestAgreement holds the sign-in, its explanation, the ranking of its symptom
// and the doctor together: for each way to fail all of them name the same cause.
func TestAgreement(t *testing.T) {
	paths, err := filepath.Glob("testdata/agreement/*.txtar")
	if err != nil || len(paths) < 8 {
		t.Fatalf("%d scenarios, %v; wanted at least eight", len(paths), err)
	}
	for _, path := range paths {
		s := readScenario(t, path)
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			agree(t, s)
		})
	}
}

func agree(t *testing.T, s scenario) {
	i := startInstance(t, s.changes)
	attempt := i.fail(t, s)

	// The sign-in.
	if s.lands == "adobe.com" {
		if attempt.Outcome != usher.OutcomeBegun {
			t.Errorf("the attempt is %s; the browser never came back", attempt.Outcome)
		}
	} else if attempt.Cause == nil || attempt.Cause.Code != s.code {
		t.Errorf("the sign-in was refused with %v, wanted %s", attempt.Cause, s.code)
	}

	// Its explanation.
	cfg := i.load(t)
	if first := firstRoot(doctor.Explain(checks.All(), cfg, attempt), usher.CodeAttemptUnfinished); first != s.code {
		t.Errorf("the explanation begins with %s, wanted %s", first, s.code)
	}

	// The doctor, and the symptom's ranking.
	c := doctor.NewCase(time.Now(), cfg)
	c.Instances[0].Email = s.person
	results := doctor.Run(checks.All(), c)
	if first := firstRoot(results, ""); first != s.code {
		t.Errorf("the doctor begins with %s, wanted %s", first, s.code)
	}
	if s.symptom != "" {
		if ranked := doctor.Rank(s.symptom, results); len(ranked) == 0 || ranked[0].Code != s.code {
			t.Errorf("for the symptom %s the first suspect is %s, wanted %s", s.symptom, codeOf(ranked), s.code)
		}
	}
	c = doctor.NewCase(time.Now(), cfg)
	if first := firstRoot(doctor.Run(checks.All(), c), ""); s.doctor == "" && first != s.code {
		t.Errorf("without a person named, the doctor begins with %s, wanted %s", first, s.code)
	}
	i.searchCanary(t, attempt)
}

func codeOf(results []doctor.Result) usher.Code {
	if len(results) == 0 {
		return "none"
	}
	return results[0].Code
}

// firstRoot gives the first root cause that is an error.
func firstRoot(results []doctor.Result, besides usher.Code) usher.Code {
	for _, r := range results {
		if r.Root() && r.Finding() && r.Code != besides {
			return r.Code
		}
	}
	return "none"
}

// TestHealthy signs the same persons in where nothing is wrong: without it every
// scenario could pass for a reason of its own.
func TestHealthy(t *testing.T) {
	i := startInstance(t, nil)
	for _, person := range []string{"ana@corp.example", "dirk@corp.example"} {
		b := i.browser(t)
		page := b.signIn(t, i.public+"/reports/x?q=a%26b", person)
		if page.status != 200 || page.at != i.public+"/reports/x?q=a%26b" || !strings.Contains(page.body, "upstream saw /reports/x?q=a%26b") {
			t.Errorf("%s came to %d %s:\n%s", person, page.status, page.at, page.body)
		}
	}
	results := doctor.Run(checks.All(), doctor.NewCase(time.Now(), i.load(t)))
	if first := firstRoot(results, ""); first != "none" {
		t.Errorf("the doctor finds %s where nothing is wrong", first)
	}
}

func (i *instance) load(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := config.Load(i.file, config.OS())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// searchCanary looks for secrets in everything that was written down.
func (i *instance) searchCanary(t *testing.T, a usher.Attempt) {
	t.Helper()
	var b bytes.Buffer
	cfg := i.load(t)
	report := doctor.Report{Case: doctor.NewCase(time.Now(), cfg), Results: doctor.Explain(checks.All(), cfg, a)}
	if err := doctor.JSON(&b, report); err != nil {
		t.Fatal(err)
	}
	if err := doctor.Text(&b, report, doctor.Options{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	outputs := map[string][]byte{"the doctor's output": b.Bytes(), "the log": i.log.Bytes()}
	for _, name := range []string{"usher.db", "usher.db-wal"} {
		if data, err := os.ReadFile(filepath.Join(i.dir, name)); err == nil {
			outputs[name] = data
		}
	}
	for where, data := range outputs {
		for _, secret := range append([]string{"canary-client-secret", "canary-other-secret"}, i.seen.values()...) {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds a secret: %.60q", where, secret)
			}
		}
	}
}
