// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func TestEverySampleInEveryLanguage(t *testing.T) {
	p := newPages(t)
	for _, lang := range Languages() {
		for _, s := range Gallery() {
			t.Run(lang+"/"+s.Name, func(t *testing.T) {
				page := p.make(t, lang, s.Frame, s.View)
				if where := unbalanced(page); where != "" {
					t.Errorf("the tags do not match: %s", where)
				}
				doc := parse(t, page)
				checkHead(t, doc, lang, s.Frame.Instance)
				checkOutline(t, doc)
				checkNothingEmpty(t, doc)
				checkPolicy(t, doc)
				checkLinks(t, p, doc)
			})
		}
	}
}

func checkHead(t *testing.T, doc *html.Node, lang, instance string) {
	t.Helper()
	if got := attribute(all(doc, atom.Html)[0], "lang"); got != lang {
		t.Errorf("lang is %q, want %q", got, lang)
	}
	titles := all(all(doc, atom.Head)[0], atom.Title)
	if len(titles) != 1 || textOf(titles[0]) == "" || !strings.HasSuffix(textOf(titles[0]), instance) || strings.Contains(textOf(titles[0]), "<") {
		t.Errorf("the title is not one with the instance's name at its end")
	}
	for _, name := range []string{"viewport", "color-scheme", "robots"} {
		found := false
		for _, m := range all(doc, atom.Meta) {
			found = found || attribute(m, "name") == name && attribute(m, "content") != ""
		}
		if !found {
			t.Errorf("meta %s is missing", name)
		}
	}
}

// checkOutline demands one h1, in main, and no level of headings left out.
func checkOutline(t *testing.T, doc *html.Node) {
	t.Helper()
	if n := len(all(doc, atom.H1)); n != 1 {
		t.Errorf("the page has %d h1", n)
	}
	mains := all(doc, atom.Main)
	if len(mains) != 1 || len(all(mains[0], atom.H1)) != 1 {
		t.Errorf("the page has %d main, or its h1 stands outside", len(mains))
	}
	each(doc, func(n *html.Node) {
		switch n.DataAtom {
		case atom.H3, atom.H4, atom.H5, atom.H6:
			t.Errorf("%s follows no heading of the level above", n.Data)
		}
	})
}

// checkNothingEmpty finds elements that were meant to say something.
func checkNothingEmpty(t *testing.T, doc *html.Node) {
	t.Helper()
	each(doc, func(n *html.Node) {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.P, atom.A, atom.Button, atom.Li, atom.Dt, atom.Dd, atom.Blockquote, atom.Figcaption, atom.Section, atom.Bdi, atom.Time, atom.Title:
			if textOf(n) == "" {
				t.Errorf("<%s class=%q> says nothing", n.Data, attribute(n, "class"))
			}
		}
	})
	if text := textOf(doc); strings.Contains(text, "{}") || strings.Contains(text, "%!") || strings.Contains(text, "<nil>") || strings.Contains(text, "ZgotmplZ") {
		t.Errorf("something was not put in: %s", text)
	}
}

// checkPolicy demands what the content security policy demands.
func checkPolicy(t *testing.T, doc *html.Node) {
	t.Helper()
	each(doc, func(n *html.Node) {
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Iframe, atom.Object, atom.Embed, atom.Base:
			t.Errorf("the page has <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has the attribute %s", n.Data, a.Key)
			}
		}
	})
	for _, form := range all(doc, atom.Form) {
		if attribute(form, "method") != "post" || attribute(form, "action") != signOutPath {
			t.Errorf("a form goes by %q to %q", attribute(form, "method"), attribute(form, "action"))
		}
		for _, b := range all(form, atom.Button) {
			if attribute(b, "type") != "submit" {
				t.Errorf("the button %q does not say that it submits", textOf(b))
			}
		}
	}
}

// checkLinks follows what the page loads, and looks at where links lead.
func checkLinks(t *testing.T, p *Pages, doc *html.Node) {
	t.Helper()
	for _, l := range all(doc, atom.Link) {
		w := httptest.NewRecorder()
		p.Static().ServeHTTP(w, httptest.NewRequest(http.MethodGet, attribute(l, "href"), nil))
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s is answered with %d and %d bytes", attribute(l, "href"), w.Code, w.Body.Len())
		}
	}
	for _, a := range all(doc, atom.A) {
		href := attribute(a, "href")
		if !strings.HasPrefix(href, "/usher/") && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "mailto:") {
			t.Errorf("the link %q leads to %q", textOf(a), href)
		}
	}
}

func TestTheGalleryHasEveryPage(t *testing.T) {
	seen, names, templates := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range Gallery() {
		if names[s.Name] {
			t.Errorf("two samples are named %s", s.Name)
		}
		names[s.Name] = true
		seen[reflect.TypeOf(s.View).Name()] = true
		templates[s.View.name()] = true
		if s.Status < 200 || s.Status > 599 {
			t.Errorf("%s has the status %d", s.Name, s.Status)
		}
	}
	views := receivers(t, "name")
	if len(views) < 8 {
		t.Fatalf("only %d views were found: %v", len(views), views)
	}
	for _, view := range views {
		if !seen[view] {
			t.Errorf("no sample shows %s", view)
		}
	}
	files, err := fs.Glob(files, "files/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".html"); !templates[name] {
			t.Errorf("no view uses the template %s", file)
		}
	}
}

// receivers lists the types of this package that have a method.
func receivers(t *testing.T, method string) []string {
	t.Helper()
	var found []string
	for _, f := range sources(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != method {
				continue
			}
			if id, ok := fn.Recv.List[0].Type.(*ast.Ident); ok {
				found = append(found, id.Name)
			}
		}
	}
	return found
}

// sources parses this package, tests left out.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	entries, err := fs.Glob(dir(), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
	for _, e := range entries {
		if strings.HasSuffix(e, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	return parsed
}

func TestNoViewCanHoldASecret(t *testing.T) {
	forbidden := []string{"secret", "token", "cookie", "password", "verifier", "nonce", "state", "mask", "scope", "client", "callback", "directory", "config", "cause"}
	var look func(where string, typ reflect.Type)
	look = func(where string, typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Pointer, reflect.Map, reflect.Array:
			look(where, typ.Elem())
		case reflect.Struct:
			if typ.PkgPath() == "time" {
				return
			}
			for i := range typ.NumField() {
				name := typ.Field(i).Name
				for _, word := range forbidden {
					if strings.Contains(strings.ToLower(name), word) {
						t.Errorf("%s.%s has no place on a page", where, name)
					}
				}
				look(where+"."+name, typ.Field(i).Type)
			}
		}
	}
	look("Frame", reflect.TypeFor[Frame]())
	for _, s := range Gallery() {
		look(s.Name, reflect.TypeOf(s.View))
	}
}

func TestOnlyOnesOwnPageNamesGroups(t *testing.T) {
	p := newPages(t)
	home := Home{Name: "Ana", Groups: []string{"canary-group"}, Rights: []string{"canary-right"}}
	page := p.make(t, "en", sampleFrame(), home)
	if !bytes.Contains(page, []byte("canary-group")) || !bytes.Contains(page, []byte("canary-right")) {
		t.Error("one's own page does not name one's groups and rights")
	}
	for _, s := range Gallery() {
		if _, isHome := s.View.(Home); isHome {
			continue
		}
		typ := reflect.TypeOf(s.View)
		for i := range typ.NumField() {
			if name := typ.Field(i).Name; name == "Groups" || name == "Rights" {
				t.Errorf("%s has the field %s", s.Name, name)
			}
		}
	}
}
