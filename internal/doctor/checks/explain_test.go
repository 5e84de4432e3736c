// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

// file is the configuration of these tests: three operator groups, an
// organization with all that an administrator may have written down.
const file = `instance: {name: production, url: https://campaign.corp.example}
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    product_context: dma_campaign_classic
    ims_server: https://ims-na1.adobelogin.com
    ims_scopes: openid,AdobeID,additional_info.projectedProductContext
    ims_client_id: Campaign1
    ims_client_secret: {env: IMS_SECRET}
    ims_organization_id: 0123456789ABCDEF01234567@AdobeOrg
    association_mask: "Campaign - corp - "
operator_groups:
  - {name: admin, rights: [ADMINISTRATION]}
  - {name: delivery, rights: [PREPARE DELIVERIES]}
  - {name: offer}
organization:
  groups:
    - {name: Campaign - corp - admin, members: [ana@corp.example]}
    - {name: Campaign - corp - Delivery, members: [bo@corp.example, cy@corp.example, ana@corp.example]}
    - {name: Campaign - corp - offer, members: [cy@corp.example]}
    - {name: Analytics - corp - users, members: [di@corp.example]}
  users:
    - {email: ana@corp.example, name: Ana Lima}
    - {email: ed@corp.example, name: "=cmd()"}
`

func load(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("usher.yaml", []byte(text), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func refused(cfg *config.Config, code usher.Code) usher.Attempt {
	begun := today.Add(-time.Hour)
	return usher.Attempt{Reference: "7F3K-9QXM", Outcome: usher.OutcomeRefused, Account: "Adobe_Marketing_Cloud", Begun: begun, Ended: begun.Add(time.Minute),
		Revision: cfg.Revision, Cause: &usher.Cause{Step: usher.StepAdmit, Code: code, Subject: "someone", Saw: "this", Want: "that"}}
}

// Whatever the sign-in names as its cause comes first in the explanation, also
// where the file as it is now would say something else first.
func TestTheCauseComesFirst(t *testing.T) {
	healthyFile := load(t, file)
	broken := load(t, strings.NewReplacer("dma_campaign_classic", "dma_campagne_classic", "Campaign - corp - \"", "Campaign - (*)\"", "https://ims-na1", "http://ims-na1").Replace(file))
	for _, cfg := range []*config.Config{healthyFile, broken} {
		for _, code := range append(rootCodes(), "token-answer-invalid", "group-overage") {
			switch code {
			case usher.CodeHostedInstance, usher.CodeAttemptUnfinished, usher.CodeRestartPending, usher.CodeIMSServerDiffers, usher.CodeAccountLookalike,
				usher.CodeOperatorGroupUnreached, usher.CodeAccountDuplicate:
				continue // no sign-in ends with these
			}
			results := doctor.Explain(checks.All(), cfg, refused(cfg, code))
			if len(results) == 0 || results[0].Code != code || !results[0].Root() || results[0].Severity != usher.SeverityError {
				t.Errorf("%s: the explanation begins with %v", code, found(results))
			}
		}
	}
}

func TestAnUnfinishedAttemptRanksWhatCouldKeepThePerson(t *testing.T) {
	cfg := load(t, file)
	a := usher.Attempt{Reference: "7F3K-9QXM", Outcome: usher.OutcomeBegun, Account: "Adobe_Marketing_Cloud", Begun: today}
	results := doctor.Explain(checks.All(), cfg, a)
	var codes []usher.Code
	for _, r := range results {
		codes = append(codes, r.Code)
	}
	if codes[0] != usher.CodeAttemptUnfinished {
		t.Errorf("the explanation begins with %s", codes[0])
	}
	for _, want := range []usher.Code{usher.CodeCallbackNotListed, usher.CodeScopeNotProvisioned, usher.CodeClientIDUnknown, "connection-timeout"} {
		if !slices.Contains(codes, want) {
			t.Errorf("%s is not among what could keep the person: %s", want, codes)
		}
	}
	if before, after := slices.Index(codes, usher.CodeCallbackNotListed), slices.Index(codes, "connection-timeout"); before > after {
		t.Errorf("the usual cause comes after a rare one: %s", codes)
	}
}

func TestTimeline(t *testing.T) {
	cfg := load(t, file)
	a := refused(cfg, usher.CodeUserNotInGroup)
	a.UserAgent = "Mozilla\x1b[2J"
	a.Person = &usher.Person{Email: "di@corp.example", Name: "Di"}
	a.Pass(usher.StepBegin, a.Begun, "sent to https://ims-na1.adobelogin.com")
	a.Pass(usher.StepAdmit, a.Begun.Add(3*time.Second), "refused: user-not-in-group")
	c := doctor.FromAttempt(cfg, a)
	var b strings.Builder
	if err := doctor.Timeline(&b, doctor.Report{Usher: "1", Case: c, Results: doctor.ExplainCase(checks.All(), c)}, doctor.Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"sign-in 7F3K-9QXM", "refused", "Di di@corp.example", "+3.0 s", " NO  admit", "--  session", "not reached", "E user-not-in-group", "fix"} {
		if !strings.Contains(text, want) {
			t.Errorf("the timeline lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Errorf("the timeline lets the browser's name move the cursor:\n%q", text)
	}
}

func TestExplainPerson(t *testing.T) {
	cfg := load(t, file)
	all := checks.All()
	ana := doctor.ExplainPerson(all, cfg, "ANA@corp.example")
	if !ana.SignsIn || !slices.Equal(ana.Groups, []string{"admin"}) || !slices.Equal(ana.Rights, []string{"ADMINISTRATION"}) {
		t.Errorf("Ana: %+v", ana)
	}
	bo := doctor.ExplainPerson(all, cfg, "bo@corp.example")
	if bo.SignsIn || len(bo.Fates) != 1 || bo.Fates[0].Near == nil || len(bo.Results) != 1 || bo.Results[0].Code != usher.CodeNameMisspelled {
		t.Fatalf("Bo: %+v", bo)
	}
	// The fix renames the operator group: Bo, Cy and Ana gain it, nobody loses anything.
	want := []doctor.Entry{{Email: "ana@corp.example", Operator: "Delivery"}, {Email: "bo@corp.example", Operator: "Delivery"}, {Email: "cy@corp.example", Operator: "Delivery"}}
	if len(bo.WhatIf) != 1 || !slices.Equal(bo.WhatIf[0].Gains, want) || len(bo.WhatIf[0].Loses) != 0 {
		t.Errorf("with the fix: %+v", bo.WhatIf)
	}
	di := doctor.ExplainPerson(all, cfg, "di@corp.example")
	if di.SignsIn || len(di.Results) == 0 || di.Results[0].Code != usher.CodeUserNotInGroup {
		t.Errorf("Di: %+v", di)
	}
	nobody := doctor.ExplainPerson(all, cfg, "nobody@corp.example")
	if nobody.SignsIn || nobody.Listed || len(nobody.Fates) != 0 {
		t.Errorf("nobody: %+v", nobody)
	}
	var b strings.Builder
	if err := doctor.PersonText(&b, bo, doctor.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"bo@corp.example cannot sign in", "near miss: column 1", "gain", "bo@corp.example -> Delivery", "lose      nobody"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, b.String())
		}
	}
}

func TestAccess(t *testing.T) {
	rows := doctor.Access(load(t, file))
	var got []string
	for _, r := range rows {
		got = append(got, r.Email+" "+r.Operator+" "+string(r.Code))
	}
	want := []string{"ana@corp.example admin ", "bo@corp.example  name-misspelled", "cy@corp.example offer ", "di@corp.example  user-not-in-group", "ed@corp.example  user-not-in-group"}
	if !slices.Equal(got, want) {
		t.Errorf("got    %q\nwanted %q", got, want)
	}
	var csv, table, js strings.Builder
	if err := doctor.AccessCSV(&csv, rows); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(csv.String(), "ed@corp.example,'=cmd(),no") {
		t.Errorf("a formula is not made inert:\n%s", csv.String())
	}
	if err := doctor.AccessTable(&table, rows, doctor.Options{}); err != nil || !strings.Contains(table.String(), "5 people, 2 can sign in") {
		t.Errorf("%v\n%s", err, table.String())
	}
	if err := doctor.AccessJSON(&js, nil); err != nil || js.String() != "[]\n" {
		t.Errorf("no rows: %v %q", err, js.String())
	}
}

// Access says what the rule of admission says, person by person.
func TestAccessAgreesWithAdmission(t *testing.T) {
	for _, s := range append(scenarios(t), healthy(t)...) {
		for _, half := range []string{"fails", "silent"} {
			c, _ := s.run(t, half)
			for _, in := range c.Instances {
				agree(t, s.story, in.Config)
			}
		}
	}
}

func agree(t *testing.T, story string, cfg *config.Config) {
	t.Helper()
	for _, row := range doctor.Access(cfg) {
		i := slices.IndexFunc(cfg.Accounts, func(a usher.ExternalAccount) bool { return a.InternalName == row.Account })
		a := cfg.Accounts[i]
		p := usher.Person{Email: row.Email, Organizations: []string{a.OrganizationID}}
		p.ProductContexts = []usher.ProductContext{{ServiceCode: a.EffectiveProductContext(), Organization: a.OrganizationID}}
		for _, g := range cfg.Organization.GroupsOf(row.Email) {
			p.Groups = append(p.Groups, usher.Membership{Group: g})
		}
		if org := cfg.Organization; org.ID != "" && !usher.SameOrganization(org.ID, a.OrganizationID) || org.ProductContext != "" && org.ProductContext != a.EffectiveProductContext() {
			continue // the account's own fault, which Access names for everybody
		}
		op, cause := usher.Admission{Account: a, OperatorGroups: cfg.OperatorGroups}.Admit(p)
		if (cause == nil) != row.SignsIn || row.SignsIn && !op.In(row.Operator) {
			t.Errorf("%s: %s: access says %v %q, admission %v %v", story, row.Email, row.SignsIn, row.Operator, op.Groups, cause)
		}
	}
}

func TestRecognize(t *testing.T) {
	for _, row := range []struct {
		text    string
		symptom usher.Symptom
		code    usher.Code
	}{
		{"XTK-170006 Login does not have any right matching the expression 'admin'", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"LOGIN DOES NOT HAVE ANY RIGHT MATCHING THE EXPRESSION", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"Login heeft geen recht dat de uitdrukking aanpast", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"Le login ne possède aucun droit correspondant à l’expression", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup}, //nolint:misspell // French
		{"ログインには、式に一致する権限がありません。", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"AADSTS50011: The redirect URI specified in the request does not match", usher.SymptomLoginPageUnreachable, usher.CodeCallbackNotListed},
		{"AADSTS7000215: Invalid client secret provided.", doctor.SymptomErrorAfterLogin, usher.CodeClientSecretWrong},
		{`{"error":"invalid_client","error_description":"invalid client_secret parameter"}`, doctor.SymptomErrorAfterLogin, usher.CodeClientSecretWrong},
		{"We are sorry... Invalid parameter: redirect_uri", usher.SymptomLoginPageUnreachable, usher.CodeCallbackNotListed},
		{"https://campaign.corp.example/usher/callback?error=invalid_scope&state=x", usher.SymptomLoginPageUnreachable, usher.CodeScopeNotProvisioned},
		{"This page isn’t working ... ERR_TOO_MANY_REDIRECTS", doctor.SymptomLoginLoop, "login-loop"},
		{"NET::ERR_CERT_AUTHORITY_INVALID", usher.SymptomLoginPageUnreachable, "certificate-unknown-authority"},
		{"DNS_PROBE_FINISHED_NXDOMAIN", usher.SymptomLoginPageUnreachable, "name-not-found"},
		{`Get "https://ims-na1.adobelogin.com": x509: certificate signed by unknown authority`, usher.SymptomLoginPageUnreachable, "certificate-unknown-authority"},
		{"dial tcp: lookup ims-na1.adobelogin.com: no such host", usher.SymptomLoginPageUnreachable, "name-not-found"},
		{"dial tcp 192.0.2.1:443: connect: connection refused", usher.SymptomLoginPageUnreachable, "connection-refused"},
		{"they end up at https://www.adobe.com/", usher.SymptomRedirectedToAdobe, usher.CodeCallbackNotListed},
		{"auth request unexpected status: 302 while sending to client", doctor.SymptomApplication, "auth-status-altered"},
		// as people paste: broken lines, pages, escapes, cut off, typed by hand
		{"Login does not have any right\r\n  matching the expression", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"<html><body><p>Login does not have <b>any right</b> matching&nbsp;the&#32;expression</p></body></html>", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"Login does not have any right matching the exp", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"...not have any right matching the expression", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"login doesn't have any rights matching the expression", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{`{"message":"Le login ne poss\u00e8de aucun droit correspondant \u00e0 l'expression"}`, usher.SymptomNoRightMatching, usher.CodeUserNotInGroup}, //nolint:misspell // French
		{"Ningun derecho del inicio de sesion se corresponde con la expresion", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"»Der Login besitzt keine Berechtigung, die dem Ausdruck in Adobe Campaign entspricht«", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"L’accesso non dispone di diritti corrispondenti all’espressione.", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"로그인에 표현식과 일치하는 권한이 없습니다.", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"Inloggningen har ingen rättighet som matchar uttrycket", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"登入沒有任何符合運算式的許可權", usher.SymptomNoRightMatching, usher.CodeUserNotInGroup},
		{"https://crm.example/cb?error=access_denied&error_description=AADSTS65004%3A+User+declined", doctor.SymptomOnePersonOnly, usher.CodeProviderError},
		{"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", usher.SymptomLoginPageUnreachable, "certificate-unknown-authority"},
		{"net::ERR_CERT_AUTHORITY_INVALID", usher.SymptomLoginPageUnreachable, "certificate-unknown-authority"},
		{"crm.example redirected you too many times.", doctor.SymptomLoginLoop, "login-loop"},
		{"HTTP ERROR 431", doctor.SymptomLoginLoop, "header-limit"},
		{"502 Bad Gateway", doctor.SymptomApplication, "header-limit"},
		{"2026/11/20 upstream sent too big header while reading response header from upstream", doctor.SymptomApplication, "header-limit"},
		{"Error 400: redirect_uri_mismatch", usher.SymptomLoginPageUnreachable, usher.CodeCallbackNotListed},
		{"Restart login cookie not found. It may have expired", doctor.SymptomLoginLoop, "cookie-not-returned"},
		{"error.client_not_found", usher.SymptomLoginPageUnreachable, usher.CodeClientIDUnknown},
	} {
		matches := doctor.Recognize(checks.All(), row.text)
		if len(matches) == 0 || matches[0].Symptom != row.symptom || !slices.Contains(matches[0].Codes, row.code) {
			t.Errorf("%q: got %+v, wanted %s, %s", row.text, matches, row.symptom, row.code)
		}
	}
	for _, row := range []struct {
		text string
		ref  usher.Reference
	}{{"7f3k-9qxm", "7F3K-9QXM"}, {"7F3K9QXM", "7F3K-9QXM"}, {"it says: Reference 7F3K-9QXM. Please help", "7F3K-9QXM"}} {
		if m := doctor.Recognize(checks.All(), row.text); len(m) != 1 || m[0].Reference != row.ref {
			t.Errorf("%q: got %+v", row.text, m)
		}
	}
	if m := doctor.Recognize(checks.All(), "mask-blanks"); len(m) != 1 || !slices.Equal(m[0].Codes, []usher.Code{usher.CodeMaskBlanks}) {
		t.Errorf("a code: %+v", m)
	}
	if m := doctor.Recognize(checks.All(), "redirected-to-adobe"); len(m) != 1 || m[0].Symptom != usher.SymptomRedirectedToAdobe {
		t.Errorf("a symptom: %+v", m)
	}
	for _, text := range []string{"access is granted to everybody in the house, which has the right of the expression of love", "the login page", "Login", "does not", "", "hello", "the sessions passwords settings", "AADSTS500119999", "not_invalid_client_x", strings.Repeat("x", 1<<20)} {
		if m := doctor.Recognize(checks.All(), text); len(m) != 0 {
			t.Errorf("%.40q is recognized: %+v", text, m)
		}
	}
}

func FuzzRecognize(f *testing.F) {
	f.Add("7F3K-9QXM invalid_client \xff\u202e")
	all := checks.All()
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range doctor.Recognize(all, text) {
			if m.Quote == "" || m.Says.String() == "" {
				t.Errorf("%q: an empty match %+v", text, m)
			}
		}
	})
}
