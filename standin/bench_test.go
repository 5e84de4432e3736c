// SPDX-License-Identifier: Apache-2.0

//go:build unix

package standin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

// BenchmarkSignIn is a whole sign-in of somebody who is signed in at the
// stand-in already: authorize, code, tokens, profile, with the scopes of
// an external account: three RS256 signatures, which are nearly all of its cost.
// It calls the handler directly, so that it measures the stand-in and neither
// the network of the machine nor a client: making the requests is about one
// hundredth of it. CPU-ms/sign-in is user and system time of all cores: unlike
// the rate it does not depend on what else the machine does. 10 of them are 200
// sign-ins a second on two cores.
func BenchmarkSignIn(b *testing.B) {
	const base = "https://localhost:4181"
	s, err := standin.New(standin.Options{BaseURL: base})
	if err != nil {
		b.Fatal(err)
	}
	call := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	ask := base + "/ims/authorize/v2?" + url.Values{
		"client_id": {"Campaign1"}, "redirect_uri": {callback}, "scope": {"openid,AdobeID,session,read_organizations,additional_info.projectedProductContext"}, "state": {"s"}, "nonce": {"n"},
		"code_challenge": {s256(verifier)}, "code_challenge_method": {"S256"},
	}.Encode()
	page := call(httptest.NewRequest(http.MethodGet, call(httptest.NewRequest(http.MethodGet, ask, nil)).Header().Get("Location"), nil))
	in := httptest.NewRequest(http.MethodPost, base+"/signin/", strings.NewReader(url.Values{
		"relay": {string(relayField.FindSubmatch(page.Body.Bytes())[1])}, "email": {"ana@corp.example"},
	}.Encode()))
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	cookie := strings.Split(call(in).Header().Get("Set-Cookie"), ";")[0]

	before := cpuTime(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodGet, ask, nil)
			r.Header.Set("Cookie", cookie)
			back, _ := url.Parse(call(r).Header().Get("Location"))
			r = httptest.NewRequest(http.MethodPost, base+"/ims/token/v3", strings.NewReader(url.Values{
				"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "code_verifier": {verifier},
				"client_id": {"Campaign1"}, "client_secret": {"s3cret"},
			}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			tokens := answered{body: call(r).Body.Bytes()}
			r = httptest.NewRequest(http.MethodGet, base+"/ims/profile/v1", nil)
			r.Header.Set("Authorization", "Bearer "+tokens.text("access_token"))
			if w := call(r); w.Code != http.StatusOK {
				b.Errorf("the profile is answered %d", w.Code)
				return
			}
		}
	})
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000/float64(b.N), "CPU-ms/sign-in")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sign-ins/s")
}

// cpuTime is the processor time that this process has used so far.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
