// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestSignInsInACrowd has a program begin sign-ins without end: it is told to
// wait, a browser at the same address is let in with its second try, and the page
// says what happens.
func TestSignInsInACrowd(t *testing.T) {
	i := startInstance(t, nil)
	flood := i.browser(t)
	flood.client.Jar = nil
	var res *http.Response
	n := 0
	for res == nil || res.StatusCode == http.StatusSeeOther {
		if n++; n > 3000 {
			t.Fatal("3,000 sign-ins are under way from one address")
		}
		res = flood.request(t, http.MethodGet, fmt.Sprintf("%s/usher/signin?rd=%%2Freports%%2F%d", i.public, n), pageLoad)
	}
	if wait, err := strconv.Atoi(res.Header.Get("Retry-After")); res.StatusCode != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 60 || n < 2000 {
		t.Fatalf("request %d: %d, Retry-After %q", n, res.StatusCode, res.Header.Get("Retry-After"))
	}
	person := i.browser(t)
	if p := person.open(t, i.public+"/reports/"); p.status == http.StatusTooManyRequests && (!strings.Contains(p.body, "More requests came from your network") || !strings.Contains(p.body, "/usher/signin?rd=")) {
		t.Errorf("the page says\n%s", p.body)
	}
	if p := person.signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
		t.Errorf("a person at the same address: %d %s", p.status, p.at)
	}
}
