// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin"
)

// Whatever is sent, an answer comes, it is no server error, and it holds no
// secret.
func FuzzRequests(f *testing.F) {
	s, err := standin.New(standin.Options{KeyBits: 1024, BaseURL: "https://localhost:4181"})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []struct{ method, target, kind, body, header string }{
		{"GET", "/ims/authorize/v2?client_id=Campaign1&redirect_uri=" + url.QueryEscape(callback) + "&scope=openid&prompt=none", "", "", ""},
		{"GET", "/ims/authorize?client_id=Campaign1&response_type=id_token+token&nonce=n&scope=openid,AdobeID&state=%00", "", "", "ims_sid=x"},
		{"POST", "/ims/token/v3", "application/x-www-form-urlencoded", "grant_type=authorization_code&code=a.b.c&client_id=Campaign1&client_secret=wrong", ""},
		{"POST", "/ims/token/v1", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nrefresh_token\r\n--x--", ""},
		{"POST", "/ims/validate_token/v1", "application/x-www-form-urlencoded", "token=eyJhbGciOiJSUzI1NiJ9.e30.AA&client_id=Campaign1", ""},
		{"GET", "/ims/profile/v1", "", "", "Bearer eyJhbGciOiJub25lIn0.e30."},
		{"GET", "/ims/logout/v1?client_id=Campaign1&redirect_uri=//evil", "", "", ""},
		{"GET", "/v2/usermanagement/users/x/99999999999999999999/%ff", "", "", "Bearer x"},
		{"POST", "/signin/", "application/x-www-form-urlencoded", "relay=x&email=%ff&as=", ""},
		{"POST", "/standin/switches/slow", "application/json", `{"value":1e999}`, ""},
		{"GET", "/dashboard/groups?page=-9223372036854775808&q=%f0%28", "", "", "standin_form=x"},
		{"POST", "/dashboard/people/edit", "application/x-www-form-urlencoded", "token=&was=%00&email=@", "standin_form=00000000000000000000000000000000"},
		{"GET", "/adobe.com/%2e%2e/x?a=b#c", "", "", "standin_note=x"},
	} {
		f.Add(seed.method, seed.target, seed.kind, seed.body, seed.header)
	}
	f.Fuzz(func(t *testing.T, method, target, kind, body, header string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Host != "" || method == "" || strings.ContainsAny(method, " \r\n\t") {
			t.Skip()
		}
		if strings.HasPrefix(u.Path, "/standin/switches") || strings.HasPrefix(u.Path, "/standin/keys") {
			method = http.MethodGet // a switch that is on changes what must hold
		}
		r := &http.Request{Method: method, URL: u, Host: "localhost", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody}
		if body != "" {
			r = httptest.NewRequest(http.MethodPost, "https://localhost/", strings.NewReader(body))
			r.Method, r.URL, r.Host = method, u, "localhost"
		}
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Cookie", header)
		r.Header.Set("Authorization", header)
		r.Header.Set("X-Api-Key", header)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code < 200 {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "t3chnical") || w.Header().Get("X-Debug-Id") == "" {
			t.Errorf("%s %s: a secret, or no debug id", method, target)
		}
	})
}
