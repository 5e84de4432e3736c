// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hostile sends addresses of every odd spelling through a real front server,
// and holds what the applications got against what the person may see: however
// the front server read, cut or cleaned the address, it must not have led to
// another application, nor past a rule.
func (b *behind) hostile(t *testing.T) {
	total := 300
	if *requestsFlag > 0 { // as many as there is patience for
		total = max(total, *requestsFlag/50)
	}
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	d := dice{rand.New(rand.NewPCG(seed, 3))}
	reached := make(map[string]int)
	plain := [][3]string{{reports, "ana", "/q"}, {reports, "", "/static/x"}, {"campaign.corp.example", "ana", "/wiki/x"}, {"campaign.corp.example", "ben", "/q"}}
	for i := range total {
		host := pick(d, []string{reports, "campaign.corp.example"})
		who := pick(d, []string{"ana", "ben", ""})
		uri := pick(d, []string{"", "", "/wiki", "/static", "/static", "/healthz", "/wiki/..", "/static/.."}) + d.path(pick(d, []int{0, 35}))
		if d.often(20) {
			uri += "?" + pick(d, []string{"a=1", "x=/static/", "/../wiki/", "a#/static/"})
		}
		if i < len(plain) { // which must get through, or nothing is said
			host, who, uri = plain[i][0], plain[i][1], plain[i][2]
		}
		echo, wiki := b.echo.count.Load(), b.wiki.count.Load()
		status, got := b.tried(t, host, uri, who)
		toEcho, toWiki := b.echo.count.Load()-echo, b.wiki.count.Load()-wiki
		if toEcho+toWiki == 0 {
			if status >= 200 && status < 300 {
				t.Errorf("seed %d: %s at %s as %q: status %d, and no application was asked", seed, uri, host, who, status)
			}
			continue
		}
		path, _, _ := strings.Cut(got, "?")
		read := harsh(path)
		inWiki := read == "/wiki" || strings.HasPrefix(read, "/wiki/")
		public := path == "/healthz" || strings.HasPrefix(path, "/static/") && strings.HasPrefix(read, "/static")
		switch {
		case toEcho+toWiki > 1:
			t.Errorf("seed %d: %s at %s as %q was forwarded %d times", seed, uri, host, who, toEcho+toWiki)
		case toWiki > 0 && (who != "ana" || host == reports || !inWiki):
			t.Errorf("seed %d: %s at %s as %q reached the wiki as %s", seed, uri, host, who, got)
		case toEcho > 0 && host == reports && who != "ana" && !public:
			t.Errorf("seed %d: %s at %s as %q reached the reports as %s", seed, uri, host, who, got)
		case toEcho > 0 && host != reports && (who == "" || inWiki):
			t.Errorf("seed %d: %s at %s as %q reached the campaign as %s", seed, uri, host, who, got)
		}
		reached[who+" "+host]++
	}
	for _, way := range []string{"ana " + reports, "ana campaign.corp.example", "ben campaign.corp.example", " " + reports} {
		if reached[way] == 0 {
			t.Errorf("seed %d: of %d requests none reached an application as %q: the test says nothing", seed, total, way)
		}
	}
	t.Logf("seed %d: %v", seed, reached)
}

// tried sends one request over a connection of its own; got is the address as
// the application had it.
func (b *behind) tried(t *testing.T, host, uri, who string) (status int, got string) {
	t.Helper()
	conn := b.dial(t, host)
	defer func() { _ = conn.Close() }()
	cookie := ""
	if who != "" {
		cookie = "Cookie: " + sessionCookie + "=" + who + "\r\n"
	}
	_, _ = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", uri, host, cookie)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, "" // cut off: what the application got is still looked at
	}
	defer func() { _ = res.Body.Close() }()
	if res.Header.Get("Content-Type") == "application/json" && res.StatusCode == http.StatusOK {
		return res.StatusCode, decode(t, res.Body).URI
	}
	return res.StatusCode, ""
}
