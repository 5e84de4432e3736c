// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

func TestAccountTypes(t *testing.T) {
	for name, ims := range map[usher.AccountType]bool{
		"Adobe Marketing Cloud":  true,
		"Adobe Experience Cloud": true,
		"OpenID Connect":         false,
		"ADOBE MARKETING CLOUD":  false, // as a translated manual has it
		"":                       false,
	} {
		if got := (usher.ExternalAccount{Type: name}).IMS(); got != ims {
			t.Errorf("type %q: IMS %v", name, got)
		}
	}
	if usher.NameMarketingCloud != "Adobe_Marketing_Cloud" || usher.NameExperienceCloud != "Adobe_Experience_Cloud" {
		t.Error("the vendor's product looks for its account under other names")
	}
}

func TestCheckEnabled(t *testing.T) {
	if c := (usher.ExternalAccount{Enabled: true}).CheckEnabled(); c != nil {
		t.Errorf("an enabled account is refused: %v", c)
	}
	want := usher.Cause{Step: usher.StepBegin, Code: usher.CodeAccountDisabled, Subject: "MAC", Saw: "enabled: false", Want: "enabled: true"}
	if c := (usher.ExternalAccount{InternalName: "MAC"}).CheckEnabled(); c == nil || *c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestProductContext(t *testing.T) {
	for _, row := range []struct {
		what      string
		account   usher.ExternalAccount
		effective string
		ok        bool
	}{
		{"the field is not shown", usher.ExternalAccount{Type: usher.TypeMarketingCloud, ProductContext: "ignored"}, "dma_campaign", true},
		{"the right value", usher.ExternalAccount{Type: usher.TypeMarketingCloud, ProductContextShown: true, ProductContext: "dma_campaign_classic"}, "dma_campaign_classic", true},
		{"the value of builds without the field", usher.ExternalAccount{Type: usher.TypeExperienceCloud, ProductContextShown: true, ProductContext: "dma_campaign"}, "dma_campaign", false},
		{"as a translated manual has it", usher.ExternalAccount{Type: usher.TypeMarketingCloud, ProductContextShown: true, ProductContext: "dma_campagne_classic"}, "dma_campagne_classic", false},
		{"a trailing blank", usher.ExternalAccount{Type: usher.TypeMarketingCloud, ProductContextShown: true, ProductContext: "dma_campaign_classic "}, "dma_campaign_classic ", false},
		{"shown and empty", usher.ExternalAccount{Type: usher.TypeMarketingCloud, ProductContextShown: true}, "", false},
		{"not IMS", usher.ExternalAccount{Type: usher.TypeOpenIDConnect, ProductContextShown: true, ProductContext: "x"}, "x", true},
	} {
		t.Run(row.what, func(t *testing.T) {
			row.account.InternalName = "MAC"
			if got := row.account.EffectiveProductContext(); got != row.effective {
				t.Errorf("works with %q, want %q", got, row.effective)
			}
			c := row.account.CheckProductContext()
			if row.ok {
				if c != nil {
					t.Errorf("refused: %v", c)
				}
				return
			}
			want := usher.Cause{Step: usher.StepBegin, Code: usher.CodeProductContextValue, Subject: "MAC", Saw: row.account.ProductContext, Want: "dma_campaign_classic"}
			if c == nil || *c != want {
				t.Errorf("got %+v, want %+v", c, want)
			}
		})
	}
}

func TestCheckIMSServer(t *testing.T) {
	const shape, local, scheme = "a scheme and a host", "a development instance only", "not https"
	for _, row := range []struct {
		what, server string
		env          usher.Environment
		detail       string // part of the cause's detail; "-": accepted; "": refused without a further word
	}{
		{"the later name", "https://ims-na1.adobelogin.com", usher.Production, "-"},
		{"the older name", "https://adobeid-na1.services.adobe.com", usher.Stage, "-"},
		{"development may point there too", "https://ims-na1.adobelogin.com", usher.Development, "-"},
		{"a trailing slash is no fault", "https://ims-na1.adobelogin.com/", usher.Production, "-"},
		{"case of the host", "https://IMS-NA1.AdobeLogin.com", usher.Production, "-"},
		{"case of the scheme", "HTTPS://ims-na1.adobelogin.com", usher.Production, "-"},
		{"its own port", "https://ims-na1.adobelogin.com:443", usher.Production, "-"},
		{"two trailing slashes", "https://ims-na1.adobelogin.com//", usher.Production, shape},
		{"a path", "https://ims-na1.adobelogin.com/ims", usher.Production, shape},
		{"userinfo", "https://ims-na1.adobelogin.com@evil.test", usher.Production, shape},
		{"userinfo at the right host", "https://x@ims-na1.adobelogin.com", usher.Production, shape},
		{"a query", "https://ims-na1.adobelogin.com?x", usher.Production, shape},
		{"an empty query", "https://ims-na1.adobelogin.com?", usher.Production, shape},
		{"a fragment", "https://ims-na1.adobelogin.com#x", usher.Production, shape},
		{"an empty fragment", "https://ims-na1.adobelogin.com#", usher.Production, shape},
		{"no scheme", "ims-na1.adobelogin.com", usher.Production, shape},
		{"no host", "https://", usher.Production, shape},
		{"another scheme", "ftp://ims-na1.adobelogin.com", usher.Production, shape},
		{"another scheme on this machine", "ftp://localhost", usher.Development, shape},
		{"a trailing blank", "https://ims-na1.adobelogin.com ", usher.Production, shape},
		{"a leading blank", " https://ims-na1.adobelogin.com", usher.Production, shape},
		{"empty", "", usher.Production, shape},
		{"http, as old manuals linked it", "http://ims-na1.adobelogin.com", usher.Production, scheme},
		{"another port", "https://ims-na1.adobelogin.com:8443", usher.Production, ""},
		{"a final dot", "https://ims-na1.adobelogin.com.", usher.Production, ""},
		{"stage", "https://ims-na1-stg1.adobelogin.com", usher.Stage, ""},
		{"text before", "https://xims-na1.adobelogin.com", usher.Production, ""},
		{"text after", "https://ims-na1.adobelogin.com.evil.test", usher.Production, ""},
		{"the stand-in at the desk", "http://127.0.0.1:4280", usher.Development, "-"},
		{"the stand-in at the desk, https", "https://localhost:4280/", usher.Development, "-"},
		{"the stand-in in production", "https://localhost:4280", usher.Production, local},
		{"the stand-in on stage", "http://[::1]:4280", usher.Stage, local},
		{"another machine in development", "http://192.0.2.1", usher.Development, scheme},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := usher.ExternalAccount{InternalName: "MAC", Type: usher.TypeMarketingCloud, Server: row.server}.CheckIMSServer(row.env)
			if row.detail == "-" {
				if c != nil {
					t.Fatalf("refused: %v", c)
				}
				return
			}
			if c == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(c.Detail, row.detail) || (row.detail == "") != (c.Detail == "") {
				t.Errorf("detail %q, want %q", c.Detail, row.detail)
			}
			c.Detail = ""
			if want := (usher.Cause{Step: usher.StepBegin, Code: usher.CodeIMSServerURL, Subject: "MAC", Saw: row.server,
				Want: "https://ims-na1.adobelogin.com or https://adobeid-na1.services.adobe.com"}); *c != want {
				t.Errorf("got %+v, want %+v", *c, want)
			}
		})
	}
	if c := (usher.ExternalAccount{Type: usher.TypeOpenIDConnect, Server: "https://idp.test/realm"}).CheckIMSServer(usher.Production); c != nil {
		t.Errorf("an issuer is judged as if it were IMS: %v", c)
	}
}

func TestLoopback(t *testing.T) {
	for _, host := range []string{"localhost", "LocalHost", "localhost.", "ims.localhost", "a.b.localhost.", "127.0.0.1", "127.255.255.254", "::1", "[::1]",
		"0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "[::FFFF:7f00:1]"} {
		if !usher.Loopback(host) {
			t.Errorf("%q is not this machine", host)
		}
	}
	for _, host := range []string{"", ".", "localhost.evil.test", "xlocalhost", "127.0.0.1.evil.test", "0.0.0.0", "::", "128.0.0.1", "126.255.255.255", "::2",
		"2130706433", "0x7f.0.0.1", "127.1", "0177.0.0.1", "127.0.0.1:80", "localhost:80", "::ffff:192.0.2.1", "campaign.corp.example"} {
		if usher.Loopback(host) {
			t.Errorf("%q passes for this machine", host)
		}
	}
}
