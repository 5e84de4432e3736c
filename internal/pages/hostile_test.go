// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func dir() fs.FS { return os.DirFS(".") }

// poison replaces every text of a value.
func poison(v reflect.Value, with string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(with)
	case reflect.Struct:
		if v.Type().PkgPath() == "time" {
			return out
		}
		for i := range v.NumField() {
			out.Field(i).Set(poison(v.Field(i), with))
		}
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), max(v.Len(), 1), max(v.Len(), 1)))
		for i := range out.Len() {
			if i < v.Len() {
				out.Index(i).Set(v.Index(i))
			}
			out.Index(i).Set(poison(out.Index(i), with))
		}
	}
	return out
}

func TestHostileTextComesOutAsText(t *testing.T) {
	attacks := map[string]string{
		"a script":               `<script>alert(1)</script>`,
		"the end of the title":   `</title><script>alert(1)</script>`,
		"the end of a quote":     `" onmouseover="alert(1)`,
		"the end of an apos":     `' onfocus='alert(1)' autofocus='`,
		"a comment":              `--><img src=x onerror=alert(1)><!--`,
		"a script address":       `javascript:alert(1)`,
		"a data address":         `data:text/html,<script>alert(1)</script>`,
		"writing turned round":   "abc\u202Egpj.exe\u2066\u2069",
		"a line separator":       "a\u2028b\u2029c\rd\x00e\x1b[31m",
		"bytes that are no text": "\xff\xfe<b>\xc3",
		"no-break blank":         "Admin\u00a0istrators\u200b",
		"our own placeholder":    "{} {} {{.View}} %s",
	}
	p := newPages(t)
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			for _, s := range Gallery() {
				frame := poison(reflect.ValueOf(s.Frame), attack).Interface().(Frame)
				view := poison(reflect.ValueOf(s.View), attack).Interface().(View)
				for _, lang := range Languages() {
					checkHarmless(t, s.Name+" in "+lang, p.make(t, lang, frame, view))
				}
			}
		})
	}
}

func checkHarmless(t *testing.T, where string, page []byte) {
	t.Helper()
	if !utf8.Valid(page) {
		t.Errorf("%s is not UTF-8", where)
	}
	if i := bytes.IndexFunc(page, disguises); i >= 0 {
		t.Errorf("%s holds a character that cannot be seen: %q", where, page[i:min(i+8, len(page))])
	}
	if bad := unbalanced(page); bad != "" {
		t.Errorf("%s: the tags do not match: %s", where, bad)
	}
	doc := parse(t, page)
	checkPolicy(t, doc)
	if n := len(all(doc, atom.H1)); n != 1 {
		t.Errorf("%s has %d h1", where, n)
	}
	each(doc, func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key != "href" && a.Key != "src" && a.Key != "action" {
				continue
			}
			u, err := url.Parse(a.Val)
			if err != nil || u.Scheme != "" && u.Scheme != "https" && u.Scheme != "mailto" {
				t.Errorf("%s: %s leads to %q", where, a.Key, a.Val)
			}
		}
		if n.DataAtom == atom.Img || n.DataAtom == atom.B {
			t.Errorf("%s has <%s>", where, n.Data)
		}
	})
}

func TestHostileTextIsStillShown(t *testing.T) {
	p := newPages(t)
	page := p.make(t, "en", Frame{Instance: "<i>Campaign</i>", Contact: "<b>desk</b>"}, NotAllowed{Application: `<script>"x"</script>`, Operator: "Ana\u202E", Reference: "7F3K-9QXM"})
	text := textOf(parse(t, page))
	for _, want := range []string{`<i>Campaign</i>`, `<b>desk</b>`, `<script>"x"</script>`, "Ana[U+202E]", "7F3K-9QXM"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q as text: %s", want, text)
		}
	}
}

func TestContact(t *testing.T) {
	l := newTables().in("en")
	for name, c := range map[string]struct{ contact, reference, want string }{
		"an address becomes a mail with the reference": {"desk@corp.example", "7F3K-9QXM",
			`<a href="mailto:desk@corp.example?subject=Reference%207F3K-9QXM"><bdi>desk@corp.example</bdi></a>`},
		"without a reference the mail has no subject": {"desk@corp.example", "", `<a href="mailto:desk@corp.example"><bdi>desk@corp.example</bdi></a>`},
		"https becomes a link":                        {"https://help.example/a?b=1&c=2", "", `<a href="https://help.example/a?b=1&amp;c=2"><bdi>https://help.example/a?b=1&amp;c=2</bdi></a>`},
		"http stays text":                             {"http://help.example/", "", `<bdi>http://help.example/</bdi>`},
		"a script stays text":                         {"javascript:alert(1)", "", `<bdi>javascript:alert(1)</bdi>`},
		"a phrase stays text":                         {"Ana & Dirk, extension 1234", "", `<bdi>Ana &amp; Dirk, extension 1234</bdi>`},
		"a name with an address stays text":           {"Desk <desk@corp.example>", "", `<bdi>Desk &lt;desk@corp.example&gt;</bdi>`},
		"no second recipient":                         {`"a?bcc=b"@corp.example`, "", `<bdi>&#34;a?bcc=b&#34;@corp.example</bdi>`},
		"no copy to anybody else":                     {"a?bcc=b@corp.example", "", `<a href="mailto:a%3Fbcc=b@corp.example"><bdi>a?bcc=b@corp.example</bdi></a>`},
		"nobody is named":                             {"", "7F3K-9QXM", "the administrator of this instance"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(l.contact(c.contact, c.reference)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	f.Add([]byte("plain"))
	f.Add([]byte("a\u202eb\xffc\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out := visible(in)
		if !utf8.Valid(out) || bytes.IndexFunc(out, disguises) >= 0 {
			t.Errorf("%q became %q", in, out)
		}
		if again := visible(out); !bytes.Equal(again, out) {
			t.Errorf("%q became %q the second time", out, again)
		}
	})
}
