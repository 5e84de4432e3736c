// SPDX-License-Identifier: Apache-2.0

// Package pages is what a person sees of usher: the page to sign in on, the
// page that says why one may not, and the few around them, in English and
// Dutch. Pages are made whole before a byte is sent. They hold no script, and
// never a group, a setting or a secret: evidence is for administrators.
package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/usher-signin/usher"
)

//go:embed files
var files embed.FS

// StaticPath is where the pages' own style is served.
const StaticPath = usher.Prefix + "static/"

// Options configure Pages.
type Options struct {
	Logger *slog.Logger
}

// Pages renders views. It is safe for concurrent use.
type Pages struct {
	logger   *slog.Logger
	template *template.Template
	style    []byte
	styleURL string
}

// New parses the templates.
func New(o Options) (*Pages, error) {
	p := &Pages{logger: o.Logger}
	var err error
	if p.style, err = fs.ReadFile(files, "files/usher.css"); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(p.style)
	p.styleURL = StaticPath + "usher." + hex.EncodeToString(sum[:6]) + ".css"
	p.template, err = template.New("").Funcs(template.FuncMap{"lines": strings.Fields}).ParseFS(files, "files/*.html")
	return p, err
}

// A View is one page's content. Its name is that of its template.
type View interface {
	name() string
	title(t *texts) string
}

// Frame is what every page has.
type Frame struct {
	Instance    string // name of the instance
	Environment string // shown where it is not production
	Contact     string // whom a refused person may ask
}

type page struct {
	Frame
	T     *texts
	Lang  string
	Title string
	Style string
	View  View
}

// Render writes a page in the language that the request asks for. Where the
// page cannot be made, a plain sentence is sent with status 500.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, f Frame, v View) {
	lang := Language(r.Header.Get("Accept-Language"))
	body, err := p.HTML(lang, f, v)
	if err != nil {
		p.logger.Error("a page could not be made", slog.String("page", v.name()), slog.Any("error", err))
		http.Error(w, "This page could not be made. Try again in a minute.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang)
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever went away reads nothing
	}
}

// HTML makes a page.
func (p *Pages) HTML(lang string, f Frame, v View) ([]byte, error) {
	t := textsOf(lang)
	if f.Environment == string(usher.Production) {
		f.Environment = ""
	}
	var b bytes.Buffer
	err := p.template.ExecuteTemplate(&b, v.name()+".html", page{Frame: f, T: t, Lang: lang, Title: v.title(t), Style: p.styleURL, View: v})
	return b.Bytes(), err
}

// ServeHTTP serves the pages' style, whose address changes with its content.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != p.styleURL {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(p.style)
}
