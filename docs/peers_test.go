// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/usher-signin/usher/docs"
)

// What peers.md names as proof must be there.
func TestWhatPeersNamesIsThere(t *testing.T) {
	text, err := os.ReadFile("peers.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := make(map[string]bool)
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, "_test.go") {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range declared.FindAllSubmatch(data, -1) {
				tests[string(m[1])] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, m := range regexp.MustCompile("`([A-Za-z0-9_-]+)`").FindAllSubmatch(text, -1) {
		name := string(m[1])
		switch {
		case strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz"):
			if named++; !tests[name] {
				t.Errorf("there is no test %s", name)
			}
		case strings.Contains(name, "-"):
			named++
			if _, ok := docs.Page(name); !ok {
				t.Errorf("there is no check %s", name)
			}
		}
	}
	if named < 120 {
		t.Errorf("only %d tests and checks were found in the page", named)
	}
}
