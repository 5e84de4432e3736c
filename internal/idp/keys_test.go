// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	usher "github.com/usher-signin/usher"
)

func TestUnusableKeysAreSkippedAndSaidWhy(t *testing.T) {
	good := publicJWK("good", rsaKeys[0]())
	with := func(base map[string]any, name string, value any) map[string]any {
		jwk := maps.Clone(base)
		jwk["kid"] = "bad"
		jwk[name] = value
		return jwk
	}
	odd := func(bits uint) string {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return b64(n.SetBit(n, 0, 1).Bytes())
	}
	ec := publicJWK("bad", ecKey())
	for name, row := range map[string]struct {
		jwk any
		why string
	}{
		"oct":             {map[string]any{"kty": "oct", "k": "c2VjcmV0"}, "private parts"},
		"oct without k":   {map[string]any{"kty": "oct"}, `kty is "oct"`},
		"no kty":          {map[string]any{}, `kty is ""`},
		"private RSA":     {with(good, "d", "AQAB"), "private parts"},
		"private EC":      {with(ec, "d", "AQAB"), "private parts"},
		"use enc":         {with(good, "use", "enc"), "not for signatures"},
		"use an array":    {with(good, "use", []string{"sig"}), "not for signatures"},
		"alg HS256":       {with(good, "alg", "HS256"), "alg"},
		"alg none":        {with(good, "alg", "none"), "alg"},
		"alg of EC":       {with(good, "alg", "ES256"), "does not fit"},
		"alg of P-384":    {with(ec, "alg", "ES384"), "does not fit"},
		"e = 1":           {with(good, "e", "AQ"), "exponent"},
		"e = 0":           {with(good, "e", "AA"), "exponent"},
		"e even":          {with(good, "e", "AQAA"), "exponent"},
		"e of 33 bits":    {with(good, "e", "AQAAAAE"), "exponent"},
		"e of 9 bytes":    {with(good, "e", "AQAAAAAAAAAAAQ"), "too long"},
		"n of 1024 bits":  {with(good, "n", odd(1024)), "1024 bits"},
		"n of 2047 bits":  {with(good, "n", odd(2047)), "2047 bits"},
		"n of 8193 bits":  {with(good, "n", odd(8193)), "8193 bits"},
		"n of 16384 bits": {with(good, "n", odd(16384)), "too long"},
		"n even":          {with(good, "n", b64(append([]byte{0xff}, make([]byte, 255)...))), "odd number"},
		"n missing":       {with(good, "n", nil), "n is null"},
		"n not base64url": {with(good, "n", "++//"), "not base64url"},
		"n with padding":  {with(good, "n", odd(2048)+"=="), "n is"},
		"x off the curve": {with(ec, "x", b64(make([]byte, 32))), "not on the curve"},
		"x too short":     {with(ec, "x", b64(make([]byte, 31))), "too short"},
		"secp256k1":       {with(ec, "crv", "secp256k1"), "curve"},
		"P-256 as P-384":  {with(ec, "crv", "P-384"), "too short"},
		"X25519":          {map[string]any{"kty": "OKP", "crv": "X25519", "x": b64(make([]byte, 32))}, "curve"},
		"Ed25519 short":   {map[string]any{"kty": "OKP", "crv": "Ed25519", "x": b64(make([]byte, 31))}, "too short"},
		"a string":        {"key", "a string"},
		"null":            {nil, "null"},
	} {
		list := must(decodeValue(must(json.Marshal([]any{row.jwk, good})), foldKeys)).([]any)
		keys, skipped := readKeys(list)
		if len(keys) != 1 || keys[0].id != "good" || len(skipped) != 1 || !strings.Contains(skipped[0], row.why) {
			t.Errorf("%s: %d keys, skipped %q, want %q", name, len(keys), skipped, row.why)
		}
	}
	for _, bits := range []uint{2048, 3072, 4096, 8192} {
		if _, err := readKey(must(decodeObject(must(json.Marshal(with(good, "n", odd(bits)))), foldTop))); err != nil {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}

func TestKeySetsThatCannotBeUsed(t *testing.T) {
	key := string(must(json.Marshal(publicJWK("k1", rsaKeys[0]()))))
	for name, row := range map[string]struct{ body, mediaType, saw string }{
		"HTML":             {"<!doctype html><p>sign in to the network", "text/html", "an HTML page"},
		"empty":            {"", "application/json", "an empty body"},
		"an array":         {"[" + key + "]", "application/json", "an array"},
		"keys an object":   {`{"keys":{}}`, "application/json", "keys: an object"},
		"keys missing":     {`{}`, "application/json", "keys: nothing"},
		"keys twice":       {`{"keys":[],"keys":[` + key + `]}`, "application/json", `"keys" comes twice`},
		"KEYS and keys":    {`{"keys":[` + key + `],"KEYS":[]}`, "application/json", "differ only by case"},
		"n and N in a key": {`{"keys":[` + strings.Replace(key, `"kid"`, `"N":"AQAB","kid"`, 1) + `]}`, "application/json", "differ only by case"},
		"cut short":        {`{"keys":[` + key, "application/json", "cut short"},
		"two values":       {`{"keys":[` + key + `]}{}`, "application/json", "something follows"},
		"million deep":     {`{"keys":` + strings.Repeat("[", 400_000), "application/json", "nested deeper"},
	} {
		op := newOP(t, false)
		op.answer("/keys", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", row.mediaType)
			_, _ = w.Write([]byte(row.body))
		})
		_, _, cause := signIn(t, op.client(t))
		if cause == nil || cause.Subject != "key set" || !strings.Contains(cause.Saw, row.saw) {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestThousandKeys(t *testing.T) {
	op := newOP(t, false)
	ours := op.jwks[0]
	op.jwks = nil
	for i := range 1000 {
		op.jwks = append(op.jwks, publicJWK(fmt.Sprint("x", i), rsaKeys[1]()))
	}
	op.jwks[150] = ours
	c := op.client(t)
	if _, _, cause := signIn(t, c); cause != nil {
		t.Error(cause)
	}
	set, cause := c.Keys(t.Context())
	if cause != nil || len(set.IDs) != maxKeys || len(set.Skipped) != 1 {
		t.Errorf("%d keys, skipped %q, cause %v", len(set.IDs), set.Skipped, cause)
	}
}

// A thousand unknown key names a second lead to no more fetches than the
// bucket allows, and tokens with a known key are not harmed.
func TestUnknownKeysAreFetchedFromABucket(t *testing.T) {
	op := newOP(t, false)
	now := clock
	op.now = func() time.Time { return now }
	c := op.client(t)
	unknown := func(i int) *usher.Cause {
		op.header["kid"] = fmt.Sprint("unknown", i)
		defer func() { op.header["kid"] = "k1" }()
		_, cause := c.Redeem(t.Context(), redemption())
		return cause
	}
	for i := range 30 {
		if cause := unknown(i); cause == nil || cause.Subject != "kid" {
			t.Fatalf("an unknown key: %v", cause)
		}
	}
	if n := op.count("/keys"); n != bucketSize {
		t.Errorf("%d fetches at once", n)
	}
	if _, _, cause := signIn(t, c); cause != nil {
		t.Errorf("a known key beside the flood: %v", cause)
	}
	for second := range 60 {
		now = now.Add(time.Second)
		_ = unknown(second)
	}
	if n := op.count("/keys"); n != bucketSize+6 {
		t.Errorf("%d fetches in a minute, want %d", n, bucketSize+6)
	}
	now = now.Add(-time.Hour)
	_ = unknown(0)
	if n := op.count("/keys"); n != bucketSize+6 {
		t.Errorf("a clock that is set back refills the bucket: %d fetches", n)
	}
}

// A wrong signature under a known name is wrong, and asks for no other keys.
func TestBrokenSignatureOfAKnownKeyFetchesNothing(t *testing.T) {
	op := newOP(t, false)
	op.key = rsaKeys[1]()
	c := op.client(t)
	for range 3 {
		if _, cause := c.Redeem(t.Context(), redemption()); cause == nil || cause.Subject != "signature" {
			t.Error(cause)
		}
	}
	if n := op.count("/keys"); n != 1 {
		t.Errorf("%d fetches", n)
	}
}

func TestKeysOutliveTheirEndpointForADay(t *testing.T) {
	op := newOP(t, false)
	now := clock
	op.now = func() time.Time { return now }
	c := op.client(t)
	if _, _, cause := signIn(t, c); cause != nil {
		t.Fatal(cause)
	}
	op.answer("/keys", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	later := func(d time.Duration) *usher.Cause {
		now = clock.Add(d)
		op.claims["iat"], op.claims["exp"] = now.Unix(), now.Add(time.Hour).Unix()
		_, cause := c.Redeem(t.Context(), redemption())
		return cause
	}
	for _, d := range []time.Duration{time.Minute, 2 * time.Hour, 24 * time.Hour} {
		if cause := later(d); cause != nil {
			t.Errorf("after %s: %v", d, cause)
		}
	}
	if cause := later(24*time.Hour + time.Second); cause == nil || cause.Code != usher.CodeProviderUnreachable || cause.Subject != "key set" {
		t.Errorf("after more than a day: %v", cause)
	}
	// An answer that is nonsense is a failing fetch as well.
	op.answer("/keys", nil)
	if cause := later(25 * time.Hour); cause != nil {
		t.Fatal(cause)
	}
	op.answer("/keys", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, "nonsense") })
	if cause := later(27 * time.Hour); cause != nil {
		t.Errorf("after a nonsense answer: %v", cause)
	}
}

func TestKeysWithdrawnAreGoneAfterAnHour(t *testing.T) {
	op := newOP(t, false)
	now := clock
	op.now = func() time.Time { return now }
	c := op.client(t)
	if _, _, cause := signIn(t, c); cause != nil {
		t.Fatal(cause)
	}
	op.jwks = []map[string]any{publicJWK("k2", rsaKeys[1]())}
	now = clock.Add(time.Hour)
	op.claims["iat"], op.claims["exp"] = now.Unix(), now.Add(time.Hour).Unix()
	if _, cause := c.Redeem(t.Context(), redemption()); cause == nil || cause.Subject != "kid" {
		t.Errorf("a key that was withdrawn: %v", cause)
	}
}

func TestKeyFetchIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches := 0
		s := &keySet{now: time.Now, bucket: fullBucket, fetch: func(_ context.Context, _ string) ([]publicKey, []string, *usher.Cause) {
			fetches++
			time.Sleep(time.Second)
			return []publicKey{{id: "k1", key: &rsaKeys[0]().PublicKey}}, nil, nil
		}}
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() {
				if keys, cause := s.find(t.Context(), "u", "RS256", "k1", false); cause != nil || len(keys) != 1 {
					t.Errorf("%d keys, %v", len(keys), cause)
				}
			})
		}
		wait.Wait()
		if fetches != 1 {
			t.Errorf("%d fetches", fetches)
		}
	})
}

// A hanging key endpoint costs the one who waits for it his own patience only.
func TestKeyFetchOutlivesWhoeverAskedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &keySet{now: time.Now, bucket: fullBucket, fetch: func(ctx context.Context, _ string) ([]publicKey, []string, *usher.Cause) {
			select {
			case <-time.After(3 * time.Second):
				return []publicKey{{id: "k1", key: &rsaKeys[0]().PublicKey}}, nil, nil
			case <-ctx.Done():
				return nil, nil, &usher.Cause{Code: usher.CodeProviderUnreachable}
			}
		}}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, cause := s.find(impatient, "u", "RS256", "k1", false); cause == nil || cause.Code != usher.CodeProviderUnreachable {
				t.Errorf("the impatient one: %v", cause)
			}
		})
		synctest.Wait()
		wait.Go(func() {
			if keys, cause := s.find(t.Context(), "u", "RS256", "k1", false); cause != nil || len(keys) != 1 {
				t.Errorf("the patient one: %v", cause)
			}
		})
		wait.Wait()
	})
}

func TestKeysTriedWithoutAName(t *testing.T) {
	var keys []publicKey
	for range 40 {
		keys = append(keys, publicKey{key: &rsaKeys[1]().PublicKey})
	}
	if n := len(fitting(keys, "RS256", "")); n != maxTried {
		t.Errorf("%d keys are tried", n)
	}
	if n := len(fitting(keys, "RS256", "k1")); n != 0 {
		t.Errorf("%d keys of a name that none has", n)
	}
}
