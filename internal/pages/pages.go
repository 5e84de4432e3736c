// SPDX-License-Identifier: Apache-2.0

// Package pages is what a person sees of usher: the page to sign in on, the
// page that says why one may not, and the few around them, in English and
// Dutch. Pages are made whole before a byte is sent. They hold no script, and
// never a directory group, a setting or a secret: evidence is for
// administrators.
//
// A page is a view struct, a template of the same name in files/, its sentences
// in both languages in the tables of this package, and samples of it in
// [Gallery]; tests hold the four together.
package pages

import (
	"bytes"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/usher-signin/usher"
)

// Options configure Pages.
type Options struct {
	Logger *slog.Logger // is told of pages that cannot be made; nil: nobody is
}

// Pages renders views. It is safe for concurrent use.
type Pages struct {
	logger *slog.Logger
	words  tables
	assets assets
	sets   map[string]map[string]*template.Template // by language, then by the view's name
}

// New parses the templates, once for each language.
func New(o Options) (*Pages, error) {
	p := &Pages{logger: o.Logger, words: newTables(), sets: map[string]map[string]*template.Template{}}
	if p.logger == nil {
		p.logger = slog.New(slog.DiscardHandler)
	}
	var err error
	if p.assets, err = readAssets(); err != nil {
		return nil, err
	}
	for _, lang := range Languages() {
		if p.sets[lang], err = parseSet(p.words.in(lang)); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// A View is one page's content.
type View interface {
	name() string        // of its template
	heading(tables) said // its only h1, and its title
	mood(tables) mood
}

// Frame is what every page has.
type Frame struct {
	Instance    string // name of the instance; empty: no instance is named
	Environment string // shown where it is not production
	Contact     string // whom a person may ask: an address, a link or a phrase; empty: not known
}

// page is what a template is executed with.
type page struct {
	Frame
	Lang     string
	Heading  said
	Mood     mood
	Style    string
	Icon     string
	SignOut  string
	HomePage string
	View     View
}

// Render writes a page in the language that the request asks for. Where the
// page cannot be made, one that cannot fail is sent with status 500.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, f Frame, v View) {
	lang := Language(r.Header.Values("Accept-Language")...)
	body, err := p.HTML(lang, f, v)
	if err != nil {
		p.logger.ErrorContext(r.Context(), "a page could not be made", slog.String("page", v.name()), slog.Any("error", err))
		status, body = http.StatusInternalServerError, []byte(brokenPage)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever went away reads nothing
	}
}

// HTML makes a page in one of [Languages].
func (p *Pages) HTML(lang string, f Frame, v View) ([]byte, error) {
	var b bytes.Buffer
	if err := p.execute(&b, lang, f, v); err != nil {
		return nil, err
	}
	return visible(b.Bytes()), nil
}

func (p *Pages) execute(w io.Writer, lang string, f Frame, v View) error {
	if f.Environment == string(usher.Production) {
		f.Environment = ""
	}
	t, err := p.template(lang, v.name())
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "page", page{Frame: f, Lang: lang, Heading: v.heading(p.words), Mood: v.mood(p.words),
		Style: p.assets.style, Icon: p.assets.icon, SignOut: signOutPath, HomePage: usher.Prefix, View: v})
}

// brokenPage is sent where no template can be trusted.
const brokenPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Something went wrong here</title></head>
<body>
<h1>Something went wrong here</h1>
<p>This page could not be made. It was noted. Try again in a minute.</p>
<p lang="nl">Deze pagina kon niet worden gemaakt. Dat is genoteerd. Probeer het over een minuut opnieuw.</p>
</body>
</html>
`
