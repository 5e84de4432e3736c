// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	usher "github.com/usher-signin/usher"
)

func memberships(p usher.Person) string {
	var list []string
	for _, m := range p.Groups {
		list = append(list, m.Source+"="+m.Group)
	}
	return strings.Join(list, "|")
}

func TestGroupsOfOpenIDConnect(t *testing.T) {
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprint("g", i)
	}
	for name, row := range map[string]struct {
		claim    string // groups_claim
		inToken  any    // nil: absent; null is json.RawMessage("null")
		inInfo   any
		want     string
		noted    string
		overage  bool
		tokenToo map[string]any
	}{
		"array in userinfo":     {"", nil, []string{"a", "b"}, "userinfo.groups=a|userinfo.groups=b", "", false, nil},
		"array in the ID token": {"", []string{"a"}, []string{"b"}, "id_token.groups=a", "", false, nil},
		"one string":            {"", nil, "a,b c", "userinfo.groups=a,b c", "", false, nil},
		"twice the same":        {"", []string{"a", "a"}, nil, "id_token.groups=a", "", false, nil},
		"empty array":           {"", []string{}, []string{"b"}, "", "", false, nil},
		"empty string":          {"", "", nil, "", "", false, nil},
		"absent":                {"", nil, nil, "", "neither", false, nil},
		"null":                  {"", json.RawMessage("null"), []string{"b"}, "", "null", false, nil},
		"a number":              {"", 5, nil, "", "a number", false, nil},
		"true":                  {"", true, nil, "", "a boolean", false, nil},
		"an object":             {"", map[string]any{"a": true}, nil, "", "an object", false, nil},
		"array of objects":      {"", []any{map[string]any{"name": "a"}}, nil, "", "an array", false, nil},
		"array with a number":   {"", []any{"a", 1}, nil, "", "an array", false, nil},
		"nested array":          {"", []any{[]any{"a"}}, nil, "", "an array", false, nil},
		"another claim":         {"roles", nil, nil, "id_token.roles=a", "", false, map[string]any{"roles": "a"}},
		"a path":                {"realm_access.roles", nil, nil, "id_token.realm_access.roles=a", "", false, map[string]any{"realm_access": map[string]any{"roles": []string{"a"}}}},
		"a path into a string":  {"realm_access.roles", nil, nil, "", "neither", false, map[string]any{"realm_access": "roles"}},
		"a name with dots":      {"https://corp.example/groups", nil, nil, "id_token.https://corp.example/groups=a", "", false, map[string]any{"https://corp.example/groups": []string{"a"}}},
		"other case":            {"", nil, nil, "", "neither", false, map[string]any{"Groups": []string{"a"}}},
		"overage":               {"", nil, nil, "", "", true, map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/x"}}}},
		"overage, mark":         {"", nil, nil, "", "", true, map[string]any{"hasgroups": true}},
		"overage of userinfo":   {"roles", nil, nil, "", "", true, map[string]any{"_claim_names": map[string]any{"roles": "src1"}}},
		"mark of another claim": {"roles", nil, nil, "", "neither", false, map[string]any{"hasgroups": true}},
		"mark beside groups":    {"", []string{"a"}, nil, "id_token.groups=a", "", false, map[string]any{"hasgroups": true}},
		"ten thousand":          {"", nil, many, "", "", false, nil},
		"a name of 300 bytes":   {"", []string{strings.Repeat("g", 300)}, nil, "id_token.groups=" + strings.Repeat("g", 300), "", false, nil},
	} {
		op := newOP(t, false)
		delete(op.info, "groups")
		if row.inToken != nil {
			op.claims["groups"] = row.inToken
		}
		if row.inInfo != nil {
			op.info["groups"] = row.inInfo
		}
		for k, v := range row.tokenToo {
			op.claims[k] = v
		}
		account := op.account()
		account.GroupsClaim = row.claim
		g, p, cause := signIn(t, op.clientFor(t, account, Options{}))
		if row.overage {
			if cause == nil || cause.Code != CodeGroupsOverage || cause.Step != usher.StepProfile || cause.Subject == "" {
				t.Errorf("%s: %v", name, cause)
			}
			continue
		}
		if cause != nil {
			t.Errorf("%s: %v", name, cause)
			continue
		}
		if name == "ten thousand" {
			if len(p.Groups) != usher.MaxGroups+1 {
				t.Errorf("%d groups are kept", len(p.Groups))
			}
			continue
		}
		if got := memberships(p); got != row.want || !strings.Contains(strings.Join(g.Notes, "\n"), row.noted) || row.noted == "" && len(g.Notes) != 0 {
			t.Errorf("%s: %q, notes %q", name, got, g.Notes)
		}
	}
}

func TestTooManyGroupsAreRefusedByTheAdmission(t *testing.T) {
	for name, groups := range map[string][]string{
		"too many": func() (l []string) {
			for i := range usher.MaxGroups + 1 {
				l = append(l, fmt.Sprint("Campaign - corp - ", i))
			}
			return l
		}(),
		"too long":      {"Campaign - corp - Admin", strings.Repeat("x", usher.MaxGroupBytes+1)},
		"a megabyte":    {"Campaign - corp - Admin", strings.Repeat("é", 40<<10)},
		"cut to a fit?": {strings.Repeat("é", usher.MaxGroupBytes)},
	} {
		op := newOP(t, false)
		op.info["groups"] = groups
		account := op.account()
		account.Mask = usher.ParseMask("Campaign - corp - ")
		_, p, cause := signIn(t, op.clientFor(t, account, Options{}))
		if cause != nil {
			t.Fatal(cause)
		}
		if _, cause := (usher.Admission{Account: account, OperatorGroups: []usher.OperatorGroup{{Name: "Admin"}, {Name: "0"}}}).Admit(p); cause == nil || cause.Code != usher.CodeTooManyGroups {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestUserinfoMustSpeakOfTheSamePerson(t *testing.T) {
	for name, row := range map[string]struct {
		change func(info map[string]any)
		saw    string
	}{
		"another sub":  {func(i map[string]any) { i["sub"] = "ana-2" }, "another subject"},
		"other case":   {func(i map[string]any) { i["sub"] = "ANA-1" }, "another subject"},
		"no sub":       {func(i map[string]any) { delete(i, "sub") }, "nothing"},
		"a number":     {func(i map[string]any) { i["sub"] = 1 }, "a number"},
		"an array":     {func(i map[string]any) { i["sub"] = []string{"ana-1"} }, "an array"},
		"sub and SUB":  {func(i map[string]any) { i["SUB"] = "root" }, "differ only by case"},
		"sub and ſub":  {func(i map[string]any) { i["ſub"] = "root" }, "differ only by case"},
		"SUB alone":    {func(i map[string]any) { i["SUB"] = i["sub"]; delete(i, "sub") }, "nothing"},
		"empty answer": {func(i map[string]any) { clear(i) }, "nothing"},
	} {
		for _, ims := range []bool{false, true} {
			op := newOP(t, ims)
			if ims {
				delete(op.info, "sub")
				op.info["sub"] = op.claims["sub"]
				if name == "other case" {
					continue
				}
			}
			row.change(op.info)
			_, _, cause := signIn(t, op.client(t))
			if cause == nil || cause.Code != usher.CodeProfileInvalid || !strings.Contains(cause.Saw, row.saw) || cause.Step != usher.StepProfile {
				t.Errorf("%s, ims %v: %v", name, ims, cause)
			}
		}
	}
}

func TestProfileEndpointsThatDoNotAnswer(t *testing.T) {
	for _, path := range []string{"/userinfo", "/profile/v3", "/organizations/v6"} {
		for name, row := range map[string]struct {
			answer http.HandlerFunc
			code   usher.Code
			says   string
		}{
			"401": {func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="`+canaryAccess+`"`)
				w.WriteHeader(http.StatusUnauthorized)
			}, usher.CodeProfileInvalid, `Bearer error="invalid_token", error_description="[secret]"`},
			"401 with JSON": {func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = w.Write([]byte(`{"error":"invalid_token","error_description":"expired"}`))
			}, usher.CodeProfileInvalid, "the provider says: invalid_token expired"},
			"500": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, usher.CodeProviderUnreachable, "HTTP 500"},
			"HTML": {func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<html>"))
			}, usher.CodeProfileInvalid, "an HTML page"},
			"unsigned token": {func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte("eyJhbGciOiJub25lIn0.e30."))
			}, usher.CodeProfileInvalid, "a token"},
		} {
			op := newOP(t, true)
			op.answer(path, row.answer)
			_, p, cause := signIn(t, op.client(t))
			if cause == nil || cause.Code != row.code || !strings.Contains(cause.Error(), row.says) || len(p.Groups) != 0 {
				t.Errorf("%s with %s: %v", path, name, cause)
			}
		}
	}
}

func TestSignedUserinfo(t *testing.T) {
	for name, row := range map[string]struct {
		header map[string]any
		change func(map[string]any)
		key    any
		saw    string
	}{
		"right":         {nil, nil, rsaKeys[0](), ""},
		"another aud":   {nil, func(c map[string]any) { c["aud"] = "x" }, rsaKeys[0](), "userinfo aud"},
		"another iss":   {nil, func(c map[string]any) { c["iss"] = "x" }, rsaKeys[0](), "userinfo iss"},
		"another sub":   {nil, func(c map[string]any) { c["sub"] = "x" }, rsaKeys[0](), "userinfo sub"},
		"another key":   {nil, nil, rsaKeys[1](), "userinfo signature"},
		"none":          {map[string]any{"alg": "none"}, nil, rsaKeys[0](), "userinfo alg"},
		"with crit":     {map[string]any{"alg": "RS256", "kid": "k1", "crit": []string{"x"}}, nil, rsaKeys[0](), "userinfo crit"},
		"unknown key":   {map[string]any{"alg": "RS256", "kid": "k7"}, nil, rsaKeys[0](), "userinfo kid"},
		"without aud":   {nil, func(c map[string]any) { delete(c, "aud") }, rsaKeys[0](), "userinfo aud"},
		"without a sub": {nil, func(c map[string]any) { delete(c, "sub") }, rsaKeys[0](), "userinfo sub"},
	} {
		op := newOP(t, false)
		claims := map[string]any{"iss": op.URL, "aud": testClientID, "sub": "ana-1", "groups": []string{"a"}}
		if row.change != nil {
			row.change(claims)
		}
		if row.header == nil {
			row.header = map[string]any{"alg": "RS256", "kid": "k1"}
		}
		op.answer("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jwt")
			_, _ = w.Write([]byte(sign(row.header, must(json.Marshal(claims)), row.key)))
		})
		_, p, cause := signIn(t, op.client(t))
		if row.saw == "" {
			if cause != nil || memberships(p) != "userinfo.groups=a" {
				t.Errorf("%s: %v", name, cause)
			}
		} else if cause == nil || cause.Subject != row.saw || cause.Code != usher.CodeProfileInvalid {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestEmailAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"ana@corp.example":             "ana@corp.example",
		"Ana.Lima+x@CORP.Example":      "Ana.Lima+x@corp.example",
		"a@b@corp.example":             "",
		"ana":                          "",
		"@corp.example":                "",
		"ana@":                         "",
		"ana lima@corp.example":        "",
		"\"ana\"@corp.example":         "",
		"ana,root@corp.example":        "",
		"(x)ana@corp.example":          "",
		"ana@corp.exаmple":             "",
		"ána@corp.example":             "",
		"ana@\u212aorp.example":        "",
		"ana@corp.ex\u017fample":       "",
		"ana@corp..example":            "",
		"ana@corp.example.":            "",
		"ana@[127.0.0.1]":              "",
		"ana\n@corp.example":           "",
		strings.Repeat("a", 64) + "@x": strings.Repeat("a", 64) + "@x",
		strings.Repeat("a", 65) + "@x": "",
	} {
		op := newOP(t, false)
		op.info["email"] = address
		_, p, cause := signIn(t, op.client(t))
		if cause != nil || p.Email != want || p.EmailVerified != (want != "") {
			t.Errorf("%q: %q, %v, %v", address, p.Email, p.EmailVerified, cause)
		}
	}
	for _, verified := range []any{"true", 1, nil, false, []bool{true}} {
		op := newOP(t, false)
		op.info["email_verified"] = verified
		if _, p, cause := signIn(t, op.client(t)); cause != nil || p.EmailVerified || p.Email == "" {
			t.Errorf("email_verified %v: %v, %v", verified, p.EmailVerified, cause)
		}
	}
	// The word "verified" of one place does not cover the address of another.
	op := newOP(t, false)
	delete(op.info, "email_verified")
	op.claims["email"], op.claims["email_verified"] = "root@corp.example", true
	if _, p, _ := signIn(t, op.client(t)); p.EmailVerified || p.Email != "ana@corp.example" {
		t.Errorf("%+v", p)
	}
	// The string "true" of the IMS profile verifies nothing.
	op = newOP(t, true)
	delete(op.info, "email")
	if _, p, _ := signIn(t, op.client(t)); p.EmailVerified || p.Email != "ana@corp.example" {
		t.Errorf("%+v", p)
	}
}

func TestNamesAreCleaned(t *testing.T) {
	op := newOP(t, false)
	op.info["name"] = "Ana\r\nX-Admin: yes\u202e\x00" + strings.Repeat("é", 500)
	_, p, cause := signIn(t, op.client(t))
	if cause != nil || len(p.Name) > maxName || strings.ContainsAny(p.Name, "\r\n\x00\u202e") || !strings.HasPrefix(p.Name, "Ana") {
		t.Errorf("%q, %v", p.Name, cause)
	}
}

// edited gives an IMS product context with members changed; nil deletes one.
func edited(entry map[string]any, change map[string]any) map[string]any {
	inner := entry["prodCtx"].(map[string]any)
	for k, v := range change {
		if v == nil {
			delete(inner, k)
		} else {
			inner[k] = v
		}
	}
	return entry
}

func TestGroupsOfIMS(t *testing.T) {
	const other = "FFFFFFFFFFFFFFFFFFFFFFFF@AdobeOrg"
	ours := func() map[string]any { return prodCtx("dma_campaign_classic", ourOrg, "A") }
	role := func(org string, data any) map[string]any {
		return map[string]any{"principal": "x", "organization": org, "named_role": "TEAM_MEMBER", "target_data": data}
	}
	null := json.RawMessage("null")
	for name, row := range map[string]struct {
		contexts, roles, orgs any // nil: absent, or an empty array of organizations
		want                  string
		contextsSeen          int
		noted                 string
	}{
		"all three places": {
			[]any{ours()}, []any{role(ourOrg, map[string]any{"group_name": "B", "svc_code": "dma_campaign_classic"})}, []any{imsOrg("0123456789ABCDEF01234567", "C", "A")},
			"profile.projectedProductContext=A|profile.roles=B|organizations=C", 1, "",
		},
		"another organization": {
			[]any{prodCtx("dma_campaign_classic", other, "A")}, []any{role(other, map[string]any{"group_name": "B"})}, []any{imsOrg("FFFFFFFFFFFFFFFFFFFFFFFF", "C")},
			"", 1, "",
		},
		"another service":        {[]any{prodCtx("dma_tartan", ourOrg, "A")}, nil, nil, "", 1, ""},
		"service in other case":  {[]any{prodCtx("DMA_campaign_classic", ourOrg, "A")}, nil, nil, "", 1, ""},
		"service of the old one": {[]any{prodCtx("dma_campaign", ourOrg, "A")}, nil, nil, "", 1, ""},
		"role of another product": {
			[]any{ours()}, []any{role(ourOrg, map[string]any{"group_name": "B", "svc_code": "dma_analytics"})}, nil, "profile.projectedProductContext=A", 1, "",
		},
		"not active":             {[]any{edited(ours(), map[string]any{"statusCode": "INACTIVE"})}, nil, nil, "", 0, "INACTIVE"},
		"status not said":        {[]any{edited(ours(), map[string]any{"statusCode": nil})}, nil, nil, "profile.projectedProductContext=A", 1, ""},
		"status a number":        {[]any{edited(ours(), map[string]any{"statusCode": 1})}, nil, nil, "", 0, "status"},
		"label missing":          {[]any{edited(ours(), map[string]any{"label": nil})}, nil, nil, "", 1, "label"},
		"label an array":         {[]any{edited(ours(), map[string]any{"label": []string{"A"}})}, nil, nil, "", 1, "an array"},
		"owner missing":          {[]any{edited(ours(), map[string]any{"owningEntity": nil})}, nil, nil, "", 0, "owningEntity"},
		"owner with a zero byte": {[]any{edited(ours(), map[string]any{"owningEntity": ourOrg + "\u200b"})}, nil, nil, "", 0, "owningEntity"},
		"owner without suffix":   {[]any{edited(ours(), map[string]any{"owningEntity": "0123456789ABCDEF01234567"})}, nil, nil, "profile.projectedProductContext=A", 1, ""},
		"contexts null":          {null, nil, nil, "", 0, "no projectedProductContext"},
		"contexts absent":        {nil, nil, nil, "", 0, "no projectedProductContext"},
		"context a string":       {[]any{"A"}, nil, nil, "", 0, "no prodCtx"},
		"prodCtx an array":       {[]any{map[string]any{"prodCtx": []any{ours()}}}, nil, nil, "", 0, "no prodCtx"},
		"one odd, one good":      {[]any{5, ours(), null}, nil, nil, "profile.projectedProductContext=A", 1, "no prodCtx"},
		"roles an object":        {[]any{ours()}, map[string]any{"organization": ourOrg}, nil, "profile.projectedProductContext=A", 1, "roles is an object"},
		"role a string":          {[]any{ours()}, []any{"admin"}, nil, "profile.projectedProductContext=A", 1, "a role is a string"},
		"target_data a string":   {[]any{ours()}, []any{role(ourOrg, "{}")}, nil, "profile.projectedProductContext=A", 1, ""},
		"group_name a number":    {[]any{ours()}, []any{role(ourOrg, map[string]any{"group_name": 5})}, nil, "profile.projectedProductContext=A", 1, ""},
		"organizations an object": {
			[]any{ours()}, nil, imsOrg("0123456789ABCDEF01234567", "C"), "profile.projectedProductContext=A", 1, "organizations: the answer is an object",
		},
		"groups null": {
			[]any{ours()}, nil, []any{map[string]any{"orgRef": map[string]any{"ident": "0123456789ABCDEF01234567"}, "groups": nil}}, "profile.projectedProductContext=A", 1, "groups is null",
		},
		"group a string": {
			[]any{ours()}, nil, []any{map[string]any{"orgRef": map[string]any{"ident": "0123456789ABCDEF01234567"}, "groups": []any{"C"}}}, "profile.projectedProductContext=A", 1, "no groupName",
		},
		"organization of no directory": {
			[]any{ours()}, nil, []any{map[string]any{"orgRef": map[string]any{"ident": "0123456789ABCDEF01234567", "authSrc": "AdobeID"}, "groups": []any{map[string]any{"groupName": "C"}}}},
			"profile.projectedProductContext=A", 1, "",
		},
		"organization with suffix": {
			[]any{ours()}, nil, []any{map[string]any{"orgRef": map[string]any{"ident": ourOrg, "authSrc": "AdobeOrg"}, "groups": []any{map[string]any{"groupName": "C", "ident": "7"}}}},
			"profile.projectedProductContext=A|organizations=C", 1, "",
		},
		"blanks are kept": {[]any{edited(ours(), map[string]any{"label": "Campaign\u00a0- corp - Admin "})}, nil, nil, "profile.projectedProductContext=Campaign\u00a0- corp - Admin ", 1, ""},
	} {
		op := newOP(t, true)
		delete(op.profile, "projectedProductContext")
		if row.contexts != nil {
			op.profile["projectedProductContext"] = row.contexts
		}
		if row.roles != nil {
			op.profile["roles"] = row.roles
		}
		if op.orgs = row.orgs; row.orgs == nil {
			op.orgs = []any{}
		}
		g, p, cause := signIn(t, op.client(t))
		if cause != nil {
			t.Errorf("%s: %v", name, cause)
			continue
		}
		if got := memberships(p); got != row.want || len(p.ProductContexts) != row.contextsSeen {
			t.Errorf("%s: groups %q, contexts %v", name, got, p.ProductContexts)
		}
		if notes := strings.Join(g.Notes, "\n"); !strings.Contains(notes, row.noted) {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

// A profile whose product contexts are of another shape is refused for just
// that reason: nobody is admitted without a product context.
func TestProductContextsOfAnotherShape(t *testing.T) {
	for _, shape := range []any{"A", 5, true, prodCtx("dma_campaign_classic", ourOrg, "A")} {
		op := newOP(t, true)
		op.profile["projectedProductContext"] = shape
		_, p, cause := signIn(t, op.client(t))
		if cause == nil || cause.Code != usher.CodeProfileInvalid || cause.Subject != "projectedProductContext" || len(p.Groups) != 0 {
			t.Errorf("%v: %v", shape, cause)
		}
	}
}

func TestOrganizationsOfAPerson(t *testing.T) {
	op := newOP(t, true)
	op.profile["projectedProductContext"] = []any{prodCtx("x", "AAAAAAAAAAAAAAAAAAAAAAAA@AdobeOrg", "x"), prodCtx("y", ourOrg, "y")}
	op.profile["roles"] = []any{map[string]any{"organization": "BBBBBBBBBBBBBBBBBBBBBBBB@AdobeOrg"}}
	op.orgs = []any{imsOrg("0123456789ABCDEF01234567"), imsOrg("CCCCCCCCCCCCCCCCCCCCCCCC")}
	_, p, cause := signIn(t, op.client(t))
	want := []string{"AAAAAAAAAAAAAAAAAAAAAAAA@AdobeOrg", ourOrg, "BBBBBBBBBBBBBBBBBBBBBBBB@AdobeOrg", "CCCCCCCCCCCCCCCCCCCCCCCC@AdobeOrg"}
	if cause != nil || !slices.Equal(p.Organizations, want) {
		t.Errorf("%q, %v", p.Organizations, cause)
	}
}

func TestProfileOfSomebodyElse(t *testing.T) {
	const subject = "0123456789ABCDEF01234567@AdobeID"
	for name, row := range map[string]struct {
		user, account any
		ok            bool
	}{
		"user id":           {subject, nil, true},
		"account id":        {"AAAA@BBBB.e", subject, true},
		"neither is said":   {nil, nil, true},
		"another user":      {"AAAA@AdobeID", nil, false},
		"both are others":   {"AAAA@AdobeID", "BBBB@AdobeID", false},
		"another case":      {strings.ToLower(subject), nil, false},
		"account of others": {nil, "BBBB@AdobeID", false},
	} {
		op := newOP(t, true)
		delete(op.profile, "userId")
		if row.user != nil {
			op.profile["userId"] = row.user
		}
		if row.account != nil {
			op.profile["authId"] = row.account
		}
		_, _, cause := signIn(t, op.client(t))
		if (cause == nil) != row.ok || !row.ok && (cause.Subject != "profile userId" || cause.Code != usher.CodeProfileInvalid) {
			t.Errorf("%s: %v", name, cause)
		}
	}
}

func TestOrganizationsAreAskedOnlyWhereGranted(t *testing.T) {
	op := newOP(t, true)
	op.token["scope"] = "openid,AdobeID,additional_info.projectedProductContext"
	if _, p, cause := signIn(t, op.client(t)); cause != nil || op.count("/organizations/v6") != 0 || p.GrantedScopes.Has(usher.ScopeOrganizations) {
		t.Errorf("%v, asked %d times", cause, op.count("/organizations/v6"))
	}
	for _, status := range []int{403, 404} {
		op := newOP(t, true)
		op.answer("/organizations/v6", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		g, p, cause := signIn(t, op.client(t))
		if cause != nil || memberships(p) != "profile.projectedProductContext=Campaign - corp - Admin" || !strings.Contains(strings.Join(g.Notes, "\n"), "not known") {
			t.Errorf("HTTP %d: %q, %v", status, memberships(p), cause)
		}
	}
}

func TestOlderIMSVersions(t *testing.T) {
	op := newOP(t, true)
	op.answer("/profile/v3", http.NotFound)
	op.answer("/organizations/v6", http.NotFound)
	op.answer("/profile/v1", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, op.profile) })
	op.answer("/organizations/v5", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, op.orgs) })
	_, p, cause := signIn(t, op.client(t))
	if cause != nil || memberships(p) != "profile.projectedProductContext=Campaign - corp - Admin|organizations=Campaign - corp - Delivery" {
		t.Errorf("%q, %v", memberships(p), cause)
	}
	if call := op.last("/profile/v1"); call.header.Get("Authorization") != "Bearer "+canaryAccess || call.header.Get("X-IMS-ClientId") != testClientID || call.rawQuery != "" {
		t.Errorf("%+v", call)
	}
}

func TestNotesAreBounded(t *testing.T) {
	op := newOP(t, true)
	var list []any
	for i := range 5000 {
		list = append(list, edited(prodCtx(fmt.Sprint("s", i), ourOrg, "x"), map[string]any{"statusCode": "GONE"}))
	}
	op.profile["projectedProductContext"] = list
	g, _, cause := signIn(t, op.client(t))
	if cause != nil || len(g.Notes) != maxNotes {
		t.Errorf("%d notes, %v", len(g.Notes), cause)
	}
}
