// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// namedApplications are told in three ways.
func namedApplications(upstream string) []usher.Application {
	apps := testApplications(upstream)
	apps[0].Headers = usher.HeaderNames{Set: usher.HeadersRemote, Groups: "X-Roles", Rights: "X-Rights"}
	apps[1].Headers = usher.HeaderNames{Set: usher.HeadersAuthRequest}
	return apps // the wiki names nothing
}

func TestApplicationsAreToldUnderTheirOwnNames(t *testing.T) {
	x := newEdge(t)
	x.configure(namedApplications(x.echo.URL))
	told := map[string]map[string]string{
		"https://reports.corp.example/q": {"Remote-User": "ANA@AdobeID", "Remote-Email": "ana@corp.example", "Remote-Name": "Ana Lima",
			"X-Roles": "Admin,Delivery operators", "X-Rights": "ADMINISTRATION"},
		"https://campaign.corp.example/q": {"X-Auth-Request-User": "ANA@AdobeID", "X-Auth-Request-Email": "ana@corp.example",
			"X-Auth-Request-Groups": "Admin,Delivery operators", "X-Auth-Request-Preferred-Username": "Ana Lima"},
		"https://campaign.corp.example/wiki": {"X-Forwarded-User": "ANA@AdobeID", "X-Forwarded-Email": "ana@corp.example",
			"X-Forwarded-Groups": "Admin,Delivery operators", "X-Forwarded-Preferred-Username": "Ana Lima"},
	}
	names, err := HeaderNames(namedApplications(""))
	if err != nil || len(names) != 13 {
		t.Fatalf("the names are %v, %v", names, err)
	}
	var forged, plain []string
	for _, n := range names {
		plain = append(plain, n, "root")
		forged = append(forged, n, "root", strings.ToLower(n), "root", strings.ReplaceAll(n, "-", "_"), "root", strings.ToUpper(strings.Replace(n, "-", "_", 1)), "root", strings.ReplaceAll(n, "-", "."), "root")
	}
	check := func(where, address string, got http.Header) {
		for _, n := range names {
			if v := got[n]; len(v) != 1 || v[0] != told[address][n] {
				t.Errorf("%s: %s is told %s %q, want %q", where, address, n, v, told[address][n])
			}
		}
		for n, v := range got {
			if strings.Contains(strings.Join(v, ""), "root") {
				t.Errorf("%s: %s of the client reached %s", where, n, address)
			}
		}
	}
	for range 2 { // made, and made before
		for address := range told {
			host, path, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
			check("proxy", address, decode(t, x.ask(t, "GET", host, "/"+path, append(as("ana"), forged...)...).Body).Header)
			rec := serve(x.guard.Nginx(), nginxAsks(host, "/"+path, append(as("ana"), plain...)...))
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: status %d", address, rec.Code)
			}
			check("nginx", address, rec.Header())
		}
	}
	for i := 0; i < len(forged); i += 2 {
		rec := serve(x.guard.Nginx(), nginxAsks(reports, "/q", append(as("ana"), forged[i], "root")...))
		if !slices.Contains(names, http.CanonicalHeaderKey(forged[i])) && rec.Code != http.StatusForbidden {
			t.Errorf("behind nginx the alias %s got %d, want 403", forged[i], rec.Code)
		}
	}
	if got := decode(t, x.ask(t, "GET", reports, "/healthz", append(as("ana"), forged...)...).Body).Header; got.Get("Remote-User") != "" || strings.Contains(strings.Join(got["X-Roles"], ""), "root") {
		t.Errorf("a public path is told %v", got)
	}
}

func TestHeaderNamesAreChecked(t *testing.T) {
	for name, h := range map[string]usher.HeaderNames{
		"an unknown set":        {Set: "shibboleth"},
		"a cookie":              {Email: "Cookie"},
		"one name for two":      {Email: "X-User", Name: "x-user"},
		"a name of the set":     {Set: usher.HeadersRemote, Rights: "Remote-Groups"},
		"an underscore":         {Email: "X_User"},
		"the client's address":  {Email: "X-Forwarded-For"},
		"credentials":           {Subject: "Authorization"},
		"a name that we use":    {Subject: "X-Usher-Cookie"},
		"a name of the request": {Subject: "X-Original-Uri"},
	} {
		apps := testApplications("")
		apps[0].Headers = h
		if _, err := NewRules(RuleOptions{Applications: apps, Sessions: newDesk()}); err == nil || !strings.Contains(err.Error(), `"reports"`) {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
}
