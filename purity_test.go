// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources parses the files of a folder, tests left out.
func sources(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// outside are the packages that reach files, processes, networks, databases or
// chance. Addresses as such (net/url, net/netip) are words.
var outside = []string{"net", "net/http", "net/http/httputil", "net/rpc", "net/smtp", "crypto/tls", "os", "os/exec", "os/signal", "os/user", "io/ioutil",
	"path/filepath", "database/sql", "syscall", "log", "plugin", "unsafe", "runtime", "embed", "testing", "crypto/rand", "math/rand", "math/rand/v2"}

// clocks are the functions of package time that read the clock or wait for it.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// rulesOnly are the folders that judge and never look: the words and the
// rules, and the checks. What they judge is handed to them.
var rulesOnly = []string{".", "internal/doctor", "internal/doctor/checks"}

func TestRulesReachNothing(t *testing.T) {
	for _, folder := range rulesOnly {
		files := sources(t, folder)
		if folder == "." && len(files) < 10 {
			t.Fatalf("only %d files in the root: the test does not see them", len(files))
		}
		for _, file := range files {
			for _, spec := range file.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(outside, path) {
					t.Errorf("%s imports %s: a rule judges what it is given; let the caller look, and pass what it saw", folder, path)
				}
				if folder == "." && strings.Contains(strings.Split(path, "/")[0], ".") {
					t.Errorf("the root imports %s: it is made of the standard library alone, so that everyone may import it", path)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, s.Sel.Name) {
						t.Errorf("%s calls time.%s: take the time as a parameter", folder, s.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

// No file of the root may run before it is asked, or keep what can change.
func TestRootKeepsNoState(t *testing.T) {
	for _, file := range sources(t, ".") {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" {
					t.Error("a function init")
				}
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						if !strings.HasPrefix(strings.ToLower(name.Name), "err") {
							t.Errorf("the package-level variable %s: errors alone may stand there", name.Name)
						}
					}
				}
			}
		}
	}
}

// R01: one place in the program can say allow for somebody, and one for a
// question that comes without a name. The verdict is unexported, so
// it is enough to look here.
func TestOnlyDecideAllows(t *testing.T) {
	uses := make(map[string]int)
	for _, file := range sources(t, ".") {
		for _, d := range file.Decls {
			where := "a declaration"
			if f, ok := d.(*ast.FuncDecl); ok {
				where = f.Name.Name
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && id.Name == "allow" {
					uses[where]++
				}
				return true
			})
		}
	}
	for where, n := range map[string]int{"a declaration": 1, "Decide": 2, "DecidePreflight": 1, "Allowed": 1, "String": 1} {
		if uses[where] != n {
			t.Errorf("%s speaks of allow %d times, want %d", where, uses[where], n)
		}
		delete(uses, where)
	}
	for where := range uses {
		t.Errorf("%s speaks of allow: only Decide and DecidePreflight may", where)
	}
}

// Each Go file says under which license it stands.
func TestLicenseLines(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			return err
		}
		if len(file.Comments) == 0 || file.Comments[0].List[0].Text != "// SPDX-License-Identifier: Apache-2.0" {
			t.Errorf("%s does not begin with its license", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// declaredStrings lists the values of the root's constants of a string type.
func declaredStrings(t *testing.T, typeName string) []string {
	t.Helper()
	var out []string
	for _, file := range sources(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typeName {
				return true
			}
			for _, v := range spec.Values {
				text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, text)
			}
			return true
		})
	}
	return out
}
