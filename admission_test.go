// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

const (
	corp    = "0123456789ABCDEF01234567@AdobeOrg"
	another = "FEDCBA987654321001234567@AdobeOrg"
)

// admission is the account and the groups of the tests; each row alters it.
func admission() usher.Admission {
	return usher.Admission{
		Account: usher.ExternalAccount{
			InternalName: "Adobe_Marketing_Cloud", Type: usher.TypeMarketingCloud, Enabled: true,
			ProductContext: "dma_campaign_classic", ProductContextShown: true, OrganizationID: corp,
			Mask: usher.ParseMask("Campaign - corp - "),
		},
		OperatorGroups: []usher.OperatorGroup{
			{Name: "Admin", Rights: []string{"ADMINISTRATION", "WORKFLOW"}},
			{Name: "Delivery operators", Rights: []string{"PREPARE DELIVERIES", "WORKFLOW"}},
			{Name: "Reports"},
		},
	}
}

func person(groups ...string) usher.Person {
	p := usher.Person{
		Provider: "https://ims-na1.adobelogin.com", Subject: "A1@AdobeID", Name: "Ana Lima", Email: "ana@corp.example", EmailVerified: true,
		Organizations:   []string{corp},
		ProductContexts: []usher.ProductContext{{ServiceCode: "dma_campaign_classic", Organization: corp}},
		GrantedScopes:   usher.Scopes{usher.ScopeProductContext},
	}
	for _, g := range groups {
		p.Groups = append(p.Groups, usher.Membership{Group: g})
	}
	return p
}

func TestAdmits(t *testing.T) {
	got, cause := admission().Admit(person("Everyone", "Campaign - corp - Delivery operators", "Campaign - corp - Admin", "Campaign - corp - Nothing", "Campaign - corp - Admin"))
	if cause != nil {
		t.Fatal(cause)
	}
	want := usher.Operator{Account: "Adobe_Marketing_Cloud", Provider: "https://ims-na1.adobelogin.com", Subject: "A1@AdobeID", Name: "Ana Lima", Email: "ana@corp.example"}
	groups, rights := got.Groups, got.Rights
	got.Groups, got.Rights = nil, nil
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !slices.Equal(groups, []string{"Admin", "Delivery operators"}) {
		t.Errorf("groups %q, want them once, in the file's order", groups)
	}
	if !slices.Equal(rights, []string{"ADMINISTRATION", "WORKFLOW", "PREPARE DELIVERIES"}) {
		t.Errorf("rights %q, want each once", rights)
	}
}

// H05: an address that the provider does not vouch for may be anyone's.
func TestUnverifiedEmailIsLeftOut(t *testing.T) {
	p := person("Campaign - corp - Admin")
	p.EmailVerified = false
	op, cause := admission().Admit(p)
	if cause != nil || op.Email != "" || op.Subject != "A1@AdobeID" {
		t.Errorf("got %+v, %v, want the operator without an email address", op, cause)
	}
}

// Each row breaks one thing, or several: then the first of them is the cause.
func TestAdmitRefuses(t *testing.T) {
	const admin = "Campaign - corp - Admin"
	type A = usher.Admission
	type P = usher.Person
	for _, row := range []struct {
		what   string
		alter  func(*A, *P)
		groups []string
		want   usher.Cause // Detail: part of it
	}{
		{"the account is switched off", func(a *A, p *P) { a.Account.Enabled = false; p.Organizations = nil }, []string{admin},
			usher.Cause{Code: usher.CodeAccountDisabled, Subject: "Adobe_Marketing_Cloud", Saw: "enabled: false", Want: "enabled: true"}},
		{"a type as a translated manual has it", func(a *A, p *P) { a.Account.Type = "ADOBE MARKETING CLOUD" }, []string{admin},
			usher.Cause{Code: usher.CodeAccountMissing, Subject: "Adobe_Marketing_Cloud", Saw: `type "ADOBE MARKETING CLOUD"`,
				Want: `"Adobe Marketing Cloud", "Adobe Experience Cloud", "OpenID Connect"`}},
		{"no type at all", func(a *A, p *P) { a.Account.Type = "" }, []string{admin},
			usher.Cause{Code: usher.CodeAccountMissing, Subject: "Adobe_Marketing_Cloud", Saw: `type ""`, Want: `"Adobe Marketing Cloud", "Adobe Experience Cloud", "OpenID Connect"`}},
		{"H08 another organization", func(a *A, p *P) { p.Organizations = []string{another, "x"}; a.Account.Mask = usher.Mask{} }, []string{admin},
			usher.Cause{Code: usher.CodeOrganizationMismatch, Subject: "Adobe_Marketing_Cloud", Saw: another + ", x", Want: corp}},
		{"no organization", func(a *A, p *P) { p.Organizations = nil }, []string{admin},
			usher.Cause{Code: usher.CodeOrganizationMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "no organization", Want: corp}},
		{"an account without an organization", func(a *A, p *P) { a.Account.OrganizationID = ""; p.Organizations = []string{""} }, []string{admin},
			usher.Cause{Code: usher.CodeOrganizationMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "", Want: `"" (empty)`}},
		{"another product context", func(a *A, p *P) {
			p.ProductContexts = []usher.ProductContext{{ServiceCode: "dma_campaign", Organization: corp}, {ServiceCode: "dma_tartan", Organization: corp}, {ServiceCode: "dma_campaign", Organization: corp}}
			a.Account.Mask = usher.Mask{}
		}, []string{admin},
			usher.Cause{Code: usher.CodeProductContextMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "dma_campaign_classic", Want: "dma_campaign, dma_tartan", Detail: "organization's product context is another"}},
		{"the field is not shown, the organization has the later one", func(a *A, p *P) { a.Account.ProductContextShown = false }, []string{admin},
			usher.Cause{Code: usher.CodeProductContextMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "dma_campaign", Want: "dma_campaign_classic", Detail: "organization's product context is another"}},
		{"the field holds what no organization has", func(a *A, p *P) { a.Account.ProductContext = "dma_campagne_classic" }, []string{admin},
			usher.Cause{Code: usher.CodeProductContextValue, Subject: "Adobe_Marketing_Cloud", Saw: "dma_campagne_classic", Want: "dma_campaign_classic", Detail: "a value that no organization has"}},
		{"the field is empty, and so is what the provider says", func(a *A, p *P) {
			a.Account.ProductContext = ""
			p.ProductContexts = []usher.ProductContext{{ServiceCode: "", Organization: corp}}
		}, []string{admin},
			usher.Cause{Code: usher.CodeProductContextValue, Subject: "Adobe_Marketing_Cloud", Saw: `"" (empty)`, Want: "", Detail: "a value that no organization has"}},
		{"the mask is empty", func(a *A, p *P) { a.Account.Mask = usher.Mask{Kind: usher.MaskPrefix} }, []string{admin},
			usher.Cause{Code: usher.CodeMaskKind, Saw: "an empty mask", Want: "a prefix or an expression: without one every directory group would count"}},
		{"H01 too many groups", func(a *A, p *P) {
			for i := range usher.MaxGroups {
				p.Groups = append(p.Groups, usher.Membership{Group: fmt.Sprint(i)})
			}
		}, []string{admin},
			usher.Cause{Code: usher.CodeTooManyGroups, Subject: "ana@corp.example", Saw: "1001 directory groups", Want: "at most 1000"}},
		{"H01 a name too long", func(a *A, p *P) {}, []string{admin, strings.Repeat("a", usher.MaxGroupBytes+1)},
			usher.Cause{Code: usher.CodeTooManyGroups, Subject: "ana@corp.example", Saw: "a directory group's name of 257 bytes", Want: "at most 256"}},
		{"no group", func(a *A, p *P) {}, nil,
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: "no directory group at all", Want: `a directory group that the prefix "Campaign - corp - " matches`}},
		{"H02 a group of another tenant", func(a *A, p *P) { a.Directory = []string{admin} }, []string{"Campaign - corp2 - Admin"},
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: `"Campaign - corp2 - Admin"`, Want: `a directory group that the prefix "Campaign - corp - " matches`}},
		{"H06 an empty group", func(a *A, p *P) {}, []string{""},
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: `""`, Want: `a directory group that the prefix "Campaign - corp - " matches`}},
		{"the mask matches nothing in the whole organization", func(a *A, p *P) { a.Directory = []string{"Campaign - Corp - Admin", "Everyone"} }, []string{"Everyone"},
			usher.Cause{Code: usher.CodeMaskMatchesNothing, Subject: "Campaign - corp - ", Saw: `"Campaign - Corp - Admin", "Everyone"`,
				Want: `at least one directory group that the prefix "Campaign - corp - " matches`}},
		{"the organization is known to have no group", func(a *A, p *P) { a.Directory = []string{} }, []string{"Everyone"},
			usher.Cause{Code: usher.CodeMaskMatchesNothing, Subject: "Campaign - corp - ", Saw: "none", Want: `at least one directory group that the prefix "Campaign - corp - " matches`}},
		{"a pattern is called one", func(a *A, p *P) { a.Account.Mask = usher.ParseMask("Campaign - (.*)!") }, []string{admin},
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: `"Campaign - corp - Admin"`, Want: `a directory group that the pattern "Campaign - (.*)!" matches`}},
		{"what the mask leaves is no operator group", func(a *A, p *P) { a.Directory = []string{} }, []string{"Everyone", "Campaign - corp - Sales", "Campaign - corp - admin"},
			usher.Cause{Code: usher.CodeOperatorGroupUnknown, Subject: "Sales", Saw: `"Sales", "admin"`, Want: `one of "Admin", "Delivery operators", "Reports"`, Detail: "no operator group here"}},
		{"H06 there are no operator groups", func(a *A, p *P) { a.OperatorGroups = nil }, []string{admin},
			usher.Cause{Code: usher.CodeOperatorGroupUnknown, Subject: "Admin", Saw: `"Admin"`, Want: "one of none", Detail: "no operator group here"}},
		{"H06 an operator group without a name", func(a *A, p *P) { a.OperatorGroups = []usher.OperatorGroup{{}} }, []string{"Campaign - corp - "},
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: `"Campaign - corp - "`, Want: `a directory group that the prefix "Campaign - corp - " matches`}},
		{"groups, but no product context", func(a *A, p *P) { p.ProductContexts = nil }, []string{admin},
			usher.Cause{Code: usher.CodeProductContextMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "no product context", Want: "dma_campaign_classic", Detail: "gave the person no product"}},
		{"groups, but the scope was not granted", func(a *A, p *P) { p.ProductContexts, p.GrantedScopes = nil, nil }, []string{admin},
			usher.Cause{Code: usher.CodeProductContextMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "no product context", Want: "dma_campaign_classic", Detail: "was not granted"}},
		{"H08 another organization's product context counts for nothing", func(a *A, p *P) {
			p.Organizations = append(p.Organizations, another)
			p.ProductContexts[0].Organization = another
		}, []string{admin},
			usher.Cause{Code: usher.CodeProductContextMismatch, Subject: "Adobe_Marketing_Cloud", Saw: "no product context", Want: "dma_campaign_classic", Detail: "gave the person no product"}},
		{"neither groups nor product context: the groups are the cause", func(a *A, p *P) { p.ProductContexts = nil }, nil,
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: "no directory group at all", Want: `a directory group that the prefix "Campaign - corp - " matches`}},
		{"OpenID Connect judges groups too", func(a *A, p *P) { a.Account.Type = usher.TypeOpenIDConnect }, []string{"Everyone"},
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: `"Everyone"`, Want: `a directory group that the prefix "Campaign - corp - " matches`}},
	} {
		t.Run(row.what, func(t *testing.T) {
			a, p := admission(), person(row.groups...)
			row.alter(&a, &p)
			op, cause := a.Admit(p)
			if cause == nil {
				t.Fatalf("admitted, as %+v", op)
			}
			if fmt.Sprintf("%+v", op) != fmt.Sprintf("%+v", usher.Operator{}) {
				t.Errorf("a refusal came with the operator %+v", op)
			}
			if !strings.Contains(cause.Detail, row.want.Detail) || row.want.Detail == "" && cause.Detail != "" {
				t.Errorf("detail %q, want %q", cause.Detail, row.want.Detail)
			}
			row.want.Step, row.want.Detail = usher.StepAdmit, cause.Detail
			if *cause != row.want {
				t.Errorf("got  %+v\nwant %+v", *cause, row.want)
			}
		})
	}
}

// What is right in one of several ways is enough, and limits are exact.
func TestAdmitsAtTheBorder(t *testing.T) {
	const admin = "Campaign - corp - Admin"
	type A = usher.Admission
	type P = usher.Person
	for what, alter := range map[string]func(*A, *P){
		"the later name of the type":      func(a *A, p *P) { a.Account.Type = usher.TypeExperienceCloud },
		"the organization without suffix": func(a *A, p *P) { p.Organizations = []string{strings.TrimSuffix(corp, "@AdobeOrg")} },
		"the account without suffix":      func(a *A, p *P) { a.Account.OrganizationID = strings.TrimSuffix(corp, "@AdobeOrg") },
		"the context without suffix": func(a *A, p *P) {
			p.ProductContexts[0].Organization = strings.TrimSuffix(corp, "@AdobeOrg")
		},
		"several organizations": func(a *A, p *P) { p.Organizations = []string{another, corp} },
		"several contexts": func(a *A, p *P) {
			p.ProductContexts = append([]usher.ProductContext{{ServiceCode: "dma_tartan", Organization: corp}, {ServiceCode: "dma_campaign", Organization: another}}, p.ProductContexts...)
		},
		"a build without the field": func(a *A, p *P) {
			a.Account.ProductContextShown = false
			p.ProductContexts[0].ServiceCode = "dma_campaign"
		},
		"the provider did not say which scopes it granted": func(a *A, p *P) { p.GrantedScopes = nil },
		"a pattern": func(a *A, p *P) { a.Account.Mask = usher.ParseMask("Campaign - corp - (.*)") },
		"as many groups as may be": func(a *A, p *P) {
			for i := range usher.MaxGroups - 1 {
				p.Groups = append(p.Groups, usher.Membership{Group: fmt.Sprint(i)})
			}
		},
		"a name as long as may be": func(a *A, p *P) {
			p.Groups = append(p.Groups, usher.Membership{Group: strings.Repeat("a", usher.MaxGroupBytes)})
		},
		"another group of the same mask is unknown": func(a *A, p *P) {
			p.Groups = append(p.Groups, usher.Membership{Group: "Campaign - corp - Sales"})
		},
		"the directory is known not to have it": func(a *A, p *P) { a.Directory = []string{} },
		"OpenID Connect knows neither organization nor context": func(a *A, p *P) {
			a.Account.Type, a.Account.OrganizationID, a.Account.ProductContext = usher.TypeOpenIDConnect, "", ""
			p.Organizations, p.ProductContexts, p.GrantedScopes = nil, nil, nil
		},
		"OpenID Connect ignores what it says of them": func(a *A, p *P) {
			a.Account.Type = usher.TypeOpenIDConnect
			p.Organizations, p.ProductContexts = []string{another}, []usher.ProductContext{{ServiceCode: "x", Organization: corp}}
		},
	} {
		t.Run(what, func(t *testing.T) {
			a, p := admission(), person(admin)
			alter(&a, &p)
			op, cause := a.Admit(p)
			if cause != nil {
				t.Fatal(cause)
			}
			if !slices.Equal(op.Groups, []string{"Admin"}) {
				t.Errorf("groups %q, want Admin alone", op.Groups)
			}
		})
	}
}

func TestSameOrganization(t *testing.T) {
	bare := strings.TrimSuffix(corp, "@AdobeOrg")
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{corp, corp, true}, {corp, bare, true}, {bare, corp, true}, {bare, bare, true},
		{corp, another, false}, {corp, strings.ToLower(corp), false}, {corp, corp + " ", false}, {corp, bare + "@adobeorg", false}, {corp, bare[:23], false},
		{"", "", false}, {"@AdobeOrg", "", false}, {"@AdobeOrg", "@AdobeOrg", false}, {corp, "", false}, {"", corp, false},
	} {
		if got := usher.SameOrganization(row.a, row.b); got != row.want {
			t.Errorf("%q and %q: %v", row.a, row.b, got)
		}
	}
}

// nearTo makes a NearFunc that takes names for each other as told.
func nearTo(pairs map[string]usher.NearMiss) usher.NearFunc {
	return func(name string, wanted []string) (usher.NearMiss, bool) {
		miss, ok := pairs[name]
		if !ok || !slices.Contains(wanted, miss.Want) {
			return usher.NearMiss{}, false
		}
		miss.Got = name
		return miss, true
	}
}

func TestNearMissesExplain(t *testing.T) {
	near := nearTo(map[string]usher.NearMiss{
		"Campaign - corp -  Admin":     {Want: "Campaign - corp - Admin", Blanks: true, How: "two blanks"},
		"Campaign \u2013 corp - Admin": {Want: "Campaign - corp - Admin", How: "a dash"},
		"Adnin":                        {Want: "Admin", How: "n for m"},
		"Admin ":                       {Want: "Admin", Blanks: true, How: "a final blank"},
	})
	for _, row := range []struct {
		what   string
		mask   string
		groups []string
		want   usher.Cause
	}{
		{"a directory group that was meant to fit", "", []string{"Everyone", "Campaign \u2013 corp - Admin"},
			usher.Cause{Code: usher.CodeNameMisspelled, Subject: "Campaign \u2013 corp - Admin", Saw: "Campaign \u2013 corp - Admin", Want: "Campaign - corp - Admin", Detail: "a dash"}},
		{"blanks have a code of their own", "(?:Campaign - corp - )(.*)", []string{"Campaign - corp - Admin "},
			usher.Cause{Code: usher.CodeMaskBlanks, Subject: "Campaign - corp - Admin ", Saw: "Admin ", Want: "Admin", Detail: "a final blank"}},
		{"what is left is compared with the operator groups", "", []string{"Campaign - corp - Adnin"},
			usher.Cause{Code: usher.CodeNameMisspelled, Subject: "Campaign - corp - Adnin", Saw: "Adnin", Want: "Admin", Detail: "n for m"}},
		{"the first of several", "", []string{"Campaign - corp - Adnin", "Campaign \u2013 corp - Admin"},
			usher.Cause{Code: usher.CodeNameMisspelled, Subject: "Campaign - corp - Adnin", Saw: "Adnin", Want: "Admin", Detail: "n for m"}},
		{"blanks before letters", "", []string{"Campaign - corp - Adnin", "Campaign - corp - Admin ", "Campaign \u2013 corp - Admin"},
			usher.Cause{Code: usher.CodeMaskBlanks, Subject: "Campaign - corp - Admin ", Saw: "Admin ", Want: "Admin", Detail: "a final blank"}},
		{"a near miss before an unknown name", "", []string{"Campaign - corp - Sales", "Campaign \u2013 corp - Admin"},
			usher.Cause{Code: usher.CodeNameMisspelled, Subject: "Campaign \u2013 corp - Admin", Saw: "Campaign \u2013 corp - Admin", Want: "Campaign - corp - Admin", Detail: "a dash"}},
		{"a mask that cannot say what it expects", ".*corp - (.*)", []string{"Campaign - Corp - Admin"},
			usher.Cause{Code: usher.CodeUserNotInGroup, Subject: "ana@corp.example", Saw: `"Campaign - Corp - Admin"`, Want: `a directory group that the pattern ".*corp - (.*)" matches`}},
	} {
		t.Run(row.what, func(t *testing.T) {
			a := admission()
			a.Near = near
			if row.mask != "" {
				a.Account.Mask = usher.ParseMask(row.mask)
			}
			op, cause := a.Admit(person(row.groups...))
			if cause == nil {
				t.Fatalf("a near miss was admitted, as %+v", op)
			}
			row.want.Step = usher.StepAdmit
			if *cause != row.want {
				t.Errorf("got  %+v\nwant %+v", *cause, row.want)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	a := admission()
	a.Near = nearTo(map[string]usher.NearMiss{"Adnin": {Want: "Admin"}, "campaign - corp - Admin": {Want: "Campaign - corp - Admin"}, "Admin": {Want: "Reports"}})
	got, cause := a.Verdicts([]string{"Campaign - corp - Admin", "Everyone", "Campaign - corp - Adnin", "campaign - corp - Admin", "Campaign - corp - Sales", "Campaign - corp - "})
	if cause != nil {
		t.Fatal(cause)
	}
	want := []usher.GroupVerdict{
		{Directory: "Campaign - corp - Admin", Matches: true, Remainder: "Admin", Operator: "Admin"}, // no near miss of a name that is right
		{Directory: "Everyone"},
		{Directory: "Campaign - corp - Adnin", Matches: true, Remainder: "Adnin", Near: &usher.NearMiss{Got: "Adnin", Want: "Admin"}},
		{Directory: "campaign - corp - Admin", Near: &usher.NearMiss{Got: "campaign - corp - Admin", Want: "Campaign - corp - Admin"}},
		{Directory: "Campaign - corp - Sales", Matches: true, Remainder: "Sales"},
		{Directory: "Campaign - corp - "},
	}
	if len(got) != len(want) {
		t.Fatalf("%d verdicts, want %d", len(got), len(want))
	}
	for i := range want {
		if fmt.Sprintf("%+v", flat(got[i])) != fmt.Sprintf("%+v", flat(want[i])) {
			t.Errorf("verdict %d is %+v, want %+v", i, flat(got[i]), flat(want[i]))
		}
	}
	a.Near = nil
	if got, _ := a.Verdicts([]string{"Campaign - corp - Adnin"}); got[0].Near != nil {
		t.Errorf("a near miss though none was looked for: %+v", got[0])
	}
	a.Account.Mask = usher.Mask{}
	if got, cause := a.Verdicts([]string{"Campaign - corp - Admin"}); cause == nil || cause.Code != usher.CodeMaskKind || got != nil {
		t.Errorf("a mask that cannot be used gives %+v, %v", got, cause)
	}
}

// flat replaces the pointer by what it points to.
func flat(v usher.GroupVerdict) any {
	near := usher.NearMiss{}
	if v.Near != nil {
		near = *v.Near
	}
	shown := v
	shown.Near = nil
	return struct {
		V usher.GroupVerdict
		N usher.NearMiss
		B bool
	}{shown, near, v.Near != nil}
}

// A cause names a few of many, and says how many it left out.
func TestCausesStayShort(t *testing.T) {
	a, p := admission(), person()
	for i := range 500 {
		p.Groups = append(p.Groups, usher.Membership{Group: fmt.Sprintf("Group\x1b %d", i)})
	}
	_, cause := a.Admit(p)
	if cause == nil || !strings.HasSuffix(cause.Saw, `, "Group\x1b 11" and 488 more`) || strings.Contains(cause.Saw, "\x1b") {
		t.Errorf("got %+v", cause)
	}
	p.Groups = p.Groups[:12]
	if _, cause = a.Admit(p); !strings.HasSuffix(cause.Saw, `"Group\x1b 11"`) {
		t.Errorf("got %+v", cause)
	}
}
