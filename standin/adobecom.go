// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"net/url"
	"strings"
)

// A misdirect says why a browser was sent to adobe.com, for the page that
// stands in for it.
type misdirect struct {
	client, asked, target string
	answer                []string // names of what the answer carried
	failed                string   // the error in it
}

// noteCookie finds the misdirect again when the browser arrives.
const noteCookie = "standin_note"

// sendToAdobeCom sends the browser to our own page instead of adobe.com: a
// laptop should not leave for it. The path and query are the real ones.
func (s *Server) sendToAdobeCom(a ask, to string, out object) answer {
	u, err := url.Parse(to)
	if err != nil {
		return s.errorPage(http.StatusInternalServerError, "The default redirect URL cannot be read", quoted(to))
	}
	note := misdirect{client: a.client, asked: a.asked, target: a.target}
	for _, m := range out {
		note.answer = append(note.answer, m.name)
		if m.name == "error" {
			note.failed, _ = m.value.(string)
		}
	}
	id := s.random.id(16)
	s.notes.put(id, note, s.clock().Add(relayLife))
	u.Scheme, u.Host, u.Opaque, u.User = "", "", "", nil
	u.Path = "/adobe.com/" + strings.TrimPrefix(u.Path, "/")
	u.RawPath = ""
	answer := redirect(http.StatusFound, s.BaseURL()+u.String())
	answer.header.Add("Set-Cookie", s.cookie(noteCookie, id, "/adobe.com/", int(relayLife.Seconds())).String())
	return answer
}

// adobeCom is the page that stands in for adobe.com.
func (s *Server) adobeComPage(r *http.Request) answer {
	view := struct {
		Title                         string
		Plain, Known                  bool
		Client, Asked, Target, Failed string
		Answer                        []string
	}{Title: "adobe.com", Plain: true}
	if c, err := r.Cookie(noteCookie); err == nil {
		if n, ok := s.notes.get(c.Value, s.clock()); ok {
			view.Known, view.Client, view.Asked, view.Target, view.Failed, view.Answer = true, n.client, n.asked, n.target, n.failed, n.answer
		}
	}
	return s.page(http.StatusOK, "adobecom.html", view)
}
