// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every action that any part of the program records can be asked for, and every
// one that can be asked for is recorded by some part.
func TestActionsAreListed(t *testing.T) {
	src := readSources(t, "cli", "server", "store", "signin", "session")
	listed := auditActions()
	for where, action := range src.recorded {
		if !slices.Contains(listed, action) {
			t.Errorf("%s records %s, which usher audit --action refuses", where, action)
		}
	}
	for _, action := range listed {
		if !slices.Contains(slices.Collect(maps.Values(src.recorded)), action) {
			t.Errorf("nothing records %s, which usher audit --action takes", action)
		}
	}
}

// sources are rooms of the program: what their constants are called and say,
// and which actions they record where.
type sources struct {
	files     *token.FileSet
	constants map[string]string
	recorded  map[string]string
}

func readSources(t *testing.T, rooms ...string) sources {
	t.Helper()
	s := sources{files: token.NewFileSet(), constants: map[string]string{}, recorded: map[string]string{}}
	var trees []*ast.File
	for _, room := range rooms {
		names, err := filepath.Glob(filepath.Join("..", room, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no sources of %s: %v", room, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(s.files, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			trees = append(trees, tree)
		}
	}
	for _, tree := range trees {
		ast.Inspect(tree, s.constant)
	}
	for _, tree := range trees {
		ast.Inspect(tree, s.record)
	}
	return s
}

// constant keeps what constants say.
func (s sources) constant(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
		for i, name := range spec.Names {
			if text := s.text(spec.Values[i]); text != "" {
				s.constants[name.Name] = text
			}
		}
	}
	return true
}

// record keeps the actions of events and acts, and of the calls that make them.
func (s sources) record(n ast.Node) bool {
	var action ast.Expr
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Action" {
			action = n.Value
		}
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if f, ok := to.(*ast.SelectorExpr); ok && f.Sel.Name == "Action" && len(n.Rhs) == len(n.Lhs) {
				action = n.Rhs[i]
			}
		}
	case *ast.CallExpr:
		place := map[string]int{"note": 3, "audit": 1}[called(n.Fun)]
		if place > 0 && place < len(n.Args) {
			action = n.Args[place]
		}
	}
	if text := s.text(action); text != "" {
		s.recorded[s.files.Position(n.Pos()).String()] = text
	}
	return true
}

func called(f ast.Expr) string {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// text is what an expression says where that can be read off: a string or the
// name of a constant. What is passed on, such as a parameter, says nothing.
func (s sources) text(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, err := strconv.Unquote(lit.Value)
		if err == nil {
			return text
		}
	}
	return s.constants[called(e)]
}
