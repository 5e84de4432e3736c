// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Switch is one way to misbehave, and whether the stand-in does so now.
type Switch struct {
	Name    string   `json:"name"`
	Part    string   `json:"part"`              // what it belongs to: discovery, keys, ID token, ...
	Does    string   `json:"does"`              // what happens while it is on
	Check   string   `json:"check,omitempty"`   // code of usher's check that should find it out; empty: a good client shrugs it off
	Default string   `json:"default,omitempty"` // the value where none is given; empty: the switch takes none
	Unit    string   `json:"unit,omitempty"`    // of a number
	Choices []string `json:"choices,omitempty"` // the values that are known, where it is no number
	// Anywhere says that it can be limited to some endpoints.
	Anywhere bool `json:"anywhere,omitempty"`

	On        bool     `json:"on"`
	Value     string   `json:"value,omitempty"`     // in force, while it is on
	Endpoints []string `json:"endpoints,omitempty"` // limited to these, while it is on; empty: all
}

// numeric says whether the value is a number.
func (s Switch) numeric() bool { return s.Unit != "" }

// The endpoints that a switch can be limited to.
func endpointNames() []string {
	return []string{
		"discovery", "keys", "authorize", "token", "userinfo", "profile", "organizations", "validate", "revoke", "logout", "usermanagement",
	}
}

// A panel holds the switches. Reading it takes no lock.
type panel struct {
	known   []Switch // as made: all off
	index   map[string]int
	setting sync.Mutex
	on      atomic.Pointer[map[string]position]
}

type position struct {
	value     string
	endpoints []string
}

func newPanel() *panel {
	p := &panel{index: map[string]int{}}
	for _, family := range [][]Switch{
		discoverySwitches(), keySwitches(), clientSwitches(), authorizeSwitches(), tokenSwitches(), idTokenSwitches(), personSwitches(), tlsSwitches(), transportSwitches(),
	} {
		p.known = append(p.known, family...)
	}
	for i, s := range p.known {
		p.index[s.Name] = i
	}
	p.on.Store(&map[string]position{})
	return p
}

// at returns the switch's value if it is on for this endpoint. An empty
// endpoint asks whether it is on at all.
func (p *panel) at(name, endpoint string) (string, bool) {
	pos, on := (*p.on.Load())[name]
	if !on || endpoint != "" && len(pos.endpoints) > 0 && !slices.Contains(pos.endpoints, endpoint) {
		return "", false
	}
	return pos.value, true
}

func (s *Server) on(name string) bool {
	_, on := s.panel.at(name, "")
	return on
}

func (s *Server) value(name string) (string, bool) { return s.panel.at(name, "") }

// number is the value of a switch that takes a number, 0 while it is off.
func (s *Server) number(name string) int {
	v, _ := s.panel.at(name, "")
	n, _ := strconv.Atoi(v)
	return n
}

// Switches lists every switch, those of one part together, with its position.
func (s *Server) Switches() []Switch {
	out := slices.Clone(s.panel.known)
	on := *s.panel.on.Load()
	for i := range out {
		out[i].Choices = slices.Clone(out[i].Choices)
		pos, set := on[out[i].Name]
		out[i].On, out[i].Value, out[i].Endpoints = set, pos.value, slices.Clone(pos.endpoints)
	}
	return out
}

// SetSwitch turns a switch on or off. The value is a bool; or a number, a
// time.Duration or a text for a switch that takes one. A text may limit the
// switch to endpoints: "on@token", "503@token,profile"; and "off" is off.
func (s *Server) SetSwitch(name string, value any) error {
	var text string
	switch v := value.(type) {
	case bool:
		text = map[bool]string{true: "on", false: "off"}[v]
	case string:
		text = v
	case int:
		text = strconv.Itoa(v)
	case time.Duration:
		text = strconv.FormatInt(v.Milliseconds(), 10)
		if i, ok := s.panel.index[name]; ok && s.panel.known[i].Unit == "seconds" {
			text = strconv.FormatInt(int64(v.Seconds()), 10)
		}
	default:
		return fmt.Errorf("the switch %q was given a %T; it takes a bool, a number, a duration or a text", name, value)
	}
	return s.panel.set(name, text)
}

// ClearSwitches turns every switch off.
func (s *Server) ClearSwitches() {
	s.panel.setting.Lock()
	defer s.panel.setting.Unlock()
	s.panel.on.Store(&map[string]position{})
}

func (p *panel) set(name, text string) error {
	i, ok := p.index[name]
	if !ok {
		return fmt.Errorf("there is no switch %q; GET /standin/switches lists them", name)
	}
	pos, on, err := p.known[i].parse(text)
	if err != nil {
		return err
	}
	p.setting.Lock()
	defer p.setting.Unlock()
	next := maps.Clone(*p.on.Load())
	if on {
		next[name] = pos
	} else {
		delete(next, name)
	}
	p.on.Store(&next)
	return nil
}

// parse reads VALUE, VALUE@ENDPOINT,ENDPOINT or @ENDPOINT.
func (s Switch) parse(text string) (pos position, on bool, err error) {
	if len(text) > maxText {
		return pos, false, fmt.Errorf("the value for the switch %q is longer than %d bytes", s.Name, maxText)
	}
	value, where, limited := text, "", false
	if s.Anywhere {
		value, where, limited = strings.Cut(text, "@")
	}
	if limited {
		if !s.Anywhere {
			return pos, false, fmt.Errorf("the switch %q cannot be limited to endpoints", s.Name)
		}
		for _, e := range strings.Split(where, ",") {
			if !slices.Contains(endpointNames(), e) {
				return pos, false, fmt.Errorf("there is no endpoint %q for the switch %q: there are %s", e, s.Name, strings.Join(endpointNames(), ", "))
			}
			pos.endpoints = append(pos.endpoints, e)
		}
	}
	switch value {
	case "off", "false":
		return position{}, false, nil
	case "", "on", "true":
		pos.value = s.Default
		return pos, true, nil
	}
	if err := s.judge(value); err != nil {
		return pos, false, err
	}
	pos.value = value
	return pos, true, nil
}

// judge says whether the switch takes this value.
func (s Switch) judge(value string) error {
	switch {
	case s.Default == "":
		return fmt.Errorf("the switch %q takes no value: it is on or off, not %q", s.Name, value)
	case s.numeric():
		if n, err := strconv.Atoi(value); err != nil || n < -100_000_000 || n > 100_000_000 {
			return fmt.Errorf("the switch %q takes a number of %s, not %q", s.Name, s.Unit, value)
		}
	case len(s.Choices) > 0 && !slices.Contains(s.Choices, value):
		return fmt.Errorf("the switch %q takes one of %s, not %q", s.Name, strings.Join(s.Choices, ", "), value)
	}
	return nil
}
