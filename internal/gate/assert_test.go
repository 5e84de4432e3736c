// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

// notary signs by counting.
type notary struct {
	mu   sync.Mutex
	made int
	err  error
}

func (n *notary) Assert(op *usher.Operator, audience string, _ time.Time) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.made++
	return fmt.Sprintf("%s|%s|%s|%d", op.Subject, audience, strings.Join(op.Groups, "+"), n.made), n.err
}

// assertingRig guards reports, which wants assertions, and two applications
// that want none.
func assertingRig(t *testing.T, upstream string) (*rig, *notary) {
	n := &notary{}
	apps := testApplications(upstream)
	apps[0].Assertion = true
	return newRig(t, apps, func(o *RuleOptions) { o.Asserter, o.AssertFor = n, time.Minute }), n
}

func TestAssertionIsMadeForOneApplicationAndGivenAgain(t *testing.T) {
	r, n := assertingRig(t, "")
	ask := func(host, uri string) []string {
		return serve(r.guard.Nginx(), nginxAsks(host, uri, as("ana")...)).Header()[AssertionHeader]
	}
	const first = "ANA@AdobeID|https://reports.corp.example|Admin+Delivery operators|1"
	for range 3 {
		if got := ask("reports.corp.example", "/x"); len(got) != 1 || got[0] != first {
			t.Fatalf("told %q, wanted %q", got, first)
		}
	}
	if got := ask("campaign.corp.example", "/x"); len(got) != 1 || got[0] != "" {
		t.Errorf("an application that wants none is told %q; wanted an empty value, in place of what a client sent", got)
	}
	if got := ask("reports.corp.example", "/healthz"); len(got) != 1 || got[0] != "" {
		t.Errorf("a public path is told %q", got)
	}
	if n.made != 1 {
		t.Errorf("%d assertions were signed, wanted 1", n.made)
	}
	r.advance(time.Minute)
	if got := ask("reports.corp.example", "/x"); len(got) != 1 || !strings.HasSuffix(got[0], "|2") {
		t.Errorf("after a minute: %q", got)
	}
}

func TestAssertionFollowsTheOperator(t *testing.T) {
	r, _ := assertingRig(t, "")
	changed := ana()
	changed.Groups = []string{"Admin"}
	serve(r.guard.Nginx(), nginxAsks("reports.corp.example", "/x", as("ana")...))
	r.desk.open("ana", changed) // judged anew
	got := serve(r.guard.Nginx(), nginxAsks("reports.corp.example", "/x", as("ana")...)).Header().Get(AssertionHeader)
	if !strings.Contains(got, "|Admin|") {
		t.Errorf("told %q after the groups changed", got)
	}
}

func TestAssertionOfAClientNeverArrives(t *testing.T) {
	var arrived http.Header
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { arrived = q.Header.Clone() }))
	defer app.Close()
	r, _ := assertingRig(t, app.URL)
	for _, c := range []struct{ host, path, want string }{
		{"reports.corp.example", "/x", "ANA@AdobeID|https://reports.corp.example|Admin+Delivery operators|1"},
		{"reports.corp.example", "/healthz", ""},
		{"campaign.corp.example", "/x", ""},
	} {
		arrived = nil
		forged := append(as("ana"), AssertionHeader, "forged", "X_usher_assertion", "forged")
		serve(r.guard.Proxy(ProxyOptions{}), directly(c.host, c.path, forged...))
		if arrived == nil {
			t.Fatalf("%s%s: the application was not asked", c.host, c.path)
		}
		if got := arrived.Get(AssertionHeader); got != c.want || strings.Contains(fmt.Sprint(arrived), "forged") {
			t.Errorf("%s%s: told %q, wanted %q, in %v", c.host, c.path, got, c.want, arrived)
		}
	}
}

func TestWithoutAnAssertionNothingPasses(t *testing.T) {
	r, n := assertingRig(t, "")
	n.err = errors.New("the key is gone")
	rec := serve(r.guard.Nginx(), nginxAsks("reports.corp.example", "/x", as("ana")...))
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get(AssertionHeader) != "" {
		t.Errorf("status %d, told %q", rec.Code, rec.Header().Get(AssertionHeader))
	}
	apps := testApplications("")
	apps[0].Assertion = true
	if _, err := NewRules(RuleOptions{Applications: apps, Sessions: r.desk}); err == nil || !strings.Contains(err.Error(), "reports") {
		t.Errorf("rules without anything to sign with: %v", err)
	}
}
