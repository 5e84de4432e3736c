// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// x-debug-id is on every answer, and another on each.
func TestEveryAnswerHasADebugID(t *testing.T) {
	d := newDesk(t)
	seen := map[string]string{}
	for _, row := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/ims/keys", 200}, {"HEAD", "/ims/keys", 200}, {"GET", "/", 302}, {"GET", "/dashboard", 307}, {"GET", "/dashboard/", 200},
		{"GET", d.ask(), 302}, {"GET", d.ask("client_id=Nobody"), 400}, {"GET", "/signin/?relay=x", 400}, {"GET", "/nowhere", 404}, {"GET", "/ims/token/v3", 405},
		{"POST", "/ims/token/v9", 404}, {"GET", "/ims/profile/v1", 401},
		{"POST", "/ims/token/v3", 400}, {"GET", "/ims/keys?" + strings.Repeat("x", 17<<10), 414}, {"GET", "/assets/standin.css", 200},
		{"POST", "/dashboard/groups/edit", 403}, {"GET", "/v2/usermanagement/users/x/0", 401}, {"GET", "/ims/logout/v1?client_id=Campaign1", 302},
	} {
		a := d.do(row.method, row.path, nil)
		what := row.method + " " + strings.TrimPrefix(row.path, d.URL)[:min(30, len(strings.TrimPrefix(row.path, d.URL)))]
		id := a.header.Get("X-Debug-Id")
		if a.status != row.status || !regexp.MustCompile(`^[0-9a-f-]{36}$`).MatchString(id) {
			t.Errorf("%s: %d with x-debug-id %q, wanted %d", what, a.status, id, row.status)
		}
		if other, twice := seen[id]; twice {
			t.Errorf("%s has the id of %s", what, other)
		}
		seen[id] = what
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "https://evil.example/ims/keys", nil)
	if d.ServeHTTP(w, r); w.Code != http.StatusMisdirectedRequest || w.Header().Get("X-Debug-Id") == "" {
		t.Errorf("another name: %d with the headers %v", w.Code, w.Header())
	}
}

// A call of a path that is not there is among the calls, under its debug id.
func TestCallsOfNothingAreKept(t *testing.T) {
	d := newDesk(t)
	a := d.get("/ims/profile/v9?access_token=t0psecret")
	calls := d.Calls()
	if len(calls) == 0 || calls[0].Path != "/ims/profile/v9" || calls[0].Status != 404 || calls[0].DebugID != a.header.Get("X-Debug-Id") {
		t.Fatalf("the calls are %+v", calls)
	}
	if d.do("DELETE", "/ims/keys", nil); d.Calls()[0].Status != 405 {
		t.Errorf("the last call is %+v", d.Calls()[0])
	}
	if contains(d.get("/dashboard/calls").body, "t0psecret") {
		t.Error("a parameter is shown")
	}
}

// A client that reads tokens out of the query asks v1 for them.
func TestTokensInTheQueryOnV1(t *testing.T) {
	d := newDesk(t)
	to := d.SignIn(d.ask("/ims/authorize/v1=", "response_type=token", "response_mode=query", "scope=openid,AdobeID"), "ana@corp.example", "")
	if to.Query().Get("access_token") == "" || to.Query().Get("token_type") != "bearer" || to.Fragment != "" {
		t.Errorf("the answer is at %s", strings.Split(to.String(), "ey")[0])
	}
}

// What no longer takes access tokens takes none anywhere.
func TestRefusedAccessTokensAreRefusedByTheManagementAPI(t *testing.T) {
	d := newDesk(t)
	m := d.managed("Technical1", "t3chnical")
	if a := d.get(api+"/users/"+orgID+"/0", m...); a.status != 200 {
		t.Fatalf("before: %d", a.status)
	}
	d.Set("access-token-refused", true)
	if a := d.get(api+"/users/"+orgID+"/0", m...); a.status != 401 {
		t.Errorf("refused: %d", a.status)
	}
}
