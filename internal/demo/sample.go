// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

//go:embed sample.html sample.css
var sampleFiles embed.FS

// sample is the small application that the demo guards: it shows who it was
// told is there, and nothing else protects it but the gateway in front.
func sample() (http.Handler, error) {
	page, err := template.ParseFS(sampleFiles, "sample.html")
	if err != nil {
		return nil, err
	}
	css, err := sampleFiles.ReadFile("sample.css")
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sample.css") {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			_, _ = w.Write(css)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
		_ = page.Execute(w, sampleView(r))
	}), nil
}

type header struct{ Name, Value string }

type view struct {
	Title, Base, Address string
	Told                 []header
}

func sampleView(r *http.Request) view {
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	v := view{Title: "Application", Base: "/" + segment + "/", Address: r.URL.RequestURI()}
	if segment != "" {
		v.Title = strings.ToUpper(segment[:1]) + segment[1:]
	}
	for name, values := range r.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-auth-request-") || strings.HasPrefix(lower, "x-forwarded-") || strings.HasPrefix(lower, "remote-") || strings.HasPrefix(lower, "x-usher-") {
			v.Told = append(v.Told, header{name, strings.Join(values, ", ")})
		}
	}
	slices.SortFunc(v.Told, func(a, b header) int { return strings.Compare(a.Name, b.Name) })
	return v
}
