// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every action that any part of the program records can be asked for.
func TestActionsAreListed(t *testing.T) {
	recorded := regexp.MustCompile(`(?:note\(ctx, env, db, |s\.audit\([^"]*, |Action: )"([a-z-]+)"`)
	found := map[string]bool{}
	for _, room := range []string{"cli", "server", "store", "signin", "session"} {
		files, err := filepath.Glob(filepath.Join("..", room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range recorded.FindAllStringSubmatch(string(text), -1) {
				found[m[1]] = true
				if !slices.Contains(auditActions(), m[1]) {
					t.Errorf("%s records %s, which usher audit --action refuses", name, m[1])
				}
			}
		}
	}
	if len(found) < 8 {
		t.Errorf("only %d actions were found in the source", len(found))
	}
}
