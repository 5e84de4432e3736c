// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A Call is one request that the stand-in answered. It holds no parameter's
// value: those may be secrets.
type Call struct {
	At       time.Time `json:"at"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"`
	Error    string    `json:"error,omitempty"` // the error that was answered, in the body or on the way back
	To       string    `json:"to,omitempty"`    // where a redirect went, without its query
	DebugID  string    `json:"debug_id,omitempty"`
}

// maxCalls is how many are kept.
const maxCalls = 500

// A journal keeps the last calls.
type journal struct {
	mu    sync.Mutex
	calls []Call // a ring once it is full
	next  int
}

func newJournal() *journal { return &journal{} }

func (j *journal) note(at time.Time, r *http.Request, endpoint, id string, a answer) {
	path := r.URL.Path
	if len(path) > 200 {
		path = path[:200]
	}
	c := Call{At: at, Endpoint: endpoint, Method: r.Method, Path: path, Status: a.status, DebugID: id}
	if to := a.header.Get("Location"); to != "" {
		c.To, c.Error = whereTo(to)
	} else if a.status >= 400 {
		var body struct {
			Error string `json:"error"`
		}
		_ = json.Unmarshal(a.body, &body)
		c.Error = body.Error
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.calls) < maxCalls {
		j.calls = append(j.calls, c)
		return
	}
	j.calls[j.next] = c
	j.next = (j.next + 1) % maxCalls
}

// whereTo tells a redirect's place, and the error that it carries.
func whereTo(to string) (place, code string) {
	u, err := url.Parse(to)
	if err != nil {
		return "", ""
	}
	code = u.Query().Get("error")
	if f, err := url.ParseQuery(u.Fragment); err == nil && code == "" {
		code = f.Get("error")
	}
	place, _, _ = strings.Cut(to, "?")
	place, _, _ = strings.Cut(place, "#")
	return place, code
}

// Calls lists the last calls, the newest first.
func (s *Server) Calls() []Call {
	j := s.calls
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]Call, 0, len(j.calls))
	for i := range j.calls {
		out = append(out, j.calls[(j.next+len(j.calls)-1-i)%len(j.calls)])
	}
	return out
}
