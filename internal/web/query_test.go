// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func withQuery(raw string) *http.Request { return &http.Request{URL: &url.URL{RawQuery: raw}} }

func TestQuery(t *testing.T) {
	var many strings.Builder
	for i := range maxParameters + 1 {
		fmt.Fprintf(&many, "p%d&", i)
	}
	for name, c := range map[string]struct {
		raw     string
		strict  bool // Query takes it
		lenient bool // QueryOf("state", "code") takes it
	}{
		"empty":                              {"", true, true},
		"a callback":                         {"code=abc&state=def&iss=https%3A%2F%2Fa.example", true, true},
		"a final ampersand":                  {"code=abc&", true, true},
		"a doubled ampersand":                {"code=abc&&state=d", true, true},
		"a name without a value":             {"choose", true, true},
		"an equals sign in the value":        {"code=a==", true, true},
		"another case is another name":       {"state=a&State=b", true, true},
		"a known parameter twice":            {"state=a&state=b", false, false},
		"the same value twice":               {"state=a&state=a", false, false},
		"twice, once percent-encoded":        {"state=a&%73tate=b", false, false},
		"twice, once without a value":        {"state=a&state", false, false},
		"the code twice":                     {"code=a&state=b&code=c", false, false},
		"an unknown parameter twice":         {"x=a&x=b&state=c", false, true},
		"a semicolon as a separator":         {"code=a;state=b", false, false},
		"a semicolon in an unknown value":    {"x=a;b", false, false},
		"half a percent":                     {"code=%4", false, false},
		"a percent alone":                    {"code=%", false, false},
		"a percent with other letters":       {"code=%zz", false, false},
		"a bad percent in an unknown value":  {"x=%zz&state=a", false, false},
		"a bad percent in a name":            {"%zz=a", false, false},
		"a name with a control character":    {"sta%00te=a", false, false},
		"a name with a line":                 {"a%0d%0a=b", false, false},
		"a name that is no text":             {"%ff=a", false, false},
		"a value that is no text":            {"error_description=%e9chec", true, true},
		"more parameters than anybody sends": {many.String(), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for which, want := range map[string]bool{"strict": c.strict, "lenient": c.lenient} {
				parse := Query
				if which == "lenient" {
					parse = QueryOf("state", "code")
				}
				values, err := parse(withQuery(c.raw))
				if (err == nil) != want {
					t.Errorf("%s: error %v, want taken: %v", which, err, want)
				}
				var e *Error
				if err != nil && (!errors.As(err, &e) || e.Status != 400 || e.Public == "" || values != nil) {
					t.Errorf("%s: the error is %#v, the values %v", which, err, values)
				}
			}
		})
	}
}

func TestQueryErrorsSayNothingOfValues(t *testing.T) {
	for _, raw := range []string{"code=canary&code=canary", "code=canary%zz", "code=canary;x", "a=canary%"} {
		if _, err := Query(withQuery(raw)); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestQueryValues(t *testing.T) {
	values, err := Query(withQuery("rd=%2Freports%3Fa%3D1%26b&text=a+b&choose"))
	if err != nil || values.Get("rd") != "/reports?a=1&b" || values.Get("text") != "a b" || !values.Has("choose") {
		t.Errorf("%v, %v", values, err)
	}
}

func TestQueryOfKeepsTheFirstOfUnknown(t *testing.T) {
	names := []string{"state"}
	parse := QueryOf(names...)
	names[0] = "changed"
	if _, err := parse(withQuery("state=a&state=b")); err == nil {
		t.Error("the caller's slice decides after the fact")
	}
	if _, err := QueryOf()(withQuery("x=1&x=2")); err != nil {
		t.Errorf("no parameter is known, and yet: %v", err)
	}
}

// FuzzQuery compares with net/url, which is lenient: what is taken here must
// read the same there, and no parameter may be hidden behind another.
func FuzzQuery(f *testing.F) {
	f.Add("state=a&%73tate=b")
	f.Add("a=b;c=d&e=%zz&&=&")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := Query(withQuery(raw))
		if err != nil {
			return
		}
		want, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatalf("%q was taken, net/url says %v", raw, err)
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %v, net/url has %v", raw, got, want)
		}
		for name, values := range want {
			if len(values) != 1 || got.Get(name) != values[0] {
				t.Fatalf("%q: %q is %q, net/url has %q", raw, name, got[name], values)
			}
		}
	})
}

func TestSingleHeader(t *testing.T) {
	r := &http.Request{Header: http.Header{"X-Original-Uri": {"/a,b"}, "X-Original-Method": {"GET", "GET"}}}
	if got, err := SingleHeader(r, "x-original-uri"); got != "/a,b" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := SingleHeader(r, "X-Missing"); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	var e *Error
	if got, err := SingleHeader(r, "X-Original-Method"); got != "" || !errors.As(err, &e) || e.Status != 400 {
		t.Errorf("%q, %v", got, err)
	}
}
