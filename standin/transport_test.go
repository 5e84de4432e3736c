// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

// A transportTrial proves a switch that acts on any endpoint, at the key set.
type transportTrial struct {
	name   string
	choice string
	value  string // as given, limited to endpoints
	on     string // what look says while it is on
}

func transportTrials() []transportTrial {
	return []transportTrial{
		{"throttled", "", "on@keys", "429 object"},
		{"server-error", "", "on@keys", "503 no JSON"},
		{"server-error", "", "500@keys", "500 no JSON"},
		{"answer-html", "", "on@keys", "200 no JSON"},
		{"answer-empty", "", "on@keys", "200 empty"},
		{"answer-truncated", "", "on@keys", "200 no JSON"},
		{"answer-twice", "", "on@keys", "200 no JSON"},
		{"answer-duplicate-members", "", "on@keys", "200 object, keys 2 times"},
		{"answer-byte-order-mark", "", "on@keys", "200 no JSON"},
		{"answer-content-type", "", "on@keys", "200 object, text/plain"},
		{"answer-content-type", "", "image/png@keys", "200 object, image/png"},
		{"answer-gzip-bomb", "", "3@keys", "200 no JSON, 3 MiB"},
		{"answer-header-flood", "", "64@keys", "200 object, 64 headers more"},
		{"answer-endless", "", "3@keys", "200 object, 3 MiB"},
		{"answer-deep", "", "1000@keys", "200 object, 1000 deep"},
		{"answer-redirect", "", "on@keys", "302 empty, to https://elsewhere.invalid/"},
		{"connection-reset", "before", "on@keys", "cut off"},
		{"connection-reset", "within", "within@keys", "cut off"},
		{"hang", "", "20@keys", "cut off"},
		{"slow", "", "60@keys", "200 object, slow"},
		{"drip", "", "1@keys", "200 object, slow"},
		{"clock-skew", "", "on", "200 object, an hour ahead"},
	}
}

// look describes an answer of the key set in a few words.
func look(d desk) string {
	begun := time.Now()
	a, err := d.try("GET", "/ims/keys", nil)
	if err != nil {
		return "cut off"
	}
	said := []string{}
	add := func(when bool, text string) {
		if when {
			said = append(said, text)
		}
	}
	what := kind(a.body)
	if len(a.body) == 0 {
		what = "empty"
	}
	n := strings.Count(string(a.body), `"keys":`)
	add(n > 1 && what == "object", fmt.Sprintf("keys %d times", n))
	add(what == "object" && a.header.Get("Content-Type") != "application/json;charset=UTF-8", a.header.Get("Content-Type"))
	add(len(a.body) > 1<<20, fmt.Sprintf("%d MiB", len(a.body)>>20))
	flood := 0
	for name := range a.header {
		if strings.HasPrefix(name, "X-Flood-") {
			flood++
		}
	}
	add(flood > 0, fmt.Sprintf("%d headers more", flood))
	deep := strings.Count(string(a.body), `{"a":`)
	add(deep > 0, fmt.Sprintf("%d deep", deep))
	add(a.header.Get("Location") != "", "to "+a.header.Get("Location"))
	add(time.Since(begun) > 50*time.Millisecond && len(a.body) < 1<<20 && (slowNow(d)), "slow")
	at, _ := http.ParseTime(a.header.Get("Date"))
	add(at.Sub(d.Clock.Now()) > 59*time.Minute, "an hour ahead")
	return strings.Join(append([]string{fmt.Sprint(a.status, " ", what)}, said...), ", ")
}

// slowNow keeps a busy machine from looking slow while nothing is switched on.
func slowNow(d desk) bool {
	for _, s := range d.Switches() {
		if s.On && (s.Name == "slow" || s.Name == "drip") {
			return true
		}
	}
	return false
}

func TestEachTransportSwitch(t *testing.T) {
	for _, tr := range transportTrials() {
		t.Run(tr.name+"="+tr.value, func(t *testing.T) {
			d := newDesk(t)
			d.Clock.Set(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
			if got := look(d); got != "200 object" {
				t.Fatalf("while it is off: %s", got)
			}
			d.Set(tr.name, tr.value)
			if got := look(d); got != tr.on {
				t.Errorf("while it is on: %s, wanted %s", got, tr.on)
			}
			// Limited to the key set, it leaves other endpoints alone.
			if a, err := d.try("GET", "/ims/.well-known/openid-configuration", nil); err != nil || a.status != 200 || a.json() == nil {
				t.Errorf("another endpoint answered %d (%v)", a.status, err)
			}
			d.ClearSwitches()
			if got := look(d); got != "200 object" {
				t.Errorf("after it was on: %s", got)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	d := newDesk(t)
	d.Set("throttled", "7@token")
	if a := d.redeem("/ims/token/v3", "x"); a.status != 429 || a.header.Get("Retry-After") != "7" {
		t.Errorf("answered %d %v", a.status, a.header)
	}
}

// Without endpoints a switch acts on all of them, and never on the dashboard
// and the control endpoint.
func TestSwitchesLeaveTheDashboardAlone(t *testing.T) {
	d := newDesk(t)
	d.Set("server-error", true)
	for path, want := range map[string]int{
		"/ims/keys": 503, "/ims/authorize/v2": 503, "/ims/profile/v1": 503, "/v2/usermanagement/groups/" + orgID + "/0": 503,
		"/dashboard/": 200, "/standin/switches": 200,
	} {
		if a := d.get(path); a.status != want {
			t.Errorf("%s: %d, wanted %d", path, a.status, want)
		}
	}
}

// A hanging answer ends when the caller gives up: the stand-in holds nothing.
func TestHangingEndsWithTheCaller(t *testing.T) {
	d := newDesk(t)
	d.Set("hang", "on@keys")
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+"/ims/keys", nil)
	done := make(chan error, 1)
	go func() {
		res, err := d.Client().Do(req)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller saw %v", err)
	}
}

func TestSetSwitch(t *testing.T) {
	d := newDesk(t)
	position := func(name string) standin.Switch {
		for _, s := range d.Switches() {
			if s.Name == name {
				return s
			}
		}
		t.Fatalf("no switch %s", name)
		return standin.Switch{}
	}
	good := []struct {
		name  string
		value any
		want  string
	}{
		{"slow", true, "true 2000 []"}, {"slow", false, "false  []"}, {"slow", 5, "true 5 []"}, {"slow", 3 * time.Second, "true 3000 []"},
		{"clock-skew", -90 * time.Second, "true -90 []"}, {"slow", "7@token,keys", "true 7 [token keys]"}, {"slow", "@token", "true 2000 [token]"},
		{"answer-html", "on@keys", "true  [keys]"}, {"answer-html", "off", "false  []"}, {"email-odd", "comma", "true comma []"},
		{"discovery-endpoints-elsewhere", "a@b", "true a@b []"},
	}
	for _, g := range good {
		if err := d.SetSwitch(g.name, g.value); err != nil {
			t.Errorf("%s=%v: %v", g.name, g.value, err)
		}
		s := position(g.name)
		if got := fmt.Sprintln(s.On, s.Value, s.Endpoints); got != g.want+"\n" && strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(g.want), " ") {
			t.Errorf("%s=%v is %s", g.name, g.value, got)
		}
	}
	bad := []struct {
		name  string
		value any
	}{
		{"no-such-switch", true}, {"slow", "fast"}, {"slow", "5@nowhere"}, {"slow", 1.5}, {"email-odd", "other"}, {"state-missing", "x"},
		{"state-missing", 3}, {"slow", "999999999999"}, {"authorize-error", strings.Repeat("x", 3000)}, {"slow", nil},
	}
	for _, b := range bad {
		if err := d.SetSwitch(b.name, b.value); err == nil {
			t.Errorf("%s=%v was taken", b.name, b.value)
		}
	}
	d.ClearSwitches()
	for _, s := range d.Switches() {
		if s.On {
			t.Errorf("%s is still on", s.Name)
		}
	}
}
