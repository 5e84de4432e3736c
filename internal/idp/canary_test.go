// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	usher "github.com/usher-signin/usher"
)

// printed writes a value in every way that a careless line of code might.
func printed(values ...any) string {
	var out bytes.Buffer
	text := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	structured := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			_, _ = fmt.Fprintf(&out, verb+"\n", v)
		}
		text.Debug("careless", "value", v)
		structured.Debug("careless", "value", v)
		raw, err := json.Marshal(v)
		_, _ = fmt.Fprintln(&out, string(raw), err)
	}
	return out.String()
}

func wantNoCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, c := range append(canaries, fmt.Sprintf("%x", canarySecret), fmt.Sprintf("%x", canaryNonce)) {
		if strings.Contains(text, c) {
			at := strings.Index(text, c)
			t.Errorf("%s shows %q: …%s…", where, c, text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

func TestValuesDoNotPrintSecrets(t *testing.T) {
	for _, ims := range []bool{false, true} {
		op := newOP(t, ims)
		c := op.client(t)
		g, p, cause := signIn(t, c)
		if cause != nil {
			t.Fatal(cause)
		}
		request := AuthRequest{State: canaryState, Nonce: canaryNonce, Verifier: canaryVerifier}
		k := g.Keepsake()
		out := printed(redemption(), request, *g, g, k, &k, p, g.Notes)
		wantNoCanary(t, "a value", out)
		if strings.Contains(out, "eyJ") {
			t.Error("a token is shown")
		}
		if !strings.Contains(out, "Ana Lima") {
			t.Error("the person is not shown: nothing was printed at all?")
		}
		for name, v := range g.Claims {
			if v == canaryNonce {
				t.Errorf("the claim %s holds the nonce", name)
			}
		}
	}
}

// A provider that repeats whatever it knows, on every endpoint and with every
// status, gets none of it into a cause.
func TestCausesShowNoSecret(t *testing.T) {
	// The state is not known where the code is redeemed; it is taken by then.
	atToken := slices.DeleteFunc(slices.Clone(canaries), func(c string) bool { return c == canaryState || c == canaryAccess || c == canaryRefresh })
	seen := 0
	for path, known := range map[string][]string{
		"/token": atToken, "/userinfo": append(atToken, canaryAccess, canaryRefresh),
		"/profile/v3": append(atToken, canaryAccess, canaryRefresh), "/organizations/v6": append(atToken, canaryAccess, canaryRefresh),
	} {
		op := newOP(t, true)
		c := op.client(t)
		everything := strings.Join(known, " ")
		for _, status := range []int{200, 204, 302, 400, 401, 403, 404, 429, 500} {
			for _, body := range echoBodies(everything) {
				for _, media := range []string{"application/json", "text/html", "application/jwt", canaryCode + "/" + canarySecret} {
					op.answer(path, echo(everything, status, media, body))
					g, p, cause := signIn(t, c)
					if cause != nil {
						seen++
						wantNoCanary(t, fmt.Sprint(path, " ", status), printed(cause))
					}
					if g != nil {
						wantNoCanary(t, "a note", printed(g.Notes, p.Groups))
					}
				}
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d causes were seen", seen)
	}
}

func echo(everything string, status int, media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range []string{"Server", "Via", "X-Debug-Id", "Retry-After", "WWW-Authenticate", "X-Request-Id"} {
			w.Header().Set(h, everything)
		}
		w.Header().Set("Location", "https://"+canaryCode+".example/?"+everything)
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func echoBodies(everything string) []string {
	object := string(must(json.Marshal(map[string]any{"error": everything, "error_description": everything, "message": everything})))
	return []string{
		"", everything, object, "[" + object + "]",
		string(must(json.Marshal(map[string]any{canaryCode: 1, canarySecret: 2}))),
		fmt.Sprintf(`{%q:1,%q:1}`, canaryCode, canaryCode),
		fmt.Sprintf(`{"access_token":%q,"token_type":%q}`, canaryAccess, canaryAccess),
		fmt.Sprintf(`{"projectedProductContext":%q,"roles":[%q],"sub":%q}`, everything, everything, everything),
	}
}

// An ID token whose every claim repeats a secret gets none of it into a cause.
func TestTokenCausesShowNoSecret(t *testing.T) {
	for _, c := range canaries {
		if c == canaryState {
			continue
		}
		for _, name := range []string{"iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "sub", "at_hash"} {
			op := newOP(t, false)
			op.claims[name] = c
			if name == "nonce" {
				op.claims[name] = c + "x"
			}
			if _, cause := op.client(t).Redeem(t.Context(), redemption()); cause != nil {
				wantNoCanary(t, name, printed(cause))
			}
		}
		for _, name := range []string{"alg", "kid", "typ"} {
			op := newOP(t, false)
			op.header[name] = c
			_, cause := op.client(t).Redeem(t.Context(), redemption())
			if cause == nil || cause.Code != usher.CodeIDTokenInvalid {
				t.Fatalf("%s: %v", name, cause)
			}
			wantNoCanary(t, name, printed(cause))
		}
	}
}

func TestNoSecretInAnAddress(t *testing.T) {
	for _, ims := range []bool{false, true} {
		op := newOP(t, ims)
		c := op.client(t)
		g, _, cause := signIn(t, c)
		if cause != nil {
			t.Fatal(cause)
		}
		_ = c.Revoke(t.Context(), g.Keepsake())
		_, _ = c.Refresh(t.Context(), g.Keepsake())
		for _, call := range op.calls {
			wantNoCanary(t, "the address of "+call.path, call.path+"?"+call.rawQuery)
		}
		if len(op.calls) < 7 {
			t.Errorf("only %d calls", len(op.calls))
		}
	}
}

func TestNotesAndSignedUserinfoShowNoSecret(t *testing.T) {
	op := newOP(t, true)
	op.profile["projectedProductContext"] = []any{edited(prodCtx(canaryAccess, ourOrg, "x"), map[string]any{"statusCode": canaryCode})}
	g, _, cause := signIn(t, op.client(t))
	if cause != nil || len(g.Notes) == 0 {
		t.Fatalf("%v", cause)
	}
	wantNoCanary(t, "a note", printed(g.Notes))
	op = newOP(t, false)
	op.answer("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/jwt")
		_, _ = w.Write([]byte(sign(op.header, must(json.Marshal(map[string]any{"iss": canaryAccess})), op.key)))
	})
	if _, _, cause = signIn(t, op.client(t)); cause == nil {
		t.Fatal("accepted")
	}
	wantNoCanary(t, "the cause", printed(cause))
}
