// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

func TestCheckCallbackHTTPS(t *testing.T) {
	for _, row := range []struct{ what, callback, saw, want string }{
		{"https", "https://campaign.corp.example/usher/callback", "", ""},
		{"http", "http://campaign.corp.example/usher/callback", "http://campaign.corp.example/usher/callback", "https://campaign.corp.example/usher/callback"},
		{"no scheme", "campaign.corp.example/usher/callback", "campaign.corp.example/usher/callback", "an address that begins with https://"},
		{"capitals, which allow-lists tell apart", "HTTPS://campaign.corp.example", "HTTPS://campaign.corp.example", "an address that begins with https://"},
		{"a leading blank", " https://campaign.corp.example", " https://campaign.corp.example", "an address that begins with https://"},
		{"empty", "", `"" (empty)`, "an address that begins with https://"},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := usher.ExternalAccount{InternalName: "MAC", CallbackURL: row.callback}.CheckCallbackHTTPS()
			if row.want == "" {
				if c != nil {
					t.Errorf("refused: %v", c)
				}
				return
			}
			want := usher.Cause{Step: usher.StepBegin, Code: usher.CodeCallbackNotHTTPS, Subject: "MAC", Saw: row.saw, Want: row.want}
			if c == nil || *c != want {
				t.Errorf("got %+v, want %+v", c, want)
			}
		})
	}
}

func TestCheckCallbackInstance(t *testing.T) {
	const own = "https://campaign.corp.example"
	for _, row := range []struct{ what, callback, instance, public, want string }{
		{"the instance's address", own + "/usher/callback", own, "", ""},
		{"the gateway's address", "https://gate.corp.example/usher/callback", own, "https://gate.corp.example", ""},
		{"the instance's where the gateway's differs", own + "/usher/callback", own, "https://gate.corp.example", ""},
		{"its own port written out", own + ":443/usher/callback", own, "", ""},
		{"its own port written out there", own + "/usher/callback", own + ":443/x", "", ""},
		{"case of the host", "https://Campaign.CORP.example/usher/callback", own, "", ""},
		{"another port on both sides", own + ":8443/cb", own + ":8443", "", ""},
		{"an instance written with http", own + "/usher/callback", "http://campaign.corp.example", "", ""},
		{"http is another check's fault", "http://campaign.corp.example/cb", own, "", ""},
		{"nothing to compare with", own + "/cb", "", "", ""},
		{"nothing readable to compare with", own + "/cb", "%zz", "campaign", ""},
		{"stage's callback in production", "https://stage.corp.example/usher/callback", own, "", own + "/usher/callback"},
		{"the gateway's address is offered first", "https://stage.corp.example/usher/callback?x=1", own, "https://gate.corp.example", "https://gate.corp.example/usher/callback?x=1"},
		{"another port", own + ":8443/cb", own, "", own + "/cb"},
		{"another port there", own + "/cb", own + ":8443", "", own + ":8443/cb"},
		{"an instance at an IPv6 address", own + "/cb", "https://[2001:db8::1]", "", "https://[2001:db8::1]/cb"},
		{"an instance at an IPv6 address with a port", own + "/cb", "https://[2001:db8::1]:8443", "", "https://[2001:db8::1]:8443/cb"},
		{"http and another host: https is offered", "http://stage.corp.example/cb", "http://campaign.corp.example", "", own + "/cb"},
		{"subdomain", "https://x.campaign.corp.example/cb", own, "", own + "/cb"},
		{"text after", "https://campaign.corp.example.evil/cb", own, "", own + "/cb"},
		{"no scheme", "campaign.corp.example/cb", own, "", "an absolute URL of this instance"},
		{"userinfo", "https://x@campaign.corp.example/cb", own, "", "an absolute URL of this instance"},
		{"not parseable", "https://campaign.corp.example:x", own, "", "an absolute URL of this instance"},
		{"port alone", "https://:443/cb", "https://:443", "", "an absolute URL of this instance"},
		{"empty", "", own, "", "an absolute URL of this instance"},
	} {
		t.Run(row.what, func(t *testing.T) {
			a := usher.ExternalAccount{InternalName: "MAC", CallbackURL: row.callback}
			c := a.CheckCallbackInstance(usher.Instance{URL: row.instance}, row.public)
			if row.want == "" {
				if c != nil {
					t.Errorf("refused: %+v", c)
				}
				return
			}
			if c == nil {
				t.Fatal("accepted")
			}
			if c.Code != usher.CodeCallbackWrongInstance || c.Step != usher.StepBegin || c.Subject != "MAC" || c.Want != row.want {
				t.Errorf("got %+v, want %q", c, row.want)
			}
			if row.callback != "" && c.Saw != row.callback || c.Saw == "" || c.Detail == "" {
				t.Errorf("the evidence is %+v", c)
			}
		})
	}
	c := usher.ExternalAccount{CallbackURL: "https://stage.corp.example/cb"}.CheckCallbackInstance(usher.Instance{URL: own}, own+"/")
	if want := "the host is stage.corp.example, this instance is " + own; c.Detail != want {
		t.Errorf("detail %q, want %q", c.Detail, want)
	}
}

func TestCheckCallback(t *testing.T) {
	instance := usher.Instance{URL: "https://campaign.corp.example"}
	for callback, want := range map[string]usher.Code{
		"https://campaign.corp.example/cb": "",
		"http://campaign.corp.example/cb":  usher.CodeCallbackNotHTTPS,
		"http://stage.corp.example/cb":     usher.CodeCallbackNotHTTPS, // the more upstream of the two
		"https://stage.corp.example/cb":    usher.CodeCallbackWrongInstance,
	} {
		c := usher.ExternalAccount{CallbackURL: callback}.CheckCallback(instance, "")
		if want == "" != (c == nil) || c != nil && c.Code != want {
			t.Errorf("%s: got %v, want %q", callback, c, want)
		}
	}
	if c := (usher.ExternalAccount{CallbackURL: "https://gate.corp.example/cb"}).CheckCallback(instance, "https://gate.corp.example"); c != nil {
		t.Errorf("the gateway's own address is refused: %v", c)
	}
}

func TestListsCallback(t *testing.T) {
	const callback = "https://campaign.corp.example/usher/callback"
	exact := func(urls ...string) usher.Client { return usher.Client{CallbackURLs: urls} }
	pattern := func(p ...string) usher.Client { return usher.Client{CallbackPatterns: p} }
	for _, row := range []struct {
		what   string
		client usher.Client
		want   bool
	}{
		{"listed", exact("https://other.example/", callback), true},
		{"nothing listed", usher.Client{}, false},
		{"a trailing slash more", exact(callback + "/"), false},
		{"a prefix", exact("https://campaign.corp.example/"), false},
		{"case", exact("https://Campaign.corp.example/usher/callback"), false},
		{"http", exact("http://campaign.corp.example/usher/callback"), false},
		{"a trailing blank", exact(callback + " "), false},
		{"an exact entry is no pattern", exact("https://.*"), false},
		{"a pattern", pattern(`https://stage\.corp\.example/.*`, `https://campaign\.corp\.example/.*`), true},
		{"a pattern is for the whole address", pattern(`https://campaign\.corp\.example/`), false},
		{"a pattern does not begin in the middle", pattern(`campaign\.corp\.example/.*`), false},
		{"an alternation is for the whole address", pattern(`https://x|campaign`), false},
		{"an alternation that fits", pattern(`http://x|https://campaign\.corp\.example/.*`), true},
		{"line anchors do not open it", pattern(`(?m)^https://campaign\.corp\.example$`), false},
		{"a pattern that does not compile", pattern(`https://(`), false},
		{"a pattern that only compiles between parentheses", pattern(`x)|(?:.*`), false},
		{"a pattern that quotes what follows it", pattern(`https://campaign\.corp\.example/.*\Q`), false},
		{"a bad pattern does not hide a good one", pattern(`(`, `https://campaign\.corp\.example/.*`), true},
		{"a plain address as a pattern", pattern(callback), true},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := row.client.ListsCallback(callback); got != row.want {
				t.Errorf("got %v", got)
			}
		})
	}
	if pattern(`https://campaign\.corp\.example/.*`).ListsCallback("https://campaign.corp.example/\nhttps://evil") {
		t.Error("a pattern reaches over a line end")
	}
}

func TestSameHost(t *testing.T) {
	parse := func(s string) *url.URL {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"https://a.test", "https://A.test:443/x", true},
		{"http://a.test", "http://a.test:80", true},
		{"https://a.test", "http://a.test", false},
		{"http://a.test:443", "https://a.test", true},
		{"https://a.test:8443", "https://a.test", false},
		{"https://a.test", "https://b.test", false},
		{"https://[::1]", "https://[::1]:443", true},
	} {
		if got := usher.SameHost(parse(row.a), parse(row.b)); got != row.want {
			t.Errorf("%s and %s: %v", row.a, row.b, got)
		}
		if got := usher.SameHost(parse(row.b), parse(row.a)); got != row.want {
			t.Errorf("%s and %s: %v", row.b, row.a, got)
		}
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"https://app.test":            "https://app.test",
		"https://App.TEST:443/x?y#z":  "https://app.test",
		"http://app.test:80":          "http://app.test",
		"http://app.test:443":         "http://app.test:443",
		"https://app.test:80":         "https://app.test:80",
		"https://app.test:8443":       "https://app.test:8443",
		"https://app.test:":           "https://app.test",
		"HTTPS://app.test":            "https://app.test",
		"https://[::1]":               "https://[::1]",
		"https://[::1]:443":           "https://[::1]",
		"https://[::1]:8443/x":        "https://[::1]:8443",
		"":                            "",
		"app.test":                    "",
		"/path":                       "",
		"https:app.test":              "",
		"https:///x":                  "",
		"https://:443":                "",
		"ftp://app.test":              "",
		"javascript://app.test":       "",
		"https://ana@app.test":        "",
		"https://app.test@evil.test/": "",
		"https://app.test:x":          "",
	} {
		got, err := usher.Origin(address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Origin(%q) = %q, %v, want %q", address, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "absolute http or https") {
			t.Errorf("Origin(%q) does not say what it wants: %v", address, err)
		}
	}
}
