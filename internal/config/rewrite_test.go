// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

const rewriteHead = `# The file of an instance.
instance: {name: production, url: 'https://campaign.corp.example'}   # where
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    ims_client_secret: {env: ACCOUNT}
`

const rewriteBlock = `# above
organization:            # the provider's side
  id: 0123456789ABCDEF01234567@AdobeOrg
  product_context: dma_campaign_classic # as provisioned
  clients:
    # the client for people
    - id: Campaign1
      secrets: [{file: client.secret}, {env: SECOND}, "plain canary"]
      callback_urls:
        - https://campaign.corp.example/usher/callback   # ours
        - https://old.corp.example/usher/callback
      scopes: openid,AdobeID,session

    # the client of machines
    - id: Technical1
      secrets: [{file: not-here}]
  groups:
  - name: "Campaign - corp - Admin"   # runs it
    members: [ana@corp.example]
  # those who send
  - name: Campaign - corp - Delivery
    members:
    - ana@corp.example
    # on leave
    - ben@corp.example
  users:
    - {email: ana@corp.example, name: Ana Lima, password: {env: PASSWORD}}
    - email: ben@corp.example
      name: 'Ben Okafor'

# after
server:
  listen: 127.0.0.1:4180
`

func rewriteWorld() Environment {
	return lenientWorld(map[string]string{"client.secret": "first-canary\n"}, map[string]string{"SECOND": "second-canary", "PASSWORD": "pw-canary", "ACCOUNT": "first-canary"})
}

func lenientWorld(files, variables map[string]string) Environment {
	return Environment{
		ReadFile: func(name string) ([]byte, error) {
			if v, ok := files[filepath.Base(name)]; ok {
				return []byte(v), nil
			}
			return nil, os.ErrNotExist
		},
		LookupEnv:      func(name string) (string, bool) { v, ok := variables[name]; return v, ok },
		LenientSecrets: true,
	}
}

func rewritten(t *testing.T, text string, change func(*usher.Organization)) (Rewrite, *Config, string) {
	t.Helper()
	c, err := Parse("usher.yaml", []byte(text), rewriteWorld())
	if err != nil {
		t.Fatal(err)
	}
	o := copyOf(c.Organization)
	change(o)
	rw, err := c.SetOrganization(o)
	if err != nil {
		t.Fatal(err)
	}
	next, diff, err := rw.Preview("usher.yaml", []byte(text), rewriteWorld())
	if err != nil {
		t.Fatal(err)
	}
	if !sameOrganization(next.Organization, o) {
		t.Fatalf("the new text says %+v, wanted %+v", next.Organization, o)
	}
	return rw, next, diff
}

func copyOf(o *usher.Organization) *usher.Organization {
	n := *o
	n.Clients, n.Groups, n.Users = slices.Clone(o.Clients), slices.Clone(o.Groups), slices.Clone(o.Users)
	for i := range n.Clients {
		c := &n.Clients[i]
		c.Secrets, c.CallbackURLs, c.Scopes = slices.Clone(c.Secrets), slices.Clone(c.CallbackURLs), slices.Clone(c.Scopes)
	}
	for i := range n.Groups {
		n.Groups[i].Members = slices.Clone(n.Groups[i].Members)
	}
	return &n
}

// Each change changes the lines that it must, and no others.
func TestAnOrganizationIsChangedInPlace(t *testing.T) {
	rows := map[string]struct {
		change func(*usher.Organization)
		want   []string // the changed lines of the diff, all of them
	}{
		"a text": {func(o *usher.Organization) { o.ProductContext = "dma_campaign" },
			[]string{"-  product_context: dma_campaign_classic # as provisioned", "+  product_context: dma_campaign # as provisioned"}},
		"a key more": {func(o *usher.Organization) { o.Tenant = "corp" }, []string{"+  tenant: corp"}},
		"a group renamed": {func(o *usher.Organization) { o.Groups[0].Name = "Campaign - corp - Admin " },
			[]string{`-  - name: "Campaign - corp - Admin"   # runs it`, `+  - name: "Campaign - corp - Admin "   # runs it`}},
		"a member more": {func(o *usher.Organization) { o.Groups[1].Members = append(o.Groups[1].Members, "cho@corp.example") },
			[]string{"+    - cho@corp.example"}},
		"a member less": {func(o *usher.Organization) { o.Groups[1].Members = o.Groups[1].Members[1:] },
			[]string{"-    - ana@corp.example"}},
		"nobody left": {func(o *usher.Organization) { o.Groups[0].Members = nil },
			[]string{"-    members: [ana@corp.example]", "+    members: []"}},
		"a group more": {func(o *usher.Organization) {
			o.Groups = append(o.Groups, usher.DirectoryGroup{Name: "Everybody: all", UserGroup: true, Members: []string{"dee@corp.example"}})
		}, []string{`+  - name: "Everybody: all"`, "+    members: [dee@corp.example]", "+    user_group: true"}},
		"a group before": {func(o *usher.Organization) {
			o.Groups = slices.Insert(o.Groups, 0, usher.DirectoryGroup{Name: "First"})
		},
			[]string{"+  - name: First"}},
		"a group less": {func(o *usher.Organization) { o.Groups = o.Groups[:1] },
			[]string{"-  # those who send", "-  - name: Campaign - corp - Delivery", "-    members:", "-    - ana@corp.example", "-    # on leave", "-    - ben@corp.example"}},
		"a callback": {func(o *usher.Organization) { o.Clients[0].CallbackURLs[1] = "https://new.corp.example/cb" },
			[]string{"-        - https://old.corp.example/usher/callback", "+        - https://new.corp.example/cb"}},
		"a scope": {func(o *usher.Organization) { o.Clients[0].Scopes = append(o.Clients[0].Scopes, "email") },
			[]string{"-      scopes: openid,AdobeID,session", "+      scopes: openid,AdobeID,session,email"}},
		"a client less": {func(o *usher.Organization) { o.Clients = o.Clients[:1] },
			[]string{"-    # the client of machines", "-    - id: Technical1", "-      secrets: [{file: not-here}]"}},
		"a password kept, a name changed": {func(o *usher.Organization) { o.Users[0].Name = "Ana, Lima" },
			[]string{"-    - {email: ana@corp.example, name: Ana Lima, password: {env: PASSWORD}}", `+    - {email: ana@corp.example, name: "Ana, Lima", password: {env: PASSWORD}}`}},
		"a password less": {func(o *usher.Organization) { o.Users[0].Password = usher.Secret{} },
			[]string{"-    - {email: ana@corp.example, name: Ana Lima, password: {env: PASSWORD}}", "+    - {email: ana@corp.example, name: Ana Lima}"}},
		"a person disabled": {func(o *usher.Organization) { o.Users[1].Disabled = true }, []string{"+      disabled: true"}},
		"a secret less": {func(o *usher.Organization) { o.Clients[0].Secrets = o.Clients[0].Secrets[:1] },
			[]string{`-      secrets: [{file: client.secret}, {env: SECOND}, "[secret]"]`, "+      secrets: [{file: client.secret}]"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			for ending, text := range map[string]string{"LF": rewriteHead + rewriteBlock, "CR LF": strings.ReplaceAll(rewriteHead+rewriteBlock, "\n", "\r\n")} {
				rw, _, diff := rewritten(t, text, row.change)
				if ending == "CR LF" && strings.Count(string(rw.text), "\n") != strings.Count(string(rw.text), "\r\n") {
					t.Error("the new lines end in LF alone")
				}
				var got []string
				for line := range strings.Lines(diff) {
					if line = strings.TrimRight(line, "\r\n"); len(line) > 0 && strings.ContainsAny(line[:1], "+-") && !strings.HasPrefix(line, "+++") && !strings.HasPrefix(line, "---") {
						got = append(got, line)
					}
				}
				slices.Sort(got)
				want := slices.Sorted(slices.Values(row.want))
				if rw.Whole || strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Errorf("%s: whole is %v, and the diff is\n%s\nwanted\n%s", ending, rw.Whole, diff, strings.Join(row.want, "\n"))
				}
				if strings.Contains(diff, "canary") {
					t.Error("the diff shows a secret")
				}
			}
		})
	}
}

// A secret that the file holds by reference is never written out, also where
// its client is renamed, or another client gets the same one.
func TestReferencesToSecretsStay(t *testing.T) {
	rw, next, _ := rewritten(t, rewriteHead+rewriteBlock, func(o *usher.Organization) {
		o.Clients[0].ID = "Campaign2"
		o.Clients[0].Secrets = append(o.Clients[0].Secrets[1:2:2], o.Clients[0].Secrets[0], usher.NewSecret("added"))
		o.Clients = append(o.Clients, usher.Client{ID: "Twin", Secrets: []usher.Secret{o.Clients[0].Secrets[1]}})
		o.Users[1].Password = o.Users[0].Password
	})
	text := string(rw.text)
	for _, secret := range []string{"first-canary", "second-canary", "pw-canary"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is written out:\n%s", secret, text)
		}
	}
	for _, line := range []string{"secrets: [{file: not-here}]", "# the client for people", "password: {env: PASSWORD}"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is lost:\n%s", line, text)
		}
	}
	if rw.Plain != 1 || len(next.Organization.Clients) != 3 || !strings.Contains(text, "added") {
		t.Errorf("%d secrets are said to be new in plain, wanted 1; the text is\n%s", rw.Plain, text)
	}
}

// Whatever form the section has and whatever changes, the new text says what
// was asked for and all else stays byte for byte.
func TestAnyChangeOfAnyForm(t *testing.T) {
	forms := map[string]string{
		"block": rewriteHead + rewriteBlock,
		"flow":  rewriteHead + "organization: {id: x, clients: [{id: A, secrets: [s], scopes: [openid]}], groups: [{name: G, members: [a@x]}]}\nserver: {listen: '127.0.0.1:1'}\n",
		"lists": rewriteHead + "organization:\n  clients: [{id: A, secrets: [s, t]}, {id: B}]\n  groups: []\n  users:\n  -\n    name: N\n    email: n@x\n  - email: o@x # last",
		"bare":  rewriteHead + "organization:\n    id: x",
		"small": "organization: {}\n" + rewriteHead,
	}
	random := rand.New(rand.NewPCG(7, 11))
	for name, text := range forms {
		t.Run(name, func(t *testing.T) {
			whole, refused := 0, 0
			defer func() {
				if refused > 100 {
					t.Errorf("%d of 400 changes were refused", refused)
				}
				if most := map[string]int{"block": 0, "lists": 250}[name]; most >= whole || name != "block" && name != "lists" {
					return
				}
				t.Errorf("%d of 400 changes wrote the section anew", whole)
			}()
			for i := range 400 {
				c, err := Parse("usher.yaml", []byte(text), rewriteWorld())
				if err != nil {
					t.Fatal(err)
				}
				o := copyOf(c.Organization)
				for range 1 + random.IntN(4) {
					scramble(random, o)
				}
				rw, err := c.SetOrganization(o)
				if errors.Is(err, ErrNothing) {
					continue
				}
				if err != nil {
					if name == "block" && len(o.Clients)+len(o.Groups)+len(o.Users) > 0 { // it cannot be written anew without losing a reference
						refused++
						continue
					}
					t.Fatalf("%d: %v\n%+v", i, err, o)
				}
				if rw.Whole {
					whole++
				}
				next, _, err := rw.Preview("usher.yaml", []byte(text), rewriteWorld())
				if err != nil || !sameOrganization(next.Organization, o) {
					t.Fatalf("%d: %v\n%s", i, err, rw.text)
				}
				if !strings.HasPrefix(strings.TrimPrefix(string(rw.text), "organization:"), "#") && !strings.Contains(string(rw.text), rewriteHead) {
					t.Fatalf("%d: the rest of the file was changed\n%s", i, rw.text)
				}
				if name == "block" && (strings.Contains(string(rw.text), "-canary") || !strings.HasSuffix(string(rw.text), "# after\nserver:\n  listen: 127.0.0.1:4180\n")) {
					t.Fatalf("%d: a secret is written out, or the end is lost\n%s", i, rw.text)
				}
			}
		})
	}
}

func scramble(r *rand.Rand, o *usher.Organization) {
	word := func() string {
		return []string{"x", "true", "a: b", " blank ", "né #1", "\u00a0", "line\nline", `"q"`, "- y", "[z]"}[r.IntN(10)] + fmt.Sprint(r.IntN(1000))
	}
	switch r.IntN(9) {
	case 0:
		o.Name, o.ID = word(), []string{"", word()}[r.IntN(2)]
	case 1:
		o.Groups = append(o.Groups, usher.DirectoryGroup{Name: word(), Members: []string{word() + "@x", word()}, UserGroup: r.IntN(2) == 0})
	case 2:
		if n := len(o.Groups); n > 0 {
			i := r.IntN(n)
			o.Groups = slices.Delete(o.Groups, i, i+1)
		}
	case 3:
		if n := len(o.Groups); n > 0 {
			g := &o.Groups[r.IntN(n)]
			g.Name, g.Description = word(), word()
			g.Members = slices.Insert(g.Members, r.IntN(len(g.Members)+1), word())
		}
	case 4:
		o.Users = slices.Insert(o.Users, r.IntN(len(o.Users)+1), usher.User{Email: word(), Password: usher.NewSecret(word())})
	case 5:
		if n := len(o.Users); n > 0 {
			o.Users[r.IntN(n)] = usher.User{Email: word(), Type: "adobeID", Unverified: true}
		}
	case 6:
		o.Clients = append(o.Clients, usher.Client{ID: word(), Secrets: []usher.Secret{usher.NewSecret(word())}, BetaUsers: []string{word()}})
	case 7:
		if n := len(o.Clients); n > 0 {
			c := &o.Clients[r.IntN(n)]
			c.Secrets = append(c.Secrets, usher.NewSecret(word()))
			c.Scopes, c.CallbackURLs = append(c.Scopes, fmt.Sprint("scope", r.IntN(99))), nil
		}
	case 8:
		if n := len(o.Clients); n > 1 {
			o.Clients = slices.Delete(o.Clients, n-1, n)
		}
	}
}

// The file that was changed by somebody else is left alone; what is written
// has a backup beside it.
func TestARewriteIsWrittenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.yaml")
	text := rewriteHead + rewriteBlock
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(path, []byte(text), rewriteWorld())
	if err != nil {
		t.Fatal(err)
	}
	o := copyOf(c.Organization)
	o.Tenant = "corp"
	rw, err := c.SetOrganization(o)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	if err := os.WriteFile(path, []byte(text+"# edited\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rw.Write(path, rewriteWorld(), now); !errors.Is(err, ErrChanged) {
		t.Errorf("a file that was edited meanwhile: %v", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := rw.Write(path, rewriteWorld(), now)
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := os.ReadFile(w.Backup)
	after, _ := os.ReadFile(path)
	if string(kept) != text || !strings.Contains(string(after), "\n  tenant: corp\n") || w.Config.Organization.Tenant != "corp" {
		t.Errorf("the backup %s or the file is wrong:\n%s", w.Backup, after)
	}
	if _, err := w.Config.SetOrganization(o); !errors.Is(err, ErrNothing) {
		t.Errorf("the same organization again: %v", err)
	}
}
