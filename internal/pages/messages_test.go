// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// every lists all texts there are, by a name for the report.
func every(w tables) map[string]text {
	texts := map[string]text{}
	for key, t := range w.messages {
		texts["message "+key] = t
	}
	for code, t := range w.persons {
		texts["code "+string(code)] = t.sentence
	}
	for k, m := range w.kinds {
		n := strconv.Itoa(int(k))
		texts["title of kind "+n], texts["next of kind "+n] = m.title, m.next
	}
	for status, s := range w.problems.byStatus {
		n := strconv.Itoa(status)
		texts["title of "+n], texts["sentence of "+n] = s.title, s.sentence
	}
	for kind, s := range w.problems.byKind {
		texts["title of "+kind], texts["sentence of "+kind] = s.title, s.sentence
	}
	texts["fallback"] = w.tell("never-heard-of").sentence
	return texts
}

func TestEveryTextExistsInEveryLanguage(t *testing.T) {
	same := map[string]bool{"message frame.stage": true, "message months": false}
	for name, s := range every(newTables()) {
		for _, lang := range Languages() {
			if said := s.in(lang); strings.TrimSpace(said) == "" || said != strings.TrimSpace(said) || strings.Contains(said, "  ") {
				t.Errorf("%s in %s is %q", name, lang, said)
			}
		}
		if s.en == s.nl && !same[name] {
			t.Errorf("%s is the same in both languages: %q", name, s.en)
		}
		if a, b := strings.Count(s.en, "{}"), strings.Count(s.nl, "{}"); a != b {
			t.Errorf("%s has %d places in English and %d in Dutch", name, a, b)
		}
		if strings.HasPrefix(name, "sentence") || strings.HasPrefix(name, "code") || strings.HasPrefix(name, "next") {
			if !strings.HasSuffix(s.en, ".") || !strings.HasSuffix(s.nl, ".") {
				t.Errorf("%s is no whole sentence: %q, %q", name, s.en, s.nl)
			}
		}
	}
	if n := len(strings.Fields(newTables().messages["months"].nl)); n != 12 {
		t.Errorf("the Dutch year has %d months", n)
	}
}

var keyInTemplate = regexp.MustCompile(`"([a-z]+\.[a-z-]+)"`)

// TestEveryMessageIsUsed compares the table with the templates and the code:
// neither holds a key that the other does not know.
func TestEveryMessageIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, pattern := range []string{"files/*.html", shared} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range keyInTemplate.FindAllStringSubmatch(string(content), -1) {
				used[m[1]] = true
			}
		}
	}
	table := messages()
	for key := range used {
		if _, ok := table[key]; !ok {
			t.Errorf("a template asks for %q, which is not in the table", key)
		}
	}
	for _, f := range sources(t) {
		if f.Scope != nil && f.Scope.Lookup("messages") != nil {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				used[strings.Trim(lit.Value, "`\"")] = true
			}
			return true
		})
	}
	composed := map[string]bool{"unit.minute": true, "unit.minutes": true, "unit.hour": true, "unit.hours": true, "unit.day": true, "unit.days": true}
	for _, value := range constants(t, "view_loop.go", "LoopReason") {
		composed["loop."+value] = true
	}
	for _, value := range constants(t, "view_loop.go", "LoopSign") {
		composed["sign."+value] = true
	}
	for key := range table {
		if !used[key] && !composed[key] {
			t.Errorf("nothing says %q", key)
		}
	}
}

// constants lists the string constants of a type in a file.
func constants(t *testing.T, file, typ string) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == typ {
				value, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				found[v.Names[0].Name] = value
			}
		}
	}
	return found
}

func TestEveryCodeHasAPersonsSentence(t *testing.T) {
	codes := constants(t, "../../code.go", "Code")
	if len(codes) < 40 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	w := newTables()
	for name, code := range codes {
		if _, ok := w.persons[usher.Code(code)]; !ok {
			t.Errorf("%s (%s) has no sentence", name, code)
		}
	}
	seen := map[text]usher.Code{}
	for code, told := range w.persons {
		if other, twice := seen[told.sentence]; twice {
			t.Errorf("%s and %s say the same", code, other)
		}
		seen[told.sentence] = code
	}
}

func TestEveryPageOfTheGateHasWords(t *testing.T) {
	kinds := constants(t, "../gate/answer.go", "PageKind")
	if len(kinds) < 5 {
		t.Fatalf("only %d kinds were found", len(kinds))
	}
	w := newTables()
	for name, kind := range kinds {
		if _, ok := w.problems.byKind[kind]; !ok && kind != "refused" { // that one is NotAllowed
			t.Errorf("%s (%s) has no words", name, kind)
		}
		delete(w.problems.byKind, kind)
	}
	for kind := range w.problems.byKind {
		t.Errorf("the gate knows no page %q", kind)
	}
}

// TestPersonsAreToldNothingOfTheConfiguration: what they read must not teach
// whoever tries how this instance is set up.
func TestPersonsAreToldNothingOfTheConfiguration(t *testing.T) {
	words := regexp.MustCompile(`(?i)\b(mask|masker|scope|client|secret|token|callback|regexp?|pattern|prefix|product context|IMS|claim|nonce|state|cookie value|issuer|sqlite|postgres)\b`)
	for code, told := range persons() {
		for _, lang := range Languages() {
			if word := words.FindString(told.sentence.in(lang)); word != "" {
				t.Errorf("%s says %q in %s: %s", code, word, lang, told.sentence.in(lang))
			}
		}
	}
}

func TestTheVendorsSentenceStandsWhereTheVendorWouldSayIt(t *testing.T) {
	p := newPages(t)
	const nl = "Login heeft geen recht dat de uitdrukking aanpast"
	for name, c := range map[string]struct {
		view   Refused
		en, nl bool
	}{
		"in no group":                   {Refused{Code: usher.CodeUserNotInGroup}, true, true},
		"in no group, another provider": {Refused{Code: usher.CodeUserNotInGroup, OpenID: true}, false, false},
		"the sign-in took too long":     {Refused{Code: usher.CodeStateExpired}, false, false},
		"a code that nobody knows":      {Refused{Code: "never-heard-of"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			en, dutch := textOf(parse(t, p.make(t, "en", sampleFrame(), c.view))), textOf(parse(t, p.make(t, "nl", sampleFrame(), c.view)))
			if got := strings.Contains(en, usher.NoRightMatching); got != c.en {
				t.Errorf("the English page says the vendor's sentence: %v, want %v", got, c.en)
			}
			if got := strings.Contains(dutch, nl); got != c.nl {
				t.Errorf("the Dutch page says the vendor's sentence: %v, want %v", got, c.nl)
			}
		})
	}
}

func TestAMissingMessageIsAnError(t *testing.T) {
	l := newTables().in("en")
	if got, err := l.message("never.heard-of"); err == nil {
		t.Errorf("it said %q", got)
	}
	if got, err := l.message("choose.with"); err == nil {
		t.Errorf("without its value it said %q", got)
	}
	if got, err := l.message("choose.one", "too much"); err == nil {
		t.Errorf("with a value too many it said %q", got)
	}
	if got, err := l.markup(said{}); err == nil {
		t.Errorf("nothing was said as %q", got)
	}
}
