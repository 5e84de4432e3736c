// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/usher-signin/usher/internal/doctor"
)

// phraseArguments says which arguments of which functions are phrases.
func phraseArguments() map[string][]int {
	return map[string][]int{"Say": {0}, "say": {0}, "Fail": {1}, "Warn": {1}, "Note": {1}, "Settled": {1}, "With": {0}, "Mend": {1}, "Elsewhere": {0},
		"ofCause": {1}, "unsettled": {2}, "recorded": {1, 2, 3, 4}, "several": {1, 2}, "profileRulings": {3}, "fail": {0}, "wrong": {2}}
}

// notes are the functions whose texts become phrases.
func notes() []string {
	return []string{"misprintedMask", "misprintedName", "misprintedContext", "translatedName", "mendPerson"}
}

// phrasesOfTheSource finds every phrase that is written in the source of the
// doctor and its checks, said in a scenario or not.
func phrasesOfTheSource(t *testing.T) []string {
	t.Helper()
	var out []string
	inspectSource(t, func(n ast.Node) { out = append(out, phrasesOf(n)...) })
	slices.Sort(out)
	return slices.Compact(out)
}

// callsOf finds every call of a function of that name.
func callsOf(t *testing.T, name string) []*ast.CallExpr {
	t.Helper()
	var out []*ast.CallExpr
	inspectSource(t, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && called(call) == name {
			out = append(out, call)
		}
	})
	return out
}

// inspectSource shows every node of the source of the doctor and its checks.
func inspectSource(t *testing.T, see func(ast.Node)) {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.go", "../*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(filepath.Base(name), "dutch") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			see(n)
			return true
		})
	}
}

func phrasesOf(n ast.Node) []string {
	var out []string
	add := func(e ast.Expr) {
		if text, ok := constant(e); ok && text != "" {
			out = append(out, text)
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		for _, i := range phraseArguments()[called(n)] {
			if i < len(n.Args) {
				add(n.Args[i])
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Holds" || key.Name == "Person") {
			add(n.Value)
		}
	case *ast.FuncDecl:
		if slices.Contains(notes(), n.Name.Name) {
			ast.Inspect(n, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok {
					add(r.Results[0])
				}
				return true
			})
		}
	}
	return out
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// constant gives a text that is written out, in one piece or several.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok1 := constant(e.X)
		b, ok2 := constant(e.Y)
		return a + b, ok1 && ok2
	case *ast.ParenExpr:
		return constant(e.X)
	case *ast.Ident:
		if e.Name == "dashboard" {
			return "Enterprise Dashboard", true
		}
	}
	return "", false
}

// Every phrase of the source has its Dutch, with the same things put in.
func TestEveryPhraseHasItsDutch(t *testing.T) {
	verb := regexp.MustCompile(`%[a-z%]`)
	words := regexp.MustCompile(`[a-z]{3}`)
	all := phrasesOfTheSource(t)
	for _, english := range all {
		if !words.MatchString(strings.NewReplacer("usher doctor", "", "usher fix", "", "usher rehearse", "", "usher explain", "").Replace(verb.ReplaceAllString(english, ""))) {
			continue // commands and what is put in whole
		}
		dutch := doctor.Say(english).In(doctor.Dutch)
		if dutch == strings.ReplaceAll(english, "%%", "%") && !same(english) {
			t.Errorf("not said in Dutch: %q", english)
		}
		if a, b := verb.FindAllString(strings.ReplaceAll(english, "%%", "%"), -1), verb.FindAllString(dutch, -1); !slices.Equal(a, b) {
			t.Errorf("%q puts in %q, in Dutch %q", english, a, b)
		}
	}
	if len(all) < 600 {
		t.Errorf("only %d phrases were found", len(all))
	}
}
