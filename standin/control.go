// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
)

// controlRoutes is the control endpoint, for the command line and for tests
// that run in another process. A browser can use it from the stand-in's own
// pages only.
func (s *Server) controlRoutes() {
	control := func(pattern string, handle func(*http.Request) answer) {
		s.mux.Handle(pattern, s.guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handle(r).write(w) // as it is: no switch reaches here
		})))
	}
	control("GET /standin/switches", func(*http.Request) answer { return s.switchList() })
	control("POST /standin/switches/{name}", s.setSwitch)
	control("DELETE /standin/switches", func(*http.Request) answer { s.ClearSwitches(); return s.switchList() })
	control("POST /standin/keys/rotate", func(*http.Request) answer {
		s.RotateKeys()
		return jsonAnswer(http.StatusOK, object{{"kid", s.keys.signer().id}})
	})
	control("GET /standin/calls", func(*http.Request) answer { return jsonAnswer(http.StatusOK, object{{"calls", s.Calls()}}) })
}

func (s *Server) switchList() answer {
	return jsonAnswer(http.StatusOK, object{{"switches", s.Switches()}})
}

// setSwitch reads {"value": ...}: true, false, a number, or a text as
// SetSwitch takes it. The body {"on": true} is understood too.
func (s *Server) setSwitch(r *http.Request) answer {
	refuse := func(message string) answer {
		return jsonAnswer(http.StatusBadRequest, object{{"error", "invalid_request"}, {"error_description", message}})
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse("the body must be application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return refuse("the body is longer than 64 KiB or was cut off")
	}
	var asked struct {
		On    *bool `json:"on"`
		Value any   `json:"value"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return refuse("the body is no JSON object")
	}
	value := asked.Value
	if n, ok := value.(float64); ok {
		value = int(n)
	}
	if value == nil && asked.On != nil || asked.On != nil && !*asked.On {
		value = *asked.On
	}
	name := r.PathValue("name")
	if err := s.SetSwitch(name, value); err != nil {
		return refuse(err.Error())
	}
	return jsonAnswer(http.StatusOK, s.Switches()[s.panel.index[name]])
}
