// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	usher "github.com/usher-signin/usher"
)

// Times on an ID token are judged with this much patience for clocks that
// differ. A token is redeemed right after it was made, so one that is older
// than an hour is not the answer to this sign-in, or a clock is far off.
const (
	maxSkew  = 60 * time.Second
	maxAge   = time.Hour
	maxTime  = 253402300799 // the last second of the year 9999
	maxAuds  = 64
	maxSubID = 255 // bytes (OpenID Connect Core 1.0 section 2)
)

// A presented is an ID token with what it is to be judged by.
type presented struct {
	client      *Client
	metadata    *Metadata
	token       *signedToken
	nonce       string
	nonceless   bool // a refreshed ID token needs no nonce
	accessToken string
	now         time.Time
	serverDate  time.Time // the provider's clock; zero: not known
}

// A tokenCheck is one thing that must hold of an ID token (OpenID Connect Core
// 1.0 section 3.1.3.7). Its id is the subject of the cause: the header or claim.
type tokenCheck struct {
	id    string
	judge func(context.Context, presented) *usher.Cause
}

// tokenChecks lists them in the order in which a sign-in stops. No claim is
// believed before the signature is verified.
func tokenChecks() []tokenCheck {
	return []tokenCheck{
		{"alg", checkAlg}, {"typ", checkTyp}, {"crit", checkCrit}, {"signature", checkSignature},
		{"iss", checkIss}, {"aud", checkAud}, {"azp", checkAzp},
		{"exp", checkExp}, {"iat", checkIat}, {"nbf", checkNbf},
		{"nonce", checkNonce}, {"sub", checkSub}, {"at_hash", checkAtHash},
	}
}

func checkAlg(_ context.Context, p presented) *usher.Cause {
	if alg := p.token.algorithm(); !slices.Contains(p.client.algorithms, alg) {
		saw := quote(alg)
		if _, isString := p.token.header["alg"].(string); !isString {
			saw = kindOfMember(p.token.header, "alg")
		}
		return verifyCause("alg", saw, strings.Join(p.client.algorithms, " or "))
	}
	return nil
}

// checkTyp refuses tokens that were made for something else (RFC 8725 section
// 3.11). IMS marks its access and refresh tokens with a member of its own.
func checkTyp(_ context.Context, p presented) *usher.Cause {
	if typ, present := p.token.header["typ"]; present {
		s, isString := typ.(string)
		if !isString || !strings.EqualFold(strings.TrimPrefix(strings.ToLower(s), "application/"), "jwt") {
			return verifyCause("typ", kindOf(typ)+" "+quote(s), "JWT, or nothing")
		}
	}
	if itt, _ := p.token.header["itt"].(string); p.client.account.IMS() && (itt == "at" || itt == "rt") {
		return verifyCause("itt", quote(itt), "a token that is no access or refresh token")
	}
	return nil
}

// checkCrit refuses extensions that change how a token is to be read: usher
// knows none (RFC 7515 section 4.1.11, RFC 7797).
func checkCrit(_ context.Context, p presented) *usher.Cause {
	for _, name := range []string{"crit", "b64", "zip", "enc"} {
		if _, present := p.token.header[name]; present {
			return verifyCause(name, "a header member "+name, "a plain signed token without it")
		}
	}
	return nil
}

func checkSignature(ctx context.Context, p presented) *usher.Cause {
	return p.client.verifySignature(ctx, p.metadata, p.token)
}

func checkIss(_ context.Context, p presented) *usher.Cause {
	accepted := p.client.issuers()
	if iss, ok := p.token.claims["iss"].(string); ok {
		if slices.Contains(accepted, iss) {
			return nil
		}
		return verifyCause("iss", quote(iss), strings.Join(accepted, " or "))
	}
	return verifyCause("iss", kindOfMember(p.token.claims, "iss"), strings.Join(accepted, " or "))
}

// audience reads aud: one string or an array of strings.
func audience(claims map[string]any) ([]string, bool) {
	if one, ok := claims["aud"].(string); ok {
		return []string{one}, true
	}
	list, ok := stringsOf(claims["aud"])
	return list, ok && len(list) <= maxAuds
}

func checkAud(_ context.Context, p presented) *usher.Cause {
	us := p.client.account.ClientID
	list, ok := audience(p.token.claims)
	if !ok {
		return verifyCause("aud", kindOfMember(p.token.claims, "aud"), "our client id "+quote(us))
	}
	if !slices.Contains(list, us) {
		return verifyCause("aud", quote(strings.Join(list, ", ")), "our client id "+quote(us))
	}
	foreign := func(a string) bool { return a != us }
	if slices.ContainsFunc(list, foreign) && p.token.claims["azp"] != us {
		return verifyCause("aud", quote(strings.Join(list, ", "))+" without azp", "our client id alone, or azp = "+quote(us))
	}
	return nil
}

func checkAzp(_ context.Context, p presented) *usher.Cause {
	azp, present := p.token.claims["azp"]
	if us := p.client.account.ClientID; present && azp != us {
		s, _ := azp.(string)
		return verifyCause("azp", kindOf(azp)+" "+quote(s), "our client id "+quote(us))
	}
	return nil
}

// claimTime reads a NumericDate (RFC 7519 section 2): a number of seconds,
// perhaps with a fraction.
func claimTime(claims map[string]any, name string) (t time.Time, ok bool) {
	n, isNumber := claims[name].(json.Number)
	if !isNumber {
		return time.Time{}, false
	}
	f, err := n.Float64()
	if err != nil || math.IsNaN(f) || f < 0 || f > maxTime {
		return time.Time{}, false
	}
	seconds, fraction := math.Modf(f)
	return time.Unix(int64(seconds), int64(fraction*1e9)), true
}

func (p presented) timeCause(name, saw, want string) *usher.Cause {
	cause := verifyCause(name, saw, want)
	if !p.serverDate.IsZero() {
		if off := p.now.Sub(p.serverDate).Round(time.Second); off.Abs() > maxSkew {
			cause.Detail = fmt.Sprintf("this machine's clock says %s and the provider's %s: they differ by %s",
				p.now.UTC().Format(time.RFC3339), p.serverDate.UTC().Format(time.RFC3339), off.Abs())
		}
	}
	return cause
}

func (p presented) badTime(name string) *usher.Cause {
	saw := kindOfMember(p.token.claims, name)
	if _, isNumber := p.token.claims[name].(json.Number); isNumber {
		saw = "a number that is no time"
	}
	return p.timeCause(name, saw, "a number of seconds since 1970")
}

func checkExp(_ context.Context, p presented) *usher.Cause {
	exp, ok := claimTime(p.token.claims, "exp")
	if !ok {
		return p.badTime("exp")
	}
	if late := p.now.Sub(exp); late >= maxSkew {
		return p.timeCause("exp", "a token that expired "+late.Round(time.Second).String()+" ago", "one that is still valid")
	}
	return nil
}

func checkIat(_ context.Context, p presented) *usher.Cause {
	iat, ok := claimTime(p.token.claims, "iat")
	if !ok {
		return p.badTime("iat")
	}
	age := p.now.Sub(iat)
	switch {
	case age < -maxSkew:
		return p.timeCause("iat", "a token issued "+(-age).Round(time.Second).String()+" in the future", "one issued just now")
	case age > maxAge:
		return p.timeCause("iat", "a token issued "+age.Round(time.Second).String()+" ago", "one issued just now")
	}
	return nil
}

func checkNbf(_ context.Context, p presented) *usher.Cause {
	if _, present := p.token.claims["nbf"]; !present {
		return nil
	}
	nbf, ok := claimTime(p.token.claims, "nbf")
	if !ok {
		return p.badTime("nbf")
	}
	if early := nbf.Sub(p.now); early > maxSkew {
		return p.timeCause("nbf", "a token that is valid only in "+early.Round(time.Second).String(), "one that is valid now")
	}
	return nil
}

// checkNonce ties the token to this browser's sign-in. The values are not shown.
func checkNonce(_ context.Context, p presented) *usher.Cause {
	value, present := p.token.claims["nonce"]
	if p.nonceless {
		return nil
	}
	got, isString := value.(string)
	switch {
	case !present:
		return verifyCause("nonce", "no nonce", "the nonce of this sign-in")
	case !isString:
		return verifyCause("nonce", kindOf(value), "the nonce of this sign-in")
	case p.nonce == "" || !usher.NewSecret(got).Equal(usher.NewSecret(p.nonce)):
		return verifyCause("nonce", "another value", "the nonce of this sign-in")
	}
	return nil
}

func checkSub(_ context.Context, p presented) *usher.Cause {
	sub, isString := p.token.claims["sub"].(string)
	switch {
	case !isString:
		return verifyCause("sub", kindOfMember(p.token.claims, "sub"), "1 to 255 printable ASCII characters")
	case len(sub) == 0 || len(sub) > maxSubID:
		return verifyCause("sub", fmt.Sprintf("%d bytes", len(sub)), "1 to 255 printable ASCII characters")
	case strings.ContainsFunc(sub, func(r rune) bool { return r < 0x20 || r > 0x7e }):
		return verifyCause("sub", "characters that do not print, or are not ASCII", "1 to 255 printable ASCII characters")
	}
	return nil
}

// checkAtHash ties the access token to the ID token where the provider says so.
func checkAtHash(_ context.Context, p presented) *usher.Cause {
	value, present := p.token.claims["at_hash"]
	if !present {
		return nil
	}
	got, isString := value.(string)
	s, known := signatureOf(p.token.algorithm())
	if !isString || !known {
		return verifyCause("at_hash", kindOf(value), "the hash of the access token")
	}
	sum := digest(s.hash, []byte(p.accessToken))
	if want := base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2]); got != want {
		return verifyCause("at_hash", "the hash of something else", "the hash of the access token")
	}
	return nil
}
