// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/bundle"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// TestFindingsAreTheSame carries every scenario of the doctor's tests in a
// bundle, and wants the same findings, byte for byte.
func TestFindingsAreTheSame(t *testing.T) {
	found := 0
	for _, h := range halves(t) {
		t.Run(h.name, func(t *testing.T) {
			c := h.case_(t)
			before := judged(t, c)
			b, _ := carried(t, c, false)
			after := judged(t, replayed(t, b))
			if !bytes.Equal(before, after) {
				t.Errorf("the findings differ:\n%s", firstDifference(before, after))
			}
			if bytes.Contains(before, []byte(`"status": "fails"`)) {
				found++
			}
		})
	}
	if found < 50 {
		t.Errorf("only %d scenarios found anything", found)
	}
}

func firstDifference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d\nwas %s\nis  %s\nafter %s", i+1, x[i], y[i], strings.Join(x[max(0, i-8):i], "\n"))
		}
	}
	return fmt.Sprintf("%d lines, were %d", len(y), len(x))
}

// TestAgreementFilesToo does so with the files of the server's agreement tests.
func TestAgreementFilesToo(t *testing.T) {
	base, err := os.ReadFile("../server/testdata/agreement/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../server/testdata/agreement/*.txtar")
	if err != nil || len(paths) < 8 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(base)
		for _, f := range archive.Files {
			if before, after, ok := strings.Cut(strings.TrimSuffix(string(f.Data), "\n"), " ==> "); ok && f.Name == "change" {
				text = strings.Replace(text, before, after, 1)
			}
		}
		text = strings.NewReplacer("{{PUBLIC}}", "https://localhost:4180", "{{IMS}}", "https://localhost:4181", "{{UPSTREAM}}", "https://localhost:4182",
			"{{OTHER}}", "https://reports.localhost:4180", "{{LISTEN}}", "127.0.0.1:4180", "{{U+00A0}}", "\u00a0", "{{U+2013}}", "\u2013").Replace(text)
		c := caseOf(t, map[string]string{"usher.yaml": text}, `{"Email": "ana@corp.example"}`, "usher.yaml")
		b, _ := carried(t, c, false)
		if before, after := judged(t, c), judged(t, replayed(t, b)); !bytes.Equal(before, after) {
			t.Errorf("%s: the findings differ:\n%s", path, firstDifference(before, after))
		}
	}
}

// fill sets every exported field below v to something that is not its zero.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(today().Add(time.Duration(*n) * time.Millisecond)))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Type != reflect.TypeFor[*config.Config]() {
				fill(v.Field(i), n)
			}
		}
	default:
		panic("a fact of the kind " + v.Kind().String() + " is not filled by this test: teach it, and see that a bundle carries it")
	}
}

// TestEveryFactIsCarried fills whatever a case and an instance can hold: a fact
// that is added to them cannot be forgotten here.
func TestEveryFactIsCarried(t *testing.T) {
	halves := halves(t)
	c := halves[0].case_(t)
	n := 0
	fill(reflect.ValueOf(&c.Now).Elem(), &n)
	fill(reflect.ValueOf(&c.Symptom).Elem(), &n)
	in := reflect.ValueOf(c.Instances[0]).Elem()
	carriedFields := 0
	for i := range in.NumField() {
		if f := in.Type().Field(i); f.IsExported() && f.Name != "Config" {
			fill(in.Field(i), &n)
			carriedFields++
		}
	}
	if carriedFields < 12 || n < 200 {
		t.Fatalf("only %d fields and %d values were filled", carriedFields, n)
	}
	b, _ := carried(t, c, false)
	got := replayed(t, b)
	for _, v := range []struct{ name, got, want any }{{"Now", got.Now, c.Now}, {"Symptom", got.Symptom, c.Symptom}} {
		if !reflect.DeepEqual(v.got, v.want) {
			t.Errorf("%v came back as %v, was %v", v.name, v.got, v.want)
		}
	}
	for i := range reflect.TypeFor[doctor.Case]().NumField() {
		if name := reflect.TypeFor[doctor.Case]().Field(i).Name; name != "Instances" && name != "Now" && name != "Symptom" {
			t.Errorf("a case has a field %s now: have this test fill and compare it", name)
		}
	}
	after := reflect.ValueOf(got.Instances[0]).Elem()
	for i := range in.NumField() {
		f := in.Type().Field(i)
		if !f.IsExported() || f.Name == "Config" {
			continue
		}
		if !reflect.DeepEqual(in.Field(i).Interface(), after.Field(i).Interface()) {
			t.Errorf("%s did not come back as it was:\nwas %+v\nis  %+v", f.Name, in.Field(i).Interface(), after.Field(i).Interface())
		}
	}
}

// secretive is a file in which secrets stand wherever they can, and facts that
// repeat them.
const secretive = `# canary-in-plain is the secret
instance: {name: production, url: https://campaign.corp.example}
external_accounts:
  - {internal_name: Adobe_Marketing_Cloud, ims_client_secret: canary-in-plain, type: Adobe Marketing Cloud, ims_client_id: Campaign1, ims_server: https://ims-na1.adobelogin.com}
  - internal_name: corp
    type: OpenID Connect
    issuer: https://login.corp.example
    client_id: usher
    client_secret: {file: secret}     # password: canary-beside
server:
  database: postgres://usher:canary-of-database@db.corp.example/usher
organization:
  clients:
    - {id: Campaign1, secrets: ["canary in a/list+"]}
  users:
    - {email: ana@corp.example, name: Ana Lima, password: canary-of-ana}
`

func secretiveCase(t *testing.T) doctor.Case {
	t.Helper()
	c := caseOf(t, map[string]string{"usher.yaml": secretive, "secret": "canary-in-file\n"}, "", "usher.yaml")
	in := c.Instances[0]
	in.Email = "ana@corp.example"
	in.Surroundings = doctor.Known([]doctor.Surrounding{{Process: "gateway", HTTPSProxy: "http://proxy:canary-of-proxy@proxy.corp.example:3128",
		Arguments: []string{"serve", "--client-secret=canary-argument", "-x", "canary-in-plain"}}}, today(), "this machine")
	return c
}

// TestNoSecretIsInABundle plants secrets and looks for them in the archive as
// it is, unpacked, and in every spelling that is usual.
func TestNoSecretIsInABundle(t *testing.T) {
	c := secretiveCase(t)
	in := c.Instances[0]
	in.Recent = doctor.Known([]usher.Attempt{{Reference: "AAAA-BBBB", Account: "corp",
		Cause: &usher.Cause{Code: usher.CodeTokenRefused, Detail: "the provider says: canary-in-file is wrong, and canary+in+a%2Flist%2B, too",
			Saw: "Basic Q2FtcGFpZ24xOmNhbmFyeS1pbi1wbGFpbg=="}}}, today(), "this machine")
	in.History = doctor.Known([]usher.Revision{{ID: "x", Text: "database: postgres://usher:canary-of-database@db.corp.example/usher"}}, today(), "this machine")
	for _, anonymize := range []bool{false, true} {
		b, zipped := carried(t, c, anonymize)
		all := map[string][]byte{"the archive": zipped}
		for _, e := range b.Manifest.Files {
			all[e.Name] = b.File(e.Name)
		}
		for name, data := range all {
			for _, secret := range []string{"canary", "Q2FtcGFpZ24xOmNhbmFyeS1pbi1wbGFpbg"} {
				if bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s holds a secret (anonymize %v):\n%s", name, anonymize, around(data, secret))
				}
			}
		}
		facts := string(b.File("instances/1/facts.json"))
		if !strings.Contains(facts, "proxy.corp.example:3128") || !strings.Contains(facts, "AAAA-BBBB") || !strings.Contains(facts, "serve") {
			t.Errorf("too much was taken out:\n%s", facts)
		}
		if got := judged(t, replayed(t, b)); !anonymize && !bytes.Equal(got, judged(t, replayed(t, b))) {
			t.Error("the findings are not the same twice")
		}
	}
}

func around(data []byte, what string) string {
	at := bytes.Index(data, []byte(what))
	return string(data[max(0, at-60):min(len(data), at+60)])
}

// TestPersons: who they are stays by default, and is one number everywhere else.
func TestPersons(t *testing.T) {
	c := secretiveCase(t)
	in := c.Instances[0]
	ana := usher.Person{Provider: "https://login.corp.example", Subject: "5A1F-subject", Name: "Ana Lima", Email: "Ana@corp.example"}
	in.Profile = doctor.Known(ana, today(), "attempt")
	in.Attempt = doctor.Known(usher.Attempt{Reference: "AAAA-BBBB", Client: "192.0.2.7", Person: &ana,
		Trail: []usher.Passage{{Step: usher.StepProfile, Note: "the provider says: subject 5A1F-subject, Ana Lima <ana@corp.example>"}}}, today(), "attempt")
	plain, _ := carried(t, c, false)
	if facts := string(plain.File("instances/1/facts.json")); !strings.Contains(facts, "Ana@corp.example") || !strings.Contains(facts, "192.0.2.7") {
		t.Errorf("without --anonymize persons were taken out:\n%s", facts)
	}
	b, _ := carried(t, c, true)
	everything := ""
	for _, e := range b.Manifest.Files {
		everything += string(b.File(e.Name))
	}
	for _, who := range []string{"ana@corp", "Ana", "Lima", "5A1F-subject", "192.0.2.7"} {
		if strings.Contains(everything, who) {
			t.Errorf("%q is still there: %s", who, around([]byte(everything), who))
		}
	}
	got := replayed(t, b).Instances[0]
	email := got.Config.Organization.Users[0].Email
	if !strings.HasPrefix(email, "person-") || !strings.HasSuffix(email, "@corp.example") || got.Email != email || got.Profile.Value.Email != email {
		t.Errorf("one person has several numbers: %s, %s, %s", email, got.Email, got.Profile.Value.Email)
	}
	if !strings.Contains(everything, "0123456789ABCDEF01234567@AdobeOrg") && strings.Contains(secretive, "@AdobeOrg") {
		t.Error("an organization's id was taken for a person")
	}
	if !b.Manifest.Anonymized {
		t.Error("the manifest does not say that persons were replaced")
	}
}

func TestManifest(t *testing.T) {
	b, _ := carried(t, secretiveCase(t), false)
	m := b.Manifest
	if m.Form != bundle.Form || m.Usher != "0.1.0" || !m.Made.Equal(today()) || m.Host != "gateway-1" || m.Vantage == "" || len(m.Files) != 4 || m.Instances[0] != "production" {
		t.Errorf("the manifest says %+v", m)
	}
	for _, e := range m.Files {
		if strings.HasSuffix(e.Name, "config.yaml") && e.Removed != "secrets replaced on 6 lines" {
			t.Errorf("%s: %q", e.Name, e.Removed)
		}
	}
}
