// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/usher-signin/usher/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"usher":   func() { os.Exit(cli.Main()) },
		"visitor": func() { os.Exit(visitor(os.Args[1:])) },
		"ask":     func() { os.Exit(ask(os.Args[1:])) },

		"rehearsing": func() { os.Exit(rehearsing(os.Args[1:])) },
	})
}

// TestScripts drives the product as text: a story, commands, expectations.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TZ", "UTC")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"eventually":  eventually,
			"grabport":    grabPort,
			"reference":   grabReference,
			"grabsession": grabSession,
			"freeport":    freePort,
			"rewrite":     rewrite,
			"schema":      schema,
			"silence":     silence,
			"reloaded":    reloaded,
		},
		Condition: condition,
	})
}

// grabport DIR puts the demo's address into PUBLIC and its secret into SECRET.
func grabPort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: grabport DIR")
	}
	data, err := os.ReadFile(filepath.Join(ts.MkAbs(args[0]), "ports"))
	ts.Check(err)
	port, _, _ := strings.Cut(string(data), " ")
	ts.Setenv("PORT", port)
	ts.Setenv("PUBLIC", "https://localhost:"+port)
	secret, err := os.ReadFile(filepath.Join(ts.MkAbs(args[0]), "client.secret"))
	ts.Check(err)
	ts.Setenv("SECRET", strings.TrimSpace(string(secret)))
}

// reference puts the reference that the visitor was shown into REFERENCE.
func grabReference(ts *testscript.TestScript, neg bool, args []string) {
	found := shownRef.FindString(ts.ReadFile("stdout"))
	if neg || len(args) != 0 || found == "" {
		ts.Fatalf("no reference was shown")
	}
	ts.Setenv("REFERENCE", found)
}

// eventually FILE TEXT waits until FILE holds TEXT.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: eventually FILE TEXT")
	}
	var last string
	for range 300 {
		data, _ := os.ReadFile(ts.MkAbs(args[0]))
		if last = string(data); strings.Contains(last, args[1]) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s never said %q:\n%s", args[0], args[1], last)
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }
