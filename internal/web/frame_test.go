// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// rig is a Frame with its log, on a clock that moves 3 ms a reading.
type rig struct {
	*Frame
	log *bytes.Buffer
}

func newRig(t *testing.T, pages ErrorPages) rig {
	t.Helper()
	log := new(bytes.Buffer)
	now := time.Now().UTC() // a real listener takes its deadlines from it
	f, err := NewFrame(Options{Pages: pages, Logger: slog.New(slog.NewJSONHandler(log, nil)), NewID: func() string { return "id-1" },
		Now:    func() time.Time { now = now.Add(3 * time.Millisecond); return now },
		Client: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
		Explain: func(err error) *Error {
			if errors.Is(err, errElsewhere) {
				return &Error{Status: http.StatusServiceUnavailable, Code: "session-store-down", Public: "The database does not answer.", Err: err}
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return rig{f, log}
}

var errElsewhere = errors.New("an error of another room")

// records parses the log: one line a record.
func (g rig) records(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(g.log.String()) {
		var rec map[string]any
		if err := json.Unmarshal([]byte(line), &rec); err != nil {
			t.Fatalf("the log has the line %q: %v", line, err)
		}
		all = append(all, rec)
	}
	return all
}

func (g rig) serve(r *http.Request, h Handler) (w *httptest.ResponseRecorder, panicked any) {
	w = httptest.NewRecorder()
	defer func() { panicked = recover() }()
	g.Handle(h).ServeHTTP(w, r)
	return w, nil
}

func page(path string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	return r
}

type htmlPages struct{}

func (htmlPages) ErrorPage(w http.ResponseWriter, _ *http.Request, e *Error) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(e.Status)
	_, _ = fmt.Fprintf(w, "<h1>%s</h1>", e.Public)
}

func TestWhatBecomesOfARequest(t *testing.T) {
	for name, c := range map[string]struct {
		handler Handler
		status  int
		body    string // contained
		level   string
		code    string
	}{
		"an answer":                      {func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "fine"); return err }, 200, "fine", "INFO", ""},
		"an empty answer that was meant": {func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(http.StatusNoContent); return nil }, 204, "", "INFO", ""},
		"no answer at all":               {func(http.ResponseWriter, *http.Request) error { return nil }, 500, "", "ERROR", ""},
		"only headers":                   {func(w http.ResponseWriter, _ *http.Request) error { w.Header().Set("X-A", "b"); return nil }, 500, "", "ERROR", ""},
		"a panic":                        {func(http.ResponseWriter, *http.Request) error { panic("canary-panic") }, 500, "recorded", "ERROR", ""},
		"a nil pointer":                  {func(_ http.ResponseWriter, r *http.Request) error { var p *Error; r.Method = p.Public; return nil }, 500, "recorded", "ERROR", ""},
		"an error of ours":               {func(http.ResponseWriter, *http.Request) error { return &Error{Status: 404, Public: "Nothing is here."} }, 404, "Nothing is here.", "INFO", ""},
		"an error of ours, wrapped": {func(http.ResponseWriter, *http.Request) error {
			return fmt.Errorf("looking: %w", &Error{Status: 403, Code: "application-refused", Public: "No."})
		}, 403, "No.", "INFO", "application-refused"},
		"an error that another room explains":   {func(http.ResponseWriter, *http.Request) error { return errElsewhere }, 503, "does not answer", "ERROR", "session-store-down"},
		"an error that nobody explains":         {func(http.ResponseWriter, *http.Request) error { return errors.New("canary-private") }, 500, "recorded", "ERROR", ""},
		"an error with the status of a success": {func(http.ResponseWriter, *http.Request) error { return &Error{Status: 200, Public: "Come in."} }, 500, "", "ERROR", ""},
		"an error without a status":             {func(http.ResponseWriter, *http.Request) error { return &Error{} }, 500, "", "ERROR", ""},
		"a deadline":                            {func(http.ResponseWriter, *http.Request) error { return context.DeadlineExceeded }, 503, "too long", "ERROR", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pages := range []ErrorPages{nil, htmlPages{}} {
				g := newRig(t, pages)
				w, panicked := g.serve(page("/usher/x?code=canary-code"), c.handler)
				if panicked != nil {
					t.Fatalf("it panicked: %v", panicked)
				}
				if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
					t.Errorf("status %d, want %d; body %q, want %q in it", w.Code, c.status, w.Body.String(), c.body)
				}
				if strings.Contains(w.Body.String(), "canary") || strings.Contains(g.log.String(), "canary-code") || strings.Contains(g.log.String(), "canary-panic") {
					t.Errorf("a secret came out: body %q, log %s", w.Body.String(), g.log.String())
				}
				checkRecord(t, g, w.Code, c.level, c.code)
			}
		})
	}
}

func checkRecord(t *testing.T, g rig, status int, level, code string) {
	t.Helper()
	recs := g.records(t)
	if len(recs) != 1 {
		t.Fatalf("%d records were written", len(recs))
	}
	got, _ := recs[0]["code"].(string)
	if recs[0]["status"] != float64(status) || recs[0]["level"] != level || got != code {
		t.Errorf("the record is %v, want status %d, level %s, code %q", recs[0], status, level, code)
	}
	for attr, want := range map[string]any{"request_id": "id-1", "method": "GET", "path": "/usher/x", "client": "192.0.2.7", "duration": float64(3 * time.Millisecond)} {
		if name := attr; recs[0][name] != want && name != "duration" || name == "duration" && recs[0][name].(float64) < want.(float64) {
			t.Errorf("%s is %v, want %v", name, recs[0][name], want)
		}
	}
}

func TestAFailedHandlersHeadersAreTakenBack(t *testing.T) {
	g := newRig(t, nil)
	w, _ := g.serve(page("/usher/x"), func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Location", "https://elsewhere.example/")
		w.Header().Set("Content-Length", "5")
		w.Header().Set("Cache-Control", "public")
		http.SetCookie(w, &http.Cookie{Name: "__Host-usher_session", Value: "canary", Secure: true, Path: "/", HttpOnly: true})
		return &Error{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"5"}}}
	})
	for _, name := range []string{"Location", "Set-Cookie"} {
		if got := w.Header().Get(name); got != "" {
			t.Errorf("%s: %s was sent", name, got)
		}
	}
	if w.Header().Get("Retry-After") != "5" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Request-Id") != "id-1" {
		t.Errorf("the headers are %v", w.Header())
	}
}

type oddPages func(http.ResponseWriter, *http.Request, *Error)

func (o oddPages) ErrorPage(w http.ResponseWriter, r *http.Request, e *Error) { o(w, r, e) }

func TestNoErrorPageMakesASuccess(t *testing.T) {
	for name, odd := range map[string]oddPages{
		"it writes nothing":             func(http.ResponseWriter, *http.Request, *Error) {},
		"it says 200":                   func(w http.ResponseWriter, _ *http.Request, _ *Error) { w.WriteHeader(http.StatusOK) },
		"it says nothing of the status": func(w http.ResponseWriter, _ *http.Request, _ *Error) { _, _ = io.WriteString(w, "oops") },
		"it redirects":                  func(w http.ResponseWriter, _ *http.Request, _ *Error) { w.WriteHeader(http.StatusFound) },
		"it panics":                     func(http.ResponseWriter, *http.Request, *Error) { panic("canary") },
		"it panics in the middle":       func(w http.ResponseWriter, _ *http.Request, e *Error) { w.WriteHeader(e.Status); panic("canary") },
		"it flushes":                    func(w http.ResponseWriter, _ *http.Request, _ *Error) { _ = http.NewResponseController(w).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			w, panicked := newRig(t, odd).serve(page("/usher/x"), func(http.ResponseWriter, *http.Request) error { return &Error{Status: 403, Public: "No."} })
			if w.Code != 403 || panicked != nil {
				t.Errorf("status %d, panic %v", w.Code, panicked)
			}
		})
	}
}

func TestASuccessThatFailsIsCutOff(t *testing.T) {
	for name, h := range map[string]Handler{
		"an error after half a page": func(w http.ResponseWriter, _ *http.Request) error {
			_, _ = io.WriteString(w, "half")
			return errors.New("the other half is missing")
		},
		"a panic after half a page": func(w http.ResponseWriter, _ *http.Request) error { _, _ = io.WriteString(w, "half"); panic("now") },
		"a handler that aborts":     func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, htmlPages{})
			_, panicked := g.serve(page("/usher/x"), h)
			if err, ok := panicked.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				t.Errorf("the connection was not cut: %v", panicked)
			}
			if recs := g.records(t); len(recs) != 1 || recs[0]["cut"] != true {
				t.Errorf("the log says %s", g.log.String())
			}
		})
	}
	t.Run("a failure that fails again is left as it is", func(t *testing.T) {
		w, panicked := newRig(t, nil).serve(page("/usher/x"), func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusInternalServerError)
			return errors.New("the page could not be made")
		})
		if w.Code != 500 || panicked != nil {
			t.Errorf("status %d, panic %v", w.Code, panicked)
		}
	})
}

func TestProgramsAreToldInJSON(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/usher/x", nil)
	w, _ := newRig(t, htmlPages{}).serve(r, func(http.ResponseWriter, *http.Request) error {
		return &Error{Status: 403, Code: "application-refused", Public: `No "you".`, Reference: "7F3K-9QXM", Err: errors.New("canary")}
	})
	var got map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, w.Body.String())
	}
	want := map[string]string{"error": "application-refused", "message": `No "you".`, "reference": "7F3K-9QXM", "request_id": "id-1"}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %q, want %q", k, got[k], v)
		}
	}
	if len(got) != len(want) || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("the answer is %s of %s", w.Body.String(), w.Header().Get("Content-Type"))
	}
}

func TestTheFirstStatusCounts(t *testing.T) {
	g := newRig(t, nil)
	w, _ := g.serve(page("/usher/x"), func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusAccepted)
		w.WriteHeader(http.StatusForbidden)
		return nil
	})
	if w.Code != http.StatusAccepted {
		t.Errorf("status %d", w.Code)
	}
	checkRecord(t, g, http.StatusAccepted, "INFO", "")
}

func TestRefuse(t *testing.T) {
	g := newRig(t, htmlPages{})
	w := httptest.NewRecorder()
	g.Refuse(w, page("/usher/x"), &Error{Status: http.StatusRequestURITooLong, Public: "Too long."})
	if w.Code != 414 || w.Body.String() != "<h1>Too long.</h1>" {
		t.Errorf("status %d, body %s", w.Code, w.Body.String())
	}
	checkRecord(t, g, 414, "INFO", "")
}

func TestTheLogKeepsOneLineARequest(t *testing.T) {
	g := newRig(t, nil)
	r := page("/usher/x")
	r.Method = "GET\r\nlevel=ERROR\x1b[31m" + strings.Repeat("A", 1000)
	r.URL.Path = "/usher/\r\nfake\u2028\u202e\x00" + strings.Repeat("a", 10_000)
	r.URL.RawPath = ""
	g.serve(r, func(http.ResponseWriter, *http.Request) error {
		return &Error{Status: 400, Code: "a\nb", Reference: "c\u2029d", Err: errors.New("x\r\ny" + strings.Repeat("z", 5000))}
	})
	line := g.log.String()
	if strings.Count(line, "\n") != 1 || len(line) > 4096 {
		t.Errorf("%d lines, %d bytes", strings.Count(line, "\n"), len(line))
	}
	rec := g.records(t)[0]
	for name, v := range rec {
		if s, ok := v.(string); ok && strings.ContainsFunc(s, unfit) {
			t.Errorf("%s holds %q", name, s)
		}
	}
}

func TestAFrameNeedsItsParts(t *testing.T) {
	if _, err := NewFrame(Options{}); err == nil {
		t.Error("a frame was made of nothing")
	}
}

func TestRequestIDOutsideAFrame(t *testing.T) {
	if id := RequestID(t.Context()); id != "" {
		t.Errorf("the id is %q", id)
	}
}
