// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A probe looks at one thing and says what it saw, in a few words. The
// stand-in's address is said as BASE.
type probe func(d desk) string

func (p probe) run(d desk) string { return strings.ReplaceAll(p(d), d.URL, "BASE") }

const withGroups = "scope=" + allIMS + ",groups"

// metadata is a member of the discovery document.
func metadata(name string) probe {
	return func(d desk) string {
		a := d.get("/ims/.well-known/openid-configuration")
		if a.status != 200 || a.json() == nil {
			return fmt.Sprint(a.status, " ", kind(a.body))
		}
		return fmt.Sprint(a.json()[name])
	}
}

func kind(body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return "no JSON"
	}
	switch v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	}
	return fmt.Sprint(v)
}

// landing is where an authorize request ends; changes as for ask.
func landing(changes ...string) probe {
	return func(d desk) string {
		a := d.get(d.ask(changes...))
		if a.status != http.StatusFound {
			return fmt.Sprint("page ", a.status)
		}
		to, _ := url.Parse(a.header.Get("Location"))
		if to.Path == "/signin/" {
			to = d.SignIn(d.ask(changes...), "ana@corp.example", "")
		}
		return landed(d, to)
	}
}

// returned is a member of the answer at the callback, all its values.
func returned(name string) probe {
	return func(d desk) string {
		to := d.SignIn(d.ask(), "ana@corp.example", "")
		values := to.Query()[name]
		for i, v := range values {
			if strings.HasPrefix(v, "eyJ") {
				values[i] = "TOKEN"
			}
		}
		return strings.Join(values, " ")
	}
}

// redeemed is the answer to a code: ok, or the status and the error.
func redeemed(pairs ...string) probe {
	return func(d desk) string { return outcome(d.redeem("/ims/token/v3", d.code(), pairs...)) }
}

func outcome(a answered) string {
	switch {
	case a.status != http.StatusOK:
		return strings.TrimSpace(fmt.Sprint(a.status, " ", a.text("error")))
	case a.json() == nil:
		return kind(a.body)
	}
	return "ok"
}

// tokenMember is a member of the token answer.
func tokenMember(name string) probe {
	return func(d desk) string {
		v, there := d.redeem("/ims/token/v3", d.code()).json()[name]
		if s, ok := v.(string); ok && strings.HasPrefix(s, "eyJ") {
			return "TOKEN"
		}
		if !there {
			return "absent"
		}
		return fmt.Sprintf("%T %v", v, v)[:min(24, len(fmt.Sprintf("%T %v", v, v)))]
	}
}

// idToken is the raw ID token of a sign-in.
func (d desk) idToken() string { return d.redeem("/ims/token/v3", d.code(withGroups)).text("id_token") }

// idMember is a member of the ID token's header (part 0) or claims (part 1).
func idMember(i int, name string) probe {
	return func(d desk) string {
		v, there := part(d.t, d.idToken(), i)[name]
		if !there {
			return "absent"
		}
		return short(fmt.Sprintf("%T %v", v, v))
	}
}

func short(s string) string {
	if len(s) > 60 {
		return s[:60]
	}
	return s
}

// idTime is how far a time in the ID token is from now, in seconds.
func idTime(name string) probe {
	return func(d desk) string {
		n, ok := part(d.t, d.idToken(), 1)[name].(float64)
		if !ok {
			return "no number"
		}
		return fmt.Sprint(int64(n) - d.Clock.Now().Unix())
	}
}

// idText is whether the ID token's claims hold this text, how often.
func idText(text string) probe {
	return func(d desk) string {
		parts := strings.Split(d.idToken(), ".")
		b, _ := base64.RawURLEncoding.DecodeString(parts[1])
		return fmt.Sprint(strings.Count(string(b), text))
	}
}

type jwk struct{ Kty, Kid, Use, N, E, D string }

func (d desk) keySet() []jwk {
	var set struct{ Keys []jwk }
	_ = json.Unmarshal(d.get("/ims/keys").body, &set)
	return set.Keys
}

func (k jwk) public() (*rsa.PublicKey, bool) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	e, err2 := base64.RawURLEncoding.DecodeString(k.E)
	if k.Kty != "RSA" || err != nil || err2 != nil || len(n) < 100 {
		return nil, false
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, true
}

// verdict is what a plain reader makes of the ID token's signature.
func verdict(d desk) string {
	before := d.keySet()
	token := d.idToken()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Sprint(len(parts), " parts")
	}
	header := part(d.t, token, 0)
	kid, _ := header["kid"].(string)
	if header["alg"] != "RS256" {
		return fmt.Sprint("alg ", header["alg"])
	}
	named := func(k jwk) bool { return k.Kid == kid && k.Kid != "" && k.Use != "enc" }
	if kid == "" {
		named = func(k jwk) bool { return k.Use != "enc" }
	}
	again := ""
	keys := before
	if !slices.ContainsFunc(keys, named) {
		keys, again = d.keySet(), " after a second fetch"
	}
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	tried := 0
	for _, k := range keys {
		public, ok := k.public()
		if !ok || !named(k) {
			continue
		}
		tried++
		if rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil {
			return fmt.Sprint("good", again, ", key ", tried, ", bits ", public.N.BitLen())
		}
	}
	return fmt.Sprint("bad, tried ", tried)
}

// hmacVerdict says whether the token is HS256 with this key.
func hmacVerdict(key string) probe {
	return func(d desk) string {
		token := d.idToken()
		cut := strings.LastIndexByte(token, '.')
		m := hmac.New(sha256.New, []byte(key))
		m.Write([]byte(token[:cut]))
		return fmt.Sprint(part(d.t, token, 0)["alg"], " ", base64.RawURLEncoding.EncodeToString(m.Sum(nil)) == token[cut+1:])
	}
}

// keysSeen counts the keys by what is said of them.
func keysSeen(d desk) string {
	keys := d.keySet()
	ids, private, idless := map[string]int{}, 0, 0
	for _, k := range keys {
		ids[k.Kid]++
		if k.D != "" {
			private++
		}
		if k.Kid == "" {
			idless++
		}
	}
	return fmt.Sprintf("%d keys, %d ids, %d private, %d without id", len(keys), len(ids), private, idless)
}

// person is a member of an answer about a person.
func about(path, name string) probe {
	return func(d desk) string {
		a := d.get(path, with(d.access(withGroups))...)
		if a.status != 200 {
			return fmt.Sprint(a.status)
		}
		v, there := a.json()[name]
		if !there {
			return "absent"
		}
		b, _ := json.Marshal(v)
		return short(string(b))
	}
}

// labels are the product profiles of the profile.
func labels(d desk) string {
	v := d.get("/ims/profile/v1", with(d.access())...).json()["projectedProductContext"]
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprintf("%T", v)
	}
	if len(list) > 0 {
		c, ok := list[0].(map[string]any)
		if !ok {
			return fmt.Sprintf("array of %T", list[0])
		}
		if l := c["prodCtx"].(map[string]any)["label"]; fmt.Sprintf("%T", l) != "string" {
			return fmt.Sprintf("labels are %T", l)
		}
	}
	return fmt.Sprintf("%d %q", len(list), firstOf(names(v)))
}

func firstOf(l []string) string {
	if len(l) == 0 {
		return ""
	}
	return l[0]
}

// context is a member of the first product context.
func context1(name string) probe {
	return func(d desk) string {
		list := d.get("/ims/profile/v1", with(d.access())...).json()["projectedProductContext"].([]any)
		return fmt.Sprint(list[0].(map[string]any)["prodCtx"].(map[string]any)[name])
	}
}

// organization1 is about the first organization of the person.
func organization1(path ...string) probe {
	return func(d desk) string {
		v := d.get("/ims/organizations/v6", with(d.access())...).list()[0]
		for _, p := range path {
			if l, ok := v.([]any); ok {
				v = l[0]
			}
			v = v.(map[string]any)[p]
		}
		return fmt.Sprintf("%T %v", v, v)
	}
}
