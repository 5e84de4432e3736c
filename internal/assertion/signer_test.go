// SPDX-License-Identifier: Apache-2.0

package assertion_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/assertion"
)

const (
	issuer   = "https://usher.corp.example"
	audience = "https://reports.corp.example/eu"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func ana() *usher.Operator {
	return &usher.Operator{Account: "Adobe_Marketing_Cloud", Provider: "https://ims-na1.adobelogin.com", Subject: "A B@AdobeID", Name: "Ana Lima",
		Email: "ana@corp.example", Groups: []string{"Admin", "Zoë, of course"}, Rights: []string{"ADMINISTRATION"}}
}

// material stands for what is derived from a key file.
func material(text string) []byte {
	sum := sha512.Sum512([]byte(text))
	return sum[:assertion.MaterialBytes]
}

func signer(t *testing.T, keys ...string) *assertion.Signer {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, material(k))
	}
	s, err := assertion.New(issuer, all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func published(t *testing.T, s *assertion.Signer) jose.JSONWebKeySet {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(s.KeySet(), &set); err != nil {
		t.Fatal(err)
	}
	return set
}

// read verifies with another library's eyes.
func read(t *testing.T, token string, set jose.JSONWebKeySet) (map[string]any, error) {
	t.Helper()
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	return claims, parsed.Claims(set, &claims)
}

func TestAssertionSaysWhoForWhomAndHowLong(t *testing.T) {
	s := signer(t, "one")
	token, err := s.Assert(ana(), audience, noon)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t, token, published(t, s))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"iss": issuer, "aud": audience, "sub": "https://ims-na1.adobelogin.com#A%20B@AdobeID",
		"iat": float64(noon.Unix()), "exp": float64(noon.Unix() + 120), "provider": "https://ims-na1.adobelogin.com", "provider_subject": "A B@AdobeID",
		"account": "Adobe_Marketing_Cloud", "email": "ana@corp.example", "name": "Ana Lima",
		"groups": []any{"Admin", "Zoë, of course"}, "rights": []any{"ADMINISTRATION"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPeopleOfTwoProvidersAreTwoSubjects(t *testing.T) {
	s, set := signer(t, "one"), published(t, signer(t, "one"))
	other := ana()
	other.Provider = "https://login.other.example"
	var subjects []any
	for _, op := range []*usher.Operator{ana(), other} {
		token, err := s.Assert(op, audience, noon)
		if err != nil {
			t.Fatal(err)
		}
		claims, err := read(t, token, set)
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, claims["sub"])
	}
	if subjects[0] == subjects[1] {
		t.Errorf("both are %v", subjects[0])
	}
}

func TestListsAreNeverNull(t *testing.T) {
	s := signer(t, "one")
	op := ana()
	op.Rights = nil
	token, err := s.Assert(op, audience, noon)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := read(t, token, published(t, s))
	if err != nil || claims["rights"] == nil {
		t.Errorf("rights are %v, %v; wanted an empty list", claims["rights"], err)
	}
}

func TestNobodyIsNotAsserted(t *testing.T) {
	s := signer(t, "one")
	for name, op := range map[string]*usher.Operator{"nobody": nil, "no subject": {Provider: "https://p.example"}} {
		if token, err := s.Assert(op, audience, noon); err == nil {
			t.Errorf("%s: %s", name, token)
		}
	}
	if token, err := s.Assert(ana(), "", noon); err == nil {
		t.Errorf("for no application: %s", token)
	}
}

func TestNodesWithTheSameKeyFileSignAlike(t *testing.T) {
	token, err := signer(t, "one").Assert(ana(), audience, noon)
	if err != nil {
		t.Fatal(err)
	}
	other := signer(t, "one")
	if _, err := read(t, token, published(t, other)); err != nil {
		t.Errorf("another node's set does not verify it: %v", err)
	}
	if _, err := read(t, token, published(t, signer(t, "two"))); err == nil {
		t.Error("a set made from another key file verifies it")
	}
}

func TestRotationKeepsWhatWasSignedBefore(t *testing.T) {
	before, after := signer(t, "one"), signer(t, "two", "one")
	token, err := before.Assert(ana(), audience, noon)
	if err != nil {
		t.Fatal(err)
	}
	set := published(t, after)
	if _, err := read(t, token, set); err != nil {
		t.Errorf("what the older key signed: %v", err)
	}
	if token, err = after.Assert(ana(), audience, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, token, published(t, before)); err == nil {
		t.Error("the older key still signs")
	}
}

func TestKeySetHoldsNothingSecret(t *testing.T) {
	s := signer(t, "one", "two")
	set := published(t, s)
	if len(set.Keys) != 2 {
		t.Fatalf("%d keys, wanted 2", len(set.Keys))
	}
	for _, k := range set.Keys {
		if !k.IsPublic() || k.Algorithm != "ES256" || k.Use != "sig" || k.KeyID == "" {
			t.Errorf("published: %+v", k)
		}
	}
	if bytes.Contains(s.KeySet(), []byte(`"d"`)) || strings.Contains(string(s.KeySet()), "one") {
		t.Errorf("%s", s.KeySet())
	}
}

func TestBadMaterialIsRefused(t *testing.T) {
	for name, m := range map[string][][]byte{"none": nil, "short": {make([]byte, 32)}, "second is short": {material("one"), nil}} {
		if _, err := assertion.New(issuer, m); err == nil {
			t.Errorf("%s: made a signer", name)
		}
	}
	for name, m := range map[string][]byte{"zeros": make([]byte, assertion.MaterialBytes), "ones": bytes.Repeat([]byte{0xff}, assertion.MaterialBytes)} {
		if _, err := assertion.New(issuer, [][]byte{m}); err != nil {
			t.Errorf("%s: every value is good for a key: %v", name, err)
		}
	}
}
