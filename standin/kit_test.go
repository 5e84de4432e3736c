// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher/standin"
	"github.com/usher-signin/usher/standin/standintest"
)

const (
	callback = "https://campaign.corp.example/usher/callback"
	verifier = "a-verifier-of-enough-characters-for-the-rules-0"
	allIMS   = "openid,AdobeID,email,profile,session,offline_access,read_organizations,additional_info.projectedProductContext,additional_info.roles"
)

// A desk is a stand-in, and a client that uses it.
type desk struct {
	*standintest.Standin
	t *testing.T
}

func newDesk(t *testing.T, options ...func(*standin.Options)) desk {
	t.Helper()
	return desk{standintest.Start(t, options...), t}
}

// ask is an authorize URL of the sample client. Changes are name=value; a name
// with a minus before it is left out.
func (d desk) ask(changes ...string) string {
	path, v := "/ims/authorize/v2", url.Values{
		"client_id": {"Campaign1"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {allIMS},
		"state": {"the-state"}, "nonce": {"the-nonce"}, "code_challenge": {s256(verifier)}, "code_challenge_method": {"S256"},
	}
	for _, c := range changes {
		name, value, _ := strings.Cut(c, "=")
		switch {
		case strings.HasPrefix(name, "/"):
			path = name
		case strings.HasPrefix(name, "-"):
			v.Del(name[1:])
		default:
			v.Set(name, value)
		}
	}
	return d.URL + path + "?" + v.Encode()
}

func s256(v string) string {
	sum := sha256.Sum256([]byte(v))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// code signs Ana in and returns the code.
func (d desk) code(changes ...string) string {
	d.t.Helper()
	back := d.SignIn(d.ask(changes...), "ana@corp.example", "")
	code := back.Query().Get("code")
	if code == "" {
		d.t.Fatalf("the sign-in gave no code: %s", back)
	}
	return code
}

// An answered is an answer, read whole.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// json is the body as an object; nil if it is none.
func (a answered) json() map[string]any {
	var o map[string]any
	if json.Unmarshal(a.body, &o) != nil {
		return nil
	}
	return o
}

func (a answered) list() []any {
	var l []any
	if json.Unmarshal(a.body, &l) != nil {
		return nil
	}
	return l
}

func (a answered) text(name string) string {
	s, _ := a.json()[name].(string)
	return s
}

// do sends a request; headers are name, value pairs.
func (d desk) do(method, path string, body io.Reader, headers ...string) answered {
	d.t.Helper()
	a, err := d.try(method, path, body, headers...)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d desk) try(method, path string, body io.Reader, headers ...string) (answered, error) {
	if strings.HasPrefix(path, "/") {
		path = d.URL + path
	}
	req, err := http.NewRequestWithContext(context.Background(), method, path, body)
	if err != nil {
		return answered{}, err
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := d.Client().Do(req)
	if err != nil {
		return answered{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answered{res.StatusCode, res.Header, b}, err
}

func (d desk) get(path string, headers ...string) answered {
	d.t.Helper()
	return d.do("GET", path, nil, headers...)
}

func (d desk) post(path string, form url.Values, headers ...string) answered {
	d.t.Helper()
	return d.do("POST", path, strings.NewReader(form.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// redeem exchanges a code as the sample client does. More pairs replace.
func (d desk) redeem(path, code string, pairs ...string) answered {
	d.t.Helper()
	v := form("grant_type", "authorization_code", "code", code, "client_id", "Campaign1", "client_secret", "s3cret", "code_verifier", verifier)
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return d.post(path, v)
}

// tokens signs Ana in and redeems the code.
func (d desk) tokens(changes ...string) answered {
	d.t.Helper()
	a := d.redeem("/ims/token/v3", d.code(changes...))
	if a.status != http.StatusOK {
		d.t.Fatalf("the code was not redeemed: %d %s", a.status, a.body)
	}
	return a
}

func (d desk) access(changes ...string) string {
	d.t.Helper()
	return d.tokens(changes...).text("access_token")
}

// with is the header that shows an access token.
func with(token string) []string { return []string{"Authorization", "Bearer " + token} }

// claims reads the claims of a token, without a look at its signature.
func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	return part(t, token, 1)
}

func part(t *testing.T, token string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) <= i {
		t.Fatalf("%q is no token", token)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[i])
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func names(contexts any) []string {
	var out []string
	list, _ := contexts.([]any)
	for _, c := range list {
		entry, _ := c.(map[string]any)
		inner, _ := entry["prodCtx"].(map[string]any)
		label, _ := inner["label"].(string)
		out = append(out, label)
	}
	return out
}

func contains(b []byte, s string) bool { return bytes.Contains(b, []byte(s)) }

func client(o *standin.Organization, id string) *standin.Client {
	i := slices.IndexFunc(o.Clients, func(c standin.Client) bool { return c.ID == id })
	return &o.Clients[i]
}
