// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"net/http"
	"strings"
)

// A switchPart is the switches of one part, together.
type switchPart struct {
	Name     string
	Anchor   string
	Switches []Switch
	On       int
}

func (s *Server) switchesPage(r *http.Request, sh shell) answer {
	return s.showSwitches(http.StatusOK, sh, r.URL.Query().Get("q"))
}

func (s *Server) showSwitches(status int, sh shell, query string) answer {
	if len(query) > 200 {
		query = query[:200]
	}
	var parts []switchPart
	total := 0
	for _, sw := range s.Switches() {
		if !strings.Contains(strings.ToLower(sw.Name+" "+sw.Does+" "+sw.Check), strings.ToLower(query)) {
			continue
		}
		if len(parts) == 0 || parts[len(parts)-1].Name != sw.Part {
			parts = append(parts, switchPart{Name: sw.Part, Anchor: strings.ReplaceAll(strings.ToLower(sw.Part), " ", "-")})
		}
		p := &parts[len(parts)-1]
		p.Switches = append(p.Switches, sw)
		if sw.On {
			p.On++
		}
		total++
	}
	return s.page(status, "switches.html", struct {
		shell
		Parts     []switchPart
		Endpoints []string
		Query     string
		Total     int
		Key       string
	}{sh.at("switches", "Switches"), parts, endpointNames(), query, total, s.keys.signer().id})
}

// turnSwitch turns a switch on, with a value and for one endpoint where the
// form says so, or off.
func (s *Server) turnSwitch(f params, sh shell) answer {
	value, done := "off", "off"
	if f["turn"] == "on" {
		value, done = f["value"], "on"
		if where := f["endpoint"]; where != "" {
			value += "@" + where
		}
	}
	if err := s.SetSwitch(f["name"], value); err != nil {
		sh.Problem = sentence(err)
		return s.showSwitches(http.StatusUnprocessableEntity, sh, f["q"])
	}
	a := s.goTo("switches", done, "q", f["q"])
	a.header.Set("Location", a.header.Get("Location")+"#"+f["name"])
	return a
}

func (s *Server) turnAllOff(params, shell) answer {
	s.ClearSwitches()
	return s.goTo("switches", "clear")
}

func (s *Server) rotateFromDashboard(params, shell) answer {
	s.RotateKeys()
	return s.goTo("switches", "rotated")
}
