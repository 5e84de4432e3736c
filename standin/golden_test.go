// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

var update = flag.Bool("update", false, "write testdata/*.json anew from what the stand-in answers")

// volatile is what differs from run to run, and what stands for it.
var volatile = []struct{ pattern, instead string }{
	{`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`, "TOKEN"},
	{`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, "UUID"},
	{`("n": )"[A-Za-z0-9_-]{300,}"`, `$1"MODULUS"`},
	{`("fg": )"[A-Z2-7]{26}"`, `$1"FINGERPRINT"`},
	{`("moi": )"[0-9a-f]{8}"`, `$1"HEX8"`},
	{`("oc": "renga\*na1r\*)[0-9a-f]{12}"`, `${1}HEX12"`},
	{`("(at|c)_hash": )"[A-Za-z0-9_-]{22}"`, `$1"HASH"`},
}

// answersToKeep are the answers whose shapes are recorded, by the name of their file.
func answersToKeep(d desk) map[string][]byte {
	kept := map[string][]byte{}
	keep := func(name string, a answered) answered {
		kept[name] = a.body
		return a
	}
	keepPart := func(name, token string, i int) {
		b, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
		if err != nil {
			d.t.Fatal(err)
		}
		kept[name] = b
	}
	keep("discovery", d.get("/ims/.well-known/openid-configuration"))
	keep("keys", d.get("/ims/keys"))
	code := d.code(withGroups)
	keepPart("code-claims", code, 1)
	v3 := keep("token-v3", d.redeem("/ims/token/v3", code))
	keepPart("access-token-header", v3.text("access_token"), 0)
	keepPart("access-token-claims", v3.text("access_token"), 1)
	keepPart("id-token-header", v3.text("id_token"), 0)
	keepPart("id-token-claims", v3.text("id_token"), 1)
	keepPart("refresh-token-claims", v3.text("refresh_token"), 1)
	keep("token-v1", d.redeem("/ims/token/v1", d.code()))
	keep("token-v2", d.redeem("/ims/token/v2", d.code()))
	keep("token-refreshed", d.post("/ims/token/v3", form("grant_type", "refresh_token", "refresh_token", v3.text("refresh_token"), "client_id", "Campaign1", "client_secret", "s3cret")))
	keep("token-client-credentials", d.post("/ims/token/v3", form("grant_type", "client_credentials", "client_id", "Technical1", "client_secret", "t3chnical", "scope", "openid,AdobeID")))
	keep("error-secret", d.redeem("/ims/token/v3", d.code(), "client_secret", "wrong"))
	keep("error-client", d.redeem("/ims/token/v3", d.code(), "client_id", "Nobody"))
	keep("error-code-v1", d.redeem("/ims/token/v1", "garbage"))
	keep("error-code-v3", d.redeem("/ims/token/v3", "garbage"))
	h := with(v3.text("access_token"))
	keep("profile", d.get("/ims/profile/v1", h...))
	keep("userinfo-v1", d.get("/ims/userinfo/v1", h...))
	keep("userinfo-v2", d.get("/ims/userinfo/v2", h...))
	keep("organizations", d.get("/ims/organizations/v5", h...))
	keep("organization", d.get("/ims/organizations/"+orgID+"/v2", h...))
	list := d.get("/ims/organizations/v5", h...).list()[0].(map[string]any)["groups"].([]any)[0].(map[string]any)
	keep("members", d.get(fmt.Sprintf("/ims/organizations/%s/groups/%.0f/members", orgID, list["ident"]), h...))
	keep("product-contexts-of-organization", d.post("/ims/fetch_pc_by_org/v1", form("org_id", orgID, "auth_src", "AdobeOrg", "client_id", "Campaign1"), h...))
	keep("validate-valid", d.post("/ims/validate_token/v1", form("type", "access_token", "client_id", "Campaign1", "token", v3.text("access_token"))))
	keep("validate-invalid", d.post("/ims/validate_token/v1", form("type", "access_token", "client_id", "Campaign1", "token", "garbage")))
	m := d.managed("Technical1", "t3chnical")
	keep("management-users", d.get(api+"/users/"+orgID+"/0", m...))
	keep("management-user", d.get(api+"/organizations/"+orgID+"/users/ana@corp.example", m...))
	keep("management-groups", d.get(api+"/groups/"+orgID+"/0", m...))
	keep("management-no-user", d.get(api+"/organizations/"+orgID+"/users/nobody@corp.example", m...))
	keep("management-no-group", d.get(api+"/users/"+orgID+"/0/Nothing", m...))
	keep("error-scope", d.post("/ims/token/v3", form("grant_type", "client_credentials", "client_id", "Technical1", "client_secret", "t3chnical", "scope", "openid,nothing")))
	keep("error-jwt-ended", d.post("/ims/exchange/v1/jwt", form("client_id", "Technical1", "client_secret", "t3chnical", "jwt_token", "x")))
	keep("error-access-token", d.get("/ims/profile/v1", with("garbage")...))
	service := d.post("/ims/token/v2", form("grant_type", "authorization_code", "code", "permanent", "client_id", "Technical1", "client_secret", "t3chnical"))
	keep("token-service", service)
	keepPart("service-token-claims", service.text("access_token"), 1)
	d.Change(func(o *standin.Organization) { o.Groups = append(o.Groups, standin.Group{Name: "Empty"}) })
	keep("management-nobody", d.get(api+"/users/"+orgID+"/0/Empty", m...))
	keep("management-no-organization", d.get(api+"/groups/nothing/0", m...))
	d.Set("throttled", true)
	keep("throttled", d.get("/ims/keys"))
	return kept
}

func goldenDesk(t *testing.T) desk {
	t.Helper()
	d := newDesk(t)
	d.Clock.Set(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	d.Change(func(o *standin.Organization) {
		c := client(o, "Campaign1")
		c.Scopes = append(c.Scopes, "groups")
		client(o, "Technical1").ServiceCode = "permanent"
	})
	return d
}

// normal is an answer, indented, with what is volatile replaced.
func normal(t *testing.T, d desk, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	text := strings.ReplaceAll(b.String(), d.URL, "{issuer}")
	for _, v := range volatile {
		text = regexp.MustCompile(v.pattern).ReplaceAllString(text, v.instead)
	}
	return []byte(text + "\n")
}

// Every answer is the one in its file under testdata, member by member, in
// order. Run with -update to accept a change.
func TestAnswersHaveTheirRecordedShapes(t *testing.T) {
	d := goldenDesk(t)
	kept := answersToKeep(d)
	for name, body := range kept {
		file := filepath.Join("testdata", name+".json")
		got := normal(t, d, body)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v; run the test with -update", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s has drifted.\ngot\n%swant\n%s", file, got, want)
		}
	}
	files, _ := filepath.Glob("testdata/*.json")
	for _, f := range files {
		if _, ok := kept[strings.TrimSuffix(filepath.Base(f), ".json")]; !ok {
			t.Errorf("%s is no answer that the test asks for: remove it", f)
		}
	}
}

// testdata/recorded.txt says what is publicly recorded of the real answers:
// file, member, kind, and the value where it is always the same. It was written
// from the vendor's documentation and public clients, not from this code, so
// -update does not touch it.
func TestAnswersHoldWhatIsRecordedOfIMS(t *testing.T) {
	b, err := os.ReadFile("testdata/recorded.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		lines++
		words := strings.Fields(line)
		value := strings.TrimSpace(strings.Join(words[3:], " "))
		file, err := os.ReadFile(filepath.Join("testdata", words[0]+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(file, &doc); err != nil {
			t.Fatal(err)
		}
		found, there := dig(doc, strings.Split(words[1], "."))
		switch {
		case words[2] == "absent":
			if there {
				t.Errorf("%s: %s is there", words[0], words[1])
			}
		case !there:
			t.Errorf("%s: %s is missing", words[0], words[1])
		case jsonKind(found) != words[2]:
			t.Errorf("%s: %s is a %s, recorded is a %s", words[0], words[1], jsonKind(found), words[2])
		case value != "":
			if got := fmt.Sprint(found); got != value {
				t.Errorf("%s: %s is %s, recorded is %s", words[0], words[1], got, value)
			}
		}
	}
	if lines < 100 {
		t.Errorf("recorded.txt holds %d lines only", lines)
	}
}

// dig follows a path into a document; 0 is the first entry of a list.
func dig(v any, path []string) (any, bool) {
	for _, p := range path {
		switch at := v.(type) {
		case []any:
			if p != "0" || len(at) == 0 {
				return nil, false
			}
			v = at[0]
		case map[string]any:
			next, ok := at[p]
			if !ok {
				return nil, false
			}
			v = next
		default:
			return nil, false
		}
	}
	return v, true
}

func jsonKind(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

// The members of a recorded answer come in its order, where an order is recorded.
func TestMembersComeInOrder(t *testing.T) {
	orders := map[string][]string{
		"discovery": {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri", "response_types_supported",
			"subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported", "token_endpoint_auth_methods_supported", "claims_supported", "grant_types_supported"},
		"token-v3":            {"access_token", "refresh_token", "sub", "id_token", "token_type", "expires_in"},
		"token-refreshed":     {"access_token", "refresh_token", "token_type", "expires_in"},
		"access-token-header": {"alg", "x5u", "kid", "itt"},
		"access-token-claims": {"id", "type", "client_id", "user_id", "state", "as", "aa_id", "ctp", "fg", "sid", "rtid", "moi", "pba", "oc", "rtea", "expires_in", "scope", "created_at"},
	}
	for name, want := range orders {
		b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range regexp.MustCompile(`(?m)^  "([^"]+)":`).FindAllSubmatch(b, -1) {
			got = append(got, string(m[1]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q, wanted %q", name, got, want)
		}
	}
}
