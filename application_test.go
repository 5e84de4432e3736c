// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

func applications(t *testing.T, apps ...usher.Application) *usher.Applications {
	t.Helper()
	index, err := usher.NewApplications(apps)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// target makes a Target of an address on a host, as the gate does.
func target(t *testing.T, host, uri string) usher.Target {
	t.Helper()
	got, err := usher.ParseTarget(host, uri)
	if err != nil {
		t.Fatalf("%s%s: %v", host, uri, err)
	}
	return got
}

func nameOf(app *usher.Application) string {
	if app == nil {
		return ""
	}
	return app.Name
}

func TestMatchAtSegmentBorders(t *testing.T) {
	index := applications(t,
		usher.Application{Name: "whole", URL: "https://app.test"},
		usher.Application{Name: "admin", URL: "https://app.test/admin/"},
		usher.Application{Name: "deep", URL: "https://app.test/admin/deep"},
		usher.Application{Name: "blank", URL: "https://app.test/my%20app"},
		usher.Application{Name: "reports", URL: "https://Reports.test.:8443/r"},
		usher.Application{Name: "six", URL: "http://[2001:DB8:0::1]:80/"},
	)
	for _, row := range []struct{ what, host, uri, want string }{
		{"the root", "app.test", "/", "whole"},
		{"any other path", "app.test", "/x/admin", "whole"},
		{"the prefix itself", "app.test", "/admin", "admin"},
		{"the prefix and a slash", "app.test", "/admin/", "admin"},
		{"below the prefix", "app.test", "/admin/users", "admin"},
		{"D04 a longer word", "app.test", "/administration", "whole"},
		{"D04 a longer word with a dash", "app.test", "/admin-old/x", "whole"},
		{"D04 a shorter word", "app.test", "/admi", "whole"},
		{"D04 other case is another path", "app.test", "/ADMIN/users", "whole"},
		{"the longest prefix", "app.test", "/admin/deep/x", "deep"},
		{"not quite the longest prefix", "app.test", "/admin/deeper", "admin"},
		{"R02 an encoded letter", "app.test", "/%61dmin/users", "admin"},
		{"R02 encoded altogether", "app.test", "/%61%64%6d%69%6e", "admin"},
		{"R02 an encoded letter in the longer prefix", "app.test", "/admin/d%65ep", "deep"},
		{"R02 an encoded letter in the address of the application", "app.test", "/my%20app/x", "blank"},
		{"D03 an encoded question mark that changes nothing", "app.test", "/admin/a%3fb", "admin"},
		{"D03 an encoded question mark at the border", "app.test", "/admin%3fx", ""},
		{"D03 an encoded hash at the border", "app.test", "/admin%23", ""},
		{"D03 an encoded question mark in a lesser place", "app.test", "/C%23%3f", "whole"},
		{"D08 host in upper case", "APP.test", "/admin", "admin"},
		{"D08 host with a port", "app.test:8443", "/admin", "admin"},
		{"D08 host with a final dot", "app.test.", "/admin", "admin"},
		{"D08 address written with port, dot and capitals", "reports.test", "/r", "reports"},
		{"a host where only a prefix is guarded", "reports.test", "/", ""},
		{"IPv6", "[2001:db8::1]", "/x", "six"},
		{"D08 unknown host", "evil.test", "/admin", ""},
		{"D08 suffix of another", "app.test.evil", "/", ""},
		{"D08 subdomain", "x.app.test", "/", ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := nameOf(index.Match(target(t, row.host, row.uri))); got != row.want {
				t.Errorf("%s%s is covered by %q, want %q", row.host, row.uri, got, row.want)
			}
		})
	}
	for _, bad := range []usher.Target{{}, {Host: "app.test"}, {Host: "app.test", Path: "/x/../admin"}, {Host: "app.test", Path: "admin"}} {
		if got := index.Match(bad); got != nil {
			t.Errorf("%+v, which no parser made, is covered by %q", bad, got.Name)
		}
	}
}

// One answer whether there are 5 rules or 500, and whatever their order.
func TestMatchAmong500(t *testing.T) {
	random := seeded(t)
	var apps []usher.Application
	for i := range 500 {
		app := usher.Application{Name: fmt.Sprint(i), URL: fmt.Sprintf("https://host%d.test/a%d", i%7, i)}
		if i%3 == 0 {
			app.URL += fmt.Sprintf("/b%d", i)
		}
		apps = append(apps, app)
	}
	apps = append(apps, usher.Application{Name: "whole", URL: "https://host0.test/"})
	for range 5 {
		random.Shuffle(len(apps), func(i, j int) { apps[i], apps[j] = apps[j], apps[i] })
		index := applications(t, apps...)
		for _, app := range apps {
			host, path, _ := strings.Cut(strings.TrimPrefix(app.URL, "https://"), "/")
			path = strings.TrimSuffix("/"+path, "/")
			if got := nameOf(index.Match(target(t, host, path+"/x"))); got != app.Name {
				t.Fatalf("%s/x is covered by %q, want %q", app.URL, got, app.Name)
			}
			if path == "" {
				continue
			}
			want := ""
			if host == "host0.test" {
				want = "whole"
			}
			if got := nameOf(index.Match(target(t, host, path+"x"))); got != want {
				t.Fatalf("%sx is covered by %q, want %q", app.URL, got, want)
			}
			if got := index.Match(target(t, "host7.test", path)); got != nil {
				t.Fatalf("%s on another host is covered by %q", path, got.Name)
			}
		}
	}
}

func TestNewApplicationsRefuses(t *testing.T) {
	for _, row := range []struct{ what, url, says string }{
		{"empty", "", "not an origin"},
		{"no scheme", "app.test", "not an origin"},
		{"another scheme", "ftp://app.test", "not an origin"},
		{"no host", "https:///x", "not an origin"},
		{"not parseable", "https://app.test:x", "not an origin"},
		{"userinfo", "https://ana@app.test", "not an origin"},
		{"query", "https://app.test/?x", "not an origin"},
		{"empty query", "https://app.test/?", "not an origin"},
		{"fragment", "https://app.test/#x", "not an origin"},
		{"empty fragment", "https://app.test/#", "not an origin"},
		{"port alone", "https://:443", "canonical form"},
		{"host that is not ASCII", "https://bücher.test", "canonical form"},
		{"D08 a wildcard", "https://*.app.test", "canonical form"},
		{"dots", "https://app.test/a/../b", "canonical form"},
		{"two slashes", "https://app.test//", "canonical form"},
		{"two final slashes", "https://app.test/a//", "canonical form"},
		{"encoded slash", "https://app.test/a%2fb", "canonical form"},
		{"parameter", "https://app.test/a;b", "canonical form"},
		{"D09 usher's own prefix", "https://app.test/usher", "usher's own pages"},
		{"D09 usher's own prefix with a slash", "https://app.test/usher/", "usher's own pages"},
		{"D09 below usher's own prefix", "https://app.test/usher/x", "usher's own pages"},
		{"D09 usher's own prefix, encoded", "https://app.test/%75sher", "usher's own pages"},
		{"the same address", "https://first.test/a", "same address"},
		{"the same address, spelled otherwise", "http://First.test.:80/%61/", "same address"},
	} {
		t.Run(row.what, func(t *testing.T) {
			index, err := usher.NewApplications([]usher.Application{{Name: "first", URL: "https://first.test/a"}, {Name: "second", URL: row.url}})
			if err == nil {
				t.Fatalf("%q is taken", row.url)
			}
			if !strings.Contains(err.Error(), row.says) || !strings.Contains(err.Error(), `"second"`) {
				t.Errorf("%q is refused because %q, want the application's name and %q", row.url, err, row.says)
			}
			if index != nil {
				t.Error("an error came with an index")
			}
		})
	}
	if _, err := usher.NewApplications([]usher.Application{{Name: "near", URL: "https://app.test/ushers"}, {Name: "other", URL: "https://app.test/x/usher"}}); err != nil {
		t.Errorf("a path that only resembles usher's own is refused: %v", err)
	}
}

func TestOrigins(t *testing.T) {
	got := usher.Origins([]usher.Application{{URL: "https://Reports.test:443/r"}, {URL: "nonsense"}, {URL: "http://[::1]:8080"}})
	if want := []string{"https://reports.test", "http://[::1]:8080"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIsPublic(t *testing.T) {
	app := usher.Application{Public: []string{"/healthz", "/static/", "/public", "/enc%6fded", "/bad/../", "/café", ""}}
	for _, row := range []struct {
		what, path string
		want       bool
	}{
		{"exact", "/healthz", true},
		{"prefix itself", "/static/", true},
		{"below a prefix", "/static/css/site.css", true},
		{"raw UTF-8", "/café", true},
		{"prefix without its slash", "/static", false},
		{"D04 longer word", "/publicity", false},
		{"D04 below an exact path", "/public/x", false},
		{"D04 exact path with a slash", "/healthz/", false},
		{"D04 longer than a prefix without border", "/staticx/y", false},
		{"other case", "/HEALTHZ", false},
		{"elsewhere in the path", "/x/static/y", false},
		{"D01 dots below a prefix", "/static/../admin", false},
		{"D01 dots that stay below it", "/static/x/../y", false},
		{"D02 empty segment below a prefix", "/static//x", false},
		{"D02 parameter below a prefix", "/static/x;y", false},
		{"D02 backslash below a prefix", `/static/..\admin`, false},
		{"encoded spelling", "/%68ealthz", false},
		{"encoded below a prefix", "/static/a%20b", false},
		{"encoded just as the rule has it", "/enc%6fded", false},
		{"what the encoded rule means", "/encoded", false},
		{"a rule that no request can meet", "/bad/../", false},
		{"empty", "", false},
		{"no slash", "healthz", false},
		{"the root", "/", false},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := app.IsPublic(row.path); got != row.want {
				t.Errorf("IsPublic(%q) = %v", row.path, got)
			}
		})
	}
	if (&usher.Application{}).IsPublic("/healthz") {
		t.Error("a path is public where none was declared")
	}
}

func TestPermits(t *testing.T) {
	ana := &usher.Operator{Groups: []string{"Admin", "Delivery operators"}}
	for _, row := range []struct {
		what  string
		allow []string
		op    *usher.Operator
		want  string // what the cause wants; empty: let in
	}{
		{"any operator", nil, ana, ""},
		{"one of the groups", []string{"Reports", "Admin"}, ana, ""},
		{"H06 none of the groups", []string{"Reports"}, ana, `one of "Reports"`},
		{"H06 an empty list lets nobody in", []string{}, ana, "one of none"},
		{"H06 an empty string is no group", []string{""}, ana, `one of ""`},
		{"H06 an asterisk is a name", []string{"*"}, ana, `one of "*"`},
		{"H04 other case", []string{"admin"}, ana, `one of "admin"`},
		{"H02 part of a name", []string{"Delivery"}, ana, `one of "Delivery"`},
		{"nobody", nil, nil, "an operator group"},
		{"nobody, groups wanted", []string{"Admin"}, nil, `one of "Admin"`},
		{"an operator without a group", nil, &usher.Operator{}, "an operator group"},
		{"an operator without a group, groups wanted", []string{"Admin"}, &usher.Operator{}, `one of "Admin"`},
	} {
		t.Run(row.what, func(t *testing.T) {
			app := usher.Application{Name: "reports", Allow: row.allow}
			cause := app.Permits(row.op)
			if row.want == "" {
				if cause != nil {
					t.Fatalf("refused: %v", cause)
				}
				return
			}
			if cause == nil {
				t.Fatal("let in")
			}
			if cause.Code != usher.CodeApplicationRefused || cause.Step != usher.StepGate || cause.Subject != "reports" || cause.Want != row.want {
				t.Errorf("got %+v, want %q", cause, row.want)
			}
			if saw := map[bool]string{true: "nobody", false: "operator groups "}[row.op == nil]; !strings.HasPrefix(cause.Saw, saw) {
				t.Errorf("saw %q, want %q", cause.Saw, saw)
			}
		})
	}
	cause := (&usher.Application{Allow: []string{"Reports"}}).Permits(ana)
	if want := `operator groups "Admin", "Delivery operators"`; cause.Saw != want {
		t.Errorf("saw %q, want %q", cause.Saw, want)
	}
}
