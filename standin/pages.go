// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed pages
var pageFiles embed.FS

// A pageSet holds the parsed templates.
type pageSet map[string]*template.Template

// newPages parses every page with the layout around it.
func newPages() (pageSet, error) {
	set := pageSet{}
	entries, err := pageFiles.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := e.Name()
		if name == "layout.html" || len(name) < 5 || name[len(name)-5:] != ".html" {
			continue
		}
		t, err := template.New("layout.html").Funcs(pageFuncs()).ParseFS(pageFiles, "pages/layout.html", "pages/"+name)
		if err != nil {
			return nil, err
		}
		set[name] = t
	}
	return set, nil
}

// policy is the content security policy of every page: nothing but our own
// style sheet and pictures. There is no form-action, on purpose: browsers apply it to the
// redirects after a form too, and the sign-in form ends at the application.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

// page renders a page. A page that fails to render is an error, never half a page.
func (s *Server) page(status int, name string, data any) answer {
	t, ok := s.pages[name]
	if !ok {
		return textAnswer(http.StatusInternalServerError, "the page "+name+" is missing")
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		s.log.Error("a page could not be rendered", "page", name, "error", err)
		return textAnswer(http.StatusInternalServerError, "the page could not be rendered")
	}
	a := htmlAnswer(status, b.String())
	a.header.Set("Content-Security-Policy", policy)
	a.header.Set("X-Content-Type-Options", "nosniff")
	a.header.Set("Referrer-Policy", "no-referrer")
	a.header.Set("Cache-Control", "no-store")
	return a
}

// errorPage is what a browser sees where there is no way back.
func (s *Server) errorPage(status int, title, text string) answer {
	return s.page(status, "error.html", struct {
		Title, Text string
		Status      int
		Plain       bool
	}{title, text, status, true})
}

func (s *Server) asset(r *http.Request) answer {
	name := r.PathValue("name")
	kinds := map[string]string{"standin.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
	body, err := pageFiles.ReadFile("pages/" + name)
	if err != nil || kinds[name] == "" {
		return textAnswer(http.StatusNotFound, "Not Found")
	}
	a := answer{status: http.StatusOK, header: http.Header{}, body: body}
	a.header.Set("Content-Type", kinds[name])
	a.header.Set("X-Content-Type-Options", "nosniff")
	a.header.Set("Cache-Control", "no-cache")
	return a
}

// quoted shows text from a request: in quotes, its odd characters escaped, cut
// where it is long.
func quoted(s string) string {
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return strconv.Quote(s)
}

// quotedASCII is text with everything but plain letters escaped.
func quotedASCII(s string) string { return strconv.QuoteToASCII(s) }
