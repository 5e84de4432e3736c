// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// TestAssertionReachesTheApplication verifies what arrives at an application
// with nothing but what usher publishes, as the application would.
func TestAssertionReachesTheApplication(t *testing.T) {
	i := startInstance(t, [][2]string{{"    url: {{PUBLIC}}/reports\n", "    url: {{PUBLIC}}/reports\n    assertion: true\n"}})
	b := i.browser(t)
	body := b.signIn(t, i.public+"/reports/", "ana@corp.example").body
	_, token, found := strings.Cut(body, "assertion ")
	token, _, _ = strings.Cut(token, "\n")
	if !found {
		t.Fatalf("the application was told no assertion:\n%s", body)
	}
	published := i.browser(t).open(t, i.public+"/usher/assertion/keys")
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(published.body), &keys); err != nil || published.status != http.StatusOK || len(keys.Keys) != 1 {
		t.Fatalf("the keys: %d %s, %v", published.status, published.body, err)
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	var more struct {
		Email  string   `json:"email"`
		Groups []string `json:"groups"`
	}
	if err := parsed.Claims(keys, &claims, &more); err != nil {
		t.Fatal(err)
	}
	if err := claims.ValidateWithLeeway(jwt.Expected{Issuer: i.public, AnyAudience: jwt.Audience{i.public + "/reports"}, Time: time.Now()}, 0); err != nil {
		t.Error(err)
	}
	if more.Email != "ana@corp.example" || len(more.Groups) == 0 {
		t.Errorf("told %+v", more)
	}
	if strings.Contains(string(i.log.Bytes()), token) {
		t.Error("the log holds the assertion")
	}
}
