// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher/docs"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// The example on a check's page yields exactly that check's finding, so that
// no page can drift away from what the program does.
func TestPagesYieldWhatTheySay(t *testing.T) {
	fence := regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")
	for _, c := range checks.All() {
		t.Run(string(c.Code), func(t *testing.T) {
			page, ok := docs.Page(string(c.Code))
			if !ok {
				t.Fatal("there is no page")
			}
			for _, part := range []string{"# " + string(c.Code) + "\n", "**What people see.**", "**How usher knows.**", "## Example", "## Mend it", "## Source"} {
				if !strings.Contains(page, part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			if strings.Contains(page, "\t") || len(page) > 6000 {
				t.Errorf("the page is not short and plain: %d bytes", len(page))
			}
			files, names, facts := make(map[string]string), []string{}, ""
			for _, block := range fence.FindAllStringSubmatch(page, -1) {
				switch block[1] {
				case "yaml":
					name := string(rune('a'+len(names))) + ".yaml"
					names = append(names, name)
					files[name] = block[2]
				case "json":
					facts = block[2]
				}
			}
			results := doctor.Run(checks.All(), makeCase(t, []byte(facts), files, names...))
			got := found(results)
			if !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f+" ", string(c.Code)+" ") }) {
				t.Errorf("the example does not yield %s: %q", c.Code, got)
			}
			for _, f := range got {
				if code, _, _ := strings.Cut(f, " "); code != string(c.Code) && !alongside(string(c.Code), code) {
					t.Errorf("the example yields %s too", f)
				}
			}
		})
	}
}

// alongside names the one finding that cannot be had alone: a provider that
// gives no usable group names leaves the person in no group.
func alongside(code, other string) bool {
	return other == "user-not-in-group" && (code == "group-ids" || code == "group-paths")
}

func TestNoPageForWhatIsNoCheck(t *testing.T) {
	for _, name := range []string{"", "no-such-check", "../embed", "mask-kind.md", "a/b"} {
		if _, ok := docs.Page(name); ok {
			t.Errorf("%q has a page", name)
		}
	}
}
