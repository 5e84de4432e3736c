// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"bytes"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func get(method string, header ...string) *http.Request {
	r := httptest.NewRequest(method, "/usher/", nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func TestRender(t *testing.T) {
	p := newPages(t)
	w := httptest.NewRecorder()
	w.Header().Set("Vary", "Origin")
	p.Render(w, get(http.MethodGet, "Accept-Language", "fr", "Accept-Language", "nl;q=0.5"), http.StatusForbidden, sampleFrame(), SignedOut{})
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Content-Length": strconv.Itoa(w.Body.Len())} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if vary := strings.Join(w.Header().Values("Vary"), ", "); vary != "Origin, Accept-Language" {
		t.Errorf("Vary is %q", vary)
	}
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `<html lang="nl"`) {
		t.Errorf("status %d, page %.60s", w.Code, w.Body.String())
	}
}

func TestRenderForHead(t *testing.T) {
	w := httptest.NewRecorder()
	newPages(t).Render(w, get(http.MethodHead), http.StatusOK, sampleFrame(), SignedOut{})
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("%d bytes came, announced are %s", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

// failing fails in the middle of its page.
type failing struct{}

func (failing) name() string          { return "failing" }
func (failing) heading(w tables) said { return w.say("home.title") }
func (failing) mood(tables) mood      { return mood{"calm", "door"} }

// Boom is what its template calls.
func (failing) Boom() (string, error) { return "", errors.New("canary-cause") }

func TestAPageThatFailsIsNeverHalfAPage(t *testing.T) {
	var log bytes.Buffer
	p, err := New(Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	base, err := template.New("").Funcs(p.words.in("en").functions()).ParseFS(files, shared)
	if err != nil {
		t.Fatal(err)
	}
	p.sets["en"]["failing"] = template.Must(base.Parse(`{{define "content"}}<p>canary-half</p>{{.View.Boom}}{{end}}`))
	for name, lang := range map[string]string{"a template that fails": "en", "no template": "nl"} {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			w := httptest.NewRecorder()
			p.Render(w, get(http.MethodGet, "Accept-Language", lang), http.StatusOK, sampleFrame(), failing{})
			if w.Code != http.StatusInternalServerError || w.Body.String() != brokenPage {
				t.Errorf("status %d, page %s", w.Code, w.Body.String())
			}
			if strings.Contains(w.Body.String(), "canary") {
				t.Error("the page holds a part of the broken one, or the cause")
			}
			if !strings.Contains(log.String(), "page=failing") {
				t.Errorf("the log says nothing of it: %s", log.String())
			}
		})
	}
	if where := unbalanced([]byte(brokenPage)); where != "" {
		t.Errorf("the page that cannot fail: %s", where)
	}
}

func TestManyAtOnce(t *testing.T) {
	p := newPages(t)
	samples := Gallery()
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			s, lang := samples[i%len(samples)], Languages()[i%2]
			page, err := p.HTML(lang, s.Frame, s.View)
			if err != nil || !bytes.Contains(page, []byte(`<html lang="`+lang+`"`)) {
				t.Errorf("%s in %s: %v", s.Name, lang, err)
			}
		})
	}
	wg.Wait()
}

func TestStatic(t *testing.T) {
	p := newPages(t)
	for name, c := range map[string]struct {
		method, path string
		status       int
		cached       bool
	}{
		"the style":                {http.MethodGet, p.assets.style, 200, true},
		"the icon":                 {http.MethodGet, p.assets.icon, 200, true},
		"its head":                 {http.MethodHead, p.assets.style, 200, true},
		"the style without a hash": {http.MethodGet, StaticPath + "usher.css", 404, false},
		"the style of yesterday":   {http.MethodGet, StaticPath + "usher.0000000000000000.css", 404, false},
		"the folder":               {http.MethodGet, StaticPath, 404, false},
		"a way out of the folder":  {http.MethodGet, StaticPath + "../files/home.html", 404, false},
		"a template":               {http.MethodGet, StaticPath + "home.html", 404, false},
		"a change":                 {http.MethodPost, p.assets.style, 405, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/", nil)
			r.URL.Path = c.path
			w := httptest.NewRecorder()
			p.Static().ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			if got := strings.Contains(w.Header().Get("Cache-Control"), "immutable"); got != c.cached {
				t.Errorf("Cache-Control is %q", w.Header().Get("Cache-Control"))
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the kind of the file may be guessed")
			}
		})
	}
}
